package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/channel"
	"github.com/parleydesk/parley/internal/fault"
)

// deliveryOf is the delivery state of d once it is posted in c, with the reason where it fails at once. It returns
// fault.Fields if the channel refuses the message for something that its writer can change.
func (t *Tx) deliveryOf(c *db.Conversation, d NewMessage) (state db.Delivery, reason string, err error) {
	out := d.Kind == db.MessageKindOutgoing || d.Kind == db.MessageKindTemplate
	if imported := d.Delivery != "" || !d.At.IsZero(); imported || !out || d.Private {
		return cmp.Or(d.Delivery, db.DeliverySent), "", nil
	}
	in := t.channels[c.ID]
	switch refused := in.refusal(c, d, t.Now); {
	case !in.Sends():
		return db.DeliveryQueued, channel.NoSender, nil
	case refused == nil:
		return in.AtPosting, "", nil
	case d.Kind == db.MessageKindTemplate: // no one waits for the answer: the thread shows the failure
		return db.DeliveryQueued, refused.Error(), nil
	default:
		return "", "", refused
	}
}

// refusal is why the channel cannot take d: the message holds too much, or it is outside of the reply window and not
// a template.
func (in inboxChannel) refusal(c *db.Conversation, d NewMessage, now time.Time) error {
	if d.Content != nil && utf8.RuneCountInString(*d.Content) > in.Limits.Text {
		return fault.Field("content", tooLong(in.Limits.Text))
	}
	if len(d.Files)+len(d.Uploads) > in.Limits.Files {
		return fault.Field("attachments", tooMany(in.Limits.Files))
	}
	if sentence := in.Obstacle(in.window, c.LastIncomingAt, now); sentence != "" && !isTemplate(d) {
		return fault.Field("content", sentence)
	}
	return nil
}

// isTemplate reports whether the channel's provider has approved the text before.
func isTemplate(d NewMessage) bool {
	var all struct {
		Template json.RawMessage `json:"template_params"`
	}
	return json.Unmarshal(object(d.Additional), &all) == nil && len(all.Template) > 0
}

func tooLong(most int) string {
	return fmt.Sprintf("Content is too long (maximum is %d characters)", most)
}

func tooMany(most int) string {
	return fmt.Sprintf("Attachments are too many (maximum is %d)", most)
}

// Deliver records the delivery state that a channel reports, with the reason if the message failed. A state that is
// no step forward (db.Delivery.After) changes nothing and is no error.
func (t *Tx) Deliver(ctx context.Context, conversationID, messageID int64, next db.Delivery, reason string) (db.Message, error) {
	c, m, err := t.message(ctx, conversationID, messageID)
	if err != nil {
		return m, err
	}
	if !m.Delivery.After(next) || (m.Delivery == next && m.Error == reason) {
		return m, nil
	}
	return t.deliver(ctx, c, m, next, reason)
}

// DeliverBySource is Deliver for a message that is known by the id that the inbox's provider gave it. It returns
// pgx.ErrNoRows if there is none, or the actor may not see its conversation.
func (t *Tx) DeliverBySource(ctx context.Context, inboxID int64, sourceID string, next db.Delivery, reason string) (db.Message, error) {
	m, err := t.q.FindSentMessage(ctx, db.FindSentMessageParams{AccountID: t.Account(), InboxID: inboxID, SourceID: sourceID})
	if err != nil {
		return m, err
	}
	return t.Deliver(ctx, m.ConversationID, m.ID, next, reason)
}

// fail marks a message as failed that was just posted and that nothing will send.
func (t *Tx) fail(ctx context.Context, c *db.Conversation, m db.Message, reason string) (db.Message, error) {
	if reason == "" {
		return m, nil
	}
	return t.deliver(ctx, c, m, db.DeliveryFailed, reason)
}

func (t *Tx) deliver(ctx context.Context, c *db.Conversation, m db.Message, next db.Delivery, reason string) (db.Message, error) {
	attributes, err := withError(m.ContentAttributes, &reason)
	if err != nil {
		return m, err
	}
	return t.setDelivery(ctx, c, m, next, reason, attributes)
}

// Retry hands a failed message to its channel again. A message that has not failed is left alone, so that nothing is
// sent twice; so is one on a channel that nothing sends for.
func (t *Tx) Retry(ctx context.Context, conversationID, messageID int64) (db.Message, error) {
	c, m, err := t.message(ctx, conversationID, messageID)
	if err != nil || (m.Delivery != db.DeliveryFailed && m.Delivery != db.DeliveryExpired) {
		return m, err
	}
	in := t.channels[c.ID]
	if !in.Sends() {
		return m, nil
	}
	attributes, err := withError(m.ContentAttributes, nil)
	if err != nil {
		return m, err
	}
	return t.setDelivery(ctx, c, m, in.AtPosting, "", attributes)
}

// Retried reports whether a change of delivery hands a failed message to its channel again. Only Retry makes such a
// change.
func Retried(d Data) bool {
	change, moved := d.Changed["delivery"]
	if !moved {
		return false
	}
	from, to := fmt.Sprint(change[0]), fmt.Sprint(change[1])
	ended := from == string(db.DeliveryFailed) || from == string(db.DeliveryExpired)
	return ended && (to == string(db.DeliverySent) || to == string(db.DeliveryQueued))
}

func (t *Tx) setDelivery(
	ctx context.Context, c *db.Conversation, m db.Message, next db.Delivery, reason string, attributes json.RawMessage,
) (db.Message, error) {
	before := m.Delivery
	m, err := t.q.SetMessageDelivery(ctx, db.SetMessageDeliveryParams{
		AccountID:         c.AccountID,
		ID:                m.ID,
		Delivery:          next,
		Error:             reason,
		ContentAttributes: attributes,
		UpdatedAt:         t.Now,
	})
	if err != nil {
		return m, err
	}
	return m, t.record(ctx, MessageUpdated, subject{conversation: c, messageID: m.ID}, Data{
		Changed: map[string][2]any{"delivery": {before, next}}, Kind: m.Kind, MessagePrivate: m.Private,
	})
}

// withError sets why a message failed among its attributes, as the APIs promise: null once it was delivered after
// all, and unchanged where it is tried again.
func withError(raw json.RawMessage, reason *string) (json.RawMessage, error) {
	all := map[string]any{}
	if err := db.Decode(object(raw), &all); err != nil {
		return nil, err
	}
	switch {
	case reason == nil:
		delete(all, "external_error")
	case *reason == "":
		all["external_error"] = nil
	default:
		all["external_error"] = *reason
	}
	return json.Marshal(all)
}
