package chatwoot

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/channel"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
)

func (h *handlers) contactInboxRoutes() []api.Route {
	return []api.Route{
		api.Get(contactPath+"/contactable_inboxes", api.Member, h.contactableInboxes),
		api.Post(contactPath+"/contact_inboxes", api.Member, h.createContactInbox),
		api.Post(v1+"/contact_inboxes/filter", api.Member, h.findContactByInbox),
	}
}

// contactInboxJSON is where a contact can be reached.
type contactInboxJSON struct {
	SourceID string        `json:"source_id"`
	Inbox    slimInboxJSON `json:"inbox"`
}

// slimInboxJSON is an inbox beside something else.
type slimInboxJSON struct {
	ID          int64   `json:"id"`
	AvatarURL   string  `json:"avatar_url"`
	ChannelID   int64   `json:"channel_id"`
	Name        string  `json:"name"`
	ChannelType string  `json:"channel_type"`
	Provider    *string `json:"provider"`
}

// slimInbox gives an inbox's own id for its channel's: a channel is no thing of its own here.
func (h *handlers) slimInbox(id int64, name string, kind db.InboxKind, avatar *string) slimInboxJSON {
	return slimInboxJSON{ID: id, AvatarURL: h.avatar(avatar), ChannelID: id, Name: name, ChannelType: api.Channel(kind)}
}

// rawInboxJSON is an inbox as a bare row: only the answer to a new contact has it.
type rawInboxJSON struct {
	ID                         int64           `json:"id"`
	ChannelID                  int64           `json:"channel_id"`
	AccountID                  int64           `json:"account_id"`
	Name                       string          `json:"name"`
	CreatedAt                  string          `json:"created_at"`
	UpdatedAt                  string          `json:"updated_at"`
	ChannelType                string          `json:"channel_type"`
	EnableAutoAssignment       bool            `json:"enable_auto_assignment"`
	GreetingEnabled            bool            `json:"greeting_enabled"`
	GreetingMessage            string          `json:"greeting_message"`
	EmailAddress               *string         `json:"email_address"`
	WorkingHoursEnabled        bool            `json:"working_hours_enabled"`
	OutOfOfficeMessage         string          `json:"out_of_office_message"`
	Timezone                   string          `json:"timezone"`
	EnableEmailCollect         bool            `json:"enable_email_collect"`
	CsatSurveyEnabled          bool            `json:"csat_survey_enabled"`
	AllowMessagesAfterResolved bool            `json:"allow_messages_after_resolved"`
	AutoAssignmentConfig       json.RawMessage `json:"auto_assignment_config"`
	LockToSingleConversation   bool            `json:"lock_to_single_conversation"`
	PortalID                   *int64          `json:"portal_id"`
	SenderNameType             string          `json:"sender_name_type"`
	BusinessName               *string         `json:"business_name"`
	CsatConfig                 json.RawMessage `json:"csat_config"`
}

func rawInbox(i db.Inbox) *rawInboxJSON {
	return &rawInboxJSON{
		ID: i.ID, ChannelID: i.ID, AccountID: i.AccountID, Name: i.Name, CreatedAt: iso(i.CreatedAt), UpdatedAt: iso(i.UpdatedAt),
		ChannelType: api.Channel(i.Kind), EnableAutoAssignment: i.EnableAutoAssignment, GreetingEnabled: i.GreetingEnabled,
		GreetingMessage: i.GreetingMessage, WorkingHoursEnabled: i.WorkingHoursEnabled, OutOfOfficeMessage: i.OutOfOfficeMessage,
		Timezone: i.Timezone, EnableEmailCollect: i.EnableEmailCollect, CsatSurveyEnabled: i.CsatSurveyEnabled,
		AllowMessagesAfterResolved: i.AllowMessagesAfterResolved, AutoAssignmentConfig: i.AutoAssignmentConfig,
		LockToSingleConversation: i.LockToSingleConversation, SenderNameType: i.SenderNameType, BusinessName: i.BusinessName,
		CsatConfig: i.CsatConfig,
	}
}

