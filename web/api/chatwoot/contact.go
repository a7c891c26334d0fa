package chatwoot

import (
	"context"
	"net/http"
	"slices"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/blob"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

// contactsPath is the path of the contacts, and contactPath that of one of them.
const (
	contactsPath = v1 + "/contacts"
	contactPath  = contactsPath + "/:contact"
)

func (h *handlers) contactRoutes() []api.Route {
	return append([]api.Route{
		api.Post(contactsPath, api.Member, h.createContact),
		api.Get(contactPath, api.Member, h.showContact),
		api.Delete(contactPath, api.Admin, h.deleteContact),
		api.Post(contactPath+"/destroy_custom_attributes", api.Member, h.destroyContactAttributes),
		api.Delete(contactPath+"/avatar", api.Member, h.deleteContactAvatar),
		api.Get(contactPath+"/labels", api.Member, h.contactLabels),
		api.Post(contactPath+"/labels", api.Member, h.labelContact),
		api.Post(v1+"/actions/contact_merge", api.Member, h.mergeContacts),
	}, api.Update(contactPath, api.Member, h.updateContact)...)
}

type payloadJSON[T any] struct {
	Payload T `json:"payload"`
}

func payload[T any](v T) payloadJSON[T] { return payloadJSON[T]{v} }

// only returns the element of a list of one, or the error that came instead of it.
func only[T any](list []T, err error) (one T, _ error) {
	if err == nil {
		one = list[0]
	}
	return one, err
}

// contacts returns the JSON of rows in their order, with the contacts' addresses on inboxes of the reader, which it
// reads in one query.
func (h *handlers) contacts(ctx context.Context, q *db.Queries, scope db.Scope, rows []db.Contact) ([]shape.Contact, error) {
	list := make([]shape.Contact, len(rows))
	ids := make([]int64, len(rows))
	at := make(map[int64]int, len(rows))
	for i, c := range rows {
		list[i], ids[i], at[c.ID] = h.shape.Contact(c), c.ID, i
		list[i].ContactInboxes = &[]shape.ContactInbox{}
	}
	if len(rows) == 0 {
		return list, nil
	}
	if err := h.setAvailability(ctx, q, scope.AccountID, list); err != nil {
		return nil, err
	}
	inboxes, err := q.ListContactInboxes(ctx, db.ListContactInboxesParams{
		AccountID:  scope.AccountID,
		ContactIds: ids,
		SeesAll:    scope.SeesAll,
		InboxIds:   scope.InboxIDs,
	})
	if err != nil {
		return nil, err
	}
	for _, row := range inboxes {
		to := list[at[row.ContactInbox.ContactID]].ContactInboxes
		*to = append(*to, shape.ContactInbox{
			SourceID: row.ContactInbox.SourceID,
			Inbox:    h.shape.SlimInbox(row.ContactInbox.InboxID, row.Name, row.Kind, row.AvatarHash),
			Proposal: row.ContactInbox.Proposal.Without(rows[at[row.ContactInbox.ContactID]]),
		})
	}
	return list, nil
}

// setAvailability sets the availability of the contacts who are connected.
func (h *handlers) setAvailability(ctx context.Context, q *db.Queries, accountID int64, list []shape.Contact) error {
	ids := make([]int64, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	here, err := q.FilterPresentContacts(
		ctx,
		db.FilterPresentContactsParams{AccountID: accountID, Ids: ids, Since: h.a.Now().Add(-db.OnlineFor)},
	)
	for i := range list {
		if slices.Contains(here, list[i].ID) {
			list[i].AvailabilityStatus = string(db.AvailabilityOnline)
		}
	}
	return err
}

func (h *handlers) oneContact(ctx context.Context, q *db.Queries, scope db.Scope, c db.Contact) (shape.Contact, error) {
	return only(h.contacts(ctx, q, scope, []db.Contact{c}))
}

func (h *handlers) showContact(c *api.Call) error {
	var in struct {
		IncludeContactInboxes api.Bool `json:"include_contact_inboxes"`
	}
	if err := c.ReadQuery(&in); err != nil {
		return err
	}
	row, err := h.a.Contact(c)
	if err != nil {
		return err
	}
	j, err := h.oneContact(c.Ctx(), h.q, c.Scope(), row)
	if err != nil {
		return err
	}
	if !in.IncludeContactInboxes.Or(true) {
		j.ContactInboxes = nil
	}
	return c.Single(payload(j))
}

// contactToDesk returns the input as the desk takes it, and the avatar that came as a file, which wins over an address.
func contactToDesk(c *api.Call, in api.ContactInput, given func(api.Text) *string) (desk.ContactInput, *api.Upload, error) {
	files := c.Files("avatar")
	if len(files) > 0 {
		in.AvatarURL = api.Text{}
	}
	p, err := in.Desk(given)
	if err != nil || len(files) == 0 {
		return p, nil, err
	}
	if blob.KindOf(files[0].ContentType) != blob.Image {
		return p, nil, fault.Field("avatar", "Avatar filetype not supported")
	}
	p.AvatarHash = &files[0].Hash
	return p, &files[0], nil
}

// saveContactAvatar adds the blob of an avatar, or enqueues the job that fetches it, so that no request waits for
// another server.
func saveContactAvatar(ctx context.Context, t *desk.Tx, row db.Contact, p desk.ContactInput, file *api.Upload) error {
	if file != nil {
		return keepPicture(ctx, t, *file)
	}
	return api.FetchAvatar(ctx, t, row.ID, p.AvatarURL)
}

type createdContactJSON struct {
	Contact      shape.Contact           `json:"contact"`
	ContactInbox createdContactInboxJSON `json:"contact_inbox"`
}

type createdContactInboxJSON struct {
	Inbox    *shape.RawInbox `json:"inbox"`
	SourceID *string         `json:"source_id"`
}

func (h *handlers) createContact(c *api.Call) error {
	var in api.ContactInput
	if err := c.Read(&in); err != nil {
		return err
	}
	p, file, err := contactToDesk(c, in, api.Text.Ptr)
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		row, err := t.CreateContact(ctx, p)
		if err != nil {
			return nil, err
		}
		if err := saveContactAvatar(ctx, t, row, p, file); err != nil {
			return nil, err
		}
		var made createdContactJSON
		if id := in.InboxID.Ptr(); id != nil {
			inbox, err := t.Queries().GetInbox(ctx, t.Account(), *id)
			if err != nil {
				return nil, err
			}
			ci, err := t.Reach(ctx, row, inbox, in.SourceID.Value)
			if err != nil {
				return nil, err
			}
			made.ContactInbox = createdContactInboxJSON{shape.RawInboxOf(inbox), &ci.SourceID}
		}
		made.Contact, err = h.oneContact(ctx, t.Queries(), t.Actor.Scope, row)
		return payload(made), err
	})
}

