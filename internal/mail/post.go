package mail

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/htmlsafe"
)

// parsed is a mail that is ready to be posted, with all slow work done.
type parsed struct {
	Mail
	at    time.Time
	files []desk.File
	// customer is the author, or the recipient if ours is true; then author is the user who wrote the mail, if known.
	customer Address
	ours     bool
	author   int64
}

// post parses a mail and posts it in one transaction. It quarantines a mail that cannot be posted.
func (r *Receiver) post(ctx context.Context, known *memory, e entry) (Outcome, error) {
	o := Outcome{State: db.MailStatePosted, Key: e.key}
	l, err := r.read(ctx, known, e)
	if err == nil {
		o.ConversationID, o.Opened, err = r.postParsed(ctx, known, e, l)
	}
	switch invalid := fault.In(err); {
	case errors.Is(err, ErrUnreadable):
		o.Reason = err.Error()
	case invalid != nil:
		o.Reason = invalid.Error()
	case errors.Is(err, fault.Duplicate): // another run has posted it meanwhile
		return already(e, nil), nil
	default:
		return o, err
	}
	o.State = db.MailStateQuarantined
	return o, db.New(r.Pool).SettleInboundMail(ctx, db.SettleInboundMailParams{
		AccountID: r.Inbox.AccountID, ID: e.id, State: o.State, Reason: o.Reason,
	})
}

// read reads a mail's bytes, parses them and stores its files.
func (r *Receiver) read(ctx context.Context, known *memory, e entry) (parsed, error) {
	if e.truncated {
		return parsed{}, errors.Join(ErrUnreadable, errors.New("only its first 64 MB are kept"))
	}
	f, err := r.Files.Store.Open(ctx, e.hash)
	if err != nil {
		return parsed{}, err
	}
	raw, err := io.ReadAll(f)
	if err = errors.Join(err, f.Close()); err != nil {
		return parsed{}, err
	}
	m, err := Parse(raw)
	if err != nil {
		return parsed{}, err
	}
	if m.From.Email == "" {
		return parsed{}, errors.Join(ErrUnreadable, errors.New("it names no sender"))
	}
	l := parsed{Mail: m, at: e.at, customer: known.writer(m)}
	if author, ours := known.members[m.From.Email]; ours {
		// a mail among members has no customer, so its author counts as one
		if to, ok := known.customer(m); ok {
			l.customer, l.ours, l.author = to, true, author
		}
	}
	l.files, err = r.files(ctx, m)
	return l, err
}

// writer is the contact of an incoming mail: the address for replies, because forms on websites, shops and groups send
// mails of many people from one address. The message keeps the address in From. A list's own address for replies does
// not count.
func (k *memory) writer(m Mail) Address {
	for _, a := range m.ReplyTo {
		_, ours := k.members[a.Email]
		toList := m.List && slices.ContainsFunc(slices.Concat(m.To, m.Cc), func(to Address) bool { return to.Email == a.Email })
		if !ours && !toList && a.Email != m.From.Email {
			return a
		}
	}
	if _, ours := k.members[m.From.Email]; ours && m.Original.Email != "" {
		if _, ours := k.members[m.Original.Email]; !ours {
			return m.Original
		}
	}
	return m.From
}

// customer is the first recipient who is not a member.
func (k *memory) customer(m Mail) (Address, bool) {
	for _, list := range [][]Address{m.To, m.Cc} {
		for _, a := range list {
			if _, ours := k.members[a.Email]; !ours {
				return a, true
			}
		}
	}
	return Address{}, false
}

func (r *Receiver) files(ctx context.Context, m Mail) (out []desk.File, err error) {
	for _, f := range m.Files {
		got, err := r.Files.Take(ctx, bytes.NewReader(f.Content), f.Name, f.ContentType)
		if err != nil {
			return nil, err
		}
		meta, err := json.Marshal(map[string]any{"content_id": f.ContentID, "inline": f.Inline})
		if err != nil {
			return nil, err
		}
		hash := got.Hash
		out = append(out, desk.File{
			Kind: db.FileKind(got.Kind), Name: got.Name, ContentType: got.ContentType, Size: got.Size,
			BlobHash: &hash, Width: got.Width, Height: got.Height, Readable: got.Readable, Meta: meta,
		})
	}
	return out, nil
}

