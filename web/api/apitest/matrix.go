package apitest

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/web/api"
)

// Caller is a column of the authorization matrix.
type Caller string

// The callers.
const (
	Nobody  Caller = "no token"
	Garbage Caller = "garbage token"
	Foreign Caller = "administrator of another account"
	// Astray uses ids of the fixture's account in paths of the caller's own account.
	Astray  Caller = "administrator of another account, by its own path"
	Bot     Caller = "bot"
	Outside Caller = "agent outside the inbox"
	Inside  Caller = "agent inside the inbox"
	Admin   Caller = "administrator"
	Key     Caller = "account key"
)

// Row is a route in the matrix: what to send, and the status for an allowed caller.
type Row struct {
	// Make adds what the route needs and the fixture does not have. It may set w.Vars.
	Make func(t testing.TB, w *Fixture)
	// Query and Body are sent. w.Vars fills {name} in them, and :name in the route's path.
	Query string
	Body  string
	// Want is the status for an allowed caller; 0 is 200.
	Want int
	// Hidden reports whether an agent outside the inbox gets 404.
	Hidden bool
	// But are the statuses that do not follow from policy, Want and Hidden.
	But map[Caller]int
}

// Fixture is an account with one conversation, inbox, contact and so on, and a token for each caller.
type Fixture struct {
	Server       *Server
	Account      db.Account
	Other        db.Account
	Inbox        db.Inbox
	Contact      db.Contact
	Conversation db.Conversation
	Message      db.Message
	Team         db.Team
	Admin        db.User
	Agent        db.User
	Outside      db.User
	BotID        int64
	Tokens       map[Caller]string
	// Vars fills paths and bodies: account, conversation, message, inbox, contact, team, user, bot, source.
	Vars map[string]string
}

// NewFixture adds a fixture to the server's database.
func NewFixture(t testing.TB, b *Server) *Fixture {
	t.Helper()
	ctx, q := context.Background(), db.New(b.Pool)
	w := &Fixture{Server: b, Account: dbtest.Account(t, b.Pool, "Example Srl"), Tokens: map[Caller]string{Garbage: "garbage"}}
	w.Inbox = dbtest.Inbox(t, b.Pool, w.Account, "Shop")
	elsewhere := dbtest.Inbox(t, b.Pool, w.Account, "Elsewhere")
	w.Admin = dbtest.Admin(t, b.Pool, w.Account, "Noor Idris")
	w.Agent = dbtest.Agent(t, b.Pool, w.Account, "Ann Agent", w.Inbox)
	w.Outside = dbtest.Agent(t, b.Pool, w.Account, "Otto Outside", elsewhere)
	w.Other = dbtest.Account(t, b.Pool, "Other Ltd")
	stranger := dbtest.Admin(t, b.Pool, w.Other, "Sam Stranger")
	w.Team = dbtest.Team(t, b.Pool, w.Account, "billing", w.Agent)
	w.Contact = dbtest.Contact(t, b.Pool, w.Account, "Ada Marsh")
	w.Conversation = dbtest.ConversationWith(t, b.Pool, w.Inbox, w.Contact, "Parcel")
	w.Message = dbtest.Message(t, b.Pool, w.Conversation, "Where is my parcel?")
	w.Conversation = dbtest.Reload(t, b.Pool, w.Conversation)
	for caller, u := range map[Caller]db.User{Foreign: stranger, Outside: w.Outside, Inside: w.Agent, Admin: w.Admin} {
		w.Tokens[caller] = dbtest.Token(t, b.Pool, u)
	}
	w.Tokens[Astray] = w.Tokens[Foreign]
	w.BotID, w.Tokens[Bot] = newBot(t, b.Pool, w.Account.ID)
	key := auth.NewSecret()
	_, err := q.InsertAccessToken(ctx, db.InsertAccessTokenParams{
		TokenHash: key.Hash,
		Kind:      db.TokenKindAccount,
		AccountID: &w.Account.ID,
		Name:      "Key",
		Hint:      key.Hint,
	})
	if err != nil {
		t.Fatal(err)
	}
	w.Tokens[Key] = key.Token
	id := func(n int64) string { return strconv.FormatInt(n, 10) }
	ci, err := q.GetContactInbox(ctx, w.Account.ID, w.Conversation.ContactInboxID)
	if err != nil {
		t.Fatal(err)
	}
	w.Vars = map[string]string{
		"account":      id(w.Account.ID),
		"conversation": id(w.Conversation.DisplayID),
		"message":      id(w.Message.ID),
		"inbox":        id(w.Inbox.ID),
		"contact":      id(w.Contact.ID),
		"team":         id(w.Team.ID),
		"user":         id(w.Agent.ID),
		"bot":          id(w.BotID),
		"source":       ci.SourceID,
		"identifier":   w.Inbox.Identifier,
	}
	return w
}

// newBot adds a bot with a token.
func newBot(t testing.TB, pool *pgxpool.Pool, accountID int64) (int64, string) {
	t.Helper()
	var id int64
	s := auth.NewSecret()
	const insert = `INSERT INTO agent_bots (account_id, name, secret) VALUES ($1, 'Robin Bot', 'x') RETURNING id`
	err := pool.QueryRow(context.Background(), insert, accountID).Scan(&id)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.New(pool).InsertAccessToken(context.Background(), db.InsertAccessTokenParams{
		TokenHash: s.Hash,
		Kind:      db.TokenKindBot,
		AccountID: &accountID,
		BotID:     &id,
		Name:      "Bot",
		Hint:      s.Hint,
	})
	if err != nil {
		t.Fatal(err)
	}
	return id, s.Token
}

