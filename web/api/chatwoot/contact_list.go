package chatwoot

import (
	"context"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
	"github.com/parleydesk/parley/web/api/filter"
)

const contactsPerPage = 15

func (h *handlers) contactListRoutes() []api.Route {
	return []api.Route{
		api.Get(contactsPath, api.Member, h.listContacts),
		api.Get(contactsPath+"/search", api.Member, h.searchContacts),
		api.Get(contactsPath+"/active", api.Member, h.activeContacts),
		api.Post(contactsPath+"/filter", api.Member, h.filterContacts),
		api.Get(contactPath+"/conversations", api.Member, h.contactConversations),
		api.Get(contactPath+"/attachments", api.Member, h.contactAttachments),
	}
}

// contactListInput is the query of the lists of contacts.
type contactListInput struct {
	Sort                  api.Text    `json:"sort"`
	Labels                api.Strings `json:"labels"`
	Query                 api.Text    `json:"q"`
	IncludeContactInboxes api.Bool    `json:"include_contact_inboxes"`
}

type contactListJSON struct {
	Meta    contactMetaJSON `json:"meta"`
	Payload []shape.Contact `json:"payload"`
}

// contactMetaJSON has the page as it was requested: a text, or a number if none was requested.
type contactMetaJSON struct {
	Count       int64 `json:"count"`
	CurrentPage any   `json:"current_page"`
	HasMore     *bool `json:"has_more,omitempty"`
}

// askedPage returns the page as it was requested.
func askedPage(c *api.Call) any {
	if p := c.QueryParam("page"); p != "" {
		return p
	}
	return c.PageNumber()
}

// contactOrder reads an order such as -last_activity_at. If it is absent or unknown, the oldest contacts come first, so
// that a client that reads page by page gets each contact once while others change.
func contactOrder(word string) db.ContactOrder {
	name, desc := strings.CutPrefix(word, "-")
	columns := map[string]db.ContactColumn{
		"name": db.ContactsByName, "email": db.ContactsByEmail, "phone_number": db.ContactsByPhone, "created_at": db.ContactsByCreation,
		"last_activity_at": db.ContactsByActivity,
		"company_name":     db.ContactsByCompany,
		"city":             db.ContactsByCity,
		"country":          db.ContactsByCountry,
	}
	column, ok := columns[name]
	if !ok {
		return db.ContactOrder{Column: db.ContactsByCreation}
	}
	return db.ContactOrder{Column: column, Desc: desc}
}

func (h *handlers) listContacts(c *api.Call) error {
	var in contactListInput
	if err := c.ReadQuery(&in); err != nil {
		return err
	}
	f := db.ContactFilter{Identified: true, Labels: in.Labels.Values}
	return h.answerContacts(c, f, in)
}

// filterContacts answers a filter. Bridges look up contacts by it and expect payload to be a list.
func (h *handlers) filterContacts(c *api.Call) error {
	var in contactListInput
	if err := c.ReadQuery(&in); err != nil {
		return err
	}
	terms, err := filter.Contacts(h.a, c)
	if err != nil {
		return err
	}
	return h.answerContacts(c, db.ContactFilter{Where: db.ContactClause(terms)}, in)
}

// answerContacts answers with a page and the number of all contacts. That number is the expensive part, so the cursor
// carries it from the first page to the next ones.
func (h *handlers) answerContacts(c *api.Call, f db.ContactFilter, in contactListInput) error {
	p := contactPosition{order: contactOrder(in.Sort.Value)}
	walking, err := p.read(c)
	if err != nil {
		return err
	}
	if !walking {
		if p.count, err = h.q.CountContacts(c.Ctx(), c.Account(), f); err != nil {
			return err
		}
	}
	ids, _, err := h.contactPage(c, f, p)
	if err != nil {
		return err
	}
	list, err := h.listedContacts(c.Ctx(), c.Scope(), ids, in.IncludeContactInboxes.Or(true))
	if err != nil {
		return err
	}
	return c.Answer(contactListJSON{contactMetaJSON{Count: p.count, CurrentPage: askedPage(c)}, list})
}

// searchContacts finds contacts by name, e-mail, phone or identifier. An empty text finds none. It does not count all
// matches; has_more says whether there is another page.
func (h *handlers) searchContacts(c *api.Call) error {
	var in contactListInput
	if err := c.ReadQuery(&in); err != nil {
		return err
	}
	answer := contactListJSON{contactMetaJSON{CurrentPage: askedPage(c), HasMore: new(bool)}, []shape.Contact{}}
	text := strings.TrimSpace(in.Query.Value)
	if text == "" {
		return c.Answer(answer)
	}
	p := contactPosition{order: contactOrder(in.Sort.Value)}
	if _, err := p.read(c); err != nil {
		return err
	}
	ids, more, err := h.contactPage(c, db.ContactFilter{Text: text}, p)
	if err != nil {
		return err
	}
	if answer.Payload, err = h.listedContacts(c.Ctx(), c.Scope(), ids, in.IncludeContactInboxes.Or(true)); err != nil {
		return err
	}
	answer.Meta.Count, *answer.Meta.HasMore = int64(len(answer.Payload)), more
	return c.Answer(answer)
}

