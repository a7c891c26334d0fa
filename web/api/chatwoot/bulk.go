package chatwoot

import (
	"context"
	"net/http"
	"slices"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
)

func (h *handlers) bulkRoutes() []api.Route {
	return []api.Route{api.Post(v1+"/bulk_actions", api.Member, h.bulk)}
}

// maxBulk is how many ids a bulk action may have. One transaction changes all of them.
const maxBulk = 500

type bulkInput struct {
	Type   api.Text `json:"type"`
	IDs    api.IDs  `json:"ids"`
	Fields struct {
		Status     api.Text `json:"status"`
		AssigneeID api.ID   `json:"assignee_id"`
		TeamID     api.ID   `json:"team_id"`
	} `json:"fields"`
	Labels struct {
		Add    api.Strings `json:"add"`
		Remove api.Strings `json:"remove"`
	} `json:"labels"`
	SnoozedUntil api.Time `json:"snoozed_until"`
	ActionName   api.Text `json:"action_name"`
}

// bulk changes many conversations or contacts. By the contract the answer comes before the change; here it comes after
// it.
func (h *handlers) bulk(c *api.Call) error {
	var in bulkInput
	if err := c.Read(&in); err != nil {
		return err
	}
	if in.Type.Value != "Conversation" && in.Type.Value != "Contact" {
		return api.RefuseWith(http.StatusUnprocessableEntity, map[string]bool{"success": false})
	}
	ids := slices.Clone(in.IDs.Values)
	slices.Sort(ids) // every transaction locks rows in this order
	ids = slices.Compact(ids)
	if len(ids) > maxBulk {
		return api.Unprocessable("A bulk action can name at most 500 ids")
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		for _, id := range ids {
			var err error
			if in.Type.Value == "Contact" {
				err = bulkContact(ctx, t, id, in)
			} else {
				err = bulkConversation(ctx, t, id, in)
			}
			if err != nil && !isNotFound(err) { // one that is deleted or not visible is skipped
				return nil, err
			}
		}
		return api.Empty(), nil
	})
}

func bulkConversation(ctx context.Context, t *desk.Tx, displayID int64, in bulkInput) error {
	conversation, err := t.Conversation(ctx, displayID)
	if err != nil {
		return err
	}
	id, f := conversation.ID, in.Fields
	if f.Status.Value != "" {
		if err := t.SetStatus(ctx, id, db.ConversationStatus(f.Status.Value), in.SnoozedUntil.Ptr()); err != nil {
			return err
		}
	}
	if f.AssigneeID.Present {
		if err := bulkAssign(ctx, t, id, f.AssigneeID.Ptr()); err != nil {
			return err
		}
	}
	if f.TeamID.Present {
		if err := named("team_id", "Team", t.SetTeam(ctx, id, f.TeamID.Ptr())); err != nil {
			return err
		}
	}
	if err := t.AddLabels(ctx, id, in.Labels.Add.Values); err != nil {
		return err
	}
	return t.RemoveLabels(ctx, id, in.Labels.Remove.Values)
}

// bulkAssign assigns a conversation, or nobody where there is no id.
func bulkAssign(ctx context.Context, t *desk.Tx, id int64, user *int64) error {
	if user == nil {
		return t.Unassign(ctx, id)
	}
	return named("assignee_id", "Assignee", t.Assign(ctx, id, *user))
}

// named is the error about a user or a team that does not exist: a conversation that is not found is passed over.
func named(field, what string, err error) error {
	if isNotFound(err) {
		return fault.Field(field, what+" must exist")
	}
	return err
}

func bulkContact(ctx context.Context, t *desk.Tx, id int64, in bulkInput) error {
	if in.ActionName.Value == "delete" {
		return t.DeleteContact(ctx, id)
	}
	contact, err := t.Queries().LockContact(ctx, t.Account(), id)
	if err != nil {
		return err
	}
	labels := slices.DeleteFunc(slices.Concat(contact.Labels, in.Labels.Add.Values), func(l string) bool {
		return slices.Contains(in.Labels.Remove.Values, l)
	})
	_, err = t.UpdateContact(ctx, id, desk.ContactInput{Labels: labels})
	return err
}
