package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/link"
)

func TestMembers(t *testing.T) {
	t.Parallel()

	t.Run("an invitation lets one person in, once, into the inboxes that it names", func(t *testing.T) {
		h := setup(t)
		members := link.Settings(h.account.ID, "members")
		h.as(h.admin).get(members).has("#invite input[name=inbox][checked]", 1)
		got := h.as(h.admin).postAndOpen(members, url.Values{
			"name": {"Lotte Brandt"}, "email": {"Lotte@Kestrel.example"}, "role": {"agent"}, "inbox": {formatID(h.inbox.ID)},
		})
		address, ok := got.page.Find("#once").Attr("value")
		if !ok {
			t.Fatal("the link is not shown")
		}
		_, path, _ := strings.Cut(address, "/invitations/")
		path = "/invitations/" + path
		h.as(h.admin).get(members).status(200).reads("table", "Lotte Brandt").has("#once", 0)

		b := h.nobody()
		b.get(path).status(200).reads("h1", "Join")
		b.post(path, url.Values{"name": {"Lotte Brandt"}, "password": {"short"}}).status(http.StatusUnprocessableEntity).
			reads("form", "too short")
		b.post(path, url.Values{"name": {"Lotte Brandt"}, "password": {"a good long password"}}).status(http.StatusSeeOther)
		h.conversation("Printer on fire", "Help")
		b.get(link.Conversations(h.account.ID)).status(200).has(".row", 1)
		h.nobody().get(path).status(http.StatusNotFound)
	})

	t.Run("an invitation lets whoever made it into nobody else's account", func(t *testing.T) {
		h := setup(t)
		elsewhere := dbtest.Account(t, h.pool, "Elsewhere")
		invite := func(u db.User) string {
			got := h.as(h.admin).postAndOpen(link.Settings(h.account.ID, "members"), url.Values{
				"name": {u.Name}, "email": {u.Email}, "role": {"agent"},
			})
			_, path, _ := strings.Cut(got.attr("#once", "value"), "/invitations/")
			return "/invitations/" + path
		}
		// One member has no password yet: a program invited them, or they sign in by a link of a platform app.
		path := invite(dbtest.Agent(t, h.pool, elsewhere, "Nadia New"))
		chosen := url.Values{"name": {"Nadia"}, "password": {"chosen by the other admin"}}
		h.nobody().post(path, chosen).status(http.StatusUnprocessableEntity).reads("form", "another account")

		known := dbtest.Agent(t, h.pool, elsewhere, "Kim Known")
		h.withPassword(known, "a good long password")
		path = invite(known)
		for range 10 {
			h.nobody().post(path, url.Values{"password": {"a guess of theirs"}}).status(http.StatusUnprocessableEntity).
				reads("form", "not the password")
		}
		h.nobody().post(path, url.Values{"password": {"a good long password"}}).status(http.StatusUnprocessableEntity).
			reads("form", "Too many tries")
	})

	t.Run("a new password by a link ends all that the old one opened", func(t *testing.T) {
		h := setup(t)
		h.withPassword(h.agent, "a good long password")
		add := func() string {
			s := auth.NewSecret()
			if err := h.q.InsertPasswordReset(t.Context(), db.InsertPasswordResetParams{
				TokenHash: s.Hash,
				UserID:    h.agent.ID,
				ExpiresAt: time.Now().Add(time.Hour),
			}); err != nil {
				t.Fatal(err)
			}
			return "/password-resets/" + s.Token
		}
		first, second, until := add(), add(), time.Now().Add(time.Hour)
		session := auth.NewSecret()
		if _, err := h.q.InsertAccessToken(t.Context(), db.InsertAccessTokenParams{
			TokenHash: session.Hash,
			Kind:      db.TokenKindUser,
			UserID:    &h.agent.ID,
			Hint:      session.Hint,
			ExpiresAt: &until,
		}); err != nil {
			t.Fatal(err)
		}
		h.nobody().post(first, url.Values{"password": {"another long password"}}).status(http.StatusSeeOther)
		h.nobody().get(second).status(http.StatusNotFound)
		if _, err := h.q.Authenticate(t.Context(), 0, session.Hash); !db.IsNone(err) {
			t.Errorf("the sign-in of a program: %v", err)
		}
	})

	t.Run("an invitation goes by mail, too, where there is a mail server", func(t *testing.T) {
		h := setup(t)
		h.app.desk = h.app.desk.WithMail()
		got := h.as(h.admin).postAndOpen(link.Settings(h.account.ID, "members"), url.Values{
			"name": {"Lotte Brandt"}, "email": {"Lotte@Kestrel.example"}, "role": {"agent"},
		})
		got.reads(".once", "by mail to lotte@kestrel.example")
		address, _ := got.page.Find("#once").Attr("value")
		var l db.OutgoingMail
		err := h.pool.QueryRow(t.Context(), "SELECT kind, recipient, secret FROM outgoing_mails").Scan(&l.Kind, &l.Recipient, &l.Secret)
		if err != nil || l.Kind != db.OutgoingMailKindInvitation || l.Recipient != "lotte@kestrel.example" ||
			!strings.HasSuffix(address, string(l.Secret)) || l.Secret == "" {
			t.Errorf("letter %+v, %v", l, err)
		}
	})

	t.Run("an invitation whose mail was given up says so, and gets another link; the one before has ended", func(t *testing.T) {
		h := setup(t)
		h.app.desk = h.app.desk.WithMail()
		members := link.Settings(h.account.ID, "members")
		linkOf := func(s *seen) string {
			_, path, _ := strings.Cut(s.attr("#once", "value"), "/invitations/")
			return "/invitations/" + path
		}
		old := linkOf(h.as(h.admin).postAndOpen(members, url.Values{
			"name": {"Lotte Brandt"}, "email": {"lotte@kestrel.example"}, "role": {"agent"},
		}))
		h.as(h.admin).get(members).has("table .field-error", 0).has("form[action$='/link']", 0)
		if _, err := h.pool.Exec(
			t.Context(),
			"UPDATE outgoing_mails SET state = 'failed', last_error = 'The mail server refused it: no such user'",
		); err != nil {
			t.Fatal(err)
		}
		page := h.as(h.admin).get(members).reads("table .field-error", "The mail was not taken: The mail server refused it: no such user")
		renewed := h.as(h.admin).postAndOpen(page.attr("form[action$='/link']", "action"), nil)
		h.nobody().get(old).status(http.StatusNotFound)
		h.nobody().get(linkOf(renewed)).status(200).reads("h1", "Join")
	})

	t.Run("an agent without a password, invited by a program, is marked if the mail failed", func(t *testing.T) {
		h := setup(t)
		members := link.Settings(h.account.ID, "members")
		do := func(query string, args ...any) {
			if _, err := h.pool.Exec(t.Context(), query, args...); err != nil {
				t.Fatal(err)
			}
		}
		do(
			`INSERT INTO outgoing_mails (account_id, kind, recipient, state, last_error, next_try_at, give_up_at)
			VALUES ($1, 'invitation', $2, 'failed', 'No such user', now(), now())`,
			h.account.ID, h.agent.Email,
		)
		do("UPDATE users SET password_hash = 'x' WHERE id = $1", h.agent.ID)
		h.as(h.admin).get(members).has("table .field-error", 0)
		do("UPDATE users SET password_hash = NULL WHERE id = $1", h.agent.ID)
		h.as(h.admin).get(members).reads("#member-"+formatID(h.agent.ID), "The mail was not taken: No such user")
	})

	t.Run("what is wrong with an invitation is said at its field, and what was typed stays", func(t *testing.T) {
		h := setup(t)
		members := link.Settings(h.account.ID, "members")
		got := h.as(h.admin).post(members, url.Values{"name": {"Lotte"}, "email": {"lotte@"}}).status(http.StatusUnprocessableEntity)
		got.has("dialog#invite[open]", 1).reads("#invite-email-more", "An address looks like")
		if v, _ := got.page.Find("#invite-name").Attr("value"); v != "Lotte" {
			t.Errorf("the name is %q", v)
		}
		h.as(h.admin).post(members, url.Values{"name": {"Ann"}, "email": {h.agent.Email}}).
			status(http.StatusUnprocessableEntity).reads("#invite-email-more", "member already")
	})

	t.Run("deactivating ends sessions and tokens at once, and activating again lets in", func(t *testing.T) {
		h := setup(t)
		b, token := h.as(h.agent), dbtest.Token(t, h.pool, h.agent)
		b.get(link.Conversations(h.account.ID)).status(200)
		one := link.Setting(h.account.ID, "members", h.agent.ID)
		h.as(h.admin).post(one+"/deactivation", nil).status(http.StatusSeeOther)
		if code := b.get(link.Conversations(h.account.ID)).Code; code == 200 {
			t.Error("the session goes on")
		}
		var tokens int
		if err := h.pool.QueryRow(t.Context(), "SELECT count(*) FROM access_tokens WHERE user_id = $1", h.agent.ID).
			Scan(&tokens); err != nil || tokens != 0 {
			t.Errorf("%d tokens are left of %.4s…, %v", tokens, token, err)
		}
		h.as(h.admin).get(link.Settings(h.account.ID, "members")).reads("#member-"+formatID(h.agent.ID), "Deactivated")
		h.as(h.admin).post(one+"/reactivation", nil).status(http.StatusSeeOther)
		h.as(h.agent).get(link.Conversations(h.account.ID)).status(200)
	})

	t.Run("nobody deactivates themselves or makes the last administrator an agent", func(t *testing.T) {
		h := setup(t)
		one := link.Setting(h.account.ID, "members", h.admin.ID)
		h.as(h.admin).post(one+"/deactivation", nil).status(http.StatusUnprocessableEntity)
		h.as(h.admin).post(one, url.Values{"role": {"agent"}}).status(http.StatusUnprocessableEntity).reads("main", "last administrator")
	})

	t.Run("a reset link gives a new password once and ends the other sessions", func(t *testing.T) {
		h := setup(t)
		old := h.as(h.agent)
		got := h.as(h.admin).postAndOpen(link.SettingAct(h.account.ID, "members", h.agent.ID, link.PasswordLink), nil)
		address, _ := got.page.Find("#once").Attr("value")
		_, token, _ := strings.Cut(address, "/password-resets/")
		path := "/password-resets/" + token
		b := h.nobody()
		b.get(path).status(200)
		b.post(path, url.Values{"password": {"a new long password"}}).status(http.StatusSeeOther)
		b.get(link.Conversations(h.account.ID)).status(200)
		if old.get(link.Conversations(h.account.ID)).Code == 200 {
			t.Error("the old session goes on")
		}
		h.nobody().get(path).status(http.StatusNotFound)
	})
}
