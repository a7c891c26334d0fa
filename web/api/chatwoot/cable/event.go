package cable

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/web/api/chatwoot/hook"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

// broadcast is an event under one name: its payload and its receivers.
type broadcast struct {
	name string
	data any
	to   []*subscription
}

func (b broadcast) send() error {
	text, err := eventText(b.name, b.data)
	if err != nil {
		return err
	}
	var narrow []byte
	for _, sub := range b.to {
		about, addressed := b.data.(addressed)
		if !addressed || sub.userID == 0 || sub.scope.Sees(about.inbox(), nil) {
			sub.conn.push(eventFrame(sub.identifier, text))
			continue
		}
		if narrow == nil {
			if narrow, err = eventText(b.name, about.withoutAddress()); err != nil {
				return err
			}
		}
		sub.conn.push(eventFrame(sub.identifier, narrow))
	}
	return nil
}

// addressed is a payload that holds the address of a contact on an inbox. A member who sees a conversation by its team
// gets it without the address: whoever knows a source_id can write as the contact.
type addressed interface {
	inbox() int64
	withoutAddress() any
}

func (v conversationEvent) inbox() int64 { return v.InboxID }

func (v conversationEvent) withoutAddress() any {
	v.Conversation = v.Conversation.WithoutAddress()
	return v
}

func (v typingEvent) inbox() int64 { return v.Conversation.InboxID }

func (v typingEvent) withoutAddress() any {
	v.Conversation = v.Conversation.WithoutAddress()
	return v
}

func (v messageEvent) inbox() int64 { return v.InboxID }

func (v messageEvent) withoutAddress() any {
	v.EventMessage.Conversation.ContactInbox.SourceID = ""
	return v
}

// eventNames are the names under which an event is sent.
func eventNames(e db.Event, d desk.Data) []string {
	updated := func(names ...string) []string {
		if len(hook.Changes(d)) > 0 {
			names = append(names, "conversation.updated")
		}
		return names
	}
	switch e.Kind {
	case desk.ConversationCreated, desk.ConversationRead, desk.ConversationTypingOn, desk.ConversationTypingOff:
		return []string{e.Kind}
	case desk.ConversationStatusChanged:
		return updated("conversation.status_changed")
	case desk.ConversationAssigned:
		return updated("assignee.changed")
	case desk.ConversationTeamChanged:
		return updated("team.changed")
	case desk.ConversationPriorityChanged, desk.ConversationLabelled, desk.ConversationUpdated:
		return updated()
	case desk.ConversationUnread:
		return []string{"conversation.updated"}
	case desk.MessageCreated:
		if v, changed := d.Changed["first_reply_at"]; changed && v[1] != nil {
			return updated("message.created", "first.reply.created")
		}
		return updated("message.created")
	case desk.MessageUpdated, desk.MessageDeleted:
		return []string{"message.updated"}
	case desk.ContactCreated, desk.ContactUpdated, desk.ContactMerged, desk.ContactDeleted:
		return []string{e.Kind}
	case desk.InboxCreated, desk.InboxUpdated, desk.InboxDeleted, desk.LabelCreated, desk.LabelUpdated, desk.LabelDeleted,
		desk.TeamCreated, desk.TeamUpdated, desk.TeamDeleted, desk.InboxRetired, desk.MembersChanged:
		return []string{"account.cache_invalidated"}
	}
	return nil
}

// isForContacts reports whether the contact of a conversation gets events of this name too.
func isForContacts(name string) bool {
	switch name {
	case "message.created", "message.updated", "conversation.created", "conversation.updated", "conversation.status_changed",
		desk.ConversationTypingOn, desk.ConversationTypingOff:
		return true
	}
	return false
}

// encoder turns events into broadcasts to subscriptions. It reads once what several of the events need.
type encoder struct {
	maker   *hook.Maker
	q       *db.Queries
	account int64
	subs    []*subscription
	rows    map[int64]db.GetWebhookConversationRow
	users   map[int64]any
}

