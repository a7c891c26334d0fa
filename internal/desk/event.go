package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"github.com/parleydesk/parley/db"
)

// The kinds of events: noun.past. Package react looks up what follows an event by its kind.
const (
	ConversationCreated         = "conversation.created"
	ConversationStatusChanged   = "conversation.status_changed"
	ConversationAssigned        = "conversation.assigned"
	ConversationTeamChanged     = "conversation.team_changed"
	ConversationPriorityChanged = "conversation.priority_changed"
	ConversationLabelled        = "conversation.labelled"
	ConversationArchived        = "conversation.archived"
	ConversationUnarchived      = "conversation.unarchived"
	ConversationUpdated         = "conversation.updated"
	ConversationRead            = "conversation.read"
	ConversationUnread          = "conversation.unread"
	ConversationDeleted         = "conversation.deleted"
	ConversationTypingOn        = "conversation.typing_on"
	ConversationTypingOff       = "conversation.typing_off"
	ParticipantsChanged         = "participants.changed"
	MessageCreated              = "message.created"
	MessageUpdated              = "message.updated"
	MessageDeleted              = "message.deleted"
	ContactCreated              = "contact.created"
	ContactUpdated              = "contact.updated"
	ContactMerged               = "contact.merged"
	ContactDeleted              = "contact.deleted"
	InboxCreated                = "inbox.created"
	InboxUpdated                = "inbox.updated"
	InboxDeleted                = "inbox.deleted"
	LabelCreated                = "label.created"
	LabelUpdated                = "label.updated"
	LabelDeleted                = "label.deleted"
	TeamCreated                 = "team.created"
	TeamUpdated                 = "team.updated"
	TeamDeleted                 = "team.deleted"
	InboxRetired                = "inbox.retired"
	MembersChanged              = "members.changed"
	MacroExecuted               = "macro.executed"
)

// Data is what an event holds besides its kind, actor and subject. It is stored as JSON and read by the change feed,
// webhooks and rules; add fields, never rename them.
type Data struct {
	// Changed holds column → [before, after] for everything the verb changed.
	Changed map[string][2]any `json:"changed,omitempty"`
	// DisplayID is the conversation's number, so that a reader of the feed need not look it up.
	DisplayID int64 `json:"display_id,omitempty"`
	// Status and AssigneeID are the conversation's as the event left it: whoever follows the event up later must not
	// take what came afterwards for its part. Status is empty in events from before it was recorded.
	Status     db.ConversationStatus `json:"status,omitempty"`
	AssigneeID int64                 `json:"assignee_id,omitempty"`
	// EchoID is a client's own mark on a message it sent; it is not stored with the message.
	EchoID string `json:"echo_id,omitempty"`
	// MergedID is the contact that was deleted by contact.merged.
	MergedID int64 `json:"merged_id,omitempty"`
	// Moved are the numbers of the conversations that contact.merged gave to the other contact.
	Moved []int64 `json:"moved,omitempty"`
	// Private reports whether someone types a note.
	Private bool `json:"private,omitempty"`
	// Kind and MessagePrivate repeat the message's own, so that rules and webhooks can skip an event without reading
	// it.
	Kind           db.MessageKind `json:"message_kind,omitempty"`
	MessagePrivate bool           `json:"message_private,omitempty"`
	// Reopened is true if the message reopened a resolved or snoozed conversation.
	Reopened bool `json:"reopened,omitempty"`
	// LabelID is the label of an event about labels.
	LabelID int64 `json:"label_id,omitempty"`
	// HandedOff is true if a bot handed the conversation over to people.
	HandedOff bool `json:"handed_off,omitempty"`
}

// DataOf reads an event's data back.
func DataOf(e db.Event) (Data, error) {
	var d Data
	err := db.Decode(e.Data, &d)
	return d, err
}

// StatusOf returns the status of an event's conversation as the event left it. Events from before it was recorded have the
// conversation's own.
func (d Data) StatusOf(c db.Conversation) db.ConversationStatus { return cmp.Or(d.Status, c.Status) }

// differences keeps the columns whose values before and after differ.
func differences(columns map[string][2]any) map[string][2]any {
	maps.DeleteFunc(columns, func(_ string, v [2]any) bool { return v[0] == v[1] })
	return columns
}

// subject is what an event is about: a conversation, message, contact, inbox and so on.
type subject struct {
	conversation *db.Conversation
	messageID    int64
	contactID    int64
	inboxID      int64
	teamID       int64
}

// record inserts one event and pokes the pages that show its subject.
func (t *Tx) record(ctx context.Context, kind string, about subject, data Data) error {
	b := t.q.Batch()
	if err := t.queueEvent(b, kind, about, data); err != nil {
		return err
	}
	return b.Run(ctx)
}

// queueEvent is record for a verb that writes something else in the same round trip.
func (t *Tx) queueEvent(b *db.Batch, kind string, about subject, data Data) error {
	if c := about.conversation; c != nil {
		t.poke("conversation:"+strconv.FormatInt(c.DisplayID, 10), c.InboxID, c.TeamID)
	}
	if about.contactID != 0 {
		t.poke("contact:"+strconv.FormatInt(about.contactID, 10), 0, nil)
	}
	if about.inboxID != 0 {
		t.poke("inbox:"+strconv.FormatInt(about.inboxID, 10), about.inboxID, nil)
	}
	return t.queueSilently(b, kind, about, data)
}

// queueSilently is queueEvent without the poke.
func (t *Tx) queueSilently(b *db.Batch, kind string, about subject, data Data) error {
	p := db.InsertEventParams{AccountID: t.Account(), Kind: kind, ActorKind: t.Actor.Kind, ActorID: t.Actor.idOrNil(), CreatedAt: t.Now}
	if c := about.conversation; c != nil {
		data.DisplayID, data.Status = c.DisplayID, c.Status
		if c.AssigneeID != nil {
			data.AssigneeID = *c.AssigneeID
		}
		p.ConversationID, p.InboxID, p.TeamID, p.ContactID = &c.ID, &c.InboxID, c.TeamID, &c.ContactID
	}
	if about.messageID != 0 {
		p.MessageID = &about.messageID
	}
	if about.contactID != 0 {
		p.ContactID = &about.contactID
	}
	if about.inboxID != 0 {
		p.InboxID = &about.inboxID
	}
	if about.teamID != 0 {
		p.TeamID = &about.teamID
	}
	raw, err := json.Marshal(data)
	if err != nil {
		return err
	}
	p.Data = raw
	db.Into(b, nil, (*db.Queries).InsertEvent, p)
	return nil
}

// recordRelease inserts the event of each conversation that loses its team or bot because that is deleted. There may
// be very many, so they go in batches and poke no page: whoever deletes a team or a bot pokes "members".
func (t *Tx) recordRelease(ctx context.Context, kind, column string, id int64, conversations []db.Conversation) error {
	for some := range slices.Chunk(conversations, 500) {
		b := t.q.Batch()
		for i := range some {
			data := Data{Changed: map[string][2]any{column: {id, nil}}}
			if err := t.queueSilently(b, kind, subject{conversation: &some[i]}, data); err != nil {
				return err
			}
		}
		if err := b.Run(ctx); err != nil {
			return err
		}
	}
	return nil
}
