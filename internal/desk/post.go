package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/channel"
	"github.com/parleydesk/parley/internal/fault"
)

// Limits of a message, by the contract of the main API.
const (
	MaxContent     = channel.MaxText
	MaxSourceID    = 20_000
	MaxAttachments = channel.MaxFiles
)

// NewMessage is the input of Post.
type NewMessage struct {
	Kind    db.MessageKind
	Private bool
	// ContentType is text when empty.
	ContentType db.ContentType
	// Content is what was typed; nil for attachments alone and for some content types.
	Content *string
	// Attributes and Additional are JSON objects. Post adds a mail's content and addresses to Attributes.
	Attributes json.RawMessage
	Additional json.RawMessage
	SourceID   *string
	EchoID     string
	// InReplyTo is a message of the same conversation; an unknown id is ignored. InReplyToSource is the channel's id
	// of one instead. Both are stored in the attributes, as the APIs promise.
	InReplyTo       int64
	InReplyToSource string
	// Files are in the blob store already; Uploads are keys of attachments without a message.
	Files   []File
	Uploads []string
	// Sender overrides the sender, for a user who posts for a bot. By default an incoming message is from the
	// contact, an outgoing one from the actor, and an activity or template from no one.
	Sender *Sender
	// Delivery is decided by the channel when empty; imports set it.
	Delivery db.Delivery
	// At is when it was written, for imports; the time of the transaction when zero.
	At time.Time
	// Automated means that a program wrote the message: a campaign's or a rule's does not count as a human reply, and
	// an out-of-office message asks for none.
	Automated bool
	// MailHTML is the mail's HTML in an e-mail inbox; it is made of Content when empty.
	MailHTML string
	// Template is Content, parsed; its placeholders are filled in. It is nil where there are none, or they stay.
	Template *Template
}

// Sender is who a message is from.
type Sender struct {
	Kind db.SenderKind
	ID   int64
}

// maxMailHTML bounds the HTML that a client gives for a mail, in bytes.
const maxMailHTML = 1 << 20

// File is an attachment whose content is in the blob store, or that has none (a location, a link).
type File struct {
	Kind          db.FileKind
	Name          string
	ContentType   string
	Size          int64
	BlobHash      *string
	Width, Height *int32
	// Readable marks a picture of which a thumbnail can be made.
	Readable    bool
	Latitude    *float64
	Longitude   *float64
	Title       *string
	ExternalURL *string
	Meta        json.RawMessage
}

func (d NewMessage) check() error {
	if d.Content != nil {
		if utf8.RuneCountInString(*d.Content) > MaxContent {
			return fault.Field("content", tooLong(MaxContent))
		}
		if !utf8.ValidString(*d.Content) {
			return fault.Field("content", "Content is not valid UTF-8")
		}
		if strings.ContainsRune(*d.Content, 0) {
			return fault.Field("content", "Content contains a NUL character")
		}
	}
	if len(d.MailHTML) > maxMailHTML || !utf8.ValidString(d.MailHTML) || strings.ContainsRune(d.MailHTML, 0) {
		return fault.Field("email_html_content", "Email html content must be text of at most 1 MB")
	}
	if d.SourceID != nil && len(*d.SourceID) > MaxSourceID {
		return fault.Field("source_id", "Source is too long (maximum is 20000 characters)")
	}
	if len(d.Files)+len(d.Uploads) > MaxAttachments {
		return fault.Field("attachments", tooMany(MaxAttachments))
	}
	return nil
}

// Post adds a message to a conversation and updates the conversation: a customer's message reopens a resolved,
// snoozed or archived one and starts the wait; a public reply ends it. ListMessageAttachments reads the returned
// message's attachments.
func (t *Tx) Post(ctx context.Context, conversationID int64, d NewMessage) (db.Message, error) {
	if err := d.check(); err != nil {
		return db.Message{}, err
	}
	c, err := t.lock(ctx, conversationID)
	if err != nil {
		return db.Message{}, err
	}
	if d.Template != nil && d.Content != nil {
		filled, err := t.fill(ctx, c, *d.Content, d.Template)
		if err != nil {
			return db.Message{}, err
		}
		d.Content = &filled
	}
	if t.channels[c.ID].Mail {
		if d.Attributes, err = mailAttributes(d); err != nil {
			return db.Message{}, err
		}
	}
	if had, err := t.postedBefore(ctx, c, d); err != nil || had.ID != 0 {
		return had, err
	}
	delivery, reason, err := t.deliveryOf(c, d)
	if err != nil {
		return db.Message{}, err
	}
	d.Delivery = delivery
	p, err := t.messageRow(ctx, c, d)
	if err != nil {
		return db.Message{}, err
	}
	m, err := t.q.InsertMessage(ctx, p)
	if err != nil {
		return m, err
	}
	if err := t.attach(ctx, c, m, d); err != nil {
		return m, err
	}
	before := *c
	if err := t.applyMessage(ctx, c, m, d); err != nil {
		return m, err
	}
	err = t.recordMessage(ctx, c, m, Data{
		EchoID:         d.EchoID,
		Kind:           m.Kind,
		MessagePrivate: m.Private,
		Reopened:       before.Status != c.Status,
		Changed:        waited(before, *c),
	})
	if err != nil {
		return m, err
	}
	if before.Status != c.Status {
		return m, t.reopened(ctx, c, before, m)
	}
	return t.fail(ctx, c, m, reason)
}

