package chatwoot

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

func (h *handlers) customAttributeRoutes() []api.Route {
	all, one := v1+"/custom_attribute_definitions", v1+"/custom_attribute_definitions/:attribute"
	return append([]api.Route{
		api.Get(all, api.Member, h.listAttributes),
		api.Post(all, api.Admin, h.createAttribute),
		api.Get(one, api.Member, h.showAttribute),
		api.Delete(one, api.Admin, h.deleteAttribute),
	}, api.Update(one, api.Admin, h.updateAttribute)...)
}

type attributeJSON struct {
	ID           int64             `json:"id"`
	DisplayName  string            `json:"attribute_display_name"`
	DisplayType  db.AttributeType  `json:"attribute_display_type"`
	Description  *string           `json:"attribute_description"`
	Key          string            `json:"attribute_key"`
	RegexPattern *string           `json:"regex_pattern"`
	RegexCue     *string           `json:"regex_cue"`
	Values       json.RawMessage   `json:"attribute_values"`
	Model        db.AttributeModel `json:"attribute_model"`
	DefaultValue *string           `json:"default_value"`
	CreatedAt    string            `json:"created_at"`
	UpdatedAt    string            `json:"updated_at"`
}

func attributeOf(d db.AttributeDefinition) attributeJSON {
	return attributeJSON{
		d.ID, d.DisplayName, d.DisplayType, shape.NilIfEmpty(d.Description), d.Key, d.RegexPattern, d.RegexCue, d.Values, d.Model, d.DefaultValue,
		shape.ISO(d.CreatedAt), shape.ISO(d.UpdatedAt),
	}
}

// attributeModel and attributeType read an enumeration by name or by number, because clients send both.
func attributeModel(word string) (db.AttributeModel, bool) {
	return enumOf(word, db.AllAttributeModelValues())
}

func attributeType(word string) (db.AttributeType, bool) {
	return enumOf(word, db.AllAttributeTypeValues())
}

// enumOf reads a value of the list, or its index.
func enumOf[T ~string](word string, all []T) (T, bool) {
	if n, err := strconv.Atoi(word); err == nil && n >= 0 && n < len(all) {
		return all[n], true
	}
	if i := slices.Index(all, T(word)); i >= 0 {
		return all[i], true
	}
	return "", false
}

func (h *handlers) listAttributes(c *api.Call) error {
	var model *db.AttributeModel
	if word := c.QueryParam("attribute_model"); word != "" {
		m, ok := attributeModel(word)
		if !ok {
			return fault.Field("attribute_model", "'"+word+"' is not a valid attribute_model")
		}
		model = &m
	}
	rows, err := api.PageByID(c, api.MaxUncut, func(p api.Position) ([]db.AttributeDefinition, error) {
		return h.q.ListAttributeDefinitions(c.Ctx(), db.ListAttributeDefinitionsParams{
			AccountID: c.Account(), Model: model, AfterID: p.ID, PageSize: p.Most,
		})
	}, func(d db.AttributeDefinition) int64 { return d.ID })
	if err != nil {
		return err
	}
	list := make([]attributeJSON, len(rows))
	for i, row := range rows {
		list[i] = attributeOf(row)
	}
	return c.Answer(list)
}

func (h *handlers) showAttribute(c *api.Call) error {
	id, err := c.ID("attribute")
	if err != nil {
		return err
	}
	row, err := h.q.GetAttributeDefinition(c.Ctx(), c.Account(), id)
	if err != nil {
		return err
	}
	return c.Single(attributeOf(row))
}

type attributeInput struct {
	DisplayName  api.Text    `json:"attribute_display_name"`
	DisplayType  api.Text    `json:"attribute_display_type"`
	Description  api.Text    `json:"attribute_description"`
	Key          api.Text    `json:"attribute_key"`
	RegexPattern api.Text    `json:"regex_pattern"`
	RegexCue     api.Text    `json:"regex_cue"`
	Values       api.Strings `json:"attribute_values"`
	Model        api.Text    `json:"attribute_model"`
	DefaultValue api.Text    `json:"default_value"`
}

// apply sets the fields of a definition that were sent, and checks the definition. The model of an existing one cannot
// change.
func (in attributeInput) apply(d *db.AttributeDefinition) error {
	invalid := fault.Fields{}
	if in.DisplayName.Set {
		d.DisplayName = strings.TrimSpace(in.DisplayName.Value)
	}
	if in.Description.Set {
		d.Description = in.Description.Value
	}
	if in.Key.Set {
		d.Key = in.Key.Value
	}
	for to, from := range map[**string]api.Text{&d.RegexPattern: in.RegexPattern, &d.RegexCue: in.RegexCue, &d.DefaultValue: in.DefaultValue} {
		if from.Set {
			*to = from.Ptr()
		}
	}
	if in.Values.Present {
		raw, err := json.Marshal(in.Values.Values)
		if err != nil {
			return err
		}
		d.Values = raw
	}
	if word := in.DisplayType.Value; word != "" {
		var ok bool
		if d.DisplayType, ok = attributeType(word); !ok {
			invalid["attribute_display_type"] = "'" + word + "' is not a valid attribute_display_type"
		}
	}
	if word := in.Model.Value; word != "" && d.ID == 0 {
		var ok bool
		if d.Model, ok = attributeModel(word); !ok {
			invalid["attribute_model"] = "'" + word + "' is not a valid attribute_model"
		}
	}
	for field, message := range desk.CheckAttribute(*d) {
		invalid[field] = message
	}
	if len(invalid) > 0 {
		return invalid
	}
	return nil
}

func keyTaken(err error) error {
	if db.IsDuplicate(err, "attribute_definitions_account_id_model_key_key") {
		return fault.Field("attribute_key", "Attribute key has already been taken")
	}
	return err
}

func (h *handlers) createAttribute(c *api.Call) error {
	var in attributeInput
	if err := c.Read(&in, "custom_attribute_definition"); err != nil {
		return err
	}
	d := db.AttributeDefinition{
		Model:       db.AttributeModelConversationAttribute,
		DisplayType: db.AttributeTypeText,
		Values:      json.RawMessage("[]"),
	}
	if err := in.apply(&d); err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		row, err := t.SaveAttribute(ctx, d)
		return attributeOf(row), keyTaken(err)
	})
}

func (h *handlers) updateAttribute(c *api.Call) error {
	var in attributeInput
	if err := c.Read(&in, "custom_attribute_definition"); err != nil {
		return err
	}
	id, err := c.ID("attribute")
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		d, err := t.Queries().GetAttributeDefinition(ctx, t.Account(), id)
		if err != nil {
			return nil, err
		}
		if err := in.apply(&d); err != nil {
			return nil, err
		}
		row, err := t.SaveAttribute(ctx, d)
		return attributeOf(row), keyTaken(err)
	})
}

func (h *handlers) deleteAttribute(c *api.Call) error {
	id, err := c.ID("attribute")
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		n, err := t.Queries().DeleteAttributeDefinition(ctx, t.Account(), id)
		return noContent(), fault.Found(n, err)
	})
}
