package web

import (
	"crypto/subtle"
	"errors"
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

// setupPage exists only while there is no account.
func (a *App) setupPage(c echo.Context) error {
	open, err := a.q.NeedsSetUp(c.Request().Context())
	if err != nil {
		return err
	}
	if !open {
		return c.Redirect(http.StatusSeeOther, link.Login)
	}
	return page(c, views.SetupPage(a.signinLayout(c), views.Setup{Inbox: "Support", AsksCode: a.setupCode(c.Request()) != ""}))
}

// setUp creates the account, its administrator and a first inbox with a test message, and signs the administrator in.
func (a *App) setUp(c echo.Context) error {
	ctx := c.Request().Context()
	in := views.Setup{
		Account: strings.TrimSpace(c.FormValue("account")), Name: strings.TrimSpace(c.FormValue("name")),
		Email: strings.TrimSpace(c.FormValue("email")), Inbox: strings.TrimSpace(c.FormValue("inbox")),
	}
	if in.Inbox == "" {
		in.Inbox = "Support"
	}
	if wait, err := auth.Post(ctx, a.q, a.now(), "setup", c.RealIP()); err != nil {
		return err
	} else if wait > 0 {
		return a.setupAgain(c, http.StatusTooManyRequests, in, tooManyTries(c, wait))
	}
	code := a.setupCode(c.Request())
	if in.AsksCode = code != ""; in.AsksCode && !sameCode(c.FormValue("code"), code) {
		invalid := fault.Field("code", "Enter the code that Parley wrote into its log when it started")
		return a.setupAgain(c, http.StatusUnprocessableEntity, in, invalid)
	}
	made, err := auth.SetUp(ctx, a.pool, a.passwords, auth.FirstRun{
		Account:  in.Account,
		Name:     in.Name,
		Email:    in.Email,
		Password: c.FormValue("password"),
	})
	if errors.Is(err, auth.ErrSetUp) {
		return c.Redirect(http.StatusSeeOther, link.Login)
	}
	if invalid := fault.In(err); invalid != nil {
		return a.setupAgain(c, http.StatusUnprocessableEntity, in, invalid)
	}
	if err != nil {
		return err
	}
	if err := a.firstInbox(c, made.Account, in.Inbox); err != nil {
		return err
	}
	if err := a.startSession(c, made.User.ID); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, link.Conversations(made.Account.ID))
}

func (a *App) setupAgain(c echo.Context, status int, in views.Setup, invalid fault.Fields) error {
	in.Invalid, in.AsksCode = invalid, a.setupCode(c.Request()) != ""
	return again(c, status, views.SetupPage(a.signinLayout(c), in))
}

// sameCode compares what was typed with the code, whatever the case and with or without its dash.
func sameCode(typed, code string) bool {
	plain := strings.NewReplacer("-", "", " ", "").Replace
	return subtle.ConstantTimeCompare([]byte(strings.ToUpper(plain(typed))), []byte(plain(code))) == 1
}

// firstInbox creates an inbox with a test message from a customer, so that every button can be tried.
func (a *App) firstInbox(c echo.Context, account db.Account, name string) error {
	ctx := c.Request().Context()
	return a.desk.Do(ctx, desk.System(account.ID), func(t *desk.Tx) error {
		inbox, err := t.CreateInbox(ctx, desk.NewInbox{Kind: db.InboxKindApi, Name: name})
		if err != nil {
			return err
		}
		who, text := "Ada Example", testMessage
		contact, err := t.CreateContact(ctx, desk.ContactInput{Name: &who})
		if err != nil {
			return err
		}
		address, err := t.Reach(ctx, contact, inbox, "")
		if err != nil {
			return err
		}
		conversation, err := t.Open(ctx, desk.NewConversation{ContactInbox: address, Subject: "A test message", Labels: []string{"test"}})
		if err != nil {
			return err
		}
		_, err = t.Post(ctx, conversation.ID, desk.NewMessage{Kind: db.MessageKindIncoming, Content: &text})
		return err
	})
}

const testMessage = "Hello,\n\nthis is what a customer's message looks like. I am not real, so try everything: " +
	"answer me, write a note to your colleagues, assign me to yourself, resolve me.\n\nKind regards\nAda"