// postedBefore finds a customer's message that is posted again: a provider or a bridge repeats what it is not sure to
// have delivered. Some ids are unique only within a chat, and some bridges give one id to all messages, so it is the
// same message only in the same conversation with the same text and number of files.
func (t *Tx) postedBefore(ctx context.Context, c *db.Conversation, d NewMessage) (db.Message, error) {
	if d.Kind != db.MessageKindIncoming || d.SourceID == nil || *d.SourceID == "" || !d.At.IsZero() {
		return db.Message{}, nil
	}
	had, err := t.q.FindMessageBySource(ctx, db.FindMessageBySourceParams{
		AccountID:      c.AccountID,
		InboxID:        c.InboxID,
		ConversationID: c.ID,
		SourceID:       *d.SourceID,
	})
	if db.IsNone(err) {
		return db.Message{}, nil
	}
	text := ""
	if d.Content != nil {
		text = *d.Content
	}
	same := had.Text() == text && int(had.AttachmentCount) == len(d.Files)+len(d.Uploads)
	if err != nil || had.Kind != d.Kind || !same && had.DeletedAt == nil {
		return db.Message{}, err
	}
	return had, nil
}

// messageRow is the message row that d becomes in c.
func (t *Tx) messageRow(ctx context.Context, c *db.Conversation, d NewMessage) (db.InsertMessageParams, error) {
	p := db.InsertMessageParams{
		AccountID: c.AccountID, ConversationID: c.ID, InboxID: c.InboxID, Kind: d.Kind, Private: d.Private,
		ContentType: d.ContentType, Content: d.Content, ContentAttributes: object(d.Attributes),
		AdditionalAttributes: object(d.Additional), SourceID: d.SourceID, Delivery: cmp.Or(d.Delivery, db.DeliverySent), CreatedAt: t.Now,
		AttachmentCount: int16(len(d.Files) + len(d.Uploads)), Automatic: d.Automated,
	}
	if p.ContentType == "" {
		p.ContentType = db.ContentTypeText
	}
	if !d.At.IsZero() {
		p.CreatedAt = d.At
	} else if late := c.LastActivityAt.Sub(t.Now); late > 0 && late < time.Minute {
		// Another transaction had the lock first and posted meanwhile: times in the thread must follow the ids.
		p.CreatedAt = c.LastActivityAt
	}
	if s := t.sender(c, d); s != nil {
		p.SenderKind, p.SenderID = &s.Kind, &s.ID
	}
	return p, t.resolveReply(ctx, c, d, &p)
}

func (t *Tx) sender(c *db.Conversation, d NewMessage) *Sender {
	switch {
	case d.Sender != nil:
		return d.Sender
	case d.Kind == db.MessageKindIncoming:
		return &Sender{db.SenderKindContact, c.ContactID}
	case d.Kind != db.MessageKindOutgoing:
		return nil
	case t.Actor.Kind == db.ActorKindUser:
		return &Sender{db.SenderKindUser, t.Actor.ID}
	case t.Actor.Kind == db.ActorKindBot:
		return &Sender{db.SenderKindBot, t.Actor.ID}
	}
	return nil
}

