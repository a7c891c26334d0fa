package react

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/job"
	"github.com/parleydesk/parley/internal/rule"
)

// runMacro runs a macro's actions as the user who started it, one transaction for each conversation. It skips one
// that was deleted or that the user may not see; a failure stops none of the others. When the job runs again, it
// repeats nothing.
func (r *React) runMacro(ctx context.Context, jobID int64, a job.RunMacro) error {
	scope, err := r.q().GetScope(ctx, a.AccountID, a.UserID)
	if err != nil {
		return ignoreNone(err)
	}
	macro, err := r.q().GetUsableMacro(ctx, db.GetUsableMacroParams{AccountID: a.AccountID, ID: a.MacroID, UserID: a.UserID})
	if err != nil {
		return ignoreNone(err)
	}
	actions, err := rule.Actions(macro.Actions)
	if err != nil {
		return nil // stored before macros were validated: it cannot do anything
	}
	var failed error
	for _, number := range a.DisplayIDs {
		err := r.desk.Do(ctx, desk.User(scope.Name, scope.Scope(a.AccountID, a.UserID)), func(t *desk.Tx) error {
			return runMacroOn(ctx, t, number, jobID, macro, actions)
		})
		if ctx.Err() != nil {
			return ctx.Err() // the process stops; the job continues later
		}
		if err := ignoreNone(err); err != nil {
			failed = errors.Join(failed, fmt.Errorf("conversation %d: %w", number, err))
		}
	}
	return failed
}

// runMacroOn runs the actions on one conversation, unless the job has done so before.
func runMacroOn(ctx context.Context, t *desk.Tx, number, jobID int64, macro db.Macro, actions []rule.Action) error {
	c, err := t.Conversation(ctx, number)
	if err != nil {
		return err
	}
	n, err := t.Queries().InsertMacroRun(ctx, db.InsertMacroRunParams{
		AccountID:      c.AccountID,
		JobID:          jobID,
		ConversationID: c.ID,
		CreatedAt:      t.Now,
	})
	if err != nil || n == 0 {
		return err
	}
	failures, err := rule.Execute(ctx, t, c.ID, actions, rule.Cause{MacroID: macro.ID, JobID: jobID})
	if err != nil || len(failures) == 0 {
		return err
	}
	return t.MacroFailed(ctx, c.ID, t.Actor.ID, macroFailure(macro.Name, failures))
}

// macroFailure is the activity line about what a macro could not do.
func macroFailure(name string, failures []string) string {
	for i, w := range failures {
		action, why, _ := strings.Cut(w, ": ")
		failures[i] = strings.ReplaceAll(action, "_", " ") + ": " + why
	}
	return "The macro " + name + " could not do everything: " + strings.Join(failures, "; ")
}
