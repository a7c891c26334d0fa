package chatwoot

import (
	"context"
	"errors"
	"net/http"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/channel"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

func (h *handlers) contactInboxRoutes() []api.Route {
	return []api.Route{
		api.Get(contactPath+"/contactable_inboxes", api.Member, h.contactableInboxes),
		api.Post(contactPath+"/contact_inboxes", api.Member, h.createContactInbox),
		api.Post(v1+"/contact_inboxes/filter", api.Member, h.findContactByInbox),
	}
}

// contactableInboxes lists the caller's inboxes from which a message to the contact can be sent, with the address that
// the contact has there or would get.
func (h *handlers) contactableInboxes(c *api.Call) error {
	contact, err := h.a.Contact(c)
	if err != nil {
		return err
	}
	scope := c.Scope()
	inboxes, err := h.q.ListReachableInboxes(
		c.Ctx(),
		db.ListReachableInboxesParams{AccountID: scope.AccountID, SeesAll: scope.SeesAll, InboxIds: scope.InboxIDs},
	)
	if err != nil {
		return err
	}
	had, err := h.q.ListContactInboxes(c.Ctx(), db.ListContactInboxesParams{
		AccountID:  scope.AccountID,
		ContactIds: []int64{contact.ID},
		SeesAll:    scope.SeesAll,
		InboxIds:   scope.InboxIDs,
	})
	if err != nil {
		return err
	}
	known := map[int64]string{}
	for _, row := range had {
		known[row.ContactInbox.InboxID] = row.ContactInbox.SourceID
	}
	list := []shape.ContactInbox{}
	for _, inbox := range inboxes {
		source, ok := known[inbox.ID]
		if !ok {
			source, ok = sourceOf(contact, inbox)
		}
		if ok {
			list = append(
				list,
				shape.ContactInbox{
					SourceID: source,
					Inbox:    h.shape.SlimInbox(inbox.ID, inbox.Name, inbox.Kind, inbox.AvatarHash),
				},
			)
		}
	}
	return c.Answer(payload(list))
}

// sourceOf returns the source_id that a contact would get on an inbox, and reports whether they can be reached there.
// On a web widget only the visitor can begin, and channels with addresses need the contact's address.
func sourceOf(c db.Contact, inbox db.Inbox) (string, bool) {
	kind := channel.Of(inbox.Kind)
	if kind.ContactBegins {
		return "", false
	}
	id, missing := kind.Source(c)
	return id, missing == ""
}

// createContactInbox gives a contact an address on an inbox. It answers with an existing one if there is one.
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
		ci, err := t.Reach(ctx, contact, inbox, in.SourceID.Value)
		if err != nil {
			return nil, err
		}
		if in.HMACVerified.Value {
			if err := q.VerifyContactInbox(ctx, t.Account(), ci.ID); err != nil {
				return nil, err
			}
		}
		return shape.ContactInbox{
			SourceID: ci.SourceID,
			Inbox:    h.shape.SlimInbox(inbox.ID, inbox.Name, inbox.Kind, inbox.AvatarHash),
		}, nil
	})
}

// findContactByInbox finds a contact by a source_id on an inbox. An unknown one is 404 without a body.
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
	ci, err := h.q.FindContactInbox(
		c.Ctx(),
		db.FindContactInboxParams{AccountID: scope.AccountID, InboxID: in.InboxID.Value, SourceID: in.SourceID.Value},
	)
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
	j, err := h.oneContact(c.Ctx(), h.q, scope, row)
	if err != nil {
		return err
	}
	return c.Answer(j)
}
