package web

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/views"
	"github.com/parleydesk/parley/views/ui"
)

// maxBulk is how many conversations one request changes, as in the API.
const maxBulk = 500

// bulkChange is what to do to several conversations. Fields that are not set leave the conversations as they are.
type bulkChange struct {
	numbers []int64
	status  db.ConversationStatus
	until   *time.Time
	// assign is set where the form assigns; assignee nil assigns nobody.
	assign   bool
	assignee *int64
	label    string
}

// bulkPart lists the agents and labels to choose from. A page asks for it once a row is picked.
func (a *App) bulkPart(c echo.Context) error {
	v := viewerOf(c)
	bulk := views.Bulk{AccountID: v.Scope.AccountID, Me: v.ID, Now: a.nowFor(v)}
	b := a.q.Batch()
	a.loadBulk(b, &bulk)
	if err := b.Run(c.Request().Context()); err != nil {
		return err
	}
	return part(c, views.BulkChoices(bulk))
}

// loadBulk reads all that the bar below the list gives to choose from.
func (a *App) loadBulk(b *db.Batch, bulk *views.Bulk) {
	bulk.Known = true
	db.Into(b, &bulk.Members, (*db.Queries).ListMembers, db.ListMembersParams{
		AccountID: bulk.AccountID,
		Most:      mostMembers,
	})
	db.Into(b, &bulk.Labels, (*db.Queries).ListLabels, db.ListLabelsParams{
		AccountID: bulk.AccountID,
		PageSize:  settingsListLimit,
	})
}

// changeMany changes all picked conversations in one transaction. It skips conversations that were deleted or that
// the viewer no longer sees.
func (a *App) changeMany(c echo.Context) error {
	ctx, v := c.Request().Context(), viewerOf(c)
	in, err := a.readBulkChange(c)
	if err != nil {
		return err
	}
	var changed []desk.Undo
	var now []db.Conversation
	err = a.desk.Do(ctx, v.Actor(), func(t *desk.Tx) error {
		for _, display := range in.numbers {
			conversation, err := t.Conversation(ctx, display)
			if db.IsNone(err) || errors.Is(err, fault.NotFound) {
				continue
			}
			if err != nil {
				return err
			}
			if err := in.apply(ctx, t, conversation.ID); err != nil {
				return err
			}
			after, _ := t.Held(conversation.ID)
			changed, now = append(changed, desk.NewUndo(conversation, after)), append(now, after)
		}
		return nil
	})
	if errors.Is(err, fault.NotFound) {
		return fault.Field("assignee", "That person is no longer a member.")
	}
	if err != nil {
		return err
	}
	text := in.message(len(changed))
	if !htmx(c) {
		return a.redirectWithFlash(c, text, backTo(c, link.Conversations(v.Scope.AccountID)))
	}
	setLeft(c, now...)
	return part(c, views.ToastWithUndo(v.Scope.AccountID, text, undoText(changed...)))
}

// readBulkChange reads the bar's form. Its selects are always sent: "-" means no choice.
func (a *App) readBulkChange(c echo.Context) (bulkChange, error) {
	v := viewerOf(c)
	in := bulkChange{numbers: formIDs(c, "conversation"), status: db.ConversationStatus(c.FormValue("status"))}
	slices.Sort(in.numbers) // everybody locks rows in the same order
	in.numbers = slices.Compact(in.numbers)
	switch until := c.FormValue("until"); until {
	case "":
	case "reply":
		in.status = db.ConversationStatusSnoozed
	default:
		in.status = db.ConversationStatusSnoozed
		var err error
		if in.until, err = snoozeUntil(until, "", a.nowFor(v)); err != nil {
			return in, err
		}
	}
	switch who := c.FormValue("assignee"); who {
	case "", "-":
	case "nobody":
		in.assign = true
	case "me":
		in.assign, in.assignee = true, &v.ID
	default:
		var err error
		if in.assignee, err = formID(c, "assignee"); err != nil {
			return in, err
		}
		in.assign = in.assignee != nil
	}
	if title := storableText(c.FormValue("label"), 255); title != "-" {
		in.label = title
	}
	switch {
	case in.status != "" && !in.status.Valid():
		return in, fault.Field("status", "Choose a status.")
	case len(in.numbers) == 0:
		return in, fault.Field("conversation", "Choose at least one conversation.")
	case len(in.numbers) > maxBulk:
		return in, fault.Field("conversation", "Select 500 conversations or fewer.")
	case in.status == "" && !in.assign && in.label == "":
		return in, fault.Field("", "Choose an action.")
	}
	return in, nil
}

func (in bulkChange) apply(ctx context.Context, t *desk.Tx, id int64) error {
	if in.status != "" {
		if err := t.SetStatus(ctx, id, in.status, in.until); err != nil {
			return err
		}
	}
	if in.assign {
		err := error(nil)
		if in.assignee == nil {
			err = t.Unassign(ctx, id)
		} else {
			err = t.Assign(ctx, id, *in.assignee)
		}
		if err != nil {
			return err
		}
	}
	if in.label != "" {
		return t.AddLabels(ctx, id, []string{in.label})
	}
	return nil
}

// message is the text of the toast.
func (in bulkChange) message(n int) string {
	text := ui.Plural(int64(n), "conversation", "conversations")
	switch {
	case in.status != "":
		return text + ": " + statusMessage(in.status, in.until)
	case in.assign && in.assignee == nil:
		return text + ": assigned to nobody"
	case in.assign:
		return text + ": assigned"
	}
	return text + ": labelled " + in.label
}
