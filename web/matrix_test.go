package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
)

// Who may ask for what: every route has a row here, or the test fails. A row says what each kind of visitor gets on
// an object of the account; on one of another account, and signed in elsewhere, nobody gets anything.
//
//	open    whoever comes
//	member  members of the account
//	sees    members who see the conversation
//	admin   administrators of the account
type access string

const (
	open   access = "open"
	member access = "member"
	sees   access = "sees"
	admin  access = "admin"
)

// matrix is the table. Routes of settings, contacts and people's own pages add theirs in settingsMatrix.
func matrix() map[string]access {
	all := map[string]access{
		"GET /static/*": open, "HEAD /static/*": open, "GET /favicon.ico": open, "GET /.well-known/security.txt": open,
		"GET /files/:key/thumb": open, "GET /files/:key/:name": open, "GET /avatars/:hash": open, "GET /avatars/:hash/:name": open,
		"GET /": open, "GET /setup": open, "POST /setup": open, "GET /login": open, "POST /login": open, "POST /logout": open,
		"GET /app/login": open, "GET /app/*": open, "GET /survey/responses/:survey": open, "POST /survey/responses/:survey": open,

		"GET /accounts/:account": member, "GET /accounts/:account/live": member, "GET /accounts/:account/search": member,
		"GET /accounts/:account/notifications": member, "POST /accounts/:account/notifications/reading": member,
		"GET /accounts/:account/notifications/:id": member,
		"GET /accounts/:account/conversations":     member, "GET /accounts/:account/canned": member,
		"GET /accounts/:account/conversations/new": member, "POST /accounts/:account/conversations": member,
		"GET /accounts/:account/conversations/bulk": member, "POST /accounts/:account/conversations/bulk": member,
		"POST /accounts/:account/conversations/undo": member,
		"POST /accounts/:account/uploads":            member, "DELETE /accounts/:account/uploads/:key": member,

		"GET /accounts/:account/conversations/:conversation":                                sees,
		"GET /accounts/:account/conversations/:conversation/thread":                         sees,
		"GET /accounts/:account/conversations/:conversation/head":                           sees,
		"GET /accounts/:account/conversations/:conversation/details":                        sees,
		"GET /accounts/:account/conversations/:conversation/people":                         sees,
		"GET /accounts/:account/conversations/:conversation/writers":                        sees,
		"POST /accounts/:account/conversations/:conversation/writers":                       sees,
		"POST /accounts/:account/conversations/:conversation/messages":                      sees,
		"POST /accounts/:account/conversations/:conversation/messages/:message/retry":       sees,
		"POST /accounts/:account/conversations/:conversation/messages/:message/deletion":    sees,
		"POST /accounts/:account/conversations/:conversation/messages/:message/restoration": sees,
		"POST /accounts/:account/conversations/:conversation/messages/:message/translation": sees,
		"GET /accounts/:account/conversations/:conversation/messages/:message/mail":         sees,
		"PUT /accounts/:account/conversations/:conversation/draft":                          sees,
		"POST /accounts/:account/conversations/:conversation/reading":                       sees,
		"POST /accounts/:account/conversations/:conversation/unreading":                     sees,
		"POST /accounts/:account/conversations/:conversation/status":                        sees,
		"POST /accounts/:account/conversations/:conversation/assignee":                      sees,
		"POST /accounts/:account/conversations/:conversation/team":                          sees,
		"POST /accounts/:account/conversations/:conversation/priority":                      sees,
		"POST /accounts/:account/conversations/:conversation/labels":                        sees,
		"POST /accounts/:account/conversations/:conversation/macros":                        sees,
		"POST /accounts/:account/conversations/:conversation/attributes":                    sees,
	}
	for route, who := range settingsMatrix() {
		all[route] = who
	}
	return all
}

func TestMatrix(t *testing.T) {
	t.Parallel()
	h := setup(t)
	c := h.conversation("Matrix", "Hello")
	m := h.messages(c)[0].Message
	outsider := dbtest.Agent(t, h.pool, h.account, "Ota Outsider")
	elsewhere := dbtest.Account(t, h.pool, "Elsewhere")
	stranger := dbtest.Admin(t, h.pool, elsewhere, "Sten Stranger")

	table, listed := matrix(), map[string]bool{}
	for _, r := range h.echo.Routes() {
		if r.Method == "echo_route_not_found" {
			continue
		}
		key := r.Method + " " + r.Path
		listed[key] = true
		who, ok := table[key]
		if !ok {
			t.Errorf("%s: no row in the matrix says who may ask for it", key)
			continue
		}
		if who == open || !strings.HasPrefix(r.Path, "/accounts/:account") {
			continue
		}
		path := strings.NewReplacer(
			":account", formatID(h.account.ID), ":conversation", formatID(c.DisplayID), ":message", formatID(m.ID), ":key",
			"none", ":id", "1",
		).Replace(r.Path)
		ask := func(b *browser) int {
			if r.Path == "/accounts/:account/live" {
				return 0 // a line does not end by itself; TestEvents asks
			}
			return b.do(r.Method, path, "application/x-www-form-urlencoded", strings.NewReader(url.Values{}.Encode())).Code
		}
		refused := []int{http.StatusNotFound, http.StatusForbidden}
		check := func(whose string, code int, allowed bool) {
			if code == 0 {
				return
			}
			if !allowed && !slices.Contains(refused, code) {
				t.Errorf("%s: %s gets %d", key, whose, code)
			}
			if allowed && code == http.StatusForbidden {
				t.Errorf("%s: %s is refused", key, whose)
			}
			if code >= http.StatusInternalServerError {
				t.Errorf("%s: %s breaks it: %d", key, whose, code)
			}
		}
		if code := ask(h.nobody()); code != 0 && code != http.StatusSeeOther && code != http.StatusUnauthorized {
			t.Errorf("%s: nobody gets %d", key, code)
		}
		check("an administrator of another account", ask(h.as(stranger)), false)
		check("an agent of another inbox", ask(h.as(outsider)), who == member)
		// Taking back what the customer said is for administrators.
		if strings.HasSuffix(r.Path, "/deletion") || strings.HasSuffix(r.Path, "/restoration") {
			check("an agent", ask(h.as(h.agent)), false)
		} else {
			check("an agent", ask(h.as(h.agent)), who != admin)
		}
		check("an administrator", ask(h.as(h.admin)), true)
	}
	for key := range table {
		if !listed[key] {
			t.Errorf("%s: a row for a route that is not there", key)
		}
	}
	if got := dbtest.Reload(t, h.pool, c); got.Status != db.ConversationStatusOpen {
		t.Errorf("an empty form changed the status to %s", got.Status)
	}
}
