package chatwoot

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

const (
	agentsPath = v1 + "/agents"
	agentPath  = agentsPath + "/:user"
)

func (h *handlers) agentRoutes() []api.Route {
	return append([]api.Route{
		api.Get(agentsPath, api.Member, h.listAgents),
		api.Post(agentsPath, api.Admin, h.createAgent),
		api.Post(agentsPath+"/bulk_create", api.Admin, h.createAgents),
		api.Delete(agentPath, api.Admin, h.deleteAgent),
	}, api.Update(agentPath, api.Admin, h.updateAgent)...)
}

// listAgents answers with the account's members by name, as a bare list.
func (h *handlers) listAgents(c *api.Call) error {
	rows, err := api.Members(c.Ctx(), c, h.q)
	if err != nil {
		return err
	}
	agents := make([]shape.Agent, len(rows))
	for n, r := range rows {
		agents[n] = h.shape.Agent(r.User, r.Membership)
	}
	return c.Answer(agents)
}

// agentInput is what clients send of an agent. availability_status is another word for availability.
type agentInput struct {
	api.AgentInput
	AvailabilityStatus api.Text `json:"availability_status"`
	AutoOffline        api.Bool `json:"auto_offline"`
}

func (in agentInput) role() (*db.Role, error) {
	if in.Role.Value == "" {
		return nil, nil
	}
	r := db.Role(in.Role.Value)
	if !r.Valid() {
		return nil, fault.Field("role", "Role is not included in the list")
	}
	return &r, nil
}

func (in agentInput) availability() (*db.Availability, error) {
	word := in.Availability.Value
	if word == "" {
		word = in.AvailabilityStatus.Value
	}
	return availabilityOf(word)
}

// availabilityOf reads an availability. In the published schema, online is called available.
func availabilityOf(word string) (*db.Availability, error) {
	switch word {
	case "":
		return nil, nil
	case "available":
		word = string(db.AvailabilityOnline)
	}
	a := db.Availability(word)
	if !a.Valid() {
		return nil, fault.Field("availability", "Availability is not included in the list")
	}
	return &a, nil
}

// personName returns a person's name as it is stored, or the reason why it is invalid.
func personName(s string) (string, error) {
	s = strings.TrimSpace(s)
	if utf8.RuneCountInString(s) > 255 {
		return s, fault.Field("name", "Name is too long (maximum is 255 characters)")
	}
	return s, nil
}

// colleague returns a new member, with Chatwoot's defaults.
func (in agentInput) colleague() (desk.Colleague, error) {
	c := desk.Colleague{Role: db.RoleAgent, Availability: db.AvailabilityOnline, AutoOffline: in.AutoOffline.Or(true)}
	var err error
	if c.Email, err = auth.NormalEmail(in.Email.Value); err != nil {
		return c, err
	}
	if c.Name, err = personName(in.Name.Value); err != nil {
		return c, err
	}
	if c.Name == "" {
		c.Name, _, _ = strings.Cut(c.Email, "@")
	}
	role, err := in.role()
	if err != nil {
		return c, err
	}
	availability, err := in.availability()
	if err != nil {
		return c, err
	}
	setIfGiven(&c.Role, role)
	setIfGiven(&c.Availability, availability)
	return c, nil
}

func (h *handlers) createAgent(c *api.Call) error {
	var in agentInput
	if err := c.ReadAny(&in, "agent"); err != nil {
		return err
	}
	colleague, err := in.colleague()
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		u, m, err := t.AddMember(ctx, colleague)
		if err != nil {
			return nil, err
		}
		return h.shape.Agent(u, m), api.Invite(ctx, t, u)
	})
}

// maxInvited is how many agents one request may invite.
const maxInvited = 500

// createAgents invites an agent for each address. It skips members and invalid addresses.
func (h *handlers) createAgents(c *api.Call) error {
	var in struct {
		Emails api.Strings `json:"emails"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	if len(in.Emails.Values) > maxInvited {
		return fault.Field("emails", "Emails are too many (maximum is 500)")
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		for _, address := range in.Emails.Values {
			email, err := auth.NormalEmail(address)
			if err != nil {
				continue
			}
			name, _, _ := strings.Cut(email, "@")
			u, _, err := t.AddMember(ctx, desk.Colleague{Name: name, Email: email, Role: db.RoleAgent, Availability: db.AvailabilityOffline})
			if fault.In(err) != nil {
				continue
			}
			if err != nil {
				return nil, err
			}
			if err := api.Invite(ctx, t, u); err != nil {
				return nil, err
			}
		}
		return api.Empty(), nil
	})
}

func (h *handlers) updateAgent(c *api.Call) error {
	var in agentInput
	if err := c.ReadAny(&in, "agent"); err != nil {
		return err
	}
	id, err := c.ID("user")
	if err != nil {
		return err
	}
	change := desk.MemberChange{AutoOffline: in.AutoOffline.Ptr()}
	if change.Role, err = in.role(); err != nil {
		return err
	}
	if change.Availability, err = in.availability(); err != nil {
		return err
	}
	name, err := personName(in.Name.Value)
	if err != nil {
		return err
	}
	change.Name = shape.NilIfEmpty(name)
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		u, m, err := t.UpdateMember(ctx, id, change)
		return h.shape.Agent(u, m), err
	})
}

func (h *handlers) deleteAgent(c *api.Call) error {
	id, err := c.ID("user")
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) { return api.Empty(), t.RemoveMember(ctx, id) })
}
