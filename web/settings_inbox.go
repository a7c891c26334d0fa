package web

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/views"
)

// mostMembers is how many colleagues a page offers to choose from.
const mostMembers = 1000

// inboxesPage lists the inboxes.
func (a *App) inboxesPage(c echo.Context) error {
	return a.showInboxes(c, http.StatusOK, views.NewInbox{Open: c.QueryParam("new") != ""})
}

func (a *App) showInboxes(c echo.Context, status int, in views.NewInbox) error {
	f, err := a.frame(c, "Inboxes", "settings")
	if err != nil {
		return err
	}
	rows, err := a.q.ListInboxOverview(c.Request().Context(), f.AccountID)
	if err != nil {
		return err
	}
	return render(c, status, views.InboxesPage(f, rows, in))
}

// createInbox adds an inbox that a program fills. Its creator becomes a member, so that it is of use at once.
func (a *App) createInbox(c echo.Context) error {
	ctx, me := c.Request().Context(), viewerOf(c)
	in := views.NewInbox{Open: true, Name: strings.TrimSpace(c.FormValue("name")), Webhook: strings.TrimSpace(c.FormValue("webhook_url"))}
	if !isWebAddress(in.Webhook) {
		in.Invalid = fault.Field("webhook_url", webAddressHint)
		return a.showInboxes(c, http.StatusUnprocessableEntity, in)
	}
	var made db.Inbox
	err := a.desk.Do(ctx, me.Actor(), func(t *desk.Tx) (err error) {
		if made, err = t.CreateInbox(ctx, desk.NewInbox{Kind: db.InboxKindApi, Name: in.Name, WebhookURL: in.Webhook}); err != nil {
			return err
		}
		return t.AddInboxMembers(ctx, made.ID, []int64{me.ID})
	})
	if in.Invalid = fault.In(err); in.Invalid != nil {
		return a.showInboxes(c, http.StatusUnprocessableEntity, in)
	}
	if err != nil {
		return err
	}
	return a.redirectWithFlash(
		c, "The inbox is ready: give its identifier to the program that fills it",
		link.Setting(me.Scope.AccountID, "inboxes", made.ID),
	)
}

// inboxSettingsPage shows one inbox. show=hmac and show=secret uncover a secret.
func (a *App) inboxSettingsPage(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	inbox, err := a.q.GetInbox(c.Request().Context(), viewerOf(c).Scope.AccountID, id)
	if err != nil {
		return err
	}
	members, err := a.q.ListInboxMembers(c.Request().Context(), inbox.AccountID, inbox.ID)
	if err != nil {
		return err
	}
	chosen := make([]int64, len(members))
	for i, m := range members {
		chosen[i] = m.User.ID
	}
	return a.showInbox(c, http.StatusOK, views.InboxSettings{Inbox: inbox, Chosen: chosen, Show: c.QueryParam("show")})
}

// showInbox shows the page of an inbox, or a form as it was filled in.
func (a *App) showInbox(c echo.Context, status int, s views.InboxSettings) error {
	if s.Inbox.ArchivedAt != nil {
		return fault.NotFound
	}
	ctx := c.Request().Context()
	f, err := a.frame(c, s.Inbox.Name, "settings")
	if err != nil {
		return err
	}
	if s.Members, err = a.q.ListMembers(ctx, db.ListMembersParams{AccountID: f.AccountID, Most: mostMembers}); err != nil {
		return err
	}
	if s.Log, err = a.deliveryLog(c, "inbox:"+formatID(s.Inbox.ID)); err != nil {
		return err
	}
	return render(c, status, views.InboxSettingsPage(f, s))
}

// updateInbox saves the form of an inbox: its settings, its webhook and its members.
func (a *App) updateInbox(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	ctx, me := c.Request().Context(), viewerOf(c)
	before, err := a.q.GetInbox(ctx, me.Scope.AccountID, id)
	if err != nil {
		return err
	}
	chosen := formIDs(c, "member")
	fill := func(i *db.Inbox) error {
		i.Name, i.WebhookUrl = strings.TrimSpace(c.FormValue("name")), strings.TrimSpace(c.FormValue("webhook_url"))
		i.HmacMandatory, i.EnableAutoAssignment = c.FormValue("hmac_mandatory") != "", c.FormValue("enable_auto_assignment") != ""
		i.GreetingEnabled, i.GreetingMessage = c.FormValue("greeting_enabled") != "", normalizeNewlines(c.FormValue("greeting_message"))
		i.LockToSingleConversation = c.FormValue("lock_to_single_conversation") != ""
		switch {
		case !isWebAddress(i.WebhookUrl):
			return fault.Field("webhook_url", webAddressHint)
		case !db.IsText(i.Name + i.GreetingMessage):
			return fault.Field("", "The text holds characters that cannot be kept")
		case i.GreetingEnabled && strings.TrimSpace(i.GreetingMessage) == "":
			return fault.Field("greeting_message", "Say what customers read first, or turn the greeting off")
		}
		return nil
	}
	err = a.desk.Do(ctx, me.Actor(), func(t *desk.Tx) error {
		if _, err := t.UpdateInbox(ctx, id, fill); err != nil {
			return err
		}
		return t.SetInboxMembers(ctx, id, chosen)
	})
	if invalid := fault.In(err); invalid != nil {
		_ = fill(&before) // as it was typed
		return a.showInbox(c, http.StatusUnprocessableEntity, views.InboxSettings{Inbox: before, Chosen: chosen, Invalid: invalid})
	}
	if err != nil {
		return err
	}
	return a.redirectWithFlash(c, "Saved", link.Setting(me.Scope.AccountID, "inboxes", id))
}

// renewInboxSecret gives the inbox's webhook a new secret; the old one signs nothing from now on.
func (a *App) renewInboxSecret(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	ctx, me := c.Request().Context(), viewerOf(c)
	err = a.desk.Do(ctx, me.Actor(), func(t *desk.Tx) error {
		_, err := t.UpdateInbox(ctx, id, func(i *db.Inbox) error { i.WebhookSecret = db.Secret(auth.NewSecret().Token); return nil })
		return err
	})
	if err != nil {
		return err
	}
	to := link.With(link.Setting(me.Scope.AccountID, "inboxes", id), "show", "secret")
	return a.redirectWithFlash(c, "The webhook signs with a new secret now", to)
}

// deleteInbox deletes an inbox with all its conversations. There is no undo, so its name has to be typed.
func (a *App) deleteInbox(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	ctx, me := c.Request().Context(), viewerOf(c)
	inbox, err := a.q.GetInbox(ctx, me.Scope.AccountID, id)
	if err != nil {
		return err
	}
	if strings.TrimSpace(c.FormValue("confirmation")) != inbox.Name {
		members, err := a.q.ListInboxMembers(ctx, inbox.AccountID, inbox.ID)
		if err != nil {
			return err
		}
		s := views.InboxSettings{Inbox: inbox, Invalid: fault.Field("confirmation", "Type the name exactly as it is: "+inbox.Name)}
		for _, m := range members {
			s.Chosen = append(s.Chosen, m.User.ID)
		}
		return a.showInbox(c, http.StatusUnprocessableEntity, s)
	}
	if err := a.desk.Do(ctx, me.Actor(), func(t *desk.Tx) error { return t.DeleteInbox(ctx, id) }); err != nil {
		return err
	}
	return a.redirectWithFlash(c, inbox.Name+" is being deleted", link.Settings(me.Scope.AccountID, "inboxes"))
}
