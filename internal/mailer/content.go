package mailer

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// content is what a mail says, put together once and drawn twice: as HTML (htmlPage) and as plain text (Text).
type content struct {
	Subject    string
	Heading    string
	Paragraphs []string
	// Button links to the page where the reader can act. Without a label there is no button.
	Button button
	// Messages are those of a transcript.
	Messages []quotedMessage
	// Reason says why the reader got the mail.
	Reason string
}

type button struct{ Label, URL string }

// quotedMessage is a message of a transcript.
type quotedMessage struct {
	Author string
	At     time.Time
	Text   string
	Files  []string
}

func formatTime(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04") + " UTC" }

// splitLines splits text that a person wrote, with either line ending.
func splitLines(s string) []string { return strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n") }

// Text is the mail as plain text.
func (l content) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", l.Heading)
	for _, line := range l.Paragraphs {
		fmt.Fprintf(&b, "%s\n\n", line)
	}
	if l.Button.Label != "" {
		fmt.Fprintf(&b, "%s:\n%s\n\n", l.Button.Label, l.Button.URL)
	}
	for _, s := range l.Messages {
		fmt.Fprintf(&b, "%s, %s\n", s.Author, formatTime(s.At))
		if s.Text != "" {
			fmt.Fprintf(&b, "%s\n", s.Text)
		}
		for _, f := range s.Files {
			fmt.Fprintf(&b, "[%s]\n", f)
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "-- \n%s\n", l.Reason)
	return b.String()
}

// linkHost is the host of a link, as a person reads it.
func linkHost(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return link
	}
	return u.Host
}

// invitation is sent to a new member of an account.
func invitation(by, account, link string, until time.Time) content {
	if by == "" {
		by = "A colleague"
	}
	return content{
		Subject: by + " invites you to " + account, Heading: "You are invited to " + account,
		Paragraphs: []string{
			by + " would like to work with you at the helpdesk of " + account + ".",
			"The link works once, until " + formatTime(until) + ".",
		},
		Button: button{"Choose a password", link}, Reason: "You got this because someone gave your address at " + linkHost(link) +
			". If you do not know them, leave it.",
	}
}

// passwordReset is sent to a user who asked for a new password.
func passwordReset(link string, until time.Time) content {
	return content{
		Subject: "Choose a new password", Heading: "Choose a new password",
		Paragraphs: []string{"Someone asked for a new password for you. If it was you, choose it now. The link works once, " +
			"until " + formatTime(until) + "."},
		Button: button{"Choose a password", link}, Reason: "You got this because someone gave your address at " + linkHost(link) +
			". If it was not you, nothing has changed; leave it.",
	}
}

// transcript holds the messages of a conversation.
func transcript(account string, displayID int64, said []quotedMessage) content {
	number := strconv.FormatInt(displayID, 10)
	l := content{
		Subject: "Transcript of conversation " + number, Heading: "Your conversation with " + account, Messages: said,
		Reason: "You got this because " + account + " sent you what was said in conversation " + number + ".",
	}
	if len(said) == 0 {
		l.Paragraphs = []string{"Nothing has been said yet."}
	}
	return l
}

// teamNotice is what an automation rule or a macro writes to a team about a conversation.
func teamNotice(account string, displayID int64, message, link string) content {
	number := strconv.FormatInt(displayID, 10)
	l := content{
		Subject: "Conversation " + number + " needs your team", Heading: "Conversation " + number + " needs your team",
		Button: button{
			"Open the conversation", link,
		}, Reason: "You got this because an automation of " + account + " writes to a team that you are in.",
	}
	if strings.TrimSpace(message) != "" {
		l.Paragraphs = splitLines(message)
	}
	return l
}

// webhookPaused is sent to administrators when Parley has stopped calling a webhook.
func webhookPaused(account, address, reason, link string) content {
	return content{
		Subject: "A webhook of " + account + " is paused", Heading: "A webhook is paused",
		Paragraphs: []string{
			address + " has failed for more than a day, so Parley has stopped calling it. " + reason,
			"What happens from now on waits for three days. Mend the receiver, then resume the webhook: what waits is sent in its order.",
		},
		Button: button{"Look at the webhook", link}, Reason: "You got this because you are an administrator of " + account + ".",
	}
}
