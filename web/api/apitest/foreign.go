package apitest

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/web/api"
)

// foreignMark is in the name of everything that Foreign has in the other account.
const foreignMark = "zephyrine"

// Borrowed tests, for every route of the table, that what belongs to others opens nothing: an Idempotency-Key of another
// token, a cursor of another account or one that was changed, an id of another account in a query or a body. caller is one
// who may call all routes; rows are those of the authorization matrix. taken names the bodies that are taken with foreign
// ids, as "METHOD path {name}", each with the reason.
func Borrowed(
	t *testing.T, mount func(*echo.Echo, *api.API), table func(*api.API) []api.Route, caller Caller, rows map[string]Row,
	taken map[string]string, change ...func(*Server),
) {
	b := New(t, mount)
	for _, fn := range change {
		fn(b)
	}
	b.Careless = true
	for _, r := range table(b.API) {
		name := r.Method + " " + r.Path
		row := rows[name]
		if r.Policy == api.Public || r.Policy == api.Platform {
			continue // without a token; their own tests ask for them
		}
		t.Run(name, func(t *testing.T) {
			ready := func() *Fixture {
				w := NewFixture(t, b)
				if row.Make != nil {
					row.Make(t, w)
				}
				return w
			}
			if r.Method != http.MethodGet {
				ready().keyOfAnother(t, r, row, caller)
			} else if op := operation(r); op != nil && op.Parameters.GetByInAndName("query", "cursor") != nil {
				ready().cursorOfAnother(t, r, row, caller)
			}
			for _, id := range []string{"inbox", "contact", "team", "user", "bot", "message"} {
				if strings.Contains(row.Query+row.Body, "{"+id+"}") {
					ready().idOfAnother(t, r, row, caller, id, taken[name+" {"+id+"}"])
				}
			}
		})
	}
	known := map[string]bool{}
	for _, r := range table(b.API) {
		known[r.Method+" "+r.Path] = true
	}
	for name := range taken {
		if route, _, _ := strings.Cut(name, " {"); !known[route] {
			t.Errorf("%s is taken, but there is no such route", name)
		}
	}
}

// keyOfAnother sends a write, and then the same with the same key as others. Nobody else gets the first answer.
func (f *Fixture) keyOfAnother(t *testing.T, r api.Route, row Row, caller Caller) {
	t.Helper()
	send := func(by Caller, query string) Answer {
		return f.Do(t, by, r.Method, r.Path+query, row.Body, "Idempotency-Key", "3f6c")
	}
	first := send(caller, row.Query)
	if first.Code >= 300 {
		return
	}
	for _, other := range []Caller{Nobody, Garbage, Foreign, Bot, Outside, Inside, Admin, Key} {
		if f.Tokens[other] == f.Tokens[caller] {
			continue
		}
		if got := send(other, row.Query); got.Header().Get("Idempotency-Replayed") != "" || got.Code >= 500 {
			t.Errorf("with the key of %s, %s gets %d %s", caller, other, got.Code, got.Body)
		}
	}
	query := "?changed=1"
	if strings.Contains(row.Query, "?") {
		query = row.Query + "&changed=1"
	}
	if got := send(caller, query); got.Header().Get("Idempotency-Replayed") != "" {
		t.Errorf("the same key with another query: %d %s", got.Code, got.Body)
	}
}

