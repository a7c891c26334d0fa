package mail

import (
	"context"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
)

// subjectReach is how long after a conversation's last message a reply that refers to no mail may join it by its
// subject.
const subjectReach = 30 * 24 * time.Hour

// findOrOpenConversation finds the conversation to which a mail belongs, or opens one.
//
// A mail that refers to others (In-Reply-To, References) joins the conversation of the nearest one that is known on
// this inbox, whoever wrote it. If none is known, it opens a conversation, whatever its subject. Some programs drop
// both headers. So a mail that refers to none, and whose subject marks it as a reply, joins the same contact's latest
// conversation of that subject within 30 days. Without "Re:", an equal subject ("Invoice", "Question") means nothing.
func (r *Receiver) findOrOpenConversation(
	ctx context.Context, t *desk.Tx, known *memory, contact db.Contact, l parsed,
) (conversationID int64, opened bool, err error) {
	q, inbox := t.Queries(), r.Inbox
	if ids := l.thread(); len(ids) > 0 {
		found, err := q.FindMailThread(ctx, db.FindMailThreadParams{AccountID: inbox.AccountID, InboxID: inbox.ID, Keys: ids})
		if err == nil || !db.IsNone(err) {
			return found, false, err
		}
		for _, id := range ids {
			if found, ok := known.threads[id]; ok {
				return found, false, nil
			}
		}
	} else if subject, isReply := topic(l.Subject); isReply && subject != "" && !writesForMany(l) {
		rows, err := q.ListMailSubjects(ctx, db.ListMailSubjectsParams{AccountID: inbox.AccountID, ContactID: contact.ID, InboxID: inbox.ID})
		if err != nil {
			return 0, false, err
		}
		for _, row := range rows {
			had, _ := topic(row.Subject)
			if had == subject && l.at.Sub(row.LastActivityAt).Abs() < subjectReach {
				return row.ID, false, nil
			}
		}
	}
	ci, err := t.Reach(ctx, contact, inbox, "")
	if err != nil {
		return 0, false, err
	}
	c, err := t.Open(ctx, desk.NewConversation{ContactInbox: ci, Subject: l.Subject, At: l.at})
	return c.ID, true, err
}

var robot = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(
		`^(no|do-?not)[-._]?reply|^(mailer-daemon|postmaster|wordpress|www-data|apache|nobody|root|bounces?)([-+._]|@)`,
	)
})

// writesForMany reports whether a mail's contact is a program that writes for many people, so that two mails with one
// subject are of two people.
func writesForMany(l parsed) bool {
	return !l.ours && l.customer.Email == l.From.Email && (l.Automatic || robot().MatchString(l.customer.Email))
}

var replyPrefix = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^\s*(re|aw|antw|sv|vs|odp|ynt|res|r|回复|答复|返信|ответ)\s*(\[\d+\]|\(\d+\))?\s*[:：]\s*`)
})

// topic returns a subject without the marks of a reply, for comparing, and reports whether it had any. The mark of a
// forwarded mail stays.
func topic(subject string) (bare string, isReply bool) {
	for {
		rest := replyPrefix().ReplaceAllString(subject, "")
		if rest == subject {
			return strings.ToLower(oneLine(subject)), isReply
		}
		subject, isReply = rest, true
	}
}
