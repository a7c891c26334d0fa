package ndoto

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/filter"
)

func (s *surface) contactRoutes() []api.Route {
	const path, one = v1 + "/contacts", v1 + "/contacts/:contact"
	return append([]api.Route{
		api.Get(path, api.Member, s.listContacts),
		api.Post(path, api.Member, s.createContact),
		api.Get(path+"/search", api.Member, s.searchContacts),
		api.Post(path+"/filter", api.Member, s.filterContacts),
		api.Get(one, api.Member, s.getContact),
		api.Delete(one, api.Admin, s.deleteContact),
		api.Get(one+"/conversations", api.Member, s.listContactConversations),
		api.Post(one+"/contact_inboxes", api.Member, s.createContactInbox),
		api.Get(one+"/labels", api.Member, s.listContactLabels),
		api.Post(one+"/labels", api.Member, s.setContactLabels),
	}, api.Update(one, api.Member, s.updateContact)...)
}

const (
	contactsPerPage = 15
	// contactConversations is how many of a contact's conversations are shown at once, as in Chatwoot.
	contactConversations = 20
)

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

type contactInboxJSON struct {
	SourceID string        `json:"source_id"`
	Inbox    slimInboxJSON `json:"inbox"`
}

type slimInboxJSON struct {
	ID          int64  `json:"id"`
	Name        string `json:"name"`
	ChannelType string `json:"channel_type"`
}

func (s *surface) contactShape(c db.Contact) contactJSON {
	j := contactJSON{
		ID: c.ID, Name: c.Name, Email: c.Email, PhoneNumber: c.PhoneNumber, Identifier: c.Identifier, Blocked: c.Blocked,
		LastActivityAt: secondsPtr(c.LastActivityAt), CreatedAt: seconds(c.CreatedAt), CustomAttributes: c.CustomAttributes,
	}
	switch {
	case c.AvatarHash != nil:
		j.Thumbnail = s.a.BaseURL + link.Avatar(*c.AvatarHash)
	case c.AvatarUrl != nil:
		j.Thumbnail = *c.AvatarUrl
	}
	return j
}

// withInboxes adds where the contacts can be reached, by one read for all.
func (s *surface) withInboxes(ctx context.Context, q *db.Queries, accountID int64, list []contactJSON) error {
	ids := make([]int64, len(list))
	for i := range list {
		ids[i], list[i].ContactInboxes = list[i].ID, &[]contactInboxJSON{}
	}
	rows, err := q.ListContactInboxes(ctx, accountID, ids)
	for _, r := range rows {
		at := list[slices.Index(ids, r.ContactInbox.ContactID)].ContactInboxes
		*at = append(*at, contactInboxJSON{r.ContactInbox.SourceID, slimInboxJSON{r.ContactInbox.InboxID, r.Name, api.Channel(r.Kind)}})
	}
	return err
}

type contactListJSON struct {
	Payload []contactJSON   `json:"payload"`
	Meta    contactMetaJSON `json:"meta"`
}

// contactMetaJSON has the two documented figures, and total_pages of the overview's general promise.
type contactMetaJSON struct {
	Count       int64 `json:"count"`
	CurrentPage int   `json:"current_page"`
	TotalPages  int64 `json:"total_pages"`
}

func (s *surface) listContacts(c *api.Call) error { return s.answerContacts(c, db.ContactFilter{}) }

// searchContacts looks into name, e-mail, phone and identifier. Nothing typed finds nothing.
func (s *surface) searchContacts(c *api.Call) error {
	text := strings.TrimSpace(c.QueryParam("q"))
	if text == "" {
		return c.Answer(contactListJSON{[]contactJSON{}, contactMetaJSON{CurrentPage: 1}})
	}
	return s.answerContacts(c, db.ContactFilter{Text: text})
}

// filterContacts takes Chatwoot's conditions, and answers as the list does.
func (s *surface) filterContacts(c *api.Call) error {
	terms, err := filter.Contacts(s.a, c)
	if err != nil {
		return err
	}
	return s.answerContacts(c, db.ContactFilter{Where: db.ContactClause(terms)})
}