// resolveReply finds the message that is replied to, by either of its two ids, and stores both.
func (t *Tx) resolveReply(ctx context.Context, c *db.Conversation, d NewMessage, p *db.InsertMessageParams) error {
	if d.InReplyTo == 0 && d.InReplyToSource == "" {
		return nil
	}
	var answered db.Message
	var err error
	if d.InReplyTo != 0 {
		answered, err = t.q.GetMessage(ctx, db.GetMessageParams{AccountID: c.AccountID, ConversationID: c.ID, ID: d.InReplyTo})
	} else {
		answered, err = t.q.FindMessageBySource(ctx, db.FindMessageBySourceParams{
			AccountID:      c.AccountID,
			InboxID:        c.InboxID,
			ConversationID: c.ID,
			SourceID:       d.InReplyToSource,
		})
	}
	if err != nil && !db.IsNone(err) {
		return err
	}
	attributes := map[string]any{}
	if err := db.Decode(p.ContentAttributes, &attributes); err != nil {
		return fault.Field("content_attributes", "Content attributes must be an object")
	}
	attributes["in_reply_to"], attributes["in_reply_to_external_id"] = nil, nil
	if err == nil && answered.ID != 0 {
		p.InReplyTo = &answered.ID
		attributes["in_reply_to"] = answered.ID
		attributes["in_reply_to_external_id"] = answered.SourceID
	} else if d.InReplyToSource != "" {
		attributes["in_reply_to_external_id"] = d.InReplyToSource
	}
	p.ContentAttributes, err = json.Marshal(attributes)
	return err
}

// attach adds the message's files: stored ones, and uploads without a message.
func (t *Tx) attach(ctx context.Context, c *db.Conversation, m db.Message, d NewMessage) error {
	for _, f := range d.Files {
		if err := t.keepBytes(ctx, f); err != nil {
			return err
		}
		_, err := t.q.InsertAttachment(ctx, db.InsertAttachmentParams{
			AccountID: c.AccountID, MessageID: &m.ID, ConversationID: &c.ID, FileKind: f.Kind, Name: f.Name, ContentType: f.ContentType,
			Size: f.Size, BlobHash: f.BlobHash, Width: f.Width, Height: f.Height,
			Latitude: f.Latitude, Longitude: f.Longitude, FallbackTitle: f.Title, ExternalUrl: f.ExternalURL, Meta: object(f.Meta),
		})
		if err != nil {
			return err
		}
	}
	if len(d.Uploads) == 0 {
		return nil
	}
	got, err := t.q.ClaimAttachments(ctx, db.ClaimAttachmentsParams{
		AccountID: c.AccountID, MessageID: m.ID, ConversationID: c.ID, Keys: d.Uploads, UploaderID: t.Actor.ID,
		// A contact cannot upload: a member's program did and gave them the key.
		ByContact: t.Actor.Kind == db.ActorKindContact,
	})
	if err != nil {
		return err
	}
	if len(got) != len(d.Uploads) {
		return fault.Field("attachments", "An attachment is not there any more. Please attach it again")
	}
	return nil
}

// applyMessage updates the conversation's derived columns after m. recordMessage stores them.
func (t *Tx) applyMessage(ctx context.Context, c *db.Conversation, m db.Message, d NewMessage) error {
	c.LastMessageID = &m.ID
	if d.At.IsZero() || m.CreatedAt.After(c.LastActivityAt) {
		c.LastActivityAt = m.CreatedAt
	}
	if m.Kind != db.MessageKindActivity {
		c.LastTalkID = &m.ID
	}
	if m.Public() {
		c.LastPublicID, c.LastPublicAt = &m.ID, &m.CreatedAt
	}
	switch {
	case m.Kind == db.MessageKindIncoming:
		if err := t.applyIncoming(ctx, c, m); err != nil {
			return err
		}
	case m.Kind == db.MessageKindOutgoing && !m.Private && !d.Automated:
		t.applyReply(c, m)
	}
	c.UpdatedAt = t.Now
	return nil
}

// recordMessage stores, in one round trip, the conversation as m left it and the event.
func (t *Tx) recordMessage(ctx context.Context, c *db.Conversation, m db.Message, data Data) error {
	b := t.q.Batch()
	db.Exec(b, (*db.Queries).TouchConversation, db.TouchConversationParams{
		AccountID:      c.AccountID,
		ID:             c.ID,
		Status:         c.Status,
		ArchivedAt:     c.ArchivedAt,
		SnoozedUntil:   c.SnoozedUntil,
		LastMessageID:  c.LastMessageID,
		LastTalkID:     c.LastTalkID,
		LastPublicID:   c.LastPublicID,
		LastPublicAt:   c.LastPublicAt,
		LastIncomingID: c.LastIncomingID,
		LastIncomingAt: c.LastIncomingAt,
		LastActivityAt: c.LastActivityAt,
		WaitingSince:   c.WaitingSince,
		FirstReplyAt:   c.FirstReplyAt,
		UnreadCount:    c.UnreadCount,
		UpdatedAt:      c.UpdatedAt,
	})
	if err := t.queueEvent(b, MessageCreated, subject{conversation: c, messageID: m.ID}, data); err != nil {
		return err
	}
	return b.Run(ctx)
}