func (h *handlers) updateContact(c *api.Call) error {
	var in api.ContactInput
	if err := c.Read(&in); err != nil {
		return err
	}
	for _, v := range []*api.Text{&in.Email, &in.PhoneNumber, &in.Identifier} {
		v.Set = v.Present // null clears these three fields
	}
	p, file, err := contactToDesk(c, in, api.Text.Given)
	if err != nil {
		return err
	}
	return h.changeContact(c, func(ctx context.Context, t *desk.Tx, id int64) (db.Contact, error) {
		row, err := t.UpdateContact(ctx, id, p)
		if err != nil {
			return row, err
		}
		return row, saveContactAvatar(ctx, t, row, p, file)
	})
}

// changeContact changes the contact in the path and answers with it.
func (h *handlers) changeContact(c *api.Call, fn func(ctx context.Context, t *desk.Tx, id int64) (db.Contact, error)) error {
	id, err := c.ID("contact")
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		row, err := fn(ctx, t, id)
		if err != nil {
			return nil, err
		}
		j, err := h.oneContact(ctx, t.Queries(), t.Actor.Scope, row)
		return payload(j), err
	})
}

// deleteContact deletes a contact with all their conversations, unless the contact is connected.
func (h *handlers) deleteContact(c *api.Call) error {
	id, err := c.ID("contact")
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		here, err := t.Queries().
			FilterPresentContacts(ctx, db.FilterPresentContactsParams{AccountID: t.Account(), Ids: []int64{id}, Since: t.Now.Add(-db.OnlineFor)})
		if err != nil {
			return nil, err
		}
		if len(here) > 0 {
			contact, err := t.Queries().GetContact(ctx, t.Account(), id)
			if err != nil {
				return nil, err
			}
			return nil, api.RefuseWith(http.StatusUnprocessableEntity, struct {
				Message string `json:"message"`
			}{contact.Name + " is Online, please try again later"})
		}
		return api.Empty(), t.DeleteContact(ctx, id)
	})
}

func (h *handlers) destroyContactAttributes(c *api.Call) error {
	var in struct {
		Keys api.Strings `json:"custom_attributes"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	return h.changeContact(c, func(ctx context.Context, t *desk.Tx, id int64) (db.Contact, error) {
		return t.UpdateContact(ctx, id, desk.ContactInput{CustomRemoved: in.Keys.Values})
	})
}

func (h *handlers) deleteContactAvatar(c *api.Call) error {
	none := ""
	return h.changeContact(c, func(ctx context.Context, t *desk.Tx, id int64) (db.Contact, error) {
		return t.UpdateContact(ctx, id, desk.ContactInput{AvatarHash: &none, AvatarURL: &none})
	})
}

func (h *handlers) contactLabels(c *api.Call) error {
	row, err := h.a.Contact(c)
	if err != nil {
		return err
	}
	return c.Answer(payload(row.Labels))
}

// labelContact sets exactly these labels, which need not be labels of the account.
func (h *handlers) labelContact(c *api.Call) error {
	var in struct {
		Labels api.Strings `json:"labels"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	id, err := c.ID("contact")
	if err != nil {
		return err
	}
	labels := in.Labels.Values
	if labels == nil {
		labels = []string{}
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		row, err := t.UpdateContact(ctx, id, desk.ContactInput{Labels: labels})
		return payload(row.Labels), err
	})
}

// mergeContacts merges a contact into the base, which keeps its values.
func (h *handlers) mergeContacts(c *api.Call) error {
	var in struct {
		Base   api.ID `json:"base_contact_id"`
		Mergee api.ID `json:"mergee_contact_id"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	if in.Base.Ptr() == nil || in.Mergee.Ptr() == nil {
		return fault.NotFound
	}
	if in.Base.Value == in.Mergee.Value {
		return api.Refuse(http.StatusUnprocessableEntity, "contact merge: a contact cannot be merged with itself")
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		row, err := t.MergeContacts(ctx, in.Base.Value, in.Mergee.Value)
		if err != nil {
			return nil, err
		}
		return h.oneContact(ctx, t.Queries(), t.Actor.Scope, row)
	})
}
