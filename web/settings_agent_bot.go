package web

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/views"
)

func (a *App) botsPage(c echo.Context) error {
	ctx := c.Request().Context()
	f, err := a.frame(c, "Agent bots", "settings")
	if err != nil {
		return err
	}
	bots, err := a.q.ListAgentBots(ctx, db.ListAgentBotsParams{AccountID: f.AccountID, Most: settingsListLimit})
	if err != nil {
		return err
	}
	inboxes, err := a.q.ListInboxBots(ctx, f.AccountID)
	if err != nil {
		return err
	}
	return page(c, views.BotsPage(f, bots, inboxes))
}

func (a *App) newBotPage(c echo.Context) error {
	return a.showBot(c, http.StatusOK, views.BotView{})
}

// botPage shows a bot, the inboxes where it answers first, and what was sent to it. show=secret uncovers its secret.
func (a *App) botPage(c echo.Context) error {
	b, err := a.botOf(c)
	if err != nil {
		return err
	}
	made := a.takeSecret(c)
	return a.showBot(c, http.StatusOK, views.BotView{Bot: b, Name: b.Name, Made: made.Secret, Show: c.QueryParam("show") == "secret"})
}

func (a *App) botOf(c echo.Context) (db.AgentBot, error) {
	id, err := pathID(c, "id")
	if err != nil {
		return db.AgentBot{}, err
	}
	return a.q.GetAgentBot(c.Request().Context(), viewerOf(c).Scope.AccountID, id)
}

// showBot shows the page. A form that comes back keeps the inboxes that it chose.
func (a *App) showBot(c echo.Context, status int, v views.BotView) error {
	f, err := a.frame(c, "Agent bot", "settings")
	if err != nil {
		return err
	}
	if v.Inboxes, err = a.q.ListInboxBots(c.Request().Context(), f.AccountID); err != nil {
		return err
	}
	if v.Chosen == nil {
		for _, i := range v.Inboxes {
			if v.Bot.ID != 0 && i.AgentBotID != nil && *i.AgentBotID == v.Bot.ID {
				v.Chosen = append(v.Chosen, i.ID)
			}
		}
	}
	if v.Bot.ID != 0 {
		if v.Log, err = a.deliveryLog(c, "bot:"+formatID(v.Bot.ID)); err != nil {
			return err
		}
	}
	return render(c, status, views.BotPage(f, v))
}

// checkBot checks the form of a bot.
func checkBot(b db.AgentBot) fault.Fields {
	invalid := fault.Fields{}
	if b.Name == "" || utf8.RuneCountInString(b.Name) > 255 || !db.IsText(b.Name) {
		invalid["name"] = "Give a name, at most 255 characters"
	}
	if utf8.RuneCountInString(b.Description) > 255 || !db.IsText(b.Description) {
		invalid["description"] = "At most 255 characters"
	}
	if b.OutgoingUrl != "" && !isWebAddress(b.OutgoingUrl) {
		invalid["outgoing_url"] = webAddressHint
	}
	return invalid
}

