package ndoto

import (
	"context"
	"encoding/json"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/web/api"
)

func (h *handlers) contactRoutes() []api.Route {
	const path, one = v1 + "/contacts", v1 + "/contacts/:contact"
	return append([]api.Route{
		api.Get(path, api.Member, h.listContacts),
		api.Post(path, api.Member, h.createContact),
		api.Get(path+"/search", api.Member, h.searchContacts),
		api.Post(path+"/filter", api.Member, h.filterContacts),
		api.Get(one, api.Member, h.getContact),
		api.Delete(one, api.Admin, h.deleteContact),
		api.Get(one+"/conversations", api.Member, h.listContactConversations),
		api.Post(one+"/contact_inboxes", api.Member, h.createContactInbox),
		api.Get(one+"/labels", api.Member, h.listContactLabels),
		api.Post(one+"/labels", api.Member, h.setContactLabels),
	}, api.Update(one, api.Member, h.updateContact)...)
}

// contactJSON is one contact.
type contactJSON struct {
	ID               int64               `json:"id"`
	Name             string              `json:"name"`
	Email            *string             `json:"email"`
	PhoneNumber      *string             `json:"phone_number"`
	Identifier       *string             `json:"identifier"`
	Blocked          bool                `json:"blocked"`
	Thumbnail        string              `json:"thumbnail"`
	LastActivityAt   *int64              `json:"last_activity_at"`
	CreatedAt        int64               `json:"created_at"`
	CustomAttributes json.RawMessage     `json:"custom_attributes"`
	ContactInboxes   *[]contactInboxJSON `json:"contact_inboxes,omitempty"`
}

type slimInboxJSON struct {
	ID          int64  `json:"id"`
	Name        string `json:"name"`
	ChannelType string `json:"channel_type"`
}

func (h *handlers) contactShape(c db.Contact) contactJSON {
	j := contactJSON{
		ID: c.ID, Name: c.Name, Email: c.Email, PhoneNumber: c.PhoneNumber, Identifier: c.Identifier, Blocked: c.Blocked,
		LastActivityAt: secondsPtr(c.LastActivityAt), CreatedAt: seconds(c.CreatedAt), CustomAttributes: c.CustomAttributes,
	}
	switch {
	case c.AvatarHash != nil:
		j.Thumbnail = h.a.BaseURL + link.Avatar(*c.AvatarHash)
	case c.AvatarUrl != nil:
		j.Thumbnail = *c.AvatarUrl
	}
	return j
}

type oneContactJSON struct {
	Payload contactJSON `json:"payload"`
}

func (h *handlers) showContact(ctx context.Context, q *db.Queries, scope db.Scope, row db.Contact) (oneContactJSON, error) {
	list := []contactJSON{h.contactShape(row)}
	err := h.withInboxes(ctx, q, scope, list)
	return oneContactJSON{list[0]}, err
}

func (h *handlers) getContact(c *api.Call) error {
	row, err := h.a.Contact(c)
	if err != nil {
		return err
	}
	j, err := h.showContact(c.Ctx(), h.q, c.Scope(), row)
	if err != nil {
		return err
	}
	return c.Single(j)
}

type madeContactJSON struct {
	Payload struct {
		Contact      contactJSON       `json:"contact"`
		ContactInbox *contactInboxJSON `json:"contact_inbox"`
	} `json:"payload"`
}

// createContact adds a contact, and its address on an inbox if the input names one. It answers 422 for a taken value.
func (h *handlers) createContact(c *api.Call) error {
	var in api.ContactInput
	if err := c.Read(&in); err != nil {
		return err
	}
	p, err := in.Desk(api.Text.Ptr)
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		row, err := t.CreateContact(ctx, p)
		if err != nil {
			return nil, err
		}
		if err := api.FetchAvatar(ctx, t, row.ID, p.AvatarURL); err != nil {
			return nil, err
		}
		var made madeContactJSON
		if in.InboxID.Ptr() != nil {
			if made.Payload.ContactInbox, err = h.contactInboxOf(ctx, t, row, in.InboxID.Value, in.SourceID.Value); err != nil {
				return nil, err
			}
		}
		one, err := h.showContact(ctx, t.Queries(), t.Actor.Scope, row)
		made.Payload.Contact = one.Payload
		return api.Status{Code: createdStatus, Body: made}, err
	})
}

func (h *handlers) updateContact(c *api.Call) error {
	id, err := c.ID("contact")
	if err != nil {
		return err
	}
	var in api.ContactInput
	if err := c.Read(&in); err != nil {
		return err
	}
	p, err := in.Desk(api.Text.Given)
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		row, err := t.UpdateContact(ctx, id, p)
		if err != nil {
			return nil, err
		}
		if err := api.FetchAvatar(ctx, t, row.ID, p.AvatarURL); err != nil {
			return nil, err
		}
		return h.showContact(ctx, t.Queries(), t.Actor.Scope, row)
	})
}

func (h *handlers) deleteContact(c *api.Call) error {
	id, err := c.ID("contact")
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		return struct{}{}, t.DeleteContact(ctx, id)
	})
}

func (h *handlers) listContactLabels(c *api.Call) error {
	contact, err := h.a.Contact(c)
	if err != nil {
		return err
	}
	return c.Answer(labelTitlesJSON{contact.Labels})
}

// setContactLabels replaces the labels.
func (h *handlers) setContactLabels(c *api.Call) error {
	id, err := c.ID("contact")
	if err != nil {
		return err
	}
	var in struct {
		Labels api.Strings `json:"labels"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	if !in.Labels.Present {
		return fault.Field("labels", "labels is required")
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		row, err := t.UpdateContact(ctx, id, desk.ContactInput{Labels: in.Labels.Values})
		return labelTitlesJSON{row.Labels}, err
	})
}
