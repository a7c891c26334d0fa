package chatwoot

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/web/api/chatwoot/hook"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

// telling is one event under one name: what it carries, and who hears it.
type telling struct {
	name string
	data any
	to   []*subscription
}

func (t telling) push() error {
	text, err := eventText(t.name, t.data)
	if err != nil {
		return err
	}
	for _, sub := range t.to {
		sub.conn.push(eventFrame(sub.identifier, text))
	}
	return nil
}

// cableNames is what an event is called here.
func cableNames(e db.Event, d desk.Data) []string {
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
		desk.TeamCreated, desk.TeamUpdated, desk.TeamDeleted:
		return []string{"account.cache_invalidated"}
	}
	return nil
}

// forContacts are the names that a conversation's contact hears too.
func forContacts(name string) bool {
	switch name {
	case "message.created", "message.updated", "conversation.created", "conversation.updated", "conversation.status_changed",
		desk.ConversationTypingOn, desk.ConversationTypingOff:
		return true
	}
	return false
}

// teller makes the tellings of some events for some subscriptions. What several of the events need is read once.
type teller struct {
	h       *hook.Maker
	q       *db.Queries
	account int64
	subs    []*subscription
	rows    map[int64]db.GetWebhookConversationRow
	people  map[int64]any
}

func newTeller(h *hook.Maker, q *db.Queries, account int64, subs []*subscription) *teller {
	return &teller{h: h, q: q, account: account, subs: subs, rows: map[int64]db.GetWebhookConversationRow{}, people: map[int64]any{}}
}

// members are those who may hear something that is about no conversation.
func (t *teller) members() (all []*subscription) {
	for _, sub := range t.subs {
		if sub.userID != 0 {
			all = append(all, sub)
		}
	}
	return all
}

// tellings are what an event becomes for those who listen; none if nobody does who may hear it.
func (t *teller) tellings(ctx context.Context, e db.Event) ([]telling, error) {
	d, err := desk.DataOf(e)
	if err != nil {
		return nil, err
	}
	names := cableNames(e, d)
	if len(names) == 0 {
		return nil, nil
	}
	if e.ConversationID != nil {
		return t.ofConversation(ctx, e, d, names)
	}
	to := t.members()
	if len(to) == 0 {
		return nil, nil
	}
	performer, err := t.performer(ctx, e)
	if err != nil {
		return nil, err
	}
	about := cableAbout{t.account, performer}
	var data any
	switch {
	case e.Kind == desk.ContactDeleted:
		data = cableGone{e.ContactID, about}
	case e.ContactID != nil:
		c, err := t.q.GetContact(ctx, t.account, *e.ContactID)
		if err != nil {
			return nil, err
		}
		data = cableContact{t.h.ContactSender(c), about}
	default:
		data = cableStale{cacheKeys(e), about}
	}
	moved, err := t.moved(ctx, d, performer)
	return append([]telling{{names[0], data, to}}, moved...), err
}

// cableMoved is how many conversations of a merged contact are told of one by one.
const cableMoved = 100

// moved are the conversations that another contact has since a merge, each to those who see it.
func (t *teller) moved(ctx context.Context, d desk.Data, performer any) (all []telling, err error) {
	if len(d.Moved) == 0 {
		return nil, nil
	}
	ids, err := t.q.ListCableConversations(ctx, db.ListCableConversationsParams{AccountID: t.account, DisplayIds: d.Moved, Most: cableMoved})
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		row, err := t.hooked(ctx, id)
		if err != nil {
			return nil, err
		}
		to := slices.DeleteFunc(t.members(), func(sub *subscription) bool {
			return !sub.scope.Sees(row.Conversation.InboxID, row.Conversation.TeamID)
		})
		if len(to) == 0 {
			continue
		}
		v, err := t.h.Conversation(ctx, t.q, row, nil)
		if err != nil {
			return nil, err
		}
		all = append(all, telling{"conversation.contact_changed", cableConversation{v, cableAbout{t.account, performer}}, to})
	}
	return all, nil
}

