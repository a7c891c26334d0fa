package rule

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
)

// ErrFile means that an action sends a file that is not there.
//
//lint:ignore ST1005 these are the contract's words
var ErrFile = errors.New("Invalid attachment")

// Save stores a rule that has been checked, a new one where it has no id, and keeps the files that it sends. ErrFile if
// it names a file that is not in the account and that it did not name before.
func Save(ctx context.Context, t *desk.Tx, r db.AutomationRule) (db.AutomationRule, error) {
	err := checkFiles(ctx, t, r.Actions, func() (json.RawMessage, error) {
		was, err := t.Queries().GetAutomationRule(ctx, t.Account(), r.ID)
		return was.Actions, err
	})
	if err != nil {
		return r, err
	}
	if r.ID == 0 {
		r, err = t.Queries().InsertAutomationRule(ctx, db.InsertAutomationRuleParams{
			AccountID: t.Account(), Name: r.Name, Description: r.Description, EventName: r.EventName, Conditions: r.Conditions,
			Actions: r.Actions, Active: r.Active,
		})
	} else {
		r, err = t.Queries().UpdateAutomationRule(ctx, db.UpdateAutomationRuleParams{
			AccountID: t.Account(), ID: r.ID, Name: r.Name, Description: r.Description, EventName: r.EventName,
			Conditions: r.Conditions, Actions: r.Actions, Active: r.Active,
		})
	}
	if err != nil {
		return r, err
	}
	return r, keepFiles(ctx, t, r.Actions)
}

// Clone stores a copy of a rule, with the files that it sends, be they there or not.
func Clone(ctx context.Context, t *desk.Tx, id int64) (db.AutomationRule, error) {
	r, err := t.Queries().GetAutomationRule(ctx, t.Account(), id)
	if err != nil {
		return r, err
	}
	return t.Queries().InsertAutomationRule(ctx, db.InsertAutomationRuleParams{
		AccountID: t.Account(), Name: r.Name, Description: r.Description, EventName: r.EventName, Conditions: r.Conditions,
		Actions: r.Actions, Active: r.Active,
	})
}

// SaveMacro stores a macro that has been checked, a new one of the transaction's actor where it has no id, and keeps
// the files that it sends. The caller checks that the actor may change it (OwnMacro). ErrFile as for Save.
func SaveMacro(ctx context.Context, t *desk.Tx, m db.Macro) (db.Macro, error) {
	err := checkFiles(ctx, t, m.Actions, func() (json.RawMessage, error) {
		was, err := t.Queries().GetUsableMacro(ctx, db.GetUsableMacroParams{AccountID: t.Account(), ID: m.ID, UserID: t.Actor.ID})
		return was.Actions, err
	})
	if err != nil {
		return m, err
	}
	if m.ID == 0 {
		m, err = t.Queries().InsertMacro(ctx, db.InsertMacroParams{
			AccountID:  t.Account(),
			Name:       m.Name,
			Visibility: m.Visibility,
			Actions:    m.Actions,
			UserID:     t.Actor.ID,
		})
	} else {
		m, err = t.Queries().UpdateMacro(ctx, db.UpdateMacroParams{
			AccountID: t.Account(), ID: m.ID, Name: m.Name, Visibility: m.Visibility, Actions: m.Actions, UserID: t.Actor.ID,
		})
	}
	if err != nil {
		return m, err
	}
	return m, keepFiles(ctx, t, m.Actions)
}

// Files are the keys of the uploads that actions send.
func Files(raw json.RawMessage) (keys []string) {
	actions, err := Actions(raw)
	if err != nil {
		return nil
	}
	for _, a := range actions {
		if kind, ok := FindAction(a.Name); ok && kind.Field == FieldFiles {
			keys = append(keys, texts(a.Params)...)
		}
	}
	return keys
}

// checkFiles refuses files that are not in the account, unless the actions before named them.
func checkFiles(ctx context.Context, t *desk.Tx, actions json.RawMessage, before func() (json.RawMessage, error)) error {
	keys := Files(actions)
	if len(keys) == 0 {
		return nil
	}
	found, err := t.Queries().ListAttachmentsByKey(ctx, t.Account(), keys)
	if err != nil {
		return err
	}
	missing := slices.DeleteFunc(keys, func(key string) bool {
		return slices.ContainsFunc(found, func(f db.Attachment) bool { return f.Key == key })
	})
	if len(missing) == 0 {
		return nil
	}
	was, err := before()
	if err != nil && !db.IsNone(err) {
		return err
	}
	had := Files(was)
	if slices.ContainsFunc(missing, func(key string) bool { return !slices.Contains(had, key) }) {
		return ErrFile
	}
	return nil
}

// keepFiles protects the uploads that actions send from the deletion of unused uploads.
func keepFiles(ctx context.Context, t *desk.Tx, actions json.RawMessage) error {
	keys := Files(actions)
	if len(keys) == 0 {
		return nil
	}
	return t.Queries().KeepAttachments(ctx, t.Account(), keys)
}
