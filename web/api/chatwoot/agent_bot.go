package chatwoot

import (
	"context"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
)

const (
	botsPath = v1 + "/agent_bots"
	botPath  = botsPath + "/:bot"
)

func (h *handlers) botRoutes() []api.Route {
	return append([]api.Route{
		api.Get(botsPath, api.Member, h.listBots),
		api.Post(botsPath, api.Admin, h.createBot),
		api.Get(botPath, api.Member, h.showBot),
		api.Delete(botPath, api.Admin, h.deleteBot),
		api.Delete(botPath+"/avatar", api.Admin, h.deleteBotAvatar),
		api.Post(botPath+"/reset_access_token", api.Admin, h.resetBotToken),
		api.Post(botPath+"/reset_secret", api.Admin, h.resetBotSecret),
	}, api.Update(botPath, api.Admin, h.updateBot)...)
}

// botJSON is a bot. Only the answer that creates the token contains it, because Parley stores its hash alone.
type botJSON struct {
	ID          int64           `json:"id"`
	Name        string          `json:"name"`
	Description string          `json:"description"`
	Thumbnail   string          `json:"thumbnail"`
	OutgoingURL string          `json:"outgoing_url"`
	BotType     string          `json:"bot_type"`
	BotConfig   json.RawMessage `json:"bot_config"`
	AccountID   int64           `json:"account_id"`
	AccessToken *string         `json:"access_token"`
	Secret      *db.Secret      `json:"secret,omitempty"`
	SystemBot   bool            `json:"system_bot"`
}

// botJSON shows a bot, with the key of its signatures for administrators only.
func (h *handlers) botJSON(b db.AgentBot, admin bool, token *string) botJSON {
	j := botJSON{
		ID: b.ID, Name: b.Name, Description: b.Description, Thumbnail: h.shape.Avatar(b.AvatarHash), OutgoingURL: b.OutgoingUrl,
		BotType: b.BotType, BotConfig: b.BotConfig, AccountID: b.AccountID, AccessToken: token,
	}
	if admin {
		j.Secret = &b.Secret
	}
	return j
}

// listBots answers with a bare list.
func (h *handlers) listBots(c *api.Call) error {
	rows, err := api.PageByID(c, api.MaxUncut, func(p api.Position) ([]db.AgentBot, error) {
		return h.q.ListAgentBots(c.Ctx(), db.ListAgentBotsParams{AccountID: c.Account(), AfterID: p.ID, Most: p.Most})
	}, func(b db.AgentBot) int64 { return b.ID })
	if err != nil {
		return err
	}
	bots := make([]botJSON, len(rows))
	for n, b := range rows {
		bots[n] = h.botJSON(b, c.Scope().Admin(), nil)
	}
	return c.Answer(bots)
}

func (h *handlers) showBot(c *api.Call) error {
	id, err := c.ID("bot")
	if err != nil {
		return err
	}
	b, err := h.q.GetAgentBot(c.Ctx(), c.Account(), id)
	if err != nil {
		return err
	}
	return c.Single(h.botJSON(b, c.Scope().Admin(), nil))
}

type botInput struct {
	Name        api.Text   `json:"name"`
	Description api.Text   `json:"description"`
	OutgoingURL api.Text   `json:"outgoing_url"`
	BotType     api.Text   `json:"bot_type"`
	BotConfig   api.Object `json:"bot_config"`
}

// apply sets the fields of a bot that were sent.
func (in botInput) apply(b *db.AgentBot) error {
	setIfGiven(&b.Name, in.Name.Given())
	setIfGiven(&b.Description, in.Description.Given())
	setIfGiven(&b.OutgoingUrl, in.OutgoingURL.Given())
	if in.BotConfig != nil {
		b.BotConfig = json.RawMessage(in.BotConfig)
	}
	b.Name = strings.TrimSpace(b.Name)
	switch {
	case b.Name == "":
		return fault.Field("name", "Name can't be blank")
	case utf8.RuneCountInString(b.Name) > 255:
		return fault.Field("name", "Name is too long (maximum is 255 characters)")
	case b.OutgoingUrl != "" && !isWebURL(b.OutgoingUrl):
		return fault.Field("outgoing_url", "Outgoing url is invalid")
	case in.BotType.Value != "" && in.BotType.Value != "webhook" && in.BotType.Value != "0":
		return fault.Field("bot_type", "Bot type is not included in the list")
	}
	return checkLength(255, "description", b.Description)
}

