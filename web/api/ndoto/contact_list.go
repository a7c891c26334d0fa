package ndoto

import (
	"slices"
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
	if err := readQuery(c, &in); err != nil {
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