func (t *Tx) applyIncoming(ctx context.Context, c *db.Conversation, m db.Message) error {
	c.LastIncomingID, c.LastIncomingAt = &m.ID, &m.CreatedAt
	c.UnreadCount++
	if m.Automatic {
		return nil // an out-of-office waits for nobody and brings nothing back
	}
	if c.WaitingSince == nil {
		c.WaitingSince = &m.CreatedAt
	}
	if err := t.q.TouchContact(ctx, db.TouchContactParams{AccountID: c.AccountID, ID: c.ContactID, At: m.CreatedAt}); err != nil {
		return err
	}
	if !c.Done() && c.ArchivedAt == nil {
		return nil
	}
	contact, err := t.q.GetContact(ctx, c.AccountID, c.ContactID)
	if err != nil || contact.Blocked {
		return err // a muted contact reopens nothing
	}
	c.ArchivedAt = nil
	if !c.Done() {
		return nil
	}
	inbox, err := t.q.GetInbox(ctx, c.AccountID, c.InboxID)
	if err != nil {
		return err
	}
	resolved := c.Status == db.ConversationStatusResolved
	c.Status, c.SnoozedUntil = db.ConversationStatusOpen, nil
	if resolved && inbox.AgentBotID != nil {
		c.Status = db.ConversationStatusPending
	}
	return nil
}

// applyReply ends the customer's wait. A bot's reply does too, but only a person's counts as the first. A reply with
// an account's key counts as a person's: they use another program.
func (t *Tx) applyReply(c *db.Conversation, m db.Message) {
	person := t.Actor.Kind == db.ActorKindAccount
	if m.SenderKind == nil && !person {
		return
	}
	c.WaitingSince = nil
	person = person || *m.SenderKind == db.SenderKindUser
	if person && c.FirstReplyAt == nil {
		c.FirstReplyAt = &m.CreatedAt
	}
}

// waited returns how a message changed the customer's wait, for reports and webhooks.
func waited(before, after db.Conversation) map[string][2]any {
	changed := map[string][2]any{}
	if !sameTime(before.WaitingSince, after.WaitingSince) {
		changed["waiting_since"] = [2]any{before.WaitingSince, after.WaitingSince}
	}
	if !sameTime(before.FirstReplyAt, after.FirstReplyAt) {
		changed["first_reply_at"] = [2]any{before.FirstReplyAt, after.FirstReplyAt}
	}
	return changed
}

// reopened records that a customer's message reopened the conversation, and assigns it.
func (t *Tx) reopened(ctx context.Context, c *db.Conversation, before db.Conversation, m db.Message) error {
	err := t.record(ctx, ConversationStatusChanged, subject{conversation: c}, Data{
		Changed: map[string][2]any{"status": {before.Status, c.Status}}, Reopened: true,
	})
	if err != nil {
		return err
	}
	switch {
	case before.Status == db.ConversationStatusResolved && c.Status == db.ConversationStatusOpen && !m.Private:
		err = t.postActivity(ctx, c, "System reopened the conversation due to a new incoming message.")
	case t.Actor.Kind == db.ActorKindUser: // a bridge posts with a user's token: the change is that user's
		err = t.postActivity(ctx, c, statusSentence(t.Actor, c.Status))
	}
	if err != nil {
		return err
	}
	return t.autoAssign(ctx, c)
}

// postActivity adds an activity line to the thread. It records no event: the change that it describes has one.
func (t *Tx) postActivity(ctx context.Context, c *db.Conversation, sentence string) error {
	d := NewMessage{Kind: db.MessageKindActivity, Content: &sentence}
	p, err := t.messageRow(ctx, c, d)
	if err != nil {
		return err
	}
	m, err := t.q.InsertMessage(ctx, p)
	if err != nil {
		return err
	}
	if err := t.applyMessage(ctx, c, m, d); err != nil {
		return err
	}
	return t.recordMessage(ctx, c, m, Data{Kind: m.Kind})
}

func id(n int64) string { return strconv.FormatInt(n, 10) }
