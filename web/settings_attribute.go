package web

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"unicode"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/views"
)

func (a *App) attributesPage(c echo.Context) error {
	f, err := a.frame(c, "Attributes", "settings")
	if err != nil {
		return err
	}
	rows, err := a.q.ListAttributeDefinitions(c.Request().Context(), db.ListAttributeDefinitionsParams{
		AccountID: f.AccountID,
		PageSize:  settingsListLimit,
	})
	if err != nil {
		return err
	}
	return page(c, views.AttributesPage(f, rows))
}

func (a *App) newAttributePage(c echo.Context) error {
	return a.showAttribute(c, http.StatusOK, views.AttributeView{
		Definition: db.AttributeDefinition{Model: db.AttributeModelConversationAttribute, DisplayType: db.AttributeTypeText},
	})
}

func (a *App) attributePage(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	d, err := a.q.GetAttributeDefinition(c.Request().Context(), viewerOf(c).Scope.AccountID, id)
	if err != nil {
		return err
	}
	return a.showAttribute(c, http.StatusOK, views.AttributeView{Definition: d, Values: strings.Join(d.List(), "\n")})
}

func (a *App) showAttribute(c echo.Context, status int, v views.AttributeView) error {
	f, err := a.frame(c, "Attribute", "settings")
	if err != nil {
		return err
	}
	return render(c, status, views.AttributePage(f, v))
}

// fillAttribute writes the form into a definition. The model of an existing one does not change.
func fillAttribute(c echo.Context, d *db.AttributeDefinition) (values string, invalid fault.Fields) {
	said := func(name string) string { return strings.TrimSpace(c.FormValue(name)) }
	optional := func(name string) *string {
		if s := said(name); s != "" {
			return &s
		}
		return nil
	}
	d.DisplayName, d.Key, d.Description = said("attribute_display_name"), said("attribute_key"), said("attribute_description")
	if d.Key == "" && d.ID == 0 {
		d.Key = keyFrom(d.DisplayName)
	}
	d.RegexPattern, d.RegexCue = optional("regex_pattern"), optional("regex_cue")
	invalid = fault.Fields{}
	if d.DisplayType = db.AttributeType(said("attribute_display_type")); !d.DisplayType.Valid() {
		invalid["attribute_display_type"], d.DisplayType = "Choose a type", db.AttributeTypeText
	}
	if d.ID == 0 {
		if d.Model = db.AttributeModel(said("attribute_model")); !d.Model.Valid() {
			invalid["attribute_model"], d.Model = "Choose whose it is", db.AttributeModelConversationAttribute
		}
	}
	values = noteText(c.FormValue("attribute_values"))
	list := []string{}
	for _, line := range chosenValues(strings.Split(values, "\n")) {
		if line = strings.TrimSpace(line); line != "" && !slices.Contains(list, line) {
			list = append(list, line)
		}
	}
	if d.DisplayType == db.AttributeTypeList && len(list) == 0 {
		invalid["attribute_values"] = "Give at least one value"
	}
	if raw, err := json.Marshal(list); err == nil {
		d.Values = raw
	}
	if _, err := d.Pattern(); err != nil {
		invalid["regex_pattern"] = "This is no regular expression"
	}
	for field, message := range desk.CheckAttribute(*d) {
		invalid[field] = message
	}
	return values, invalid
}

// saveAttribute creates a definition or changes the one in the path.
func (a *App) saveAttribute(c echo.Context) error {
	v := views.AttributeView{Definition: db.AttributeDefinition{Values: json.RawMessage("[]")}}
	return a.saveSetting(c, "attributes", func(t *desk.Tx, id int64) (err error) {
		ctx, d := c.Request().Context(), &v.Definition
		if id != 0 {
			if *d, err = t.Queries().GetAttributeDefinition(ctx, t.Account(), id); err != nil {
				return err
			}
		}
		var invalid fault.Fields
		if v.Values, invalid = fillAttribute(c, d); len(invalid) > 0 {
			return invalid
		}
		_, err = t.SaveAttribute(ctx, *d)
		if db.IsDuplicate(err, "attribute_definitions_account_id_model_key_key") {
			return fault.Field("attribute_key", "There is an attribute of this key")
		}
		return err
	}, func(invalid fault.Fields) error {
		v.Invalid = invalid
		return a.showAttribute(c, http.StatusUnprocessableEntity, v)
	})
}

func (a *App) deleteAttribute(c echo.Context) error {
	return a.changeSetting(c, "attributes", "The attribute is gone", func(t *desk.Tx, id int64) error {
		n, err := t.Queries().DeleteAttributeDefinition(c.Request().Context(), t.Account(), id)
		return fault.Found(n, err)
	})
}

// keyFrom makes the key of an attribute from its name: "Order number" is order_number.
func keyFrom(name string) string {
	letters := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return strings.Join(letters, "_")
}
