package web

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/views"
)

// contactsOnPage is how many contacts a page lists.
const contactsOnPage = 50

// contactsPage lists one page of the account's contacts. All members see all contacts.
func (a *App) contactsPage(c echo.Context) error {
	return a.showContacts(c, http.StatusOK, views.NewContact{Open: c.QueryParam("new") != ""})
}

func (a *App) showContacts(c echo.Context, status int, in views.NewContact) error {
	ctx := c.Request().Context()
	l := views.ContactList{Text: strings.TrimSpace(storableText(c.QueryParam("q"), 200)), Sort: c.QueryParam("sort"), New: in, First: true}
	order := db.ContactOrder{Column: db.ContactsByActivity, Desc: true}
	if l.Sort == "name" {
		order = db.ContactOrder{Column: db.ContactsByName}
	} else {
		l.Sort = ""
	}
	at := contactCursor(c, l.Sort)
	f, err := a.frame(c, "Contacts", "contacts")
	if err != nil {
		return err
	}
	listed, err := a.q.ListContactIDs(
		ctx, f.AccountID, db.ContactFilter{Text: l.Text}, order, db.ContactPage{After: at, Size: contactsOnPage + 1},
	)
	if err != nil {
		return err
	}
	l.First = at == nil
	if len(listed) > contactsOnPage {
		listed = listed[:contactsOnPage]
		l.Next = listed[contactsOnPage-1].Position
	}
	ids, place := make([]int64, len(listed)), map[int64]int{}
	for i, one := range listed {
		ids[i], place[one.ID] = one.ID, i
	}
	rows, err := a.q.ListContacts(ctx, f.AccountID, ids)
	if err != nil {
		return err
	}
	l.Contacts = make([]db.Contact, len(rows))
	for _, row := range rows {
		l.Contacts[place[row.ID]] = row
	}
	return render(c, status, views.ContactsPage(f, l))
}

// A position in the order of activity is a timestamp as PostgreSQL writes it. Anything else would be an error there.
var moment = regexp.MustCompile(`^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d(:\d\d)?$`)

// contactCursor reads where the page begins. Text that is no position means the start.
func contactCursor(c echo.Context, sort string) db.Cursor {
	id, at := c.QueryParam("after"), c.QueryParam("at")
	if id == "" || len(id) > 18 || strings.Trim(id, "0123456789") != "" {
		return nil
	}
	place := db.Cursor{&at, &id}
	switch {
	case !c.QueryParams().Has("at") && sort == "": // the contacts that have never been active
		place[0] = nil
	case sort == "" && !moment.MatchString(at), !db.IsText(at):
		return nil
	}
	return place
}

// createContact adds a contact.
func (a *App) createContact(c echo.Context) error {
	ctx, me := c.Request().Context(), viewerOf(c)
	in := views.NewContact{
		Open:  true,
		Name:  strings.TrimSpace(c.FormValue("name")),
		Email: strings.TrimSpace(c.FormValue("email")),
		Phone: strings.TrimSpace(c.FormValue("phone_number")),
	}
	if in.Name == "" && in.Email == "" && in.Phone == "" {
		in.Invalid = fault.Field("name", "Give a name, an address or a number")
		return a.showContacts(c, http.StatusUnprocessableEntity, in)
	}
	var made db.Contact
	err := a.desk.Do(ctx, me.Actor(), func(t *desk.Tx) (err error) {
		made, err = t.CreateContact(ctx, desk.ContactInput{Name: &in.Name, Email: &in.Email, PhoneNumber: &in.Phone})
		return err
	})
	if in.Invalid = contactMessages(fault.In(err)); in.Invalid != nil {
		return a.showContacts(c, http.StatusUnprocessableEntity, in)
	}
	if err != nil {
		return err
	}
	return a.redirectWithFlash(c, "Added", link.Contact(me.Scope.AccountID, made.ID))
}

// contactMessages translates the verb's messages, which are those of the API's contract, for the page.
func contactMessages(invalid fault.Fields) fault.Fields {
	if invalid == nil {
		return nil
	}
	better := map[string]string{
		"Invalid email":                         "An address looks like amara@okafor.example",
		"Phone number should be in e164 format": "A number looks like +351215550142",
	}
	out := fault.Fields{}
	for field, message := range invalid {
		if w, ok := better[message]; ok {
			message = w
		}
		out[field] = message
	}
	return out
}
