package qlara

import (
	"context"
	"net/http"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/web/api"
)

// patience is how long reading the list of users may take.
const patience = 5 * time.Second

// listAssignable answers with a bare array. The documented failure of the directory is 502. Here the directory is the
// database, so it means that the database failed or did not answer in time. The client may try again.
func (h *handlers) listAssignable(c *api.Call) error {
	ctx, cancel := context.WithTimeout(c.Ctx(), h.patience)
	defer cancel()
	rows, err := api.Members(ctx, c, h.q)
	if err != nil && (ctx.Err() == context.DeadlineExceeded || db.IsDown(err)) {
		return api.Refuse(http.StatusBadGateway, "The directory of users did not answer; try again")
	}
	if err != nil {
		return err
	}
	users := make([]assigneeJSON, len(rows))
	for i, r := range rows {
		users[i] = assigneeJSON{
			UserID:      r.User.ID,
			DisplayName: r.User.Name,
			AvatarURL:   h.avatar(r.User.AvatarHash),
			ID:          r.User.ID,
			Name:        r.User.Name,
		}
	}
	return c.Answer(users)
}

// assign replaces the assignee. It answers 404 for a user of another account.
func (h *handlers) assign(c *api.Call) error {
	var in struct {
		UserID api.ID `json:"userId"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	return h.a.ChangeConversation(c, func(ctx context.Context, t *desk.Tx, conversation db.Conversation) (any, error) {
		if in.UserID.Ptr() == nil {
			return nil, api.Refuse(http.StatusBadRequest, "userId is required")
		}
		return noContent(), t.Assign(ctx, conversation.ID, in.UserID.Value)
	})
}
