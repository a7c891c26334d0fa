package desk_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
)

func TestCheckAttribute(t *testing.T) {
	t.Parallel()
	good := db.AttributeDefinition{Model: db.AttributeModelContactAttribute, Key: "plan", DisplayName: "Plan"}
	for name, one := range map[string]struct {
		change func(d *db.AttributeDefinition)
		field  string
	}{
		"a good one":                         {func(*db.AttributeDefinition) {}, ""},
		"no key":                             {func(d *db.AttributeDefinition) { d.Key = "" }, "attribute_key"},
		"a key with a space":                 {func(d *db.AttributeDefinition) { d.Key = "my plan" }, "attribute_key"},
		"a contact's own key":                {func(d *db.AttributeDefinition) { d.Key = "email" }, "attribute_key"},
		"a conversation's key for a contact": {func(d *db.AttributeDefinition) { d.Key = "priority" }, ""},
		"no name":                            {func(d *db.AttributeDefinition) { d.DisplayName = "" }, "attribute_display_name"},
		"a long cue":                         {func(d *db.AttributeDefinition) { d.RegexCue = ptr(strings.Repeat("ä", 256)) }, "regex_cue"},
		"a description may be longer":        {func(d *db.AttributeDefinition) { d.Description = strings.Repeat("ä", 20000) }, ""},
	} {
		d := good
		one.change(&d)
		invalid := desk.CheckAttribute(d)
		if one.field == "" && len(invalid) > 0 || one.field != "" && (len(invalid) != 1 || invalid[one.field] == "") {
			t.Errorf("%s: %v", name, invalid)
		}
	}
}

func TestSaveAttribute(t *testing.T) {
	t.Parallel()
	f := setup(t)
	d := db.AttributeDefinition{
		Model: db.AttributeModelContactAttribute, Key: "plan", DisplayName: "Plan",
		DisplayType: db.AttributeTypeText, Values: json.RawMessage("[]"),
	}
	save := func(ctx context.Context, t *desk.Tx) (err error) { d, err = t.SaveAttribute(ctx, d); return err }
	f.once(f.as(f.root), save) // the first call gives it an id, the second finds it
	d.DisplayName = "Tariff"
	f.once(f.as(f.root), save)
	if n := f.count("SELECT count(*) FROM attribute_definitions WHERE id = $1 AND display_name = 'Tariff'", d.ID); n != 1 {
		t.Error("the new name is not kept")
	}
	if n := f.count("SELECT count(*) FROM attribute_definitions"); n != 1 {
		t.Errorf("%d definitions", n)
	}
}

func TestSetAttribute(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c := f.conversation()
	f.must(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error {
		return t.SetAttributes(ctx, c.ID, desk.Attributes{Custom: json.RawMessage(`{"plan":"pro"}`)})
	})
	set := func(value string) call {
		return func(ctx context.Context, t *desk.Tx) error {
			if value == "" {
				return t.SetAttribute(ctx, c.ID, "seats", nil)
			}
			return t.SetAttribute(ctx, c.ID, "seats", json.RawMessage(value))
		}
	}
	plan, both := map[string]any{"plan": "pro"}, map[string]any{"plan": "pro", "seats": 3}
	f.once(f.as(f.ann), set("3"), changed(desk.ConversationUpdated, of(c), "custom_attributes", plan, both))
	if got := string(f.reload(c).CustomAttributes); got != `{"plan": "pro", "seats": 3}` {
		t.Errorf("attributes are %s", got)
	}
	f.once(f.as(f.ann), set(""), changed(desk.ConversationUpdated, of(c), "custom_attributes", both, plan))
}
