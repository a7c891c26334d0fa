package web

import (
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/views"
)

// invitationLife is how long the link of an invitation works, resetLife that of a password reset.
const (
	invitationLife = 7 * 24 * time.Hour
	resetLife      = 24 * time.Hour
)

// membersPage shows who works in the account, and who is invited.
func (a *App) membersPage(c echo.Context) error {
	made := a.takeSecret(c)
	in := views.Invite{Open: c.QueryParam("invite") != "", Name: made.Name, Mailed: made.Mailed}
	return a.showMembers(c, http.StatusOK, in, made.Secret)
}

// showMembers shows the page: with the form as it was filled in, or with the link that was just made.
func (a *App) showMembers(c echo.Context, status int, in views.Invite, made string) error {
	ctx, account := c.Request().Context(), viewerOf(c).Scope.AccountID
	f, err := a.frame(c, "Team members", "settings")
	if err != nil {
		return err
	}
	team, err := a.q.ListMembersForSettings(ctx, account)
	if err != nil {
		return err
	}
	invited, err := a.q.ListInvitations(ctx, account, a.now())
	if err != nil {
		return err
	}
	inboxes, err := a.q.ListInboxNames(ctx, account)
	if err != nil {
		return err
	}
	if in.Invalid == nil {
		// A new form proposes all inboxes, so that an invited agent can work at once.
		for _, i := range inboxes {
			in.InboxIDs = append(in.InboxIDs, i.ID)
		}
	}
	return render(c, status, views.MembersPage(f, views.Members{Team: team, Invited: invited, Inboxes: inboxes, Invite: in, Link: made}))
}

// inviteMember makes a one-time invitation link. The administrator sees it and passes it on; where there is a mail
// server, it is mailed too.
func (a *App) inviteMember(c echo.Context) error {
	ctx, me := c.Request().Context(), viewerOf(c)
	in := views.Invite{
		Open: true, Name: strings.TrimSpace(c.FormValue("name")), Email: strings.TrimSpace(c.FormValue("email")),
		Role: db.Role(c.FormValue("role")), InboxIDs: formIDs(c, "inbox"), Invalid: fault.Fields{},
	}
	if in.Role == "" {
		in.Role = db.RoleAgent
	}
	email, err := auth.NormalEmail(in.Email)
	if err != nil {
		in.Invalid["email"] = "An address looks like ines@kestrel.example"
	}
	if in.Name == "" || utf8.RuneCountInString(in.Name) > 255 || !db.IsText(in.Name) {
		in.Invalid["name"] = "Say what colleagues call them, in at most 255 characters"
	}
	if !in.Role.Valid() {
		in.Invalid["role"] = "Choose a role"
	}
	if len(in.Invalid) == 0 {
		if u, err := a.q.GetUserByEmail(ctx, email); err == nil {
			if _, err := a.q.GetMember(ctx, me.Scope.AccountID, u.ID); err == nil {
				in.Invalid["email"] = "Someone with this address is a member already"
			}
		}
	}
	if len(in.Invalid) > 0 {
		return a.showMembers(c, http.StatusUnprocessableEntity, in, "")
	}
	secret, until := auth.NewSecret(), a.now().Add(invitationLife)
	err = a.desk.Do(ctx, me.Actor(), func(t *desk.Tx) error {
		_, err := t.Queries().InsertInvitation(ctx, db.InsertInvitationParams{
			AccountID: me.Scope.AccountID, TokenHash: secret.Hash, Name: in.Name, Email: email, Role: in.Role, InboxIds: in.InboxIDs,
			InviterID: me.ID, ExpiresAt: until,
		})
		if err != nil || !t.Mails() {
			return err
		}
		account, err := t.Queries().GetAccountName(ctx, t.Account())
		if err != nil {
			return err
		}
		return t.Mail(ctx, desk.OutgoingMail{
			Kind: db.OutgoingMailKindInvitation, To: email, Link: link.Invitation(secret.Token), Facts: db.OutgoingMailFacts{
				By:      me.Name,
				Account: account,
				Until:   &until,
			},
		})
	})
	if err != nil {
		return err
	}
	made := shownOnce{
		Page: link.Settings(me.Scope.AccountID, "members"), Name: in.Name, Secret: a.baseURL + link.Invitation(secret.Token),
	}
	if a.desk.Mails() {
		made.Mailed = email
	}
	return a.redirectWithSecret(c, made)
}

