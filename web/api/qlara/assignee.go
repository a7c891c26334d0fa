package qlara

import (
	"context"
	"net/http"

	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/web/api"
)

// listAssignable answers a bare array. The directory is our own database: when it does not answer in time the
// failure is 502, as documented, and the call may be tried again.
func (s *surface) listAssignable(c *api.Call) error {
	rows, err := s.q.ListQlaraUsers(c.Ctx(), c.Account())
	if err != nil && context.Cause(c.Ctx()) == context.DeadlineExceeded {
		return api.Refuse(http.StatusBadGateway, "The directory of users did not answer; try again")
	}
	if err != nil {
		return err
	}
	users := make([]assigneeJSON, len(rows))
	for i, r := range rows {
		users[i] = assigneeJSON{UserID: r.ID, DisplayName: r.Name, AvatarURL: s.avatar(r.AvatarHash), ID: r.ID, Name: r.Name}
	}
	return c.Answer(users)
}

// assign replaces the assignee. A user of another account is not found.
func (s *surface) assign(c *api.Call) error {
	number, err := c.ID("conversation")
	if err != nil {
		return err
	}
	var in struct {
		UserID api.ID `json:"userId"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	return s.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		conversation, err := t.Conversation(ctx, number)
		if err != nil {
			return nil, err
		}
		if !in.UserID.Set {
			return nil, api.Refuse(http.StatusBadRequest, "userId is required")
		}
		return noContent(), t.Assign(ctx, conversation.ID, in.UserID.Value)
	})
}
