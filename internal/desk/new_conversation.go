package desk

import (
	"context"
	"encoding/json"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/channel"
	"github.com/parleydesk/parley/internal/fault"
)

// NewConversation is the input of Open.
type NewConversation struct {
	ContactInbox db.ContactInbox
	// Status is open when empty. A blocked contact's conversation is resolved, and one in a bot's inbox begins
	// pending.
	Status       db.ConversationStatus
	Priority     *db.ConversationPriority
	AssigneeID   *int64
	TeamID       *int64
	Subject      string
	Labels       []string
	Additional   json.RawMessage
	Custom       json.RawMessage
	SnoozedUntil *time.Time
	// At is when it began, for imports; the time of the transaction when zero.
	At time.Time
}

// Open starts a conversation with a contact in an inbox, and assigns it where the inbox does so automatically. An
// inbox that allows one conversation for each contact returns the existing one unchanged. fault.Forbidden if the
// actor may not see the inbox.
func (t *Tx) Open(ctx context.Context, o NewConversation) (db.Conversation, error) {
	inbox, err := t.q.GetInbox(ctx, t.Account(), o.ContactInbox.InboxID)
	if err != nil {
		return db.Conversation{}, err
	}
	if !t.Actor.Scope.Sees(inbox.ID, o.TeamID) {
		return db.Conversation{}, fault.Forbidden
	}
	had, err := t.only(ctx, inbox, o.ContactInbox)
	if err != nil {
		return db.Conversation{}, err
	}
	if had != nil {
		return t.Conversation(ctx, had.DisplayID)
	}
	contact, err := t.q.GetContact(ctx, t.Account(), o.ContactInbox.ContactID)
	if err != nil {
		return db.Conversation{}, err
	}
	status := o.Status
	switch {
	case contact.Blocked:
		status = db.ConversationStatusResolved
	case inbox.AgentBotID != nil && t.Actor.Kind != db.ActorKindSystem:
		status = db.ConversationStatusPending
	case status == "":
		status = db.ConversationStatusOpen
	}
	if err := t.checkAssignable(ctx, o.AssigneeID); err != nil {
		return db.Conversation{}, err
	}
	number, err := t.q.NextDisplayID(ctx, t.Account())
	if err != nil {
		return db.Conversation{}, err
	}
	at := t.Now
	if !o.At.IsZero() {
		at = o.At
	}
	labels := o.Labels
	if labels == nil {
		labels = []string{}
	}
	c, err := t.q.InsertConversation(ctx, db.InsertConversationParams{
		AccountID: t.Account(), DisplayID: number, InboxID: inbox.ID, ContactID: contact.ID, ContactInboxID: o.ContactInbox.ID,
		Status: status, Priority: o.Priority, AssigneeID: o.AssigneeID, TeamID: o.TeamID, Subject: o.Subject, Labels: labels,
		AdditionalAttributes: object(
			o.Additional,
		), CustomAttributes: object(o.Custom), SnoozedUntil: o.SnoozedUntil, CreatedAt: at,
	})
	if err != nil {
		return c, err
	}
	t.hold(&c, inbox.Kind, inbox.AdditionalAttributes)
	if err := t.record(ctx, ConversationCreated, subject{conversation: &c}, Data{}); err != nil {
		return c, err
	}
	if o.AssigneeID != nil {
		if _, err := t.q.AddParticipant(ctx, db.AddParticipantParams{
			AccountID:      c.AccountID,
			ConversationID: c.ID,
			UserID:         *o.AssigneeID,
			At:             t.Now,
		}); err != nil {
			return c, err
		}
	} else if t.Actor.Kind != db.ActorKindSystem {
		if err := t.autoAssign(ctx, &c); err != nil {
			return c, err
		}
	}
	return c, nil
}

