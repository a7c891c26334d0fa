package web

import (
	"math"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/views"
)

// contactTalks is how many conversations and notes a contact's page lists, and maxNote the longest note, in characters.
const (
	contactTalks = 100
	maxNote      = 20_000
)

// contactPage shows one contact, with their conversations as far as the viewer sees them.
func (a *App) contactPage(c echo.Context) error {
	return a.showContact(c, http.StatusOK, func(*views.ContactView) {})
}

// showContact shows the page; as fills in what was typed and what is wrong with it.
func (a *App) showContact(c echo.Context, status int, as func(*views.ContactView)) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	ctx, s := c.Request().Context(), viewerOf(c).Scope
	contact, err := a.q.GetContact(ctx, s.AccountID, id)
	if err != nil {
		return err
	}
	f := a.newFrame(c, contact.Who(), "contacts")
	v := views.ContactView{
		Contact: contact, Form: contact, Tab: c.QueryParam("tab"), Edit: c.QueryParam("edit") != "",
		Phone: deref(contact.PhoneNumber), Email: deref(contact.Email), Identifier: deref(contact.Identifier),
	}
	if v.Tab != "notes" {
		v.Tab = ""
	}
	b := a.q.Batch()
	a.loadSidebar(c, b, &f.Sidebar)
	a.loadUnread(c, b, &f.Unread)
	a.loadAttributes(c, b, link.ContactAttributes(s.AccountID, id), &v.Attributes)
	db.Into(b, &v.Talks, (*db.Queries).ListContactConversations, db.ListContactConversationsParams{
		AccountID: s.AccountID,
		ContactID: id,
		SeesAll:   s.SeesAll,
		InboxIds:  s.InboxIDs,
		TeamIds:   s.TeamIDs,
		PageSize:  contactTalks,
	})
	db.Into(b, &v.Notes, (*db.Queries).ListNotes, db.ListNotesParams{
		AccountID: s.AccountID,
		ContactID: id,
		BeforeID:  math.MaxInt64,
		PageSize:  contactTalks,
	})
	db.Into(b, &v.Addresses, (*db.Queries).ListContactInboxes, db.ListContactInboxesParams{
		AccountID:  s.AccountID,
		ContactIds: []int64{id},
		SeesAll:    s.SeesAll,
		InboxIds:   s.InboxIDs,
	})
	if err := b.Run(ctx); err != nil {
		return err
	}
	f.Flash = a.flash(c)
	v.Attributes.Model, v.Attributes.Values = db.AttributeModelContactAttribute, contact.CustomAttributes
	as(&v)
	return render(c, status, views.ContactPage(f, v))
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// updateContact saves the form of a contact.
func (a *App) updateContact(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	ctx, me := c.Request().Context(), viewerOf(c)
	name, email := strings.TrimSpace(c.FormValue("name")), strings.TrimSpace(c.FormValue("email"))
	phone, identifier := strings.TrimSpace(c.FormValue("phone_number")), strings.TrimSpace(c.FormValue("identifier"))
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	labels := append([]string{}, form["label"]...)
	err = a.desk.Do(ctx, me.Actor(), func(t *desk.Tx) error {
		_, err := t.UpdateContact(ctx, id, desk.ContactInput{
			Name:        &name,
			Email:       &email,
			PhoneNumber: &phone,
			Identifier:  &identifier,
			Labels:      labels,
		})
		return err
	})
	if invalid := contactMessages(fault.In(err)); invalid != nil {
		return a.showContact(c, http.StatusUnprocessableEntity, func(v *views.ContactView) {
			v.Edit, v.Form.Name, v.Email, v.Phone, v.Identifier, v.Form.Labels, v.Invalid = true, name, email, phone, identifier, labels, invalid
		})
	}
	if err != nil {
		return err
	}
	return a.redirectWithFlash(c, "Saved", link.Contact(me.Scope.AccountID, id))
}

// muteContact mutes a contact, or unmutes them: messages of a muted contact reopen no conversation.
func (a *App) muteContact(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	ctx, me, muted := c.Request().Context(), viewerOf(c), c.FormValue("muted") != ""
	err = a.desk.Do(ctx, me.Actor(), func(t *desk.Tx) error {
		_, err := t.UpdateContact(ctx, id, desk.ContactInput{Blocked: &muted})
		return err
	})
	if err != nil {
		return err
	}
	message := "Muted: what they write brings nothing back"
	if !muted {
		message = "Not muted any more"
	}
	return a.redirectWithFlash(c, message, link.Contact(me.Scope.AccountID, id))
}

// addNote adds a note about a contact. Customers never see notes.
func (a *App) addNote(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	ctx, me, content := c.Request().Context(), viewerOf(c), normalizeNewlines(c.FormValue("content"))
	if content == "" || utf8.RuneCountInString(content) > maxNote || !db.IsText(content) {
		return a.showContact(c, http.StatusUnprocessableEntity, func(v *views.ContactView) {
			v.Tab, v.Note, v.Invalid = "notes", content, fault.Field("content", "Write something, at most 20,000 characters")
		})
	}
	if _, err := a.q.GetContact(ctx, me.Scope.AccountID, id); err != nil {
		return err
	}
	if _, err := a.q.InsertNote(ctx, db.InsertNoteParams{
		AccountID: me.Scope.AccountID,
		ContactID: id,
		UserID:    &me.ID,
		Content:   content,
	}); err != nil {
		return err
	}
	return a.redirectWithFlash(c, "Noted", link.With(link.Contact(me.Scope.AccountID, id), "tab", "notes"))
}

// deleteNote deletes a note. Authors delete their own, administrators any.
func (a *App) deleteNote(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	noteID, err := pathID(c, "note")
	if err != nil {
		return err
	}
	ctx, me := c.Request().Context(), viewerOf(c)
	row, err := a.q.GetNote(ctx, db.GetNoteParams{AccountID: me.Scope.AccountID, ContactID: id, ID: noteID})
	if err != nil {
		return err
	}
	if !me.Scope.Admin() && (row.Note.UserID == nil || *row.Note.UserID != me.ID) {
		return fault.Forbidden
	}
	if _, err := a.q.DeleteNote(ctx, db.DeleteNoteParams{AccountID: me.Scope.AccountID, ContactID: id, ID: noteID}); err != nil {
		return err
	}
	return a.redirectWithFlash(c, "The note is gone", link.With(link.Contact(me.Scope.AccountID, id), "tab", "notes"))
}