func (s *surface) answerContacts(c *api.Call, f db.ContactFilter) error {
	var in struct {
		Sort   api.Text    `json:"sort"`
		Labels api.Strings `json:"labels"`
		Links  api.Bool    `json:"include_contact_inboxes"`
	}
	if err := c.ReadQuery(&in); err != nil {
		return err
	}
	order, err := contactOrder(in.Sort.Value)
	if err != nil {
		return err
	}
	f.Labels = in.Labels.Values
	count, err := s.q.CountContacts(c.Ctx(), c.Account(), f)
	if err != nil {
		return err
	}
	size := c.Limit(contactsPerPage, 100)
	listed, err := s.contactPage(c, f, order, size)
	if err != nil {
		return err
	}
	ids := make([]int64, len(listed))
	for i, l := range listed {
		ids[i] = l.ID
	}
	rows, err := s.q.ListContacts(c.Ctx(), c.Account(), ids)
	if err != nil {
		return err
	}
	list := make([]contactJSON, len(rows))
	for _, r := range rows {
		list[slices.Index(ids, r.ID)] = s.contactShape(r)
	}
	if in.Links.Value && len(list) > 0 {
		if err := s.withInboxes(c.Ctx(), s.q, c.Account(), list); err != nil {
			return err
		}
	}
	pages := (count + int64(size) - 1) / int64(size)
	return c.Answer(contactListJSON{list, contactMetaJSON{count, c.PageNumber(), pages}})
}

func (s *surface) contactPage(c *api.Call, f db.ContactFilter, o db.ContactOrder, size int) (listed []db.ListedContact, err error) {
	var order db.ContactOrder
	var after db.Cursor
	walking, err := c.Cursor(&order, &after)
	switch {
	case err != nil:
		return nil, err
	case walking && (order != o || len(after) != 2):
		return nil, fault.Field("cursor", "The cursor is not one of this list")
	case walking:
		listed, err = s.q.ListContactIDs(c.Ctx(), c.Account(), f, o, db.ContactPage{After: after, Size: size})
	default:
		listed, err = s.a.Pages.ListContacts(c.Ctx(), s.q, c.Account(), f, o, c.PageNumber(), size)
	}
	if err == nil && len(listed) == size {
		err = c.Next(o, listed[len(listed)-1].Place)
	}
	return listed, err
}

// contactOrder reads one of the five documented fields, a minus in front for the other direction.
func contactOrder(word string) (db.ContactOrder, error) {
	name, desc := strings.CutPrefix(word, "-")
	column, ok := map[string]db.ContactColumn{
		"": db.ContactsByCreation, "name": db.ContactsByName, "email": db.ContactsByEmail, "phone_number": db.ContactsByPhone,
		"last_activity_at": db.ContactsByActivity, "created_at": db.ContactsByCreation,
	}[name]
	if !ok {
		return db.ContactOrder{}, api.Refuse(400, "sort must be name, email, phone_number, last_activity_at or created_at")
	}
	return db.ContactOrder{Column: column, Desc: desc}, nil
}

// contact reads the one that the path names: every member knows all of the account's contacts.
func (s *surface) contact(c *api.Call) (db.Contact, error) {
	id, err := c.ID("contact")
	if err != nil {
		return db.Contact{}, err
	}
	return s.q.GetContact(c.Ctx(), c.Account(), id)
}

type oneContactJSON struct {
	Payload contactJSON `json:"payload"`
}

func (s *surface) showContact(ctx context.Context, q *db.Queries, row db.Contact) (oneContactJSON, error) {
	list := []contactJSON{s.contactShape(row)}
	err := s.withInboxes(ctx, q, row.AccountID, list)
	return oneContactJSON{list[0]}, err
}

func (s *surface) getContact(c *api.Call) error {
	row, err := s.contact(c)
	if err != nil {
		return err
	}
	j, err := s.showContact(c.Ctx(), s.q, row)
	if err != nil {
		return err
	}
	return c.Single(j)
}

type contactInput struct {
	Name                 api.Text   `json:"name"`
	Email                api.Text   `json:"email"`
	PhoneNumber          api.Text   `json:"phone_number"`
	Identifier           api.Text   `json:"identifier"`
	Blocked              api.Bool   `json:"blocked"`
	CustomAttributes     api.Object `json:"custom_attributes"`
	AdditionalAttributes api.Object `json:"additional_attributes"`
	InboxID              api.ID     `json:"inbox_id"`
	SourceID             api.Text   `json:"source_id"`
	AvatarURL            api.Text   `json:"avatar_url"`
}

