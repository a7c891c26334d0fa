package ndoto

import (
	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/web/api"
)

func (h *handlers) profileRoutes() []api.Route {
	return []api.Route{api.Get(root+"/profile", api.User, h.getProfile)}
}

// profileJSON is the token's user.
type profileJSON struct {
	ID        int64                `json:"id"`
	Name      string               `json:"name"`
	Email     string               `json:"email"`
	Role      *db.Role             `json:"role"`
	AccountID *int64               `json:"account_id"`
	Status    *db.Availability     `json:"availability_status"`
	AvatarURL string               `json:"avatar_url"`
	Accounts  []profileAccountJSON `json:"accounts"`
	// PubsubToken opens the realtime channel.
	PubsubToken string `json:"pubsub_token"`
}

type profileAccountJSON struct {
	ID   int64   `json:"id"`
	Name string  `json:"name"`
	Role db.Role `json:"role"`
}

// getProfile answers with the token's user. Role and account are those used last.
func (h *handlers) getProfile(c *api.Call) error {
	u, err := h.q.GetUser(c.Ctx(), c.Scope().UserID)
	if err != nil {
		return err
	}
	memberships, err := h.q.ListUserMemberships(c.Ctx(), u.ID)
	if err != nil {
		return err
	}
	j := profileJSON{
		ID:          u.ID,
		Name:        u.Name,
		Email:       u.Email,
		AvatarURL:   h.avatar(u.AvatarHash),
		PubsubToken: u.PubsubToken,
		Accounts:    []profileAccountJSON{},
	}
	for i, m := range memberships {
		if i == 0 {
			j.Role, j.AccountID, j.Status = &m.Membership.Role, &m.Membership.AccountID, &m.Membership.Availability
		}
		j.Accounts = append(j.Accounts, profileAccountJSON{m.Membership.AccountID, m.AccountName, m.Membership.Role})
	}
	return c.Single(j)
}