// cableAbout stands beside what is told: where, and who did it.
type cableAbout struct {
	AccountID int64 `json:"account_id"`
	Performer any   `json:"performer,omitempty"`
}

// cableContact is a contact as it is told, cableGone one who was deleted.
type cableContact struct {
	shape.ContactSender
	cableAbout
}

type cableGone struct {
	ID *int64 `json:"id"`
	cableAbout
}

// cableStale tells that lists have changed.
type cableStale struct {
	Keys map[string]string `json:"cache_keys"`
	cableAbout
}

// cacheKeys tell clients which of the lists that they keep to read again: the one that the event is about. The others
// keep their key.
func cacheKeys(e db.Event) map[string]string {
	const never = "0000000000"
	keys := map[string]string{"label": never, "inbox": never, "team": never, "canned_response": never}
	list, _, _ := strings.Cut(e.Kind, ".")
	keys[list] = strconv.FormatInt(e.CreatedAt.UnixMilli(), 10)
	return keys
}

func (t *teller) ofConversation(ctx context.Context, e db.Event, d desk.Data, names []string) (all []telling, err error) {
	if !slices.ContainsFunc(t.subs, func(sub *subscription) bool { return sub.mayHear(e) }) {
		return nil, nil
	}
	s := story{e: e, d: d}
	if s.row, err = t.hooked(ctx, *e.ConversationID); err != nil {
		return nil, err
	}
	members, contacts := t.audience(s)
	if len(members)+len(contacts) == 0 {
		return nil, nil
	}
	if s.performer, err = t.performer(ctx, e); err != nil {
		return nil, err
	}
	if e.MessageID != nil {
		m, err := t.q.GetMessage(ctx, db.GetMessageParams{AccountID: t.account, ConversationID: *e.ConversationID, ID: *e.MessageID})
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
			if len(one.to) == 0 || one.contact && !s.public(name) {
				continue
			}
			data, err := t.data(ctx, s, name, one.contact)
			if err != nil {
				return nil, err
			}
			all = append(all, telling{name, data, one.to})
		}
	}
	return all, nil
}

// mayHear tells by the event alone whether a subscription could be meant, so that most need no further reading.
func (sub *subscription) mayHear(e db.Event) bool {
	if sub.userID != 0 {
		return e.InboxID != nil && sub.scope.Sees(*e.InboxID, e.TeamID)
	}
	return e.ContactID != nil && *e.ContactID == sub.address.ContactID
}

// story is an event of a conversation, with what it is about as that stands now.
type story struct {
	e         db.Event
	d         desk.Data
	row       db.GetWebhookConversationRow
	message   *db.Message
	performer any
}

// public tells whether the contact may hear it under this name.
func (s story) public(name string) bool {
	switch {
	case !forContacts(name), s.d.Private:
		return false
	case s.message != nil && (name == "message.created" || name == "message.updated"):
		return s.message.Public()
	}
	return true
}

func (t *teller) hooked(ctx context.Context, conversationID int64) (db.GetWebhookConversationRow, error) {
	if row, had := t.rows[conversationID]; had {
		return row, nil
	}
	row, err := t.q.GetWebhookConversation(ctx, t.account, conversationID)
	if err == nil {
		t.rows[conversationID] = row
	}
	return row, err
}

// audience are the members who could see the conversation when it happened and see it now, and the contact whose it is:
// at the address that it runs over or, when they have proved who they are, at any that they have proved. Who types is
// not told so.
func (t *teller) audience(s story) (members, contacts []*subscription) {
	c, own := s.row.Conversation, s.row.ContactInbox
	typing := s.e.Kind == desk.ConversationTypingOn || s.e.Kind == desk.ConversationTypingOff
	for _, sub := range t.subs {
		switch {
		case !sub.mayHear(s.e):
		case sub.userID != 0:
			mine := typing && s.e.ActorKind == db.ActorKindUser && s.e.ActorID != nil && *s.e.ActorID == sub.userID
			if sub.scope.Sees(c.InboxID, c.TeamID) && !mine {
				members = append(members, sub)
			}
		case sub.address.ContactID != own.ContactID || typing && s.e.ActorKind == db.ActorKindContact:
		case sub.address.ID == own.ID || sub.address.HmacVerified && own.HmacVerified:
			contacts = append(contacts, sub)
		}
	}
	return members, contacts
}