// newBotToken creates a token of a bot.
func newBotToken(ctx context.Context, q *db.Queries, b db.AgentBot) (*string, error) {
	secret := auth.NewSecret()
	_, err := q.InsertAccessToken(ctx, db.InsertAccessTokenParams{
		TokenHash: secret.Hash, Kind: db.TokenKindBot, AccountID: &b.AccountID, BotID: &b.ID, Name: b.Name, Hint: secret.Hint,
	})
	return &secret.Token, err
}

func (h *handlers) createBot(c *api.Call) error {
	var in botInput
	if err := c.Read(&in); err != nil {
		return err
	}
	b := db.AgentBot{BotConfig: json.RawMessage("{}")}
	if err := in.apply(&b); err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		b, err := addBot(ctx, c, t, b)
		if err != nil {
			return nil, err
		}
		token, err := newBotToken(ctx, t.Queries(), b)
		return h.botJSON(b, true, token), err
	})
}

// addBot adds a checked bot, with the picture in the call.
func addBot(ctx context.Context, c *api.Call, t *desk.Tx, b db.AgentBot) (db.AgentBot, error) {
	hash, err := avatarFile(ctx, c, t, "avatar")
	if err != nil {
		return b, err
	}
	return t.Queries().InsertAgentBot(ctx, db.InsertAgentBotParams{
		AccountID: t.Account(), Name: b.Name, Description: b.Description, OutgoingUrl: b.OutgoingUrl, BotType: "webhook", BotConfig: b.BotConfig,
		Secret: newSigningKey(), AvatarHash: hash,
	})
}

// changeBot lets fn change a bot, and saves it.
func changeBot(ctx context.Context, t *desk.Tx, id int64, fn func(b *db.AgentBot) error) (db.AgentBot, error) {
	b, err := t.Queries().LockAgentBot(ctx, t.Account(), id)
	if err != nil {
		return b, err
	}
	if err := fn(&b); err != nil {
		return b, err
	}
	return t.Queries().UpdateAgentBot(ctx, db.UpdateAgentBotParams{
		AccountID: t.Account(), ID: id, Name: b.Name, Description: b.Description, OutgoingUrl: b.OutgoingUrl, BotConfig: b.BotConfig,
		Secret: b.Secret, AvatarHash: b.AvatarHash, UpdatedAt: t.Now,
	})
}

// edit applies the input to a bot, with the picture in the call.
func (in botInput) edit(ctx context.Context, c *api.Call, t *desk.Tx, b *db.AgentBot) error {
	hash, err := avatarFile(ctx, c, t, "avatar")
	if err != nil {
		return err
	}
	if hash != nil {
		b.AvatarHash = hash
	}
	return in.apply(b)
}

// pathBot changes the bot in the path and answers with it.
func (h *handlers) pathBot(
	c *api.Call,
	change func(ctx context.Context, t *desk.Tx, b *db.AgentBot) (token *string, err error),
) error {
	id, err := c.ID("bot")
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		var token *string
		b, err := changeBot(ctx, t, id, func(b *db.AgentBot) (err error) {
			token, err = change(ctx, t, b)
			return err
		})
		return h.botJSON(b, true, token), err
	})
}

func (h *handlers) updateBot(c *api.Call) error {
	var in botInput
	if err := c.Read(&in); err != nil {
		return err
	}
	return h.pathBot(c, func(ctx context.Context, t *desk.Tx, b *db.AgentBot) (*string, error) {
		return nil, in.edit(ctx, c, t, b)
	})
}

func (h *handlers) deleteBotAvatar(c *api.Call) error {
	return h.pathBot(c, func(_ context.Context, _ *desk.Tx, b *db.AgentBot) (*string, error) {
		b.AvatarHash = nil
		return nil, nil
	})
}

// resetBotToken deletes the bot's tokens and creates one, which only this answer contains.
func (h *handlers) resetBotToken(c *api.Call) error {
	return h.pathBot(c, func(ctx context.Context, t *desk.Tx, b *db.AgentBot) (*string, error) {
		if err := t.Queries().DeleteBotTokens(ctx, b.AccountID, b.ID); err != nil {
			return nil, err
		}
		return newBotToken(ctx, t.Queries(), *b)
	})
}

func (h *handlers) resetBotSecret(c *api.Call) error {
	return h.pathBot(c, func(_ context.Context, _ *desk.Tx, b *db.AgentBot) (*string, error) {
		b.Secret = newSigningKey()
		return nil, nil
	})
}

func (h *handlers) deleteBot(c *api.Call) error {
	id, err := c.ID("bot")
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) { return api.Empty(), t.DeleteBot(ctx, id) })
}
