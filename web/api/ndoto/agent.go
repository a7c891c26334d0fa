package ndoto

import (
	"context"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/web/api"
)

func (h *handlers) agentRoutes() []api.Route {
	const agents = v1 + "/agents"
	return append([]api.Route{
		api.Get(agents, api.Member, h.listAgents),
		api.Post(agents, api.Admin, h.createAgent),
		api.Delete(agents+"/:user", api.Admin, h.deleteAgent),
	}, api.Update(agents+"/:user", api.Admin, h.updateAgent)...)
}

// agentJSON is a member of the account.
type agentJSON struct {
	ID           int64           `json:"id"`
	Name         string          `json:"name"`
	Email        string          `json:"email"`
	Role         db.Role         `json:"role"`
	Availability db.Availability `json:"availability"`
	Confirmed    bool            `json:"confirmed"`
	AvatarURL    string          `json:"avatar_url"`
}

func (h *handlers) agent(u db.User, m db.Membership) agentJSON {
	return agentJSON{
		ID: u.ID, Name: u.Name, Email: u.Email, Role: m.Role, Availability: m.Availability, Confirmed: u.ConfirmedAt != nil,
		AvatarURL: h.avatar(u.AvatarHash),
	}
}

func (h *handlers) avatar(hash *string) string {
	if hash == nil {
		return ""
	}
	return h.a.BaseURL + link.Avatar(*hash)
}

func (h *handlers) listAgents(c *api.Call) error {
	rows, err := api.Members(c.Ctx(), c, h.q)
	if err != nil {
		return err
	}
	list := make([]agentJSON, len(rows))
	for i, r := range rows {
		list[i] = h.agent(r.User, r.Membership)
	}
	return c.Answer(list)
}

// memberChange checks role and availability, if they are given.
func memberChange(in api.AgentInput) (desk.MemberChange, error) {
	change, invalid := desk.MemberChange{Name: in.Name.Ptr()}, fault.Fields{}
	if role := db.Role(in.Role.Value); role != "" {
		change.Role = &role
		if !role.Valid() {
			invalid["role"] = "role must be administrator or agent"
		}
	}
	if word := db.Availability(in.Availability.Value); word != "" {
		change.Availability = &word
		if !word.Valid() {
			invalid["availability"] = "availability must be online, busy or offline"
		}
	}
	if len(invalid) > 0 {
		return change, invalid
	}
	return change, nil
}

// createAgent adds a member to the account. All three fields are required here.
func (h *handlers) createAgent(c *api.Call) error {
	var in api.AgentInput
	if err := c.Read(&in); err != nil {
		return err
	}
	change, err := memberChange(in)
	if err != nil {
		return err
	}
	email, err := auth.NormalEmail(in.Email.Value)
	if in.Email.Value == "" || strings.TrimSpace(in.Name.Value) == "" || change.Role == nil {
		return fault.Field("email", "name, email and role are required")
	}
	if err != nil {
		return fault.Field("email", "email is not an address")
	}
	colleague := desk.Colleague{
		Name:         strings.TrimSpace(in.Name.Value),
		Email:        email,
		Role:         *change.Role,
		Availability: db.AvailabilityOnline,
		AutoOffline:  true,
	}
	if change.Availability != nil {
		colleague.Availability = *change.Availability
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		u, m, err := t.AddMember(ctx, colleague)
		if err != nil {
			return nil, err
		}
		return api.Status{Code: createdStatus, Body: h.agent(u, m)}, api.Invite(ctx, t, u)
	})
}

func (h *handlers) updateAgent(c *api.Call) error {
	id, err := c.ID("user")
	if err != nil {
		return err
	}
	var in api.AgentInput
	if err := c.Read(&in); err != nil {
		return err
	}
	change, err := memberChange(in)
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		u, m, err := t.UpdateMember(ctx, id, change)
		return h.agent(u, m), err
	})
}

func (h *handlers) deleteAgent(c *api.Call) error {
	id, err := c.ID("user")
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) { return struct{}{}, t.RemoveMember(ctx, id) })
}