// performer is the member who did it, as pages see them.
func (t *teller) performer(ctx context.Context, e db.Event) (any, error) {
	if e.ActorKind != db.ActorKindUser || e.ActorID == nil {
		return nil, nil
	}
	if who, had := t.people[*e.ActorID]; had {
		return who, nil
	}
	u, err := t.q.GetMessageAuthor(ctx, t.account, *e.ActorID)
	if db.IsNone(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	who := t.h.UserSender(u.ID, u.Name, u.DisplayName, u.AvatarHash, u.Availability, u.AutoOffline, u.ActiveAt)
	t.people[*e.ActorID] = who
	return who, nil
}

// cableMessage is a message as it is told.
type cableMessage struct {
	shape.EventMessage
	Previous  map[string][2]any `json:"previous_changes,omitempty"`
	Performer any               `json:"performer,omitempty"`
}

// cableConversation is a conversation as it is told.
type cableConversation struct {
	hook.Conversation
	cableAbout
}

// cableTyping is who types where.
type cableTyping struct {
	Conversation hook.Conversation `json:"conversation"`
	User         any               `json:"user"`
	Private      bool              `json:"is_private"`
	cableAbout
}

func (t *teller) data(ctx context.Context, s story, name string, contact bool) (any, error) {
	switch name {
	case "message.created", "message.updated", "first.reply.created":
		v, err := t.h.EventMessage(ctx, t.q, s.row, *s.message)
		m := cableMessage{EventMessage: v, Performer: s.performer}
		if contact {
			m.EventMessage = publicEvent(v)
		}
		if name == "message.updated" {
			m.Previous = previousChanges(s.d, contact)
		} else {
			m.EchoID = s.d.EchoID
		}
		return m, err
	}
	v, err := t.h.Conversation(ctx, t.q, s.row, nil)
	if err != nil {
		return nil, err
	}
	if contact {
		v = publicEventConversation(v)
	}
	if name != desk.ConversationTypingOn && name != desk.ConversationTypingOff {
		return cableConversation{v, cableAbout{t.account, s.performer}}, nil
	}
	who := s.performer
	if s.e.ActorKind == db.ActorKindContact {
		who = t.h.ContactSender(s.row.Contact)
	}
	if contact {
		who = publicPerson(who)
	}
	return cableTyping{v, who, s.d.Private, cableAbout{t.account, s.performer}}, nil
}

// previousChanges are a message's columns under the names they have in its JSON, before and after.
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

// publicEvent is a message without what is the colleagues' own matter.
func publicEvent(v shape.EventMessage) shape.EventMessage {
	v.ContentAttributes, v.AdditionalAttributes = publicAttributes(v.ContentAttributes), json.RawMessage("{}")
	v.Sender = publicPerson(v.Sender)
	return v
}

// publicPerson is somebody without what colleagues note about them, and a bot without the address it is called at,
// which may hold a secret.
func publicPerson(who any) any {
	switch p := who.(type) {
	case shape.ContactSender:
		p.CustomAttributes, p.AdditionalAttributes, p.Blocked = json.RawMessage("{}"), json.RawMessage("{}"), false
		return p
	case map[string]any:
		p = maps.Clone(p)
		delete(p, "outgoing_url")
		return p
	}
	return who
}

// publicEventConversation is a conversation without what is the colleagues' own matter: how they sort and rank it.
func publicEventConversation(v hook.Conversation) hook.Conversation {
	v.Labels, v.Priority, v.Custom, v.Additional = []string{}, nil, json.RawMessage("{}"), json.RawMessage("{}")
	v.Meta["team"], v.Meta["sender"], v.Meta["assignee"] = nil, publicPerson(v.Meta["sender"]), publicPerson(v.Meta["assignee"])
	messages := make([]shape.EventMessage, len(v.Messages))
	for i, m := range v.Messages {
		messages[i] = publicEvent(m)
	}
	v.Messages = messages
	return v
}
