package ndoto

import (
	"context"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/channel"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
)

func (h *handlers) inboxRoutes() []api.Route {
	const inboxes, inbox = v1 + "/inboxes", v1 + "/inboxes/:inbox"
	return append([]api.Route{
		api.Get(inboxes, api.Member, h.listInboxes),
		api.Post(inboxes, api.Admin, h.createInbox),
		api.Get(inbox, api.Member, h.getInbox),
	}, api.Update(inbox, api.Admin, h.updateInbox)...)
}

// inboxJSON is an inbox.
type inboxJSON struct {
	ID          int64  `json:"id"`
	Name        string `json:"name"`
	ChannelType string `json:"channel_type"`
	AvatarURL   string `json:"avatar_url"`
	// Identifier identifies an API channel in the public client API. WebhookURL gets its messages.
	Identifier string `json:"inbox_identifier,omitempty"`
	WebhookURL string `json:"webhook_url,omitempty"`
}

func (h *handlers) inboxShape(i db.Inbox) inboxJSON {
	j := inboxJSON{ID: i.ID, Name: i.Name, ChannelType: api.Channel(i.Kind), AvatarURL: h.avatar(i.AvatarHash)}
	if channel.Of(i.Kind).Bridge {
		j.Identifier, j.WebhookURL = i.Identifier, i.WebhookUrl
	}
	return j
}

func (h *handlers) listInboxes(c *api.Call) error {
	rows, err := api.Inboxes(c, h.q)
	if err != nil {
		return err
	}
	out := struct {
		Payload []inboxJSON `json:"payload"`
	}{make([]inboxJSON, len(rows))}
	for i, r := range rows {
		out.Payload[i] = h.inboxShape(r)
	}
	return c.Answer(out)
}

// getInbox shows an inbox to those who work in it.
func (h *handlers) getInbox(c *api.Call) error {
	id, err := c.ID("inbox")
	if err != nil {
		return err
	}
	if !c.Scope().Sees(id, nil) {
		return fault.NotFound
	}
	row, err := h.q.GetInbox(c.Ctx(), c.Account(), id)
	if err != nil {
		return err
	}
	return c.Single(h.inboxShape(row))
}

type inboxInput struct {
	Name    api.Text `json:"name"`
	Channel struct {
		Type       api.Text `json:"type"`
		WebhookURL api.Text `json:"webhook_url"`
	} `json:"channel"`
}

// checkURL refuses a URL that cannot be called. It accepts an empty one.
func (in inboxInput) checkURL() error {
	if address := strings.TrimSpace(in.Channel.WebhookURL.Value); address != "" && !isWebURL(address) {
		return fault.Field("channel", "channel.webhook_url is not an address that can be called")
	}
	return nil
}

// createInbox creates an API channel, the only kind that this API can create.
func (h *handlers) createInbox(c *api.Call) error {
	var in inboxInput
	if err := c.Read(&in); err != nil {
		return err
	}
	if kind := in.Channel.Type.Value; kind != "" && kind != "api" {
		return fault.Field("channel", "channel.type must be api")
	}
	if err := in.checkURL(); err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		row, err := t.CreateInbox(ctx, desk.NewInbox{
			Kind:       db.InboxKindApi,
			Name:       in.Name.Value,
			WebhookURL: strings.TrimSpace(in.Channel.WebhookURL.Value),
		})
		return api.Status{Code: createdStatus, Body: h.inboxShape(row)}, err
	})
}

func (h *handlers) updateInbox(c *api.Call) error {
	id, err := c.ID("inbox")
	if err != nil {
		return err
	}
	var in inboxInput
	if err := c.Read(&in); err != nil {
		return err
	}
	if err := in.checkURL(); err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		row, err := t.UpdateInbox(ctx, id, func(i *db.Inbox) error {
			if in.Name.Set {
				i.Name = in.Name.Value
			}
			if in.Channel.WebhookURL.Set {
				i.WebhookUrl = strings.TrimSpace(in.Channel.WebhookURL.Value)
			}
			return nil
		})
		return h.inboxShape(row), err
	})
}
