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

// Receiver turns mails into messages of one inbox's conversations. A mail's bytes are
// stored and entered in the ledger (inbound_mail) before it is parsed, and everything
// slow is done before the transaction that posts it.
type Receiver struct {
	Pool  *pgxpool.Pool
	Desk  *desk.Desk
	Files blob.Intake
	Inbox db.Inbox
	// Own are further addresses of ours: mail from them is an answer. The inbox's own
	// address and its account's members' are known.
	Own []string
}

// Outcome is what became of one mail.
type Outcome struct {
	// State is posted, or quarantined with the Reason.
	State  db.MailState
	Reason string
	// Already says that it had been posted before; nothing was done.
	Already bool
	// Opened says that it began a conversation.
	Opened         bool
	ConversationID int64
	// Key names it in the ledger: its Message-ID, or the hash of its bytes.
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

// memory is what is known while mails are posted.
type memory struct {
	// members are our addresses → user id; 0 for the inbox's own.
	members map[string]int64
	// threads are mail ids of a mailbox file, posted or only referred to → conversation.
	threads map[string]int64
}

// Take stores one mail, finds its thread and posts it. A mail that is taken again changes
// nothing. The error is of the store or the database, after which it may be taken once
// more; a mail's own fault puts it into quarantine, where its bytes and the reason stay.
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

// recall reads who writes for the account.
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

// remember notes that a mail, and those it answers, belong to a conversation. So two
// answers to a mail that is not in the file still meet.
func (k *memory) remember(m Mail, conversationID int64) {
	for _, id := range append(m.thread(), m.MessageID) {
		if _, known := k.threads[id]; !known && id != "" {
			k.threads[id] = conversationID
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
	if email := strings.ToLower(strings.TrimSpace(address)); mimetext.Plausible(email) {
		return email
	}
	return ""
}
