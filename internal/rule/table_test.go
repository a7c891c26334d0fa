package rule_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/parleydesk/parley/internal/rule"
)

// whole reports a row that lacks a piece, and a name that stands twice.
func whole[Row any](t *testing.T, rows []Row, optional ...string) {
	t.Helper()
	var seen []string
	for _, row := range rows {
		v := reflect.ValueOf(row)
		name := v.Field(0).String()
		if slices.Contains(seen, name) {
			t.Errorf("%s stands twice", name)
		}
		seen = append(seen, name)
		for i := range v.NumField() {
			field := v.Type().Field(i)
			if field.IsExported() && v.Field(i).IsZero() && !slices.Contains(optional, field.Name) {
				t.Errorf("%T %q has no %s", row, name, field.Name)
			}
		}
	}
}

func TestTablesAreWhole(t *testing.T) {
	t.Parallel()
	whole(t, rule.ActionTypes())
	whole(t, rule.ConditionTypes(), "Group", "Tracked")
	whole(t, rule.Operators())
	whole(t, rule.Events())
	for _, o := range rule.Operators() { // an operator that compares nothing panics
		rule.Match([]rule.Condition{{Key: "content", Operator: o.Name, Values: []byte(`["x"]`)}}, subject(), time.Now())
	}
	for _, a := range rule.ActionTypes() {
		if !slices.Contains(rule.Fields(), a.Field) {
			t.Errorf("%s: there is no field %q", a.Name, a.Field)
		}
	}
	for _, c := range rule.ConditionTypes() {
		if !slices.Contains(rule.Fields(), c.Field) {
			t.Errorf("%s: there is no field %q", c.Key, c.Field)
		}
	}
	for _, f := range rule.Fields() {
		byAction := slices.ContainsFunc(rule.ActionTypes(), func(a rule.ActionType) bool { return a.Field == f })
		byCondition := slices.ContainsFunc(rule.ConditionTypes(), func(c rule.ConditionType) bool { return c.Field == f })
		if !byAction && !byCondition {
			t.Errorf("nothing takes the field %q", f)
		}
	}
}
