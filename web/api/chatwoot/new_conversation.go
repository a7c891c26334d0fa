package chatwoot

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
)

func isNotFound(err error) bool { return db.IsNone(err) || errors.Is(err, fault.NotFound) }

// newConversationInput is a new conversation as clients send it.
type newConversationInput struct {
	SourceID             api.Text     `json:"source_id"`
	InboxID              api.ID       `json:"inbox_id"`
	ContactID            api.ID       `json:"contact_id"`
	Status               api.Text     `json:"status"`
	Priority             api.Text     `json:"priority"`
	AssigneeID           api.ID       `json:"assignee_id"`
	TeamID               api.ID       `json:"team_id"`
	SnoozedUntil         api.Time     `json:"snoozed_until"`
	AdditionalAttributes api.Object   `json:"additional_attributes"`
	CustomAttributes     api.Object   `json:"custom_attributes"`
	HMACVerified         api.Bool     `json:"hmac_verified"`
	Labels               api.Strings  `json:"labels"`
	Message              firstMessage `json:"message"`
}

// firstMessage is the first message of a new conversation. Clients that fill every field send an empty text for none.
type firstMessage struct{ *messageInput }

// UnmarshalJSON accepts a message, or an empty text for none.
func (m *firstMessage) UnmarshalJSON(raw []byte) error {
	if string(raw) == `""` {
		return nil
	}
	return json.Unmarshal(raw, &m.messageInput)
}

// createConversation opens a conversation with a contact, found by the address on an inbox or by inbox and
// contact, and posts a first message if there is one. If the inbox allows one conversation for each contact, it uses
// that one.
func (h *handlers) createConversation(c *api.Call) error {
	var in newConversationInput
	if err := c.Read(&in); err != nil {
		return err
	}
	if err := errors.Join(
		checkAttributes("additional_attributes", in.AdditionalAttributes),
		checkAttributes("custom_attributes", in.CustomAttributes),
	); err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		address, inbox, err := h.findOrCreateContactInbox(ctx, t, in)
		if err != nil {
			return nil, err
		}
		var d desk.NewMessage
		if in.Message.messageInput != nil { // read before the account's next number is taken
			d, err = h.newMessage(ctx, t, address.ContactID, inbox, *in.Message.messageInput, c.Files("message[attachments]"))
			if err != nil {
				return nil, err
			}
		}
		conversation, err := h.openConversation(ctx, t, address, in)
		if err != nil {
			return nil, err
		}
		if in.Message.messageInput != nil {
			if _, err := t.Post(ctx, conversation.ID, d); err != nil {
				return nil, err
			}
		}
		return h.oneConversation(ctx, t.Queries(), unrestrictedScope(c), conversation.DisplayID)
	})
}

// unrestrictedScope returns a scope in which callers see the conversation that they have just created, even if its
// assignee or team would hide it from them.
func unrestrictedScope(c *api.Call) db.Scope {
	scope := c.Scope()
	scope.SeesAll = true
	return scope
}

// findOrCreateContactInbox finds or creates the contact's address. It looks for a source_id in this account only.
func (h *handlers) findOrCreateContactInbox(
	ctx context.Context,
	t *desk.Tx,
	in newConversationInput,
) (db.ContactInbox, db.Inbox, error) {
	var none db.ContactInbox
	if in.SourceID.Value != "" && (in.InboxID.Ptr() == nil || in.ContactID.Ptr() == nil) {
		addresses, err := t.Queries().ListContactInboxesBySource(ctx, db.ListContactInboxesBySourceParams{
			AccountID: t.Account(), SourceID: in.SourceID.Value, InboxID: in.InboxID.Ptr(),
		})
		if err != nil {
			return none, db.Inbox{}, err
		}
		if len(addresses) == 0 {
			return none, db.Inbox{}, fault.NotFound
		}
		inbox, err := h.visibleInbox(ctx, t, addresses[0].InboxID)
		return addresses[0], inbox, err
	}
	if in.InboxID.Ptr() == nil || in.ContactID.Ptr() == nil {
		return none, db.Inbox{}, fault.NotFound
	}
	inbox, err := h.visibleInbox(ctx, t, in.InboxID.Value)
	if err != nil {
		return none, inbox, err
	}
	contact, err := t.Queries().GetContact(ctx, t.Account(), in.ContactID.Value)
	if err != nil {
		return none, inbox, err
	}
	address, err := t.Reach(ctx, contact, inbox, in.SourceID.Value)
	if invalid := fault.In(err); invalid != nil {
		return none, inbox, api.Unprocessable(invalid.Error())
	}
	return address, inbox, err
}

// visibleInbox reads an inbox. If the caller does not work in it, the answer is 401 and not 404, because they know its
// id.
func (h *handlers) visibleInbox(ctx context.Context, t *desk.Tx, id int64) (db.Inbox, error) {
	inbox, err := t.Queries().GetInbox(ctx, t.Account(), id)
	if err == nil && !t.Actor.Scope.Sees(id, nil) {
		return inbox, fault.Forbidden
	}
	return inbox, err
}

func (h *handlers) openConversation(
	ctx context.Context, t *desk.Tx, address db.ContactInbox, in newConversationInput,
) (db.Conversation, error) {
	status := db.ConversationStatus(in.Status.Value)
	if status != "" && !status.Valid() {
		return db.Conversation{}, api.Refuse(http.StatusUnprocessableEntity, "'"+in.Status.Value+"' is not a valid status")
	}
	priority := priorityOf(in.Priority)
	if priority != nil && !priority.Valid() {
		return db.Conversation{}, api.Refuse(http.StatusUnprocessableEntity, "'"+in.Priority.Value+"' is not a valid priority")
	}
	if team := in.TeamID.Ptr(); team != nil {
		if _, err := t.Queries().GetTeam(ctx, t.Account(), *team); err != nil {
			return db.Conversation{}, err
		}
	}
	until := in.SnoozedUntil.Ptr()
	if status != db.ConversationStatusSnoozed {
		until = nil
	}
	conversation, err := t.Open(ctx, desk.NewConversation{
		ContactInbox: address, Status: status, Priority: priority, AssigneeID: in.AssigneeID.Ptr(), TeamID: in.TeamID.Ptr(),
		Labels: in.Labels.Values, Additional: json.RawMessage(in.AdditionalAttributes),
		Custom: json.RawMessage(in.CustomAttributes), SnoozedUntil: until,
	})
	if err == nil && in.HMACVerified.Value {
		err = t.Queries().VerifyContactInbox(ctx, t.Account(), address.ID)
	}
	return conversation, err
}
