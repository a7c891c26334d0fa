package desk

import (
	"context"
	"encoding/json"
	"reflect"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
)

// Attributes are the subject and the attributes of a conversation to be set; nil leaves a field as it is.
type Attributes struct {
	Subject    *string
	Custom     json.RawMessage
	Additional json.RawMessage
}

// SetAttributes replaces a conversation's subject, custom or additional attributes.
func (t *Tx) SetAttributes(ctx context.Context, conversationID int64, a Attributes) error {
	c, err := t.lock(ctx, conversationID)
	if err != nil {
		return err
	}
	changed := map[string][2]any{}
	if a.Subject != nil && *a.Subject != c.Subject {
		changed["subject"] = [2]any{c.Subject, *a.Subject}
		c.Subject = *a.Subject
	}
	if a.Custom != nil && !sameObject(c.CustomAttributes, a.Custom) {
		changed["custom_attributes"] = [2]any{c.CustomAttributes, object(a.Custom)}
		c.CustomAttributes = object(a.Custom)
	}
	if a.Additional != nil && !sameObject(c.AdditionalAttributes, a.Additional) {
		changed["additional_attributes"] = [2]any{c.AdditionalAttributes, object(a.Additional)}
		c.AdditionalAttributes = object(a.Additional)
	}
	if len(changed) == 0 {
		return nil
	}
	c.UpdatedAt = t.Now
	err = t.q.SetConversationAttributes(ctx, db.SetConversationAttributesParams{
		AccountID: c.AccountID, ID: c.ID, Subject: c.Subject, CustomAttributes: c.CustomAttributes,
		AdditionalAttributes: c.AdditionalAttributes, UpdatedAt: t.Now,
	})
	if err != nil {
		return err
	}
	return t.record(ctx, ConversationUpdated, subject{conversation: c}, Data{Changed: changed})
}

// sameObject reports whether two JSON objects are equal, whatever their spelling.
func sameObject(a, b json.RawMessage) bool {
	var one, other any
	return json.Unmarshal(object(a), &one) == nil && json.Unmarshal(object(b), &other) == nil && reflect.DeepEqual(one, other)
}

// AddParticipant makes a user follow a conversation, and reports whether they did not follow it before.
// fault.NotFound if the user is no member of the account.
func (t *Tx) AddParticipant(ctx context.Context, conversationID, userID int64) (bool, error) {
	c, err := t.lock(ctx, conversationID)
	if err != nil {
		return false, err
	}
	n, err := t.q.AddParticipant(ctx, db.AddParticipantParams{AccountID: c.AccountID, ConversationID: c.ID, UserID: userID, At: t.Now})
	if db.IsMissing(err) {
		return false, fault.NotFound
	}
	if err != nil || n == 0 {
		return false, err
	}
	return true, t.record(
		ctx,
		ParticipantsChanged,
		subject{conversation: c},
		Data{Changed: map[string][2]any{"participant": {nil, userID}}},
	)
}

// RemoveParticipant makes a user stop following a conversation; it does nothing if they did not follow it.
func (t *Tx) RemoveParticipant(ctx context.Context, conversationID, userID int64) error {
	c, err := t.lock(ctx, conversationID)
	if err != nil {
		return err
	}
	n, err := t.q.RemoveParticipant(ctx, db.RemoveParticipantParams{AccountID: c.AccountID, ConversationID: c.ID, UserID: userID})
	if err != nil || n == 0 {
		return err
	}
	return t.record(
		ctx,
		ParticipantsChanged,
		subject{conversation: c},
		Data{Changed: map[string][2]any{"participant": {userID, nil}}},
	)
}

// Typing publishes that the actor has begun or stopped to type.
func (t *Tx) Typing(ctx context.Context, conversationID int64, on, private bool) error {
	c, err := t.lock(ctx, conversationID)
	if err != nil {
		return err
	}
	kind := ConversationTypingOff
	if on {
		kind = ConversationTypingOn
	}
	return t.record(ctx, kind, subject{conversation: c}, Data{Private: private})
}

// Mute blocks the contact and resolves the conversation: what they write from now on does not reopen it. Muting twice
// changes nothing.
func (t *Tx) Mute(ctx context.Context, conversationID int64) error {
	c, err := t.lock(ctx, conversationID)
	if err != nil {
		return err
	}
	before := c.Status
	if err := t.SetStatus(ctx, c.ID, db.ConversationStatusResolved, nil); err != nil {
		return err
	}
	blocked, err := t.block(ctx, c.ContactID, true)
	if err != nil || (!blocked && c.Status == before) || !t.Actor.speaks() {
		return err
	}
	return t.postActivity(ctx, c, t.Actor.Name+" has muted the conversation")
}

// Unmute unblocks the contact; the conversation's status stays.
func (t *Tx) Unmute(ctx context.Context, conversationID int64) error {
	c, err := t.lock(ctx, conversationID)
	if err != nil {
		return err
	}
	unblocked, err := t.block(ctx, c.ContactID, false)
	if err != nil || !unblocked || !t.Actor.speaks() {
		return err
	}
	return t.postActivity(ctx, c, t.Actor.Name+" has unmuted the conversation")
}

// DeleteConversation deletes a conversation with all that belongs to it. Administrators only.
func (t *Tx) DeleteConversation(ctx context.Context, conversationID int64) error {
	if err := t.requireAdmin(); err != nil {
		return err
	}
	c, err := t.lock(ctx, conversationID)
	if err != nil {
		return err
	}
	if err := t.q.DeleteConversation(ctx, c.AccountID, c.ID); err != nil {
		return err
	}
	delete(t.held, c.ID)
	delete(t.channels, c.ID)
	return t.record(ctx, ConversationDeleted, subject{conversation: c}, Data{})
}