// Do sends a request as one of the callers, with path and body filled by Fill.
func (f *Fixture) Do(t testing.TB, caller Caller, method, path, body string, headers ...string) Answer {
	t.Helper()
	var v any
	if body != "" {
		v = f.Fill(body)
	}
	return f.Server.Do(t, f.Tokens[caller], method, f.Fill(path), v, headers...)
}

// AddNotifications gives a user this many notifications, in place of those they have: the last one of the
// conversation, which is w.Vars["notification"], and the others each of a conversation of its own.
func (f *Fixture) AddNotifications(t testing.TB, userID int64, n int) {
	t.Helper()
	if _, err := f.Server.Pool.Exec(t.Context(), "DELETE FROM notifications WHERE user_id = $1", userID); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		about := f.Conversation
		if i < n-1 {
			about = dbtest.Conversation(t, f.Server.Pool, f.Inbox, fmt.Sprint("Another matter ", i))
		}
		var id int64
		err := f.Server.Pool.QueryRow(t.Context(), `
			INSERT INTO notifications (account_id, user_id, kind, conversation_id, event_id, actor_kind, actor_id, last_activity_at)
			VALUES ($1, $2, 'conversation_assignment', $3, $4::bigint, 'user', $5, now() + $4::bigint * interval '1 second') RETURNING id`,
			f.Account.ID, userID, about.ID, i+1, f.Admin.ID).Scan(&id)
		if err != nil {
			t.Fatal(err)
		}
		f.Vars["notification"] = strconv.FormatInt(id, 10)
	}
}

// Fill replaces {name}, and :name in a path, by the values of w.Vars.
func (f *Fixture) Fill(s string) string {
	for name, value := range f.Vars {
		s = strings.ReplaceAll(s, "{"+name+"}", value)
		s = regexp.MustCompile(`/:`+name+`(/|$|\?)`).ReplaceAllString(s, "/"+value+"$1")
	}
	return s
}

// Refusals are the statuses with which a dialect refuses callers.
type Refusals struct{ NotMember, NotAllowed int }

// Matrix calls every route of the table as every caller and compares the status with what the policy promises. It fails
// for a route without a row and a row without a route. The keys of rows are "METHOD path", as in the table. Before that,
// change may change the server, such as Sign for a dialect with another header.
func Matrix(
	t *testing.T, mount func(*echo.Echo, *api.API), table func(*api.API) []api.Route, refused Refusals,
	rows map[string]Row, change ...func(*Server),
) {
	b := New(t, mount)
	for _, fn := range change {
		fn(b)
	}
	known := map[string]bool{}
	for _, r := range table(b.API) {
		name := r.Method + " " + r.Path
		known[name] = true
		row, ok := rows[name]
		if !ok {
			t.Errorf("%s has no row in the authorization matrix", name)
			continue
		}
		t.Run(name, func(t *testing.T) {
			for _, caller := range []Caller{Nobody, Garbage, Foreign, Astray, Bot, Outside, Inside, Admin, Key} {
				want := expected(r, caller, row, refused)
				if want == 0 {
					continue
				}
				w := NewFixture(t, b)
				if row.Make != nil {
					row.Make(t, w)
				}
				if caller == Astray {
					w.Vars["account"] = strconv.FormatInt(w.Other.ID, 10)
				}
				got := w.Do(t, caller, r.Method, r.Path+row.Query, row.Body)
				if got.Code != want {
					t.Errorf("%s: status %d, want %d: %s", caller, got.Code, want, got.Body)
				}
			}
		})
	}
	for name := range rows {
		if !known[name] {
			t.Errorf("the matrix has a row for %s, but there is no such route", name)
		}
	}
}

// expected returns the status that policy and row promise to a caller; 0 if they promise nothing.
func expected(r api.Route, c Caller, row Row, refused Refusals) int {
	p := r.Policy
	if n, ok := row.But[c]; ok {
		return n
	}
	good := row.Want
	if good == 0 {
		good = http.StatusOK
	}
	if p == api.Public {
		if c == Nobody {
			return good
		}
		return 0
	}
	if p == api.Platform {
		if c == Nobody || c == Garbage || c == Admin || c == Bot {
			return http.StatusUnauthorized
		}
		return 0
	}
	switch c {
	case Astray:
		if _, things, ok := strings.Cut(r.Path, "/:account/"); ok && strings.Contains(things, ":") {
			return http.StatusNotFound
		}
		return 0
	case Nobody, Garbage:
		return http.StatusUnauthorized
	case Foreign:
		if p == api.User {
			return good
		}
		return refused.NotMember
	case Bot:
		if p == api.MemberOrBot {
			return good
		}
		return http.StatusUnauthorized
	case Key:
		if p == api.Key {
			return good
		}
		return http.StatusUnauthorized
	case Outside, Inside:
		if p == api.Admin {
			return refused.NotAllowed
		}
		if c == Outside && row.Hidden {
			return http.StatusNotFound
		}
	}
	return good
}

// Each returns the same row for several routes.
func Each(row Row, routes ...string) map[string]Row {
	rows := map[string]Row{}
	for _, r := range routes {
		rows[r] = row
	}
	return rows
}

// Join returns the rows of several resources together. It fails the test if two have the same route.
func Join(t testing.TB, all ...map[string]Row) map[string]Row {
	rows := map[string]Row{}
	for _, some := range all {
		for name, row := range some {
			if _, twice := rows[name]; twice && t != nil {
				t.Error(fmt.Errorf("%s is in the matrix twice", name))
			}
			rows[name] = row
		}
	}
	return rows
}
