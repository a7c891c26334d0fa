package mail

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/blob"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/mimetext"
)

// Receiver turns mails into messages of one inbox's conversations. It stores a mail's bytes and enters it in the ledger
// (inbound_mail) before it parses the mail, and does all slow work before the transaction that posts the mail.
type Receiver struct {
	Pool  *pgxpool.Pool
	Desk  *desk.Desk
	Files blob.Intake
	Inbox db.Inbox
	// Own are addresses of ours besides those of the inbox and of the account's members. Mails from them are outgoing
	// messages.
	Own []string
}

// Outcome is what became of a mail.
type Outcome struct {
	// State is posted, or quarantined, with the Reason.
	State  db.MailState
	Reason string
	// Already reports whether the mail was posted before, so that nothing was done.
	Already bool
	// Opened reports whether the mail began a conversation.
	Opened         bool
	ConversationID int64
	// Key identifies the mail in the ledger: its Message-ID, or the hash of its bytes.
	Key string
}

// entry is a mail in the ledger.
type entry struct {
	id        int64
	key       string
	hash      string
	at        time.Time
	truncated bool
}

// memory caches what a Receiver needs to post mails.
type memory struct {
	// members maps our addresses to user ids, 0 for the inbox's own addresses.
	members map[string]int64
	// threads maps ids of mails of a mailbox file, posted or only referred to, to conversations.
	threads map[string]int64
}

// Take stores a mail, finds its thread and posts it. Taking the same mail again changes nothing. After an error, which
// comes from the store or the database, the caller may try again. A mail that cannot be posted is quarantined with its
// bytes and the reason.
func (r *Receiver) Take(ctx context.Context, raw []byte) (Outcome, error) {
	truncated := len(raw) > MaxBytes
	if truncated {
		raw = raw[:MaxBytes]
	}
	head := peek(raw)
	row, err := r.enter(ctx, key(head.MessageID, raw), raw)
	if err != nil {
		return Outcome{}, err
	}
	e := entry{row.ID, key(head.MessageID, raw), row.BlobHash, sane(head.Date), truncated}
	if row.State == db.MailStatePosted {
		return already(e, row.ConversationID), nil
	}
	known, err := r.recall(ctx)
	if err != nil {
		return Outcome{}, err
	}
	return r.post(ctx, known, e)
}

func already(e entry, conversationID *int64) Outcome {
	o := Outcome{State: db.MailStatePosted, Already: true, Key: e.key}
	if conversationID != nil {
		o.ConversationID = *conversationID
	}
	return o
}

// recall reads the addresses of the account's members.
func (r *Receiver) recall(ctx context.Context) (*memory, error) {
	rows, err := db.New(r.Pool).ListMemberAddresses(ctx, r.Inbox.AccountID)
	if err != nil {
		return nil, err
	}
	k := &memory{map[string]int64{}, map[string]int64{}}
	for _, address := range append([]string{r.Inbox.Address}, r.Own...) {
		if email := normal(address); email != "" {
			k.members[email] = 0
		}
	}
	for _, m := range rows {
		k.members[m.Email] = m.ID
	}
	return k, nil
}

// enter stores a mail's bytes and its row in the ledger, in that order.
func (r *Receiver) enter(ctx context.Context, key string, raw []byte) (row db.FindInboundMailRow, err error) {
	q, a := db.New(r.Pool), r.Inbox.AccountID
	find := db.FindInboundMailParams{AccountID: a, InboxID: r.Inbox.ID, Key: key}
	if row, err = q.FindInboundMail(ctx, find); err == nil || !db.IsNone(err) {
		return row, err
	}
	b, err := r.Files.Store.Put(ctx, bytes.NewReader(raw), 0)
	if err != nil {
		return row, err
	}
	if err := q.UpsertBlob(ctx, db.UpsertBlobParams{AccountID: a, Hash: b.Hash, Size: b.Size, ContentType: "message/rfc822"}); err != nil {
		return row, err
	}
	err = q.EnterInboundMail(ctx, db.EnterInboundMailParams{AccountID: a, InboxID: r.Inbox.ID, Key: key, BlobHash: b.Hash})
	if err != nil {
		return row, err
	}
	return q.FindInboundMail(ctx, find)
}

// remember records that a mail and the mails to which it refers belong to a conversation. So two replies to a mail that
// is not in the file join the same conversation.
func (k *memory) remember(m Mail, conversationID int64) {
	for _, id := range append(m.thread(), m.MessageID) {
		if _, known := k.threads[id]; !known && id != "" {
			k.threads[id] = conversationID
		}
	}
}

// key returns the key of a mail in the ledger.
func key(messageID string, raw []byte) string {
	if messageID != "" {
		return messageID
	}
	sum := sha256.Sum256(raw)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// peek reads a mail's header only. It is empty if it cannot be read; parsing the mail then fails.
func peek(raw []byte) Mail {
	head, err := Parse(append(slices.Clone(raw[:headerEnd(raw)]), "\n\n"...))
	if err != nil {
		return Mail{}
	}
	return head
}

// sane returns the first of the dates that is possible for a mail, because senders can invent any year.
func sane(dates ...time.Time) time.Time {
	earliest, latest := time.Date(1982, 8, 13, 0, 0, 0, 0, time.UTC), time.Now().Add(time.Hour) // RFC 822's own date
	for _, at := range dates {
		if at.After(earliest) && at.Before(latest) {
			return at.UTC()
		}
	}
	return time.Now().UTC()
}

// thread returns the ids of all mails to which m refers, nearest first.
func (m Mail) thread() []string {
	ids := slices.Clone(m.References)
	slices.Reverse(ids)
	return slices.Compact(append(slices.Clone(m.InReplyTo), ids...))
}

// normal returns an address in the form in which addresses are compared, or "" if it is none.
func normal(address string) string {
	if email := strings.ToLower(strings.TrimSpace(address)); mimetext.Plausible(email) {
		return email
	}
	return ""
}
