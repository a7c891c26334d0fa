package views

import (
	"encoding/json"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/views/ui"
)

// attributeOptions are the values of a list.
func attributeOptions(d db.AttributeDefinition) []ui.Option {
	var words []string
	_ = json.Unmarshal(d.Values, &words) // what is no list of texts offers nothing
	all := make([]ui.Option, 0, len(words))
	for _, w := range words {
		all = append(all, ui.Option{Value: w, Label: w})
	}
	return all
}
