package views

import (
	"encoding/json"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/views/ui"
)

// Attributes are a resource's values by the account's definitions. Each is a form that submits itself on change.
type Attributes struct {
	// Address is where the forms post to.
	Address     string
	Definitions []db.AttributeDefinition
	Model       db.AttributeModel
	Values      json.RawMessage
	// Typed is what was typed for the definition WrongID, which is 0 where nothing is wrong; Invalid is the message.
	WrongID        int64
	Typed, Invalid string
	// Scripted is set where the page updates in parts.
	Scripted bool
}

// AttributeView is the form of a definition as it was filled in.
type AttributeView struct {
	Definition db.AttributeDefinition
	// Values are the values of a list, one on each line.
	Values  string
	Invalid fault.Fields
}

func (a Attributes) ofModel() (all []db.AttributeDefinition) {
	for _, d := range a.Definitions {
		if d.Model == a.Model {
			all = append(all, d)
		}
	}
	return all
}

// rest are the values without a definition.
func (a Attributes) rest() (all []fact) {
	defined := a.ofModel()
	var object map[string]json.RawMessage
	if json.Unmarshal(a.Values, &object) != nil {
		return nil
	}
	for _, d := range defined {
		delete(object, d.Key)
	}
	raw, err := json.Marshal(object)
	if err != nil {
		return nil
	}
	return facts(raw)
}

func attributeOptions(d db.AttributeDefinition) []ui.Option {
	values := d.List()
	all := make([]ui.Option, 0, len(values))
	for _, w := range values {
		all = append(all, ui.Option{Value: w, Label: w})
	}
	return all
}

func attributeID(d db.AttributeDefinition) string { return "attribute-" + strconv.FormatInt(d.ID, 10) }

func (a Attributes) typed(d db.AttributeDefinition) string {
	if a.WrongID == d.ID {
		return a.Typed
	}
	return d.Text(a.Values)
}

func invalidAttrs(d db.AttributeDefinition, invalid bool) templ.Attributes {
	if !invalid {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": attributeID(d) + "-more"}
}

func attributeChoices(d db.AttributeDefinition) []ui.Option {
	if d.DisplayType == db.AttributeTypeCheckbox {
		return yesNo()
	}
	return attributeOptions(d)
}

func attributeKind(d db.AttributeDefinition) templ.Attributes {
	switch d.DisplayType {
	case db.AttributeTypeDate:
		return templ.Attributes{"type": "date"}
	case db.AttributeTypeLink:
		return templ.Attributes{"type": "url"}
	case db.AttributeTypeNumber, db.AttributeTypeCurrency, db.AttributeTypePercent:
		return templ.Attributes{"type": "text", "inputmode": "decimal"}
	}
	return templ.Attributes{"type": "text", "dir": "auto"}
}

func attributeTypes() []ui.Option {
	return []ui.Option{
		{Value: "text", Label: "Text"},
		{Value: "number", Label: "Number"},
		{Value: "currency", Label: "Amount of money"},
		{Value: "percent", Label: "Percentage"},
		{Value: "link", Label: "Link"},
		{Value: "date", Label: "Day"},
		{Value: "list", Label: "One of a list"},
		{Value: "checkbox", Label: "Yes or no"},
	}
}

func attributeModels() []ui.Option {
	return []ui.Option{{Value: "conversation_attribute", Label: "Conversations"}, {Value: "contact_attribute", Label: "Contacts"}}
}

func labelOf(all []ui.Option, value string) string {
	if i := slices.IndexFunc(all, func(o ui.Option) bool { return o.Value == value }); i >= 0 {
		return all[i].Label
	}
	return value
}

func stringOr(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