// person turns input into what the desk takes; given reads a text, where empty is absent or clears.
func (in contactInput) person(given func(api.Text) *string) (desk.Person, error) {
	p := desk.Person{
		Name: given(in.Name), Email: given(in.Email), PhoneNumber: given(in.PhoneNumber), Identifier: given(in.Identifier), AvatarURL: in.AvatarURL.Ptr(),
		Blocked: in.Blocked.Ptr(), Custom: json.RawMessage(in.CustomAttributes), Additional: json.RawMessage(in.AdditionalAttributes),
	}
	if p.AvatarURL != nil {
		return p, api.CheckAvatarURL(*p.AvatarURL)
	}
	return p, nil
}

type madeContactJSON struct {
	Payload struct {
		Contact      contactJSON       `json:"contact"`
		ContactInbox *contactInboxJSON `json:"contact_inbox"`
	} `json:"payload"`
}

// createContact adds a contact, and its address on an inbox if one is named. What is taken already is 422.
func (s *surface) createContact(c *api.Call) error {
	var in contactInput
	if err := c.Read(&in); err != nil {
		return err
	}
	p, err := in.person(api.Text.Ptr)
	if err != nil {
		return err
	}
	return s.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		row, err := t.CreateContact(ctx, p)
		if err != nil {
			return nil, err
		}
		if err := api.FetchAvatar(ctx, t, row.ID, p.AvatarURL); err != nil {
			return nil, err
		}
		var made madeContactJSON
		if in.InboxID.Ptr() != nil {
			if made.Payload.ContactInbox, err = s.reach(ctx, t, row, in.InboxID.Value, in.SourceID.Value); err != nil {
				return nil, err
			}
		}
		one, err := s.showContact(ctx, t.Queries(), row)
		made.Payload.Contact = one.Payload
		return api.Status{Code: createdStatus, Body: made}, err
	})
}

func (s *surface) reach(ctx context.Context, t *desk.Tx, contact db.Contact, inboxID int64, sourceID string) (*contactInboxJSON, error) {
	inbox, err := t.Queries().GetInbox(ctx, t.Account(), inboxID)
	if err != nil {
		return nil, err
	}
	ci, err := t.Reach(ctx, contact, inbox, sourceID)
	return &contactInboxJSON{ci.SourceID, slimInboxJSON{inbox.ID, inbox.Name, api.Channel(inbox.Kind)}}, err
}

func (s *surface) updateContact(c *api.Call) error {
	id, err := c.ID("contact")
	if err != nil {
		return err
	}
	var in contactInput
	if err := c.Read(&in); err != nil {
		return err
	}
	p, err := in.person(api.Text.Given)
	if err != nil {
		return err
	}
	return s.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		row, err := t.UpdateContact(ctx, id, p)
		if err != nil {
			return nil, err
		}
		if err := api.FetchAvatar(ctx, t, row.ID, p.AvatarURL); err != nil {
			return nil, err
		}
		return s.showContact(ctx, t.Queries(), row)
	})
}

func (s *surface) deleteContact(c *api.Call) error {
	id, err := c.ID("contact")
	if err != nil {
		return err
	}
	return s.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		return struct{}{}, t.DeleteContact(ctx, id)
	})
}

func (s *surface) listContactConversations(c *api.Call) error {
	contact, err := s.contact(c)
	if err != nil {
		return err
	}
	listed, err := s.page(c, db.ConversationFilter{ContactID: &contact.ID}, db.ByActivityDesc, contactConversations)
	if err != nil {
		return err
	}
	list, err := s.shown(c, listed)
	if err != nil {
		return err
	}
	return c.Answer(struct {
		Payload []conversationJSON `json:"payload"`
	}{list})
}

func (s *surface) createContactInbox(c *api.Call) error {
	contact, err := s.contact(c)
	if err != nil {
		return err
	}
	var in contactInput
	if err := c.Read(&in); err != nil {
		return err
	}
	if in.InboxID.Ptr() == nil {
		return fault.Field("inbox_id", "inbox_id is required")
	}
	return s.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		return s.reach(ctx, t, contact, in.InboxID.Value, in.SourceID.Value)
	})
}

func (s *surface) listContactLabels(c *api.Call) error {
	contact, err := s.contact(c)
	if err != nil {
		return err
	}
	return c.Answer(labelTitlesJSON{contact.Labels})
}

// setContactLabels replaces the set.
func (s *surface) setContactLabels(c *api.Call) error {
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
	return s.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		row, err := t.UpdateContact(ctx, id, desk.Person{Labels: in.Labels.Values})
		return labelTitlesJSON{row.Labels}, err
	})
}