// activeContacts lists the connected contacts, whose availability_status is online.
func (h *handlers) activeContacts(c *api.Call) error {
	var in contactListInput
	if err := c.ReadQuery(&in); err != nil {
		return err
	}
	since := h.a.Now().Add(-db.OnlineFor)
	return h.answerContacts(c, db.ContactFilter{SeenAfter: &since}, in)
}

// contactPosition is the position in a list of contacts after which a page begins: the order, the contact before it
// (nil for a page by number), and the number of all contacts on the first page.
type contactPosition struct {
	order db.ContactOrder
	after db.Cursor
	count int64
}

// read reads the cursor, and reports whether there was one.
func (p *contactPosition) read(c *api.Call) (bool, error) {
	var order db.ContactOrder
	walking, err := c.Cursor(&order, &p.after, &p.count)
	if err == nil && walking && (order != p.order || len(p.after) != 2) {
		err = api.Unprocessable("The cursor is not one of this list")
	}
	return walking, err
}

// contactPage chooses the contacts of the requested page, by number or by cursor. It sets Link to the next page and
// reports whether there is one.
func (h *handlers) contactPage(
	c *api.Call,
	f db.ContactFilter,
	p contactPosition,
) (ids []db.ListedContact, more bool, err error) {
	size := c.Limit(contactsPerPage, maxPerPage)
	if p.after != nil {
		ids, err = h.q.ListContactIDs(c.Ctx(), c.Account(), f, p.order, db.ContactPage{After: p.after, Size: size})
	} else {
		ids, err = h.a.Pages.ListContacts(c.Ctx(), h.q, c.Account(), f, p.order, c.PageNumber(), size)
	}
	if err != nil || len(ids) < size {
		return ids, false, err
	}
	beyond, err := h.q.ListContactIDs(c.Ctx(), c.Account(), f, p.order, db.ContactPage{After: ids[size-1].Position, Size: 1})
	if err != nil || len(beyond) == 0 {
		return ids, false, err
	}
	return ids, true, c.Next(p.order, ids[size-1].Position, p.count)
}

// listedContacts reads the contacts of a page in their order, without those that were deleted meanwhile.
func (h *handlers) listedContacts(
	ctx context.Context, scope db.Scope, ids []db.ListedContact, inboxes bool,
) ([]shape.Contact, error) {
	if len(ids) == 0 {
		return []shape.Contact{}, nil
	}
	wanted := make([]int64, len(ids))
	for i, l := range ids {
		wanted[i] = l.ID
	}
	rows, err := h.q.ListContacts(ctx, scope.AccountID, wanted)
	if err != nil {
		return nil, err
	}
	api.InOrder(rows, wanted, func(c *db.Contact) int64 { return c.ID })
	if inboxes {
		return h.contacts(ctx, h.q, scope, rows)
	}
	list := make([]shape.Contact, len(rows))
	for i, row := range rows {
		list[i] = h.shape.Contact(row)
	}
	return list, h.setAvailability(ctx, h.q, scope.AccountID, list)
}

const maxContactConversations = 20

// contactConversations lists a contact's newest conversations that the caller sees. The contract has no more; here a
// cursor leads to the others.
func (h *handlers) contactConversations(c *api.Call) error {
	contact, err := h.a.Contact(c)
	if err != nil {
		return err
	}
	p := db.ConversationPage{Size: c.Limit(maxContactConversations, maxContactConversations)}
	walking, err := c.Cursor(&p.After)
	if err != nil {
		return err
	}
	if walking && !db.ByActivityDesc.Fits(p.After) {
		return api.Unprocessable("The cursor is not one of this list")
	}
	ids, err := h.q.ListConversationIDs(c.Ctx(), db.ConversationList{
		Scope:  c.Scope(),
		Filter: db.ConversationFilter{ContactID: &contact.ID},
		Order:  db.ByActivityDesc,
		Page:   p,
	})
	if err != nil {
		return err
	}
	if len(ids) == p.Size {
		if err := c.Next(ids[p.Size-1].Position); err != nil {
			return err
		}
	}
	list, err := h.conversationsByID(c.Ctx(), c.Scope(), ids)
	if err != nil {
		return err
	}
	return c.Answer(payload(list))
}