// only finds the one conversation that an inbox allows for a contact, nil if there is none; a concurrent Open waits.
// Mails find their thread by themselves, whatever the inbox allows.
func (t *Tx) only(ctx context.Context, inbox db.Inbox, address db.ContactInbox) (*db.Conversation, error) {
	if !inbox.LockToSingleConversation || t.Actor.Kind == db.ActorKindSystem {
		return nil, nil
	}
	if _, err := t.q.LockContactInbox(ctx, t.Account(), address.ID); err != nil {
		return nil, err
	}
	had, err := t.q.FindThread(ctx, t.Account(), address.ID)
	if db.IsNone(err) {
		return nil, nil
	}
	return &had, err
}

// Reach finds or makes the contact's address in an inbox. With an empty sourceID it takes the one they have, or makes
// one as the inbox's kind does. fault.Fields if another contact has the sourceID, or none can be made.
// fault.Forbidden if the actor does not work in the inbox: an address lets its holder write there.
func (t *Tx) Reach(ctx context.Context, contact db.Contact, inbox db.Inbox, sourceID string) (db.ContactInbox, error) {
	if !t.Actor.Scope.Sees(inbox.ID, nil) {
		return db.ContactInbox{}, fault.Forbidden
	}
	if sourceID == "" {
		of := db.FindNewestContactInboxParams{AccountID: t.Account(), ContactID: contact.ID, InboxID: inbox.ID}
		ci, err := t.q.FindNewestContactInbox(ctx, of)
		if err == nil || !db.IsNone(err) {
			return ci, err
		}
		if sourceID, err = newSourceID(contact, inbox); err != nil {
			return ci, err
		}
		// A concurrent Reach waits here, and then finds the address that the first one made.
		if _, err := t.q.LockContact(ctx, t.Account(), contact.ID); err != nil {
			return ci, err
		}
		if ci, err = t.q.FindNewestContactInbox(ctx, of); err == nil || !db.IsNone(err) {
			return ci, err
		}
	}
	at := db.FindContactInboxParams{AccountID: t.Account(), InboxID: inbox.ID, SourceID: sourceID}
	ci, err := t.q.FindContactInbox(ctx, at)
	if db.IsNone(err) {
		ci, err = t.q.InsertContactInbox(
			ctx,
			db.InsertContactInboxParams{AccountID: t.Account(), ContactID: contact.ID, InboxID: inbox.ID, SourceID: sourceID},
		)
		if db.IsNone(err) { // a concurrent transaction was faster
			ci, err = t.q.FindContactInbox(ctx, at)
		}
	}
	if err == nil && ci.ContactID != contact.ID {
		if own, none := newSourceID(contact, inbox); none != nil || own != sourceID {
			return ci, fault.Field("source_id", "source_id should be unique")
		}
		return t.takeAddress(ctx, ci, contact, inbox)
	}
	return ci, err
}

// takeAddress gives a contact an address in an inbox that the inbox still has for another contact, whose e-mail or
// phone number has changed since. The other is then known by their present address, or by an id that is no address.
func (t *Tx) takeAddress(
	ctx context.Context,
	former db.ContactInbox,
	contact db.Contact,
	inbox db.Inbox,
) (db.ContactInbox, error) {
	other, err := t.q.GetContact(ctx, t.Account(), former.ContactID)
	if err != nil {
		return former, err
	}
	present, err := newSourceID(other, inbox)
	if err != nil {
		present = ""
	}
	if err := t.q.RenameContactInbox(ctx, db.RenameContactInboxParams{AccountID: t.Account(), ID: former.ID, SourceID: present}); err != nil {
		return former, err
	}
	return t.q.InsertContactInbox(
		ctx,
		db.InsertContactInboxParams{AccountID: t.Account(), ContactID: contact.ID, InboxID: inbox.ID, SourceID: former.SourceID},
	)
}

// newSourceID is a contact's id in a channel: their address where the channel has addresses, else a new UUID. It
// returns fault.Fields for a contact without an address that the channel needs: nothing could be sent to them.
func newSourceID(c db.Contact, inbox db.Inbox) (string, error) {
	id, missing := channel.Of(inbox.Kind).Source(c)
	if missing != "" {
		return "", fault.Field("source_id", missing)
	}
	return id, nil
}