// saveBot creates a bot or changes the one in the path, and sets where it answers first. The token of a new bot is
// shown once, in this answer.
func (a *App) saveBot(c echo.Context) error {
	ctx, me := c.Request().Context(), viewerOf(c)
	v := views.BotView{Chosen: formIDs(c, "inbox")}
	if c.Param("id") != "" {
		var err error
		if v.Bot, err = a.botOf(c); err != nil {
			return err
		}
		v.Name = v.Bot.Name
	}
	err := a.desk.Do(ctx, me.Actor(), func(t *desk.Tx) (err error) {
		b := v.Bot
		if b.ID != 0 {
			if b, err = t.Queries().LockAgentBot(ctx, t.Account(), b.ID); err != nil {
				return err
			}
		}
		b.Name = strings.TrimSpace(c.FormValue("name"))
		b.Description = strings.TrimSpace(c.FormValue("description"))
		b.OutgoingUrl = strings.TrimSpace(c.FormValue("outgoing_url"))
		v.Bot = b
		if invalid := checkBot(b); len(invalid) > 0 {
			return invalid
		}
		if b.ID == 0 {
			b, v.Made, err = makeBot(ctx, t, b)
		} else {
			b, err = keepBot(ctx, t, b)
		}
		if err != nil {
			return err
		}
		v.Bot = b
		return connectBot(ctx, t, b.ID, v.Chosen)
	})
	if v.Invalid = fault.In(err); v.Invalid != nil {
		v.Made = ""
		return a.showBot(c, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	page := link.Setting(me.Scope.AccountID, "agent-bots", v.Bot.ID)
	if v.Made != "" {
		return a.redirectWithSecret(c, shownOnce{Page: page, Name: v.Bot.Name, Secret: v.Made})
	}
	return a.redirectWithFlash(c, "Saved", page)
}

// makeBot creates a bot with the token that it calls the API with.
func makeBot(ctx context.Context, t *desk.Tx, b db.AgentBot) (db.AgentBot, string, error) {
	b, err := t.Queries().InsertAgentBot(ctx, db.InsertAgentBotParams{
		AccountID:   t.Account(),
		Name:        b.Name,
		Description: b.Description,
		OutgoingUrl: b.OutgoingUrl,
		BotType:     "webhook",
		BotConfig:   json.RawMessage("{}"),
		Secret:      db.Secret(auth.NewSecret().Token),
	})
	if err != nil {
		return b, "", err
	}
	token, err := newBotToken(ctx, t, b)
	return b, token, err
}

func keepBot(ctx context.Context, t *desk.Tx, b db.AgentBot) (db.AgentBot, error) {
	return t.Queries().UpdateAgentBot(ctx, db.UpdateAgentBotParams{
		AccountID: t.Account(), ID: b.ID, Name: b.Name, Description: b.Description, OutgoingUrl: b.OutgoingUrl, BotConfig: b.BotConfig,
		Secret: b.Secret, AvatarHash: b.AvatarHash, UpdatedAt: t.Now,
	})
}

func newBotToken(ctx context.Context, t *desk.Tx, b db.AgentBot) (string, error) {
	secret := auth.NewSecret()
	_, err := t.Queries().InsertAccessToken(ctx, db.InsertAccessTokenParams{
		TokenHash: secret.Hash, Kind: db.TokenKindBot, AccountID: &b.AccountID, BotID: &b.ID, Name: b.Name, Hint: secret.Hint,
	})
	return secret.Token, err
}

// connectBot connects the bot to the chosen inboxes and disconnects it from all others.
func connectBot(ctx context.Context, t *desk.Tx, bot int64, chosen []int64) error {
	inboxes, err := t.Queries().ListInboxBots(ctx, t.Account())
	if err != nil {
		return err
	}
	for _, i := range inboxes {
		want, has := slices.Contains(chosen, i.ID), i.AgentBotID != nil && *i.AgentBotID == bot
		if want == has {
			continue
		}
		_, err := t.UpdateInbox(ctx, i.ID, func(inbox *db.Inbox) error {
			inbox.AgentBotID = nil
			if want {
				inbox.AgentBotID = &bot
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// resetBotToken revokes the bot's tokens and shows a new one, once.
func (a *App) resetBotToken(c echo.Context) error {
	b, err := a.botOf(c)
	if err != nil {
		return err
	}
	ctx, v := c.Request().Context(), views.BotView{Bot: b, Name: b.Name}
	err = a.desk.Do(ctx, viewerOf(c).Actor(), func(t *desk.Tx) (err error) {
		if err := t.Queries().DeleteBotTokens(ctx, b.AccountID, b.ID); err != nil {
			return err
		}
		v.Made, err = newBotToken(ctx, t, b)
		return err
	})
	if err != nil {
		return err
	}
	page := link.Setting(b.AccountID, "agent-bots", b.ID)
	return a.redirectWithSecret(c, shownOnce{Page: page, Name: b.Name, Secret: v.Made})
}

// renewBotSecret gives the bot a new secret for signatures.
func (a *App) renewBotSecret(c echo.Context) error {
	ctx, me := c.Request().Context(), viewerOf(c)
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	err = a.desk.Do(ctx, me.Actor(), func(t *desk.Tx) error {
		b, err := t.Queries().LockAgentBot(ctx, t.Account(), id)
		if err != nil {
			return err
		}
		b.Secret = db.Secret(auth.NewSecret().Token)
		_, err = keepBot(ctx, t, b)
		return err
	})
	if err != nil {
		return err
	}
	return a.redirectWithFlash(
		c, "There is a new secret; the one before signs nothing any more",
		link.With(link.Setting(me.Scope.AccountID, "agent-bots", id), "show", "secret"),
	)
}

func (a *App) deleteBot(c echo.Context) error {
	return a.changeSetting(c, "agent-bots", "The bot is gone; what it had belongs to nobody", func(t *desk.Tx, id int64) error {
		return t.DeleteBot(c.Request().Context(), id)
	})
}
