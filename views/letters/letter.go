// Package letters draws the e-mails that Parley writes by itself, each as HTML and as plain text. A letter is put
// together once, as parts; Page and Text then say the same in both.
//
// Not here: to whom, when and how it is sent (package letter).
package letters

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Letter is what a mail says.
type Letter struct {
	Subject string
	// Head is its first line, in large.
	Head  string
	Lines []string
	// Act leads to the place where there is something to do; no label, no button.
	Act Act
	// Said is a conversation that is told.
	Said []Said
	// Why tells the reader why they got it.
	Why string
}

// Act is a button.
type Act struct{ Label, URL string }

// Said is a message.
type Said struct {
	Who   string
	At    time.Time
	Text  string
	Files []string
}

func when(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04") + " UTC" }

// lines are the lines of what people wrote.
func lines(s string) []string { return strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n") }

// Text is the letter for those who read no HTML.
func (l Letter) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", l.Head)
	for _, line := range l.Lines {
		fmt.Fprintf(&b, "%s\n\n", line)
	}
	if l.Act.Label != "" {
		fmt.Fprintf(&b, "%s:\n%s\n\n", l.Act.Label, l.Act.URL)
	}
	for _, s := range l.Said {
		fmt.Fprintf(&b, "%s, %s\n", s.Who, when(s.At))
		if s.Text != "" {
			fmt.Fprintf(&b, "%s\n", s.Text)
		}
		for _, f := range s.Files {
			fmt.Fprintf(&b, "[%s]\n", f)
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "-- \n%s\n", l.Why)
	return b.String()
}

// host is where a link leads, to be read by people.
func host(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return link
	}
	return u.Host
}

// Invitation lets somebody in.
func Invitation(by, account, link string, until time.Time) Letter {
	if by == "" {
		by = "A colleague"
	}
	return Letter{
		Subject: by + " invites you to " + account, Head: "You are invited to " + account,
		Lines: []string{by + " would like to work with you at the helpdesk of " + account + ".", "The link works once, until " + when(until) + "."},
		Act:   Act{"Choose a password", link}, Why: "You got this because somebody gave your address at " + host(link) + ". If you do not know them, leave it.",
	}
}

// Password lets somebody choose a new password.
func Password(link string, until time.Time) Letter {
	return Letter{
		Subject: "Choose a new password", Head: "Choose a new password",
		Lines: []string{"Somebody asked for a new password for you. If it was you, choose it now. The link works once, until " + when(until) + "."},
		Act:   Act{"Choose a password", link}, Why: "You got this because somebody gave your address at " + host(link) + ". If it was not you, nothing has changed; leave it.",
	}
}

// Transcript tells what was said in a conversation.
func Transcript(account string, displayID int64, said []Said) Letter {
	number := strconv.FormatInt(displayID, 10)
	l := Letter{
		Subject: "Transcript of conversation " + number, Head: "Your conversation with " + account, Said: said,
		Why: "You got this because " + account + " sent you what was said in conversation " + number + ".",
	}
	if len(said) == 0 {
		l.Lines = []string{"Nothing has been said yet."}
	}
	return l
}

// Team tells a team what an automation rule or a macro has to say about a conversation.
func Team(account string, displayID int64, message, link string) Letter {
	number := strconv.FormatInt(displayID, 10)
	l := Letter{
		Subject: "Conversation " + number + " needs your team", Head: "Conversation " + number + " needs your team",
		Act: Act{"Open the conversation", link}, Why: "You got this because an automation of " + account + " writes to a team that you are in.",
	}
	if strings.TrimSpace(message) != "" {
		l.Lines = lines(message)
	}
	return l
}

// WebhookPaused tells administrators of a webhook that is not called any more.
func WebhookPaused(account, address, reason, link string) Letter {
	return Letter{
		Subject: "A webhook of " + account + " is paused", Head: "A webhook is paused",
		Lines: []string{address + " has failed for more than a day, so Parley has stopped calling it. " + reason, "What happens from now on waits for three days. Mend the receiver, then resume the webhook: what waits is sent in its order."},
		Act:   Act{"Look at the webhook", link}, Why: "You got this because you are an administrator of " + account + ".",
	}
}