// renewInvitation makes another link, for an invitation whose mail did not arrive. Only the administrator sees it.
func (a *App) renewInvitation(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	secret, now := auth.NewSecret(), a.now()
	i, err := a.q.RenewInvitation(c.Request().Context(), db.RenewInvitationParams{
		AccountID: viewerOf(c).Scope.AccountID, ID: id, TokenHash: secret.Hash, ExpiresAt: now.Add(invitationLife), Now: now,
	})
	if err != nil {
		return err
	}
	page := link.Settings(i.AccountID, "members")
	return a.redirectWithSecret(c, shownOnce{Page: page, Name: i.Name, Secret: a.baseURL + link.Invitation(secret.Token)})
}

func (a *App) revokeInvitation(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	account := viewerOf(c).Scope.AccountID
	n, err := a.q.DeleteInvitation(c.Request().Context(), account, id)
	if err := fault.Found(n, err); err != nil {
		return err
	}
	return a.redirectWithFlash(c, "The invitation is withdrawn; its link leads nowhere now", link.Settings(account, "members"))
}

// memberPage shows one colleague.
func (a *App) memberPage(c echo.Context) error {
	return a.showMember(c, http.StatusOK, nil, a.takeSecret(c).Secret)
}

func (a *App) showMember(c echo.Context, status int, invalid fault.Fields, made string) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	ctx, account := c.Request().Context(), viewerOf(c).Scope.AccountID
	row, err := a.q.GetMemberForSettings(ctx, account, id)
	if err != nil {
		return err
	}
	f, err := a.frame(c, row.User.Name, "settings")
	if err != nil {
		return err
	}
	inboxes, err := a.q.ListInboxNames(ctx, account)
	if err != nil {
		return err
	}
	return render(c, status, views.MemberPage(f, views.Member{Row: row, Inboxes: inboxes, Invalid: invalid, Link: made}))
}

// updateMember sets a colleague's role and inboxes.
func (a *App) updateMember(c echo.Context) error {
	role := db.Role(c.FormValue("role"))
	if !role.Valid() {
		return a.showMember(c, http.StatusUnprocessableEntity, fault.Field("role", "Choose a role"), "")
	}
	return a.changeMember(c, "Saved", func(t *desk.Tx, id int64) error {
		ctx := c.Request().Context()
		if _, _, err := t.UpdateMember(ctx, id, desk.MemberChange{Role: &role}); err != nil {
			return err
		}
		return t.SetMemberInboxes(ctx, id, formIDs(c, "inbox"))
	})
}

func (a *App) deactivateMember(c echo.Context) error {
	return a.changeMember(c, "Deactivated: sessions and tokens have ended", func(t *desk.Tx, id int64) error {
		return t.Deactivate(c.Request().Context(), id)
	})
}

func (a *App) reactivateMember(c echo.Context) error {
	return a.changeMember(c, "Active again", func(t *desk.Tx, id int64) error { return t.Reactivate(c.Request().Context(), id) })
}

// changeMember changes the colleague in the path in one transaction. Their page shows what is wrong.
func (a *App) changeMember(c echo.Context, message string, fn func(t *desk.Tx, id int64) error) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	me := viewerOf(c)
	err = a.desk.Do(c.Request().Context(), me.Actor(), func(t *desk.Tx) error { return fn(t, id) })
	if invalid := fault.In(err); invalid != nil {
		return a.showMember(c, http.StatusUnprocessableEntity, invalid, "")
	}
	if err != nil {
		return err
	}
	return a.redirectWithFlash(c, message, link.Settings(me.Scope.AccountID, "members"))
}

// resetPassword makes a link to a new password for a colleague who has forgotten theirs. It is shown once. A
// colleague who works in other accounts too gets none: an administrator here must not gain access to another account.
func (a *App) resetPassword(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	if _, err := a.q.GetMember(ctx, viewerOf(c).Scope.AccountID, id); err != nil {
		return err
	}
	if n, err := a.q.CountMemberships(ctx, id); err != nil || n > 1 {
		if err != nil {
			return err
		}
		return a.showMember(
			c, http.StatusUnprocessableEntity,
			fault.Field("", "They work in other accounts too: only they can change their password"), "",
		)
	}
	secret := auth.NewSecret()
	if err := a.q.InsertPasswordReset(ctx, db.InsertPasswordResetParams{
		TokenHash: secret.Hash,
		UserID:    id,
		ExpiresAt: a.now().Add(resetLife),
	}); err != nil {
		return err
	}
	page := link.Setting(viewerOf(c).Scope.AccountID, "members", id)
	return a.redirectWithSecret(c, shownOnce{Page: page, Secret: a.baseURL + link.PasswordReset(secret.Token)})
}
