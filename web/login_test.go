package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/link"
)

// password gives a user one.
func (h *fixture) password(u db.User, password string) {
	h.Helper()
	hash, err := h.app.passwords.Hash(h.Context(), password)
	if err != nil {
		h.Fatal(err)
	}
	if _, err := h.pool.Exec(context.Background(), "UPDATE users SET password_hash = $1 WHERE id = $2", hash, u.ID); err != nil {
		h.Fatal(err)
	}
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.password(h.agent, "correct horse")
	if _, err := h.pool.Exec(t.Context(), "UPDATE installation SET set_up_at = now()"); err != nil {
		t.Fatal(err)
	}
	credentials := func(email, password string) url.Values {
		return url.Values{"email": {email}, "password": {password}, "next": {"/accounts/1/search"}}
	}

	t.Run("the right password leads on, and the cookie is no token of the table", func(t *testing.T) {
		h := h.in(t)
		b := h.nobody()
		b.get("/login").status(200).has(`input[type=email]`, 1).has(`button:contains("Sign in")`, 1)
		b.post("/login", credentials(strings.ToUpper(h.agent.Email), "correct horse")).to("/accounts/1/search")
		if b.cookies[sessionCookie] == "" {
			t.Fatal("no cookie")
		}
		var rows int
		err := h.pool.QueryRow(
			t.Context(), "SELECT count(*) FROM sessions WHERE user_id = $1 AND token_hash <> convert_to($2, 'UTF8')",
			h.agent.ID, b.cookies[sessionCookie],
		).Scan(&rows)
		if err != nil || rows != 1 {
			t.Fatalf("%d sessions of the user, %v", rows, err)
		}
		b.get("/").to("/accounts/" + formatID(h.account.ID) + "/conversations")
		b.post("/logout", nil).to("/login")
		b.get("/accounts/1/conversations").to("/login?next=%2Faccounts%2F1%2Fconversations")
	})

	t.Run("a stranger, a wrong password and a deactivated member hear the same", func(t *testing.T) {
		h := h.in(t)
		gone := h.admin
		h.password(gone, "correct horse")
		if _, err := h.pool.Exec(t.Context(), "UPDATE memberships SET deactivated_at = now() WHERE user_id = $1", gone.ID); err != nil {
			t.Fatal(err)
		}
		var answers []string
		for _, c := range []url.Values{
			credentials("nobody@example.org", "x"), credentials(h.agent.Email, "wrong"),
			credentials(gone.Email, "correct horse"),
		} {
			got := h.nobody().post("/login", c).status(http.StatusUnprocessableEntity)
			answers = append(answers, got.text(`[role=alert]`))
		}
		if answers[0] != answers[1] || answers[1] != answers[2] || answers[0] == "" {
			t.Fatalf("answers differ: %q", answers)
		}
	})

	t.Run("too many tries are refused, even with the right password", func(t *testing.T) {
		h := h.in(t)
		email := h.agent.Email
		// In the next window, too: it may begin at any moment.
		for _, at := range []time.Time{h.app.now(), h.app.now().Add(15 * time.Minute)} {
			for range 10 {
				if _, err := auth.Try(t.Context(), h.q, at, email, "192.0.2.1"); err != nil {
					t.Fatal(err)
				}
			}
		}
		got := h.nobody().post("/login", credentials(email, "correct horse")).status(http.StatusTooManyRequests)
		if got.Header().Get("Retry-After") == "" {
			t.Fatal("does not say when to come back")
		}
	})

	t.Run("next never leads to another site", func(t *testing.T) {
		for _, next := range []string{"//evil.example", "https://evil.example", `/\evil.example`, "javascript:alert(1)", ""} {
			if got := inner(next); got != "/" {
				t.Errorf("inner(%q) = %q", next, got)
			}
		}
	})
}

func TestLoginLink(t *testing.T) {
	t.Parallel()
	h := setup(t)
	nowhere, err := h.q.InsertUser(t.Context(), db.InsertUserParams{Name: "Nils Nowhere", Email: "nils@example.org"})
	if err != nil {
		t.Fatal(err)
	}
	path := func(u db.User) string {
		s := auth.NewSecret()
		if err := h.q.InsertLoginLink(t.Context(), db.InsertLoginLinkParams{
			TokenHash: s.Hash,
			UserID:    u.ID,
			ExpiresAt: time.Now().Add(time.Minute),
		}); err != nil {
			t.Fatal(err)
		}
		return link.LoginLink(u.Email, s.Token)
	}
	own := path(h.agent)
	b := h.nobody()
	b.get(own).to("/")
	b.get(link.Conversations(h.account.ID)).status(http.StatusOK)
	h.nobody().get(own).status(http.StatusNotFound)
	h.nobody().get(strings.Replace(path(h.agent), "email=", "email=x", 1)).status(http.StatusNotFound)
	h.nobody().get("/app/login").to("/login")
	c := h.conversation("Linked", "Hello")
	page := link.Conversation(h.account.ID, c.DisplayID)
	b.get("/app" + page).to(page)
	h.nobody().get("/app/").to("/")

	// It leads nowhere yet, and is not spent by that.
	later := path(nowhere)
	h.nobody().get(later).status(http.StatusNotFound)
	if _, err := h.q.InsertMembership(t.Context(), db.InsertMembershipParams{
		AccountID: h.account.ID,
		UserID:    nowhere.ID,
		Role:      db.RoleAgent,
	}); err != nil {
		t.Fatal(err)
	}
	h.nobody().get(later).to("/")
}

func TestSessionEnds(t *testing.T) {
	t.Parallel()
	h := setup(t)
	b := h.as(h.agent)
	page := "/accounts/" + formatID(h.account.ID) + "/conversations"
	b.get(page).status(200)
	if err := h.q.DeleteUserSessions(t.Context(), h.agent.ID); err != nil {
		t.Fatal(err)
	}
	b.get(page).status(http.StatusSeeOther)

	b = h.as(h.agent)
	if _, err := h.pool.Exec(t.Context(), "UPDATE memberships SET deactivated_at = now() WHERE user_id = $1", h.agent.ID); err != nil {
		t.Fatal(err)
	}
	b.get(page).status(http.StatusNotFound)
}
