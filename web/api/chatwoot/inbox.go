package chatwoot

import (
	"context"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

const (
	inboxesPath = v1 + "/inboxes"
	inboxPath   = inboxesPath + "/:inbox"
)

func (h *handlers) inboxRoutes() []api.Route {
	return append([]api.Route{
		api.Get(inboxesPath, api.Member, h.listInboxes),
		api.Post(inboxesPath, api.Admin, h.createInbox),
		api.Get(inboxPath, api.Member, h.showInbox),
		api.Delete(inboxPath, api.Admin, h.deleteInbox),
		api.Get(inboxPath+"/agent_bot", api.Member, h.inboxBot),
		api.Post(inboxPath+"/set_agent_bot", api.Admin, h.setInboxBot),
		api.Get(inboxPath+"/assignable_agents", api.Member, h.inboxAssignable),
		api.Get(v1+"/assignable_agents", api.Member, h.assignable),
		api.Get(inboxPath+"/campaigns", api.Admin, h.inboxCampaigns),
		api.Delete(inboxPath+"/avatar", api.Admin, h.deleteInboxAvatar),
		api.Post(inboxPath+"/reset_secret", api.Admin, h.resetInboxSecret),
	}, api.Update(inboxPath, api.Admin, h.updateInbox)...)
}

// inbox returns the inbox in the path, if the caller works in it.
func (h *handlers) inbox(c *api.Call) (db.Inbox, error) {
	id, err := c.ID("inbox")
	if err != nil {
		return db.Inbox{}, err
	}
	i, err := h.q.GetInbox(c.Ctx(), c.Account(), id)
	if err != nil {
		return i, err
	}
	if i.ArchivedAt != nil { // it is being deleted
		return i, fault.NotFound
	}
	if !c.Scope().Sees(i.ID, nil) {
		return i, fault.Forbidden
	}
	return i, nil
}

// listInboxes lists an agent's own inboxes, or all of them for an administrator, by name.
func (h *handlers) listInboxes(c *api.Call) error {
	rows, err := api.Inboxes(c, h.q)
	if err != nil {
		return err
	}
	list := make([]shape.Inbox, len(rows))
	for n, i := range rows {
		list[n] = h.shape.Inbox(i, c.Scope().Admin())
	}
	return c.Answer(payload(list))
}

func (h *handlers) showInbox(c *api.Call) error {
	i, err := h.inbox(c)
	if err != nil {
		return err
	}
	return c.Single(h.shape.Inbox(i, c.Scope().Admin()))
}

func (h *handlers) createInbox(c *api.Call) error {
	var in inboxInput
	if err := c.Read(&in); err != nil {
		return err
	}
	kind, err := kindOf(in.Channel.text("type"))
	if err != nil {
		return err
	}
	if err := in.checkRequired(kind); err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		i, err := t.CreateInbox(ctx, desk.NewInbox{Kind: kind, Name: in.Name.Value, Set: in.apply})
		if err != nil {
			return nil, err
		}
		return h.saveInboxAvatar(ctx, c, t, i)
	})
}

func (h *handlers) updateInbox(c *api.Call) error {
	var in inboxInput
	if err := c.Read(&in); err != nil {
		return err
	}
	return h.changeInbox(c, in.apply)
}

// changeInbox changes the inbox in the path and answers with it.
func (h *handlers) changeInbox(c *api.Call, change func(*db.Inbox) error) error {
	id, err := c.ID("inbox")
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		i, err := t.UpdateInbox(ctx, id, change)
		if err != nil {
			return nil, err
		}
		return h.saveInboxAvatar(ctx, c, t, i)
	})
}

// saveInboxAvatar sets the inbox's picture if the request has one, and answers with the inbox.
func (h *handlers) saveInboxAvatar(ctx context.Context, c *api.Call, t *desk.Tx, i db.Inbox) (any, error) {
	hash, err := avatarFile(ctx, c, t, "avatar", "inbox[avatar]")
	if err != nil || hash == nil {
		return h.shape.Inbox(i, true), err
	}
	i, err = t.UpdateInbox(ctx, i.ID, func(i *db.Inbox) error {
		i.AvatarHash = hash
		return nil
	})
	return h.shape.Inbox(i, true), err
}

func (h *handlers) deleteInboxAvatar(c *api.Call) error {
	id, err := c.ID("inbox")
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		_, err := t.UpdateInbox(ctx, id, func(i *db.Inbox) error {
			i.AvatarHash = nil
			return nil
		})
		return api.Empty(), err
	})
}

// resetInboxSecret creates a new key for the signatures of the inbox's webhook.
func (h *handlers) resetInboxSecret(c *api.Call) error {
	return h.changeInbox(c, func(i *db.Inbox) error {
		i.WebhookSecret = newSigningKey()
		return nil
	})
}

func (h *handlers) deleteInbox(c *api.Call) error {
	id, err := c.ID("inbox")
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		return struct {
			Message string `json:"message"`
		}{"Your inbox deletion request will be processed in some time."}, t.DeleteInbox(ctx, id)
	})
}

// inboxBot answers with the bot of an inbox, or with an empty object.
func (h *handlers) inboxBot(c *api.Call) error {
	i, err := h.inbox(c)
	if err != nil {
		return err
	}
	out := struct {
		AgentBot any `json:"agent_bot"`
	}{struct{}{}}
	if i.AgentBotID != nil {
		bot, err := h.q.GetAgentBot(c.Ctx(), c.Account(), *i.AgentBotID)
		if err != nil {
			return err
		}
		out.AgentBot = h.botJSON(bot, c.Scope().Admin(), nil)
	}
	return c.Answer(out)
}

func (h *handlers) setInboxBot(c *api.Call) error {
	var in struct {
		AgentBot api.ID `json:"agent_bot"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	id, err := c.ID("inbox")
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		_, err := t.UpdateInbox(ctx, id, func(i *db.Inbox) error {
			i.AgentBotID = in.AgentBot.Ptr()
			return nil
		})
		return api.Empty(), err
	})
}

// inboxCampaigns answers with an empty list, because Parley has no campaigns.
func (h *handlers) inboxCampaigns(c *api.Call) error {
	if _, err := h.inbox(c); err != nil {
		return err
	}
	return c.Answer([]struct{}{})
}
