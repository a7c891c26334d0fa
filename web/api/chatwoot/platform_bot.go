package chatwoot

import (
	"context"
	"encoding/json"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
)

type platformBotJSON struct {
	ID          int64   `json:"id"`
	Name        string  `json:"name"`
	Description string  `json:"description"`
	OutgoingURL string  `json:"outgoing_url"`
	AccountID   int64   `json:"account_id"`
	AccessToken *string `json:"access_token"`
}

func platformBot(b db.AgentBot, token *string) platformBotJSON {
	return platformBotJSON{b.ID, b.Name, b.Description, b.OutgoingUrl, b.AccountID, token}
}

func (h *handlers) platformBots(c *api.Call) error {
	rows, err := api.PageByID(c, platformListSize, func(p api.Position) ([]db.AgentBot, error) {
		return h.q.ListGrantedBots(c.Ctx(), db.ListGrantedBotsParams{PlatformAppID: c.Token.PlatformAppID, AfterID: p.ID, Most: p.Most})
	}, func(b db.AgentBot) int64 { return b.ID })
	if err != nil {
		return err
	}
	out := make([]platformBotJSON, len(rows))
	for i, b := range rows {
		out[i] = platformBot(b, nil)
	}
	return c.Answer(out)
}

// platformCreateBot creates a bot of an account. Bots of all accounts do not exist here. Without account_id the bot
// belongs to the application's account, if it has only one.
func (h *handlers) platformCreateBot(c *api.Call) error {
	var in struct {
		botInput
		AccountID api.ID `json:"account_id"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	account := in.AccountID.Ptr()
	if account == nil {
		granted, err := h.q.ListGrantedAccounts(
			c.Ctx(),
			db.ListGrantedAccountsParams{PlatformAppID: c.Token.PlatformAppID, Most: 2},
		)
		if err != nil {
			return err
		}
		if len(granted) == 1 {
			account = &granted[0].ID
		}
	}
	if account == nil {
		return fault.Field("account_id", "Account must exist")
	}
	if err := h.checkGrant(c, grantAccount, *account); err != nil {
		return err
	}
	made := db.AgentBot{BotConfig: json.RawMessage("{}")}
	if err := in.apply(&made); err != nil {
		return err
	}
	c.Actor = desk.System(*account)
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		b, err := addBot(ctx, c, t, made)
		if err != nil {
			return nil, err
		}
		if err := t.Queries().Grant(ctx, grant(c, grantBot, b.ID)); err != nil {
			return nil, err
		}
		token, err := newBotToken(ctx, t.Queries(), b)
		return platformBot(b, token), err
	})
}

// grantedBot finds the bot in the path, and moves the call into the bot's account.
func (h *handlers) grantedBot(c *api.Call) (db.AgentBot, error) {
	id, err := h.granted(c, grantBot, "bot")
	if err != nil {
		return db.AgentBot{}, err
	}
	b, err := h.q.FindBotByID(c.Ctx(), id)
	c.Actor = desk.System(b.AccountID)
	return b, err
}

func (h *handlers) platformShowBot(c *api.Call) error {
	b, err := h.grantedBot(c)
	if err != nil {
		return err
	}
	return c.Single(platformBot(b, nil))
}

func (h *handlers) platformUpdateBot(c *api.Call) error {
	var in botInput
	if err := c.Read(&in); err != nil {
		return err
	}
	had, err := h.grantedBot(c)
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		b, err := changeBot(ctx, t, had.ID, func(b *db.AgentBot) error { return in.edit(ctx, c, t, b) })
		return platformBot(b, nil), err
	})
}

func (h *handlers) platformDeleteBot(c *api.Call) error {
	b, err := h.grantedBot(c)
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		if err := t.DeleteBot(ctx, b.ID); err != nil {
			return nil, err
		}
		return api.Empty(), t.Queries().DeleteGrants(ctx, grantBot, b.ID)
	})
}

func (h *handlers) platformDeleteBotAvatar(c *api.Call) error {
	had, err := h.grantedBot(c)
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		b, err := changeBot(ctx, t, had.ID, func(b *db.AgentBot) error {
			b.AvatarHash = nil
			return nil
		})
		return platformBot(b, nil), err
	})
}
