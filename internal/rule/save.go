package rule

import (
	"context"
	"encoding/json"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
)

// Save stores a rule that has been checked, a new one where it has no id, and keeps the files that it sends.
func Save(ctx context.Context, t *desk.Tx, r db.AutomationRule) (db.AutomationRule, error) {
	var err error
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

// SaveMacro stores a macro that has been checked, a new one of the transaction's actor where it has no id, and keeps
// the files that it sends. The caller checks that the actor may change it (OwnMacro).
func SaveMacro(ctx context.Context, t *desk.Tx, m db.Macro) (db.Macro, error) {
	var err error
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

// keepFiles protects the uploads that actions send from the deletion of unused uploads.
func keepFiles(ctx context.Context, t *desk.Tx, actions json.RawMessage) error {
	keys := Files(actions)
	if len(keys) == 0 {
		return nil
	}
	return t.Queries().KeepAttachments(ctx, t.Account(), keys)
}
