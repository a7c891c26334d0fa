package mail

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/blob"
	"github.com/parleydesk/parley/internal/desk"
)

// Importer turns mailbox files into conversations of one inbox. Each mail's bytes are
// stored and entered in the ledger (inbound_mail) before it is parsed; a run that was
// cut off goes on where it stood, and a second run posts nothing again.
type Importer struct {
	Pool  *pgxpool.Pool
	Desk  *desk.Desk
	Files blob.Intake
	Inbox db.Inbox
	// Own are further addresses of ours: mail from them is an answer. The inbox's own
	// address and its account's members' are known.
	Own []string
	Log *slog.Logger

	members map[string]int64 // address → user id; 0 for the inbox's own
	threads map[string]int64 // mail id, posted or only referred to → conversation
}

// Report is what became of a mailbox file.
type Report struct {
	Mails         int       `json:"mails"`
	Posted        int       `json:"posted"`
	Already       int       `json:"already"` // posted by an earlier run, or twice in the file
	Quarantined   int       `json:"quarantined"`
	Conversations int       `json:"conversations"` // opened by this run
	Failures      []Failure `json:"failures,omitempty"`
}

// Failure is a mail that is kept but could not be posted.
type Failure struct {
	Offset int64  `json:"offset"` // of its start in the file
	Key    string `json:"key"`    // its Message-ID, or the hash of its bytes
	Reason string `json:"reason"`
}

// entry is a mail of the file that waits to be posted.
type entry struct {
	offset    int64
	at        time.Time
	key       string
	id        int64 // of the ledger's row
	hash      string
	truncated bool
}

// Mbox imports one file. Mails are posted in the order of their dates, whatever their
// order in the file, because a thread is read in the order of posting. The error is of
// the file, the store or the database; a mail's own fault only counts in the report.
func (im *Importer) Mbox(ctx context.Context, file io.Reader) (Report, error) {
	var r Report
	if err := im.ourselves(ctx); err != nil {
		return r, err
	}
	waiting, err := im.take(ctx, file, &r)
	if err != nil {
		return r, err
	}
	slices.SortStableFunc(waiting, func(a, b entry) int { return a.at.Compare(b.at) })
	for i, e := range waiting {
		if err := im.post(ctx, e, &r); err != nil {
			return r, fmt.Errorf("the mail at byte %d: %w", e.offset, err)
		}
		if (i+1)%1000 == 0 {
			im.Log.Info("importing", "posted", r.Posted, "of", len(waiting))
		}
	}
	return r, nil
}

// ourselves learns who writes for the account.
func (im *Importer) ourselves(ctx context.Context) error {
	rows, err := db.New(im.Pool).ListMemberAddresses(ctx, im.Inbox.AccountID)
	if err != nil {
		return err
	}
	im.members, im.threads = map[string]int64{}, map[string]int64{}
	for _, address := range append([]string{im.Inbox.Address}, im.Own...) {
		if email := normal(address); email != "" {
			im.members[email] = 0
		}
	}
	for _, m := range rows {
		im.members[m.Email] = m.ID
	}
	return nil
}

// take stores every mail of the file and returns those that are not posted yet.
func (im *Importer) take(ctx context.Context, file io.Reader, r *Report) ([]entry, error) {
	var waiting []entry
	seen := map[string]bool{}
	for raw, err := range ReadMbox(file) {
		if err != nil {
			return nil, err
		}
		r.Mails++
		head := peek(raw.Bytes)
		e := entry{offset: raw.Offset, at: sane(head.Date, raw.Date), key: key(head.MessageID, raw.Bytes), truncated: raw.Truncated}
		if seen[e.key] {
			r.Already++
			continue
		}
		seen[e.key] = true
		row, err := im.enter(ctx, e.key, raw.Bytes)
		if err != nil {
			return nil, err
		}
		if row.State == db.MailStatePosted {
			r.Already++
			if row.ConversationID != nil {
				im.remember(head, *row.ConversationID)
			}
			continue
		}
		e.id, e.hash = row.ID, row.BlobHash
		waiting = append(waiting, e)
	}
	return waiting, nil
}

// enter stores a mail's bytes and its row in the ledger, in that order.
func (im *Importer) enter(ctx context.Context, key string, raw []byte) (row db.FindInboundMailRow, err error) {
	q, a := db.New(im.Pool), im.Inbox.AccountID
	find := db.FindInboundMailParams{AccountID: a, InboxID: im.Inbox.ID, Key: key}
	if row, err = q.FindInboundMail(ctx, find); err == nil || !db.IsNone(err) {
		return row, err
	}
	b, err := im.Files.Store.Put(ctx, bytes.NewReader(raw), 0)
	if err != nil {
		return row, err
	}
	if err := q.UpsertBlob(ctx, db.UpsertBlobParams{AccountID: a, Hash: b.Hash, Size: b.Size, ContentType: "message/rfc822"}); err != nil {
		return row, err
	}
	err = q.EnterInboundMail(ctx, db.EnterInboundMailParams{AccountID: a, InboxID: im.Inbox.ID, Key: key, BlobHash: b.Hash})
	if err != nil {
		return row, err
	}
	return q.FindInboundMail(ctx, find)
}

// remember notes that a mail, and those it answers, belong to a conversation. So two
// answers to a mail that is not in the file still meet.
func (im *Importer) remember(m Mail, conversationID int64) {
	for _, id := range append(m.thread(), m.MessageID) {
		if _, known := im.threads[id]; !known && id != "" {
			im.threads[id] = conversationID
		}
	}
}

// key names a mail in the ledger.
func key(messageID string, raw []byte) string {
	if messageID != "" {
		return messageID
	}
	sum := sha256.Sum256(raw)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// peek reads a mail's header only. A header that cannot be read is empty; the mail
// itself will say so when it is parsed.
func peek(raw []byte) Mail {
	head, err := Parse(append(slices.Clone(raw[:headerEnd(raw)]), "\n\n"...))
	if err != nil {
		return Mail{}
	}
	return head
}

// sane is the first of the dates that a mail can have: senders' clocks invent any year.
func sane(dates ...time.Time) time.Time {
	earliest, latest := time.Date(1982, 8, 13, 0, 0, 0, 0, time.UTC), time.Now().Add(time.Hour) // RFC 822's own date
	for _, at := range dates {
		if at.After(earliest) && at.Before(latest) {
			return at.UTC()
		}
	}
	return time.Now().UTC()
}

// thread is every mail that m answers, the nearest first.
func (m Mail) thread() []string {
	ids := slices.Clone(m.References)
	slices.Reverse(ids)
	return slices.Compact(append(slices.Clone(m.InReplyTo), ids...))
}

// normal is an address as it is compared, or "" for what is none.
func normal(address string) string {
	if email := strings.ToLower(strings.TrimSpace(address)); plausible(email) {
		return email
	}
	return ""
}