// contactableInboxes are the caller's inboxes on which the contact could be written to, with the address they have
// there or would get.
func (h *handlers) contactableInboxes(c *api.Call) error {
	contact, err := h.pathContact(c)
	if err != nil {
		return err
	}
	scope := c.Scope()
	inboxes, err := h.q.ListReachableInboxes(c.Ctx(), db.ListReachableInboxesParams{AccountID: scope.AccountID, SeesAll: scope.SeesAll, InboxIds: scope.InboxIDs})
	if err != nil {
		return err
	}
	had, err := h.q.ListContactInboxes(c.Ctx(), scope.AccountID, []int64{contact.ID})
	if err != nil {
		return err
	}
	known := map[int64]string{}
	for _, row := range had {
		known[row.ContactInbox.InboxID] = row.ContactInbox.SourceID
	}
	list := []contactInboxJSON{}
	for _, inbox := range inboxes {
		source, ok := known[inbox.ID]
		if !ok {
			source, ok = sourceOf(contact, inbox)
		}
		if ok {
			list = append(list, contactInboxJSON{source, h.slimInbox(inbox.ID, inbox.Name, inbox.Kind, inbox.AvatarHash)})
		}
	}
	return c.Answer(payload(list))
}

// sourceOf is what a contact would be called on an inbox, if they can be reached there at all: a web widget's visitor
// begins by themselves, and a channel with addresses needs one.
func sourceOf(c db.Contact, inbox db.Inbox) (string, bool) {
	kind := channel.Of(inbox.Kind)
	if kind.ContactBegins {
		return "", false
	}
	id, missing := kind.Source(c)
	return id, missing == ""
}

// createContactInbox gives a contact an address on an inbox; the one they have already is given again.
func (h *handlers) createContactInbox(c *api.Call) error {
	var in struct {
		InboxID      api.ID   `json:"inbox_id"`
		SourceID     api.Text `json:"source_id"`
		HMACVerified api.Bool `json:"hmac_verified"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	id, err := c.ID("contact")
	if err != nil {
		return err
	}
	if in.InboxID.Ptr() == nil {
		return fault.NotFound
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		q := t.Queries()
		contact, err := q.LockContact(ctx, t.Account(), id)
		if err != nil {
			return nil, err
		}
		inbox, err := q.GetInbox(ctx, t.Account(), in.InboxID.Value)
		if err != nil {
			return nil, err
		}
		if !t.Actor.Scope.Sees(inbox.ID, nil) {
			return nil, fault.Forbidden
		}
		ci, err := t.Reach(ctx, contact, inbox, in.SourceID.Value)
		if err != nil {
			return nil, err
		}
		if in.HMACVerified.Value {
			if err := q.VerifyContactInbox(ctx, t.Account(), ci.ID); err != nil {
				return nil, err
			}
		}
		return contactInboxJSON{ci.SourceID, h.slimInbox(inbox.ID, inbox.Name, inbox.Kind, inbox.AvatarHash)}, nil
	})
}

// findContactByInbox tells whose an address on an inbox is. Nobody's is 404 with nothing in it.
func (h *handlers) findContactByInbox(c *api.Call) error {
	var in struct {
		InboxID  api.ID   `json:"inbox_id"`
		SourceID api.Text `json:"source_id"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	scope := c.Scope()
	if !scope.Sees(in.InboxID.Value, nil) {
		return c.Answer(api.Status{Code: http.StatusNotFound})
	}
	ci, err := h.q.FindContactInbox(c.Ctx(), db.FindContactInboxParams{AccountID: scope.AccountID, InboxID: in.InboxID.Value, SourceID: in.SourceID.Value})
	if db.IsNone(err) || errors.Is(err, fault.NotFound) {
		return c.Answer(api.Status{Code: http.StatusNotFound})
	}
	if err != nil {
		return err
	}
	row, err := h.q.GetContact(c.Ctx(), scope.AccountID, ci.ContactID)
	if err != nil {
		return err
	}
	j, err := h.oneContact(c.Ctx(), h.q, row)
	if err != nil {
		return err
	}
	return c.Answer(j)
}
