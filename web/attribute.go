package web

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/views"
)

// loadAttributes reads the account's attribute definitions, for forms that post to address.
func (a *App) loadAttributes(c echo.Context, b *db.Batch, address string, attributes *views.Attributes) {
	attributes.Address = address
	db.Into(b, &attributes.Definitions, (*db.Queries).ListAttributeDefinitions, db.ListAttributeDefinitionsParams{
		AccountID: viewerOf(c).Scope.AccountID,
		PageSize:  settingsListLimit,
	})
}

// typedAttribute reads the form of one attribute: its definition, the text that was typed and the value. wrong says
// why the text is no value.
func (a *App) typedAttribute(c echo.Context) (d db.AttributeDefinition, typed string, value json.RawMessage, problem string, err error) {
	id, err := formID(c, "attribute")
	if err != nil {
		return d, "", nil, "", err
	}
	if id == nil {
		return d, "", nil, "", fault.NotFound
	}
	if d, err = a.q.GetAttributeDefinition(c.Request().Context(), viewerOf(c).Scope.AccountID, *id); err != nil {
		return d, "", nil, "", err
	}
	typed = strings.TrimSpace(storableText(c.FormValue("value"), maxNote))
	value, problem = d.Value(typed)
	return d, typed, value, problem, nil
}

// setAttribute writes an attribute of the open conversation, or of the contact in it.
func (a *App) setAttribute(c echo.Context) error {
	open, err := a.readConversation(c)
	if err != nil {
		return err
	}
	d, typed, value, problem, err := a.typedAttribute(c)
	if err != nil {
		return err
	}
	if problem != "" {
		return a.attributeAgain(c, open, d, typed, problem)
	}
	return a.change(c, func(ctx context.Context, t *desk.Tx, open db.Conversation) (string, error) {
		if d.Model == db.AttributeModelConversationAttribute {
			return "", t.SetAttribute(ctx, open.ID, d.Key, value)
		}
		return "", setContactAttribute(ctx, t, open.ContactID, d.Key, value)
	})
}

func setContactAttribute(ctx context.Context, t *desk.Tx, contactID int64, key string, value json.RawMessage) error {
	p := desk.ContactInput{CustomRemoved: []string{key}}
	if value != nil {
		raw, err := json.Marshal(map[string]json.RawMessage{key: value})
		if err != nil {
			return err
		}
		p = desk.ContactInput{Custom: raw}
	}
	_, err := t.UpdateContact(ctx, contactID, p)
	return err
}

// attributeAgain shows the field as it was filled in, with what is wrong; without script, on the whole page.
func (a *App) attributeAgain(c echo.Context, open db.GetOpenConversationRow, d db.AttributeDefinition, typed, problem string) error {
	fill := func(v *views.Attributes) { v.WrongID, v.Typed, v.Invalid = d.ID, typed, problem }
	if htmx(c) {
		v := views.Attributes{Address: attributeAddress(open), Scripted: true}
		fill(&v)
		return again(c, http.StatusUnprocessableEntity, views.AttributeField(v, d))
	}
	frame, list, pane, err := a.readConversationPage(c, open)
	if err != nil {
		return err
	}
	fill(&pane.Details.Attributes)
	return again(c, http.StatusUnprocessableEntity, views.ConversationPage(frame, list, pane))
}

func attributeAddress(open db.GetOpenConversationRow) string {
	return link.ConversationAttributes(open.Conversation.AccountID, open.Conversation.DisplayID)
}

// updateContactAttribute sets one attribute on a contact's own page.
func (a *App) updateContactAttribute(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	ctx, me := c.Request().Context(), viewerOf(c)
	if _, err := a.q.GetContact(ctx, me.Scope.AccountID, id); err != nil {
		return err
	}
	d, typed, value, problem, err := a.typedAttribute(c)
	if err != nil {
		return err
	}
	if d.Model != db.AttributeModelContactAttribute {
		return fault.NotFound
	}
	if problem != "" {
		return a.showContact(c, http.StatusUnprocessableEntity, func(v *views.ContactView) {
			v.Attributes.WrongID, v.Attributes.Typed, v.Attributes.Invalid = d.ID, typed, problem
		})
	}
	if err := a.desk.Do(ctx, me.Actor(), func(t *desk.Tx) error { return setContactAttribute(ctx, t, id, d.Key, value) }); err != nil {
		return err
	}
	return a.redirectWithFlash(c, "Saved", link.Contact(me.Scope.AccountID, id))
}
