package rule

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/job"
)

const (
	maxName        = 255
	maxDescription = 20000
)

// Check validates a rule before it is stored, with the result of Validate.
func Check(r db.AutomationRule, customKeys []string) map[string][]string {
	problems := Validate(r.EventName, r.Conditions, r.Actions, customKeys)
	if problems == nil {
		problems = map[string][]string{}
	}
	switch {
	case r.Name == "":
		problems["name"] = append(problems["name"], "can't be blank")
	case utf8.RuneCountInString(r.Name) > maxName:
		problems["name"] = append(problems["name"], "is too long (maximum is 255 characters)")
	}
	if utf8.RuneCountInString(r.Description) > maxDescription {
		problems["description"] = append(problems["description"], "is too long (maximum is 20000 characters)")
	}
	if len(problems) == 0 {
		return nil
	}
	return problems
}

// CheckMacro validates a macro before it is stored.
func CheckMacro(m db.Macro) fault.Fields {
	problems := fault.Fields{}
	for _, all := range ValidateActions(m.Actions) {
		problems["actions"] = strings.Join(all, ", ")
	}
	switch {
	case m.Name == "":
		problems["name"] = "Name can't be blank"
	case utf8.RuneCountInString(m.Name) > maxName:
		problems["name"] = "Name is too long (maximum is 255 characters)"
	}
	return problems
}

// The two visibilities of a macro: personal ones are their creator's, global ones are everyone's and only
// administrators change them.
const (
	Personal = "personal"
	Global   = "global"
)

// OwnMacro reads a macro that the transaction's actor may change: their own personal ones, and global ones for an
// administrator. Others are not found.
func OwnMacro(ctx context.Context, t *desk.Tx, id int64) (db.Macro, error) {
	m, err := t.Queries().GetUsableMacro(ctx, db.GetUsableMacroParams{AccountID: t.Account(), ID: id, UserID: t.Actor.ID})
	if err == nil && m.Visibility == Global && !t.Actor.Scope.Admin() {
		return m, fault.Forbidden
	}
	return m, err
}

// RunMacro orders one job for each conversation, so that a retry repeats nothing on the others.
func RunMacro(ctx context.Context, t *desk.Tx, m db.Macro, displayIDs ...int64) error {
	for _, number := range displayIDs {
		err := t.Enqueue(ctx, job.RunMacro{AccountID: m.AccountID, MacroID: m.ID, UserID: t.Actor.ID, DisplayIDs: []int64{number}})
		if err != nil {
			return err
		}
	}
	return nil
}