// postParsed posts a mail. It saves the contact, the conversation, the message and the ledger's row in one transaction.
func (r *Receiver) postParsed(ctx context.Context, known *memory, e entry, l parsed) (conversationID int64, opened bool, err error) {
	err = r.Desk.Do(ctx, desk.System(r.Inbox.AccountID), func(t *desk.Tx) error {
		row, err := t.Queries().LockInboundMail(ctx, r.Inbox.AccountID, e.id)
		if err != nil {
			return err
		}
		if row.State == db.MailStatePosted {
			return fault.Duplicate // another importer has posted it meanwhile
		}
		contact, err := findOrMakeContact(ctx, t, l.customer)
		if err != nil {
			return err
		}
		if conversationID, opened, err = r.findOrOpenConversation(ctx, t, known, contact, l); err != nil {
			return err
		}
		message, err := postMail(ctx, t, conversationID, contact, l)
		if err != nil {
			return err
		}
		return t.Queries().SettleInboundMail(ctx, db.SettleInboundMailParams{
			AccountID: r.Inbox.AccountID, ID: e.id, State: db.MailStatePosted, MessageID: &message.ID,
		})
	})
	if err != nil {
		return 0, false, err
	}
	known.remember(l.Mail, conversationID)
	return conversationID, opened, nil
}

// findOrMakeContact finds or creates the contact with an address.
func findOrMakeContact(ctx context.Context, t *desk.Tx, a Address) (db.Contact, error) {
	c, err := t.Queries().FindContactByEmail(ctx, t.Account(), a.Email)
	if err == nil || !db.IsNone(err) {
		return c, err
	}
	name := a.Name
	if name == "" {
		name, _, _ = strings.Cut(a.Email, "@")
	}
	name = htmlsafe.Excerpt(name, 255)
	return t.CreateContact(ctx, desk.ContactInput{Name: &name, Email: &a.Email})
}

// postMail posts the message. If it has more files than a message can have, further messages carry the rest.
func postMail(ctx context.Context, t *desk.Tx, conversationID int64, contact db.Contact, l parsed) (first db.Message, err error) {
	d := desk.NewMessage{
		Kind: db.MessageKindIncoming, ContentType: db.ContentTypeIncomingEmail, At: l.at, Automated: l.Automatic,
		Sender:     &desk.Sender{Kind: db.SenderKindContact, ID: contact.ID},
		Additional: json.RawMessage(`{"imported":true}`),
	}
	if l.ours {
		d.Kind, d.ContentType, d.Sender = db.MessageKindOutgoing, db.ContentTypeText, nil
		if l.author != 0 {
			d.Sender = &desk.Sender{Kind: db.SenderKindUser, ID: l.author}
		}
	}
	if l.MessageID != "" {
		d.SourceID = &l.MessageID
	}
	if thread := l.thread(); len(thread) > 0 {
		d.InReplyToSource = thread[0]
	}
	if d.Attributes, err = attributes(l); err != nil {
		return first, err
	}
	text := bounded150k(l.Text)
	if text == "" && len(l.files) == 0 {
		text = l.Subject
	}
	d.Content = &text
	for at := 0; at == 0 || at < len(l.files); at += desk.MaxAttachments {
		d.Files = l.files[at:min(at+desk.MaxAttachments, len(l.files))]
		m, err := t.Post(ctx, conversationID, d)
		if err != nil {
			return m, err
		}
		if at == 0 {
			first = m
		}
		d.Content, d.SourceID, d.Attributes, d.ContentType = nil, nil, nil, db.ContentTypeText
	}
	return first, nil
}

// attributes are the attributes with which the API shows a mail. The HTML is sanitized already.
func attributes(l parsed) (json.RawMessage, error) {
	email := map[string]any{
		"from": emails([]Address{l.From}), "to": emails(l.To), "cc": emails(l.Cc), "bcc": []string{},
		"subject": l.Subject, "message_id": l.MessageID, "references": l.References,
		"number_of_attachments": len(l.files), "auto_reply": l.Automatic,
		"text_content": parts(l.Text, l.QuotedText),
	}
	if len(l.ReplyTo) > 0 {
		email["reply_to"] = emails(l.ReplyTo)
	}
	if !l.Date.IsZero() && l.Date.Year() < 10_000 && l.Date.Year() > 0 {
		email["date"] = l.Date.Format(time.RFC3339)
	}
	if len(l.InReplyTo) > 0 {
		email["in_reply_to"] = l.InReplyTo[0]
	}
	if l.HTML != "" {
		email["html_content"] = parts(htmlsafe.Mail(l.HTML, nil), htmlsafe.Mail(l.QuotedHTML, nil))
	}
	return json.Marshal(map[string]any{"email": email})
}

func parts(reply, quoted string) map[string]string {
	return map[string]string{"full": reply + quoted, "reply": reply, "quoted": quoted}
}

func emails(list []Address) []string {
	out := make([]string, len(list))
	for i, a := range list {
		out[i] = a.Email
	}
	return out
}

// bounded150k cuts a text to the length of a message. The raw mail has the rest.
func bounded150k(text string) string {
	if utf8.RuneCountInString(text) <= desk.MaxContent {
		return text
	}
	return string([]rune(text)[:desk.MaxContent])
}
