package chatwoot

import (
	"context"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

// accountUserJSON is a membership as a raw row. Memberships have no id here, so id is the user's.
type accountUserJSON struct {
	ID           int64           `json:"id"`
	AccountID    int64           `json:"account_id"`
	UserID       int64           `json:"user_id"`
	Role         db.Role         `json:"role"`
	InviterID    *int64          `json:"inviter_id"`
	CreatedAt    string          `json:"created_at"`
	UpdatedAt    string          `json:"updated_at"`
	ActiveAt     *string         `json:"active_at"`
	Availability db.Availability `json:"availability"`
	AutoOffline  bool            `json:"auto_offline"`
}

func accountUser(m db.Membership) accountUserJSON {
	return accountUserJSON{
		ID: m.UserID, AccountID: m.AccountID, UserID: m.UserID, Role: m.Role, InviterID: m.InviterID, CreatedAt: shape.ISO(m.CreatedAt),
		UpdatedAt: shape.ISO(m.UpdatedAt), ActiveAt: shape.ISOPtr(m.ActiveAt), Availability: m.Availability, AutoOffline: m.AutoOffline,
	}
}

func (h *handlers) platformListAccountUsers(c *api.Call) error {
	id, err := h.granted(c, grantAccount, "account")
	if err != nil {
		return err
	}
	rows, err := api.PageByID(c, platformListSize, func(p api.Position) ([]db.Membership, error) {
		return h.q.ListAccountUsers(c.Ctx(), db.ListAccountUsersParams{AccountID: id, AfterID: p.ID, Most: p.Most})
	}, func(m db.Membership) int64 { return m.UserID })
	if err != nil {
		return err
	}
	out := make([]accountUserJSON, len(rows))
	for i, m := range rows {
		out[i] = accountUser(m)
	}
	return c.Answer(out)
}

type accountUserInput struct {
	UserID api.ID   `json:"user_id"`
	Role   api.Text `json:"role"`
}

// platformAddAccountUser adds a user of the application to an account, or changes their role there.
func (h *handlers) platformAddAccountUser(c *api.Call) error {
	var in accountUserInput
	if err := c.Read(&in); err != nil {
		return err
	}
	id, err := h.granted(c, grantAccount, "account")
	if err != nil {
		return err
	}
	role := db.Role(in.Role.Value)
	if role == "" {
		role = db.RoleAgent
	}
	switch {
	case in.UserID.Ptr() == nil:
		return fault.Field("user", "User must exist")
	case !role.Valid():
		return fault.Field("role", "Role is not included in the list")
	}
	if err := h.checkGrant(c, grantUser, in.UserID.Value); err != nil {
		return err
	}
	c.Actor = desk.System(id)
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		u, err := t.Queries().GetUser(ctx, in.UserID.Value)
		if err != nil {
			return nil, err
		}
		_, err = t.Queries().GetMember(ctx, id, u.ID)
		if err == nil {
			_, m, err := t.UpdateMember(ctx, u.ID, desk.MemberChange{Role: &role})
			return accountUser(m), err
		}
		if !db.IsNone(err) {
			return nil, err
		}
		_, m, err := t.AddMember(ctx, desk.Colleague{
			Name:         u.Name,
			Email:        u.Email,
			Role:         role,
			Availability: db.AvailabilityOnline,
			AutoOffline:  true,
		})
		return accountUser(m), err
	})
}

func (h *handlers) platformRemoveAccountUser(c *api.Call) error {
	var in accountUserInput
	if err := c.Read(&in); err != nil {
		return err
	}
	id, err := h.granted(c, grantAccount, "account")
	if err != nil {
		return err
	}
	user := in.UserID.Value
	if !in.UserID.Set {
		user = toInt(c.QueryParam("user_id"))
	}
	c.Actor = desk.System(id)
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) { return api.Empty(), t.RemoveMember(ctx, user) })
}
