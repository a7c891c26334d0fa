package ndoto

import (
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/filter"
)

const (
	contactsPerPage = 15
	// contactConversations is how many of a contact's conversations are shown at once, as in Chatwoot.
	contactConversations = 20
)

type contactListJSON struct {
	Payload []contactJSON   `json:"payload"`
	Meta    contactMetaJSON `json:"meta"`
}

// contactMetaJSON has the two documented numbers, and total_pages, which the overview promises for all lists.
type contactMetaJSON struct {
	Count       int64 `json:"count"`
	CurrentPage int   `json:"current_page"`
	TotalPages  int64 `json:"total_pages"`
}

func (h *handlers) listContacts(c *api.Call) error { return h.answerContacts(c, db.ContactFilter{}) }

// searchContacts finds contacts by name, e-mail, phone and identifier. An empty text finds none.
func (h *handlers) searchContacts(c *api.Call) error {
	text := strings.TrimSpace(c.QueryParam("q"))
	if text == "" {
		return c.Answer(contactListJSON{[]contactJSON{}, contactMetaJSON{CurrentPage: 1}})
	}
	return h.answerContacts(c, db.ContactFilter{Text: text})
}

// filterContacts accepts Chatwoot's conditions, and answers as the list does.
func (h *handlers) filterContacts(c *api.Call) error {
	terms, err := filter.Contacts(h.a, c)
	if err != nil {
		return err
	}
	return h.answerContacts(c, db.ContactFilter{Where: db.ContactClause(terms)})
}

func (h *handlers) answerContacts(c *api.Call, f db.ContactFilter) error {
	var in struct {
		Sort   api.Text    `json:"sort"`
		Labels api.Strings `json:"labels"`
		Links  api.Bool    `json:"include_contact_inboxes"`
	}
	if err := readQuery(c, &in); err != nil {
		return err
	}
	order, err := contactOrder(in.Sort.Value)
	if err != nil {
		return err
	}
	f.Labels = in.Labels.Values
	count, err := h.q.CountContacts(c.Ctx(), c.Account(), f)
	if err != nil {
		return err
	}
	size := c.Limit(contactsPerPage, 100)
	listed, err := h.contactPage(c, f, order, size)
	if err != nil {
		return err
	}
	ids := make([]int64, len(listed))
	for i, l := range listed {
		ids[i] = l.ID
	}
	rows, err := h.q.ListContacts(c.Ctx(), c.Account(), ids)
	if err != nil {
		return err
	}
	api.InOrder(rows, ids, func(c *db.Contact) int64 { return c.ID })
	list := make([]contactJSON, len(rows))
	for i, r := range rows {
		list[i] = h.contactShape(r)
	}
	if in.Links.Value && len(list) > 0 {
		if err := h.withInboxes(c.Ctx(), h.q, c.Scope(), list); err != nil {
			return err
		}
	}
	pages := (count + int64(size) - 1) / int64(size)
	return c.Answer(contactListJSON{list, contactMetaJSON{count, c.PageNumber(), pages}})
}

func (h *handlers) contactPage(c *api.Call, f db.ContactFilter, o db.ContactOrder, size int) (listed []db.ListedContact, err error) {
	var order db.ContactOrder
	var after db.Cursor
	walking, err := c.Cursor(&order, &after)
	switch {
	case err != nil:
		return nil, err
	case walking && (order != o || len(after) != 2):
		return nil, fault.Field("cursor", "The cursor is not one of this list")
	case walking:
		listed, err = h.q.ListContactIDs(c.Ctx(), c.Account(), f, o, db.ContactPage{After: after, Size: size})
	default:
		listed, err = h.a.Pages.ListContacts(c.Ctx(), h.q, c.Account(), f, o, c.PageNumber(), size)
	}
	if err == nil && len(listed) == size {
		err = c.Next(o, listed[len(listed)-1].Position)
	}
	return listed, err
}

// contactOrder reads one of the five documented fields, with a minus before it for descending order.
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

func (h *handlers) listContactConversations(c *api.Call) error {
	contact, err := h.a.Contact(c)
	if err != nil {
		return err
	}
	f := db.ConversationFilter{ContactID: &contact.ID}
	l, number, err := api.ConversationPage(c, f, db.ByActivityDesc, contactConversations)
	if err != nil {
		return err
	}
	listed, err := h.a.ListedConversations(c, l, number)
	if err != nil {
		return err
	}
	list, err := h.shown(c, listed)
	if err != nil {
		return err
	}
	return c.Answer(struct {
		Payload []conversationJSON `json:"payload"`
	}{list})
}