func newEncoder(h *hook.Maker, q *db.Queries, account int64, subs []*subscription) *encoder {
	return &encoder{
		maker:   h,
		q:       q,
		account: account,
		subs:    subs,
		rows:    map[int64]db.GetWebhookConversationRow{},
		users:   map[int64]any{},
	}
}

// members are the subscriptions of members, who get the events that are about no conversation.
func (e *encoder) members() (all []*subscription) {
	for _, sub := range e.subs {
		if sub.userID != 0 {
			all = append(all, sub)
		}
	}
	return all
}

// encode makes the broadcasts of an event. There are none where no subscription may receive it.
func (e *encoder) encode(ctx context.Context, event db.Event) ([]broadcast, error) {
	d, err := desk.DataOf(event)
	if err != nil {
		return nil, err
	}
	names := eventNames(event, d)
	if len(names) == 0 {
		return nil, nil
	}
	if event.ConversationID != nil {
		return e.encodeConversation(ctx, event, d, names)
	}
	to := e.members()
	if len(to) == 0 {
		return nil, nil
	}
	performer, err := e.performer(ctx, event)
	if err != nil {
		return nil, err
	}
	about := eventBase{e.account, performer}
	var data any
	switch {
	case event.Kind == desk.ContactDeleted:
		data = contactDeletedEvent{event.ContactID, about}
	case event.ContactID != nil:
		c, err := e.q.GetContact(ctx, e.account, *event.ContactID)
		if err != nil {
			return nil, err
		}
		data = contactEvent{e.maker.ContactSender(c), about}
	default:
		keys, err := e.q.GetCacheKeys(ctx, e.account)
		if err != nil {
			return nil, err
		}
		data = cacheInvalidatedEvent{shape.CacheKeys(keys), about}
	}
	moved, err := e.encodeMoved(ctx, d, performer)
	return append([]broadcast{{names[0], data, to}}, moved...), err
}

// maxMoved is the most conversations of a merged contact that get an event each.
const maxMoved = 100

// encodeMoved makes a broadcast for each conversation that a merge gave to another contact.
func (e *encoder) encodeMoved(ctx context.Context, d desk.Data, performer any) (all []broadcast, err error) {
	if len(d.Moved) == 0 {
		return nil, nil
	}
	ids, err := e.q.ListCableConversations(ctx, db.ListCableConversationsParams{
		AccountID:  e.account,
		DisplayIds: d.Moved,
		Most:       maxMoved,
	})
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		row, err := e.conversationRow(ctx, id)
		if err != nil {
			return nil, err
		}
		to := slices.DeleteFunc(e.members(), func(sub *subscription) bool {
			return !sub.scope.Sees(row.Conversation.InboxID, row.Conversation.TeamID)
		})
		if len(to) == 0 {
			continue
		}
		v, err := e.maker.Conversation(ctx, e.q, row, nil)
		if err != nil {
			return nil, err
		}
		all = append(all, broadcast{"conversation.contact_changed", conversationEvent{v, eventBase{e.account, performer}}, to})
	}
	return all, nil
}

// eventBase is what the payload of every event has: the account, and who did it.
type eventBase struct {
	AccountID int64 `json:"account_id"`
	Performer any   `json:"performer,omitempty"`
}

// contactEvent is the payload of the events about a contact.
type contactEvent struct {
	shape.ContactSender
	eventBase
}

type contactDeletedEvent struct {
	ID *int64 `json:"id"`
	eventBase
}

// cacheInvalidatedEvent is the payload of the event after a list has changed.
type cacheInvalidatedEvent struct {
	Keys shape.CacheKeys `json:"cache_keys"`
	eventBase
}