// cursorOfAnother uses a list's cursor in another account, and the list with cursors that were made up or changed. Each is
// refused, or shows rows of the reader's own list.
func (f *Fixture) cursorOfAnother(t *testing.T, r api.Route, row Row, caller Caller) {
	t.Helper()
	path, glue := r.Path+row.Query, "?"
	if strings.Contains(path, "?") {
		glue = "&"
	}
	answer := f.Do(t, caller, "GET", path, "")
	if answer.Code != 200 {
		return
	}
	all := items(t, answer)
	own, _ := api.EncodeCursor("", 0)
	if link, ok := strings.CutPrefix(f.Do(t, caller, "GET", path+glue+"limit=1", "").Header().Get("Link"), "<"+BaseURL); ok {
		next, _, _ := strings.Cut(link, ">")
		if u, err := url.Parse(next); err == nil {
			own = u.Query().Get("cursor")
		}
	}
	cursors := changedCursors(own)
	for _, cursor := range cursors {
		got := f.Do(t, caller, "GET", path+glue+"cursor="+url.QueryEscape(cursor), "")
		if got.Code >= 500 {
			t.Errorf("the cursor %s: %d %s", cursor, got.Code, got.Body)
		}
		if got.Code != 200 {
			continue
		}
		for _, id := range items(t, got) {
			if !slices.Contains(all, id) {
				t.Errorf("the cursor %s shows %s, which is not in the list", cursor, id)
			}
		}
	}
	if account := "/accounts/:account/"; strings.Contains(path, account) {
		elsewhere := strings.Replace(path, account, "/accounts/"+strconv.FormatInt(f.Other.ID, 10)+"/", 1)
		got := f.Do(t, Foreign, "GET", elsewhere+glue+"cursor="+url.QueryEscape(own), "")
		if got.Code >= 500 || strings.Contains(got.Body.String(), "Ada Marsh") {
			t.Errorf("a cursor in another account: %d %s", got.Code, got.Body)
		}
	}
}

// changedCursors are the cursor of a place, those of other lists, and broken ones.
func changedCursors(own string) (all []string) {
	raw, _ := base64.RawURLEncoding.DecodeString(own)
	for _, text := range []string{
		`[]`, `[1]`, `["",1]`, `["a",1]`, `[1,1]`, `["2026-01-01T00:00:00Z",1]`, `["newest",{"ID":1}]`, `[null]`, `[null,null]`,
		`[-1]`, `["",-1]`, `[9223372036854775807]`, `["",9223372036854775807]`, `["\u0000",1]`, `[{}]`, `[[]]`, `{}`, `null`, `1`,
		`["'; DROP TABLE accounts; --",1]`, strings.ReplaceAll(string(raw), "1", "999999"), strings.ReplaceAll(string(raw), `"`, `'`),
		strings.ToUpper(string(raw)), string(raw) + " ", strings.Replace(string(raw), "[", "[null,", 1),
		strings.ReplaceAll(string(raw), "2", "-2"),
	} {
		all = append(all, base64.RawURLEncoding.EncodeToString([]byte(text)))
	}
	return append(all, own, own+"A", own+"=", own[:len(own)/2], "%", strings.Repeat("A", 4000))
}

// idOfAnother sends an id of another account where one of the caller's is meant. It is refused unless taken says why not,
// and in no case is something of the other account told.
func (f *Fixture) idOfAnother(t *testing.T, r api.Route, row Row, caller Caller, id, taken string) {
	t.Helper()
	other := NewFixture(t, f.Server)
	other.mark(t)
	in := func(s string) string { return strings.ReplaceAll(s, "{"+id+"}", other.Vars[id]) }
	got := f.Do(t, caller, r.Method, r.Path+in(row.Query), in(row.Body))
	if got.Code >= 500 || strings.Contains(strings.ToLower(got.Body.String()), foreignMark) {
		t.Errorf("with %s of another account: %d %s", id, got.Code, got.Body)
	}
	if got.Code < 300 && taken == "" {
		t.Errorf("with %s of another account it is taken: %d %s", id, got.Code, got.Body)
	}
	if got.Code >= 400 && taken != "" {
		t.Errorf("with %s of another account it is refused: %d %s", id, got.Code, got.Body)
	}
}

// mark writes foreignMark into what the account shows of itself.
func (f *Fixture) mark(t *testing.T) {
	t.Helper()
	for _, change := range []string{
		`UPDATE inboxes SET name = name || ' zephyrine' WHERE account_id = $1`,
		`UPDATE contacts SET name = name || ' zephyrine' WHERE account_id = $1`,
		`UPDATE teams SET name = name || ' zephyrine' WHERE account_id = $1`,
		`UPDATE agent_bots SET name = name || ' zephyrine' WHERE account_id = $1`,
		`UPDATE messages SET content = content || ' zephyrine' WHERE account_id = $1`,
		`UPDATE users SET name = name || ' zephyrine' WHERE id IN (SELECT user_id FROM memberships WHERE account_id = $1)`,
	} {
		if _, err := f.Server.Pool.Exec(t.Context(), change, f.Account.ID); err != nil {
			t.Fatal(err)
		}
	}
}