func (e *encoder) encodeConversation(ctx context.Context, event db.Event, d desk.Data, names []string) (all []broadcast, err error) {
	if !slices.ContainsFunc(e.subs, func(sub *subscription) bool { return sub.mayReceive(event) }) {
		return nil, nil
	}
	s := eventContext{event: event, data: d}
	if s.row, err = e.conversationRow(ctx, *event.ConversationID); err != nil {
		return nil, err
	}
	members, contacts := e.audience(s)
	if len(members)+len(contacts) == 0 {
		return nil, nil
	}
	if s.performer, err = e.performer(ctx, event); err != nil {
		return nil, err
	}
	if event.MessageID != nil {
		m, err := e.q.GetMessage(ctx, db.GetMessageParams{
			AccountID:      e.account,
			ConversationID: *event.ConversationID,
			ID:             *event.MessageID,
		})
		if err != nil {
			return nil, err
		}
		s.message = &m
	}
	for _, name := range names {
		for _, one := range []struct {
			to      []*subscription
			contact bool
		}{{members, false}, {contacts, true}} {
			if len(one.to) == 0 || one.contact && !s.isPublic(name) {
				continue
			}
			data, err := e.payload(ctx, s, name, one.contact)
			if err != nil {
				return nil, err
			}
			all = append(all, broadcast{name, data, one.to})
		}
	}
	return all, nil
}

// mayReceive reports, from the event alone, whether a subscription might receive it. Most events need no query then.
func (sub *subscription) mayReceive(e db.Event) bool {
	if sub.userID != 0 {
		return e.InboxID != nil && sub.scope.Sees(*e.InboxID, e.TeamID)
	}
	return e.ContactID != nil && *e.ContactID == sub.address.ContactID
}

// eventContext is an event of a conversation, and the rows it is about as they are now.
type eventContext struct {
	event     db.Event
	data      desk.Data
	row       db.GetWebhookConversationRow
	message   *db.Message
	performer any
}

// isPublic reports whether the contact may receive the event under this name.
func (s eventContext) isPublic(name string) bool {
	switch {
	case !isForContacts(name), s.data.Private:
		return false
	case s.message != nil && (name == "message.created" || name == "message.updated"):
		return s.message.Public()
	}
	return true
}

func (e *encoder) conversationRow(ctx context.Context, conversationID int64) (db.GetWebhookConversationRow, error) {
	if row, had := e.rows[conversationID]; had {
		return row, nil
	}
	row, err := e.q.GetWebhookConversation(ctx, e.account, conversationID)
	if err == nil {
		e.rows[conversationID] = row
	}
	return row, err
}

// audience finds who receives an event of a conversation. Members must have seen the conversation when it happened and
// see it now. Its contact must listen at its contact inbox, or at another one if both are verified. Nobody gets the
// event that they type themselves.
func (e *encoder) audience(s eventContext) (members, contacts []*subscription) {
	c, own := s.row.Conversation, s.row.ContactInbox
	typing := s.event.Kind == desk.ConversationTypingOn || s.event.Kind == desk.ConversationTypingOff
	for _, sub := range e.subs {
		switch {
		case !sub.mayReceive(s.event):
		case sub.userID != 0:
			mine := typing && s.event.ActorKind == db.ActorKindUser && s.event.ActorID != nil && *s.event.ActorID == sub.userID
			if sub.scope.Sees(c.InboxID, c.TeamID) && !mine {
				members = append(members, sub)
			}
		case sub.address.ContactID != own.ContactID || typing && s.event.ActorKind == db.ActorKindContact:
		case sub.address.ID == own.ID || sub.address.HmacVerified && own.HmacVerified:
			contacts = append(contacts, sub)
		}
	}
	return members, contacts
}

// performer is the member who did it, or nil.
func (e *encoder) performer(ctx context.Context, event db.Event) (any, error) {
	if event.ActorKind != db.ActorKindUser || event.ActorID == nil {
		return nil, nil
	}
	if who, had := e.users[*event.ActorID]; had {
		return who, nil
	}
	u, err := e.q.GetMessageAuthor(ctx, e.account, *event.ActorID)
	if db.IsNone(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	who := e.maker.UserSender(u.ID, u.Name, u.DisplayName, u.AvatarHash, u.Availability, u.AutoOffline, u.ActiveAt)
	e.users[*event.ActorID] = who
	return who, nil
}

// messageEvent is the payload of the events about a message.
type messageEvent struct {
	shape.EventMessage
	Previous  map[string][2]any `json:"previous_changes,omitempty"`
	Performer any               `json:"performer,omitempty"`
}

// conversationEvent is the payload of the events about a conversation.
type conversationEvent struct {
	hook.Conversation
	eventBase
}

// typingEvent is the payload of the events about typing.
type typingEvent struct {
	Conversation hook.Conversation `json:"conversation"`
	User         any               `json:"user"`
	Private      bool              `json:"is_private"`
	eventBase
}

func (e *encoder) payload(ctx context.Context, s eventContext, name string, contact bool) (any, error) {
	switch name {
	case "message.created", "message.updated", "first.reply.created":
		v, err := e.maker.EventMessage(ctx, e.q, s.row, *s.message)
		m := messageEvent{EventMessage: v, Performer: s.performer}
		if contact {
			m.EventMessage = publicMessage(v, e.proposedSender(s))
		}
		if name == "message.updated" {
			m.Previous = previousChanges(s.data, contact)
		} else {
			m.EchoID = s.data.EchoID
		}
		return m, err
	}
	v, err := e.maker.Conversation(ctx, e.q, s.row, nil)
	if err != nil {
		return nil, err
	}
	if contact {
		v = publicConversationOf(v, e.proposedSender(s))
	}
	if name != desk.ConversationTypingOn && name != desk.ConversationTypingOff {
		return conversationEvent{v, eventBase{e.account, s.performer}}, nil
	}
	who := s.performer
	if s.event.ActorKind == db.ActorKindContact {
		who = e.maker.ContactSender(s.row.Contact)
	}
	if contact {
		who = publicSender(who, e.proposedSender(s))
	}
	return typingEvent{v, who, s.data.Private, eventBase{e.account, s.performer}}, nil
}

// previousChanges are the changed columns of a message, before and after, under their names in JSON.
func previousChanges(d desk.Data, contact bool) map[string][2]any {
	out := map[string][2]any{}
	for column, v := range d.Changed {
		switch {
		case column == "delivery":
			out["status"] = v
		case !contact:
			out[column] = v
		}
	}
	return out
}

// proposedSender is a conversation's contact as contacts get them: what was said at the address itself. To listen at an
// address proves nothing of who the contact is.
func (e *encoder) proposedSender(s eventContext) shape.ContactSender {
	return e.maker.ContactSender(s.row.ContactInbox.ProposedContact())
}

// publicMessage is a message without what only members may see.
func publicMessage(v shape.EventMessage, contact shape.ContactSender) shape.EventMessage {
	v.ContentAttributes, v.AdditionalAttributes = shape.PublicAttributes(v.ContentAttributes), json.RawMessage("{}")
	v.Sender = publicSender(v.Sender, contact)
	if _, ok := v.Sender.(shape.ContactSender); ok {
		v.SenderID = &contact.ID
	}
	return v
}

// publicSender is the contact as contacts get them, and a bot without its URL, which may hold a secret.
func publicSender(who any, contact shape.ContactSender) any {
	switch p := who.(type) {
	case shape.ContactSender:
		return contact
	case map[string]any:
		p = maps.Clone(p)
		delete(p, "outgoing_url")
		return p
	}
	return who
}

// publicConversationOf is a conversation without what only members may see: its labels, priority and attributes.
func publicConversationOf(v hook.Conversation, contact shape.ContactSender) hook.Conversation {
	v.Labels, v.Priority, v.Custom, v.Additional = []string{}, nil, json.RawMessage("{}"), json.RawMessage("{}")
	v.Meta["team"], v.Meta["sender"] = nil, contact
	v.Meta["assignee"] = publicSender(v.Meta["assignee"], contact)
	if address, ok := v.ContactInbox.(map[string]any); ok {
		address = maps.Clone(address)
		address["contact_id"] = contact.ID
		v.ContactInbox = address
	}
	messages := make([]shape.EventMessage, len(v.Messages))
	for i, m := range v.Messages {
		messages[i] = publicMessage(m, contact)
	}
	v.Messages = messages
	return v
}
