package apitest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/web/api"
)

// Conventions tests that every route of a dialect does what all routes promise: Idempotency-Key on writes, limit, cursor
// and Link on lists, ETag and 304 on single resources, request ids, rate limits.
type Conventions struct {
	Mount func(*echo.Echo, *api.API)
	Table func(*api.API) []api.Route
	// Sign puts a token into a request; nil sets Chatwoot's header.
	Sign func(h http.Header, token string)
	// Caller is one who may call all routes.
	Caller Caller
	// Rows are the rows of the authorization matrix, whose writes may be refused. Ready replaces some of them by rows
	// whose writes succeed.
	Rows, Ready map[string]Row
	// Fill gives every list at least three items.
	Fill func(t testing.TB, w *Fixture)
	// Neither are the routes to which the promises do not apply, each with the reason.
	Neither map[string]string
	// Reused is the status for a key that was used before with another body.
	Reused int
}

// Test runs the tests, route by route. It leaves out aliases of routes.
func (c Conventions) Test(t *testing.T) {
	c.idempotent(t)
	c.readable(t)
	c.limited(t)
}

func (c Conventions) server(t testing.TB, change ...func(*api.Config)) *Server {
	b := New(t, c.Mount, change...)
	if c.Sign != nil {
		b.Sign = c.Sign
	}
	return b
}

// routes returns the routes that the document describes under their own path.
func (c Conventions) routes(b *Server) (all []api.Route) {
	for _, r := range c.Table(b.API) {
		name := r.Method + " " + r.Path
		if slices.ContainsFunc(documents(), func(d described) bool { return d.Operation(r.Method, r.Path) != name }) {
			continue
		}
		all = append(all, r)
	}
	return all
}

func (c Conventions) row(r api.Route) Row {
	name := r.Method + " " + r.Path
	if row, ok := c.Ready[name]; ok {
		return row
	}
	return c.Rows[name]
}

func (c Conventions) idempotent(t *testing.T) {
	b := c.server(t)
	for _, r := range c.routes(b) {
		if r.Method == http.MethodGet || c.Neither[r.Method+" "+r.Path] != "" {
			continue
		}
		t.Run("done once by its key: "+r.Method+" "+r.Path, func(t *testing.T) {
			w, row := NewFixture(t, b), c.row(r)
			if row.Make != nil {
				row.Make(t, w)
			}
			send := func(body string) Answer {
				return w.Do(t, c.Caller, r.Method, r.Path+row.Query, body, "Idempotency-Key", "3f6c")
			}
			first := send(row.Body)
			if first.Code >= 300 {
				t.Fatalf("refused: %d %s", first.Code, first.Body)
			}
			again := send(row.Body)
			same := again.Code == first.Code && again.Body.String() == first.Body.String()
			if !same || again.Header().Get("Idempotency-Replayed") != "true" {
				t.Errorf("first %d %s, again %d %s %v", first.Code, first.Body, again.Code, again.Body, again.Header())
			}
			if first.Header().Get("Idempotency-Replayed") != "" {
				t.Error("the first answer is marked as a repetition")
			}
			w.Server.Careless = true
			defer func() { w.Server.Careless = false }()
			other := strings.TrimSuffix(row.Body, "}") + `, "another": true}`
			if row.Body == "" {
				other = `{"another": true}`
			}
			if got := send(strings.Replace(other, "{,", "{", 1)); got.Code != c.Reused {
				t.Errorf("the same key with another body: %d %s", got.Code, got.Body)
			}
		})
	}
}

func (c Conventions) readable(t *testing.T) {
	b := c.server(t)
	w := NewFixture(t, b)
	c.Fill(t, w)
	for _, r := range c.routes(b) {
		if r.Method != http.MethodGet {
			continue
		}
		name, op := r.Method+" "+r.Path, operation(r)
		row := c.row(r)
		if row.Make != nil {
			row.Make(t, w)
		}
		switch {
		case c.Neither[name] != "":
		case op != nil && op.Parameters.GetByInAndName("query", "cursor") != nil:
			t.Run("walked by its cursor: "+name, func(t *testing.T) { c.walked(t, w, r.Path+row.Query) })
		default:
			t.Run("the same is 304: "+name, func(t *testing.T) { c.tagged(t, w, r.Path+row.Query) })
		}
	}
}

// tagged asks for one resource, and again with its tag.
func (c Conventions) tagged(t *testing.T, w *Fixture, path string) {
	first := w.Do(t, c.Caller, "GET", path, "").Want(200)
	tag := first.Header().Get("Etag")
	if tag == "" {
		t.Fatal("no ETag")
	}
	for _, had := range []string{tag, "W/" + tag, `"other", ` + tag, "*"} {
		got := w.Do(t, c.Caller, "GET", path, "", "If-None-Match", had)
		if got.Code != 304 || got.Body.Len() > 0 || got.Header().Get("Etag") != tag {
			t.Errorf("If-None-Match %s: %d %s", had, got.Code, got.Body)
		}
	}
	w.Do(t, c.Caller, "GET", path, "", "If-None-Match", `"other"`).Want(200)
}

// walked reads a list in pages of two, which together must be the whole list.
func (c Conventions) walked(t *testing.T, w *Fixture, path string) {
	all := items(t, w.Do(t, c.Caller, "GET", path, "").Want(200))
	if len(all) < 3 {
		t.Fatalf("%d items are too few to test paging: %v", len(all), all)
	}
	var walked []string
	calls := 0
	glue := "?"
	if strings.Contains(path, "?") {
		glue = "&"
	}
	for next := path + glue + "limit=2"; next != ""; calls++ {
		got := w.Do(t, c.Caller, "GET", next, "").Want(200)
		piece := items(t, got)
		if walked = append(walked, piece...); len(piece) > 2 || calls > len(all) {
			t.Fatalf("%s gave %v", next, piece)
		}
		next = ""
		if link := got.Header().Get("Link"); link != "" {
			address, rel, _ := strings.Cut(strings.TrimPrefix(link, "<"+BaseURL), ">")
			if next = address; rel != `; rel="next"` {
				t.Fatalf("Link: %s", link)
			}
		}
	}
	if !slices.Equal(all, walked) {
		t.Errorf("walked %v, all are %v", walked, all)
	}
	if got := w.Do(t, c.Caller, "GET", path+glue+"cursor=garbage", ""); got.Code < 400 || got.Code > 422 {
		t.Errorf("a cursor that is none: %d", got.Code)
	}
}

// items returns the ids of a list's items, or the items themselves if they have none. It knows the envelopes of all
// dialects.
func items(t *testing.T, a Answer) (all []string) {
	t.Helper()
	var v any
	a.Into(&v)
	for _, name := range []string{"data", "payload"} {
		if in, ok := v.(map[string]any); ok && in[name] != nil {
			v = in[name]
		}
	}
	if in, ok := v.(map[string]any); ok && len(in) == 1 { // {"webhooks": […]}
		for _, only := range in {
			v = only
		}
	}
	list, ok := v.([]any)
	if !ok {
		t.Fatalf("no list: %s", a.Body)
	}
	for _, one := range list {
		id := one
		if in, ok := one.(map[string]any); ok {
			for _, name := range []string{"id", "chatId"} {
				if in[name] != nil {
					id = in[name]
				}
			}
		}
		raw, _ := json.Marshal(id)
		all = append(all, string(raw))
	}
	return all
}

// limited uses up the limit of a token and then calls every route. Every refusal must have the id of its request.
func (c Conventions) limited(t *testing.T) {
	w := NewFixture(t, c.server(t, func(cfg *api.Config) { cfg.RateLimit = 1 }))
	w.Server.Careless = true
	routes := c.routes(w.Server)
	for i := range routes { // one request is allowed, whatever its answer
		if routes[i].Method == http.MethodGet {
			w.Do(t, c.Caller, "GET", routes[i].Path, "")
			break
		}
	}
	for _, r := range routes {
		t.Run("waits its turn: "+r.Method+" "+r.Path, func(t *testing.T) {
			got := w.Do(t, c.Caller, r.Method, r.Path, c.row(r).Body, "X-Request-Id", "from-the-client").Want(429)
			h := got.Header()
			refusal := [...]string{limit(h, "Limit"), limit(h, "Remaining"), h.Get("X-Request-Id")}
			wait, err := strconv.Atoi(h.Get("Retry-After")) // less than a minute on a slow machine
			want := [...]string{"1", "0", "from-the-client"}
			if refusal != want || err != nil || wait < 1 || wait > 60 || limit(h, "Reset") == "" {
				t.Errorf("limit, remaining, request id: %q, retry after %d, %v", refusal, wait, h)
			}
			if body := got.Object(); body["error"] == nil {
				t.Errorf("body: %s", got.Body)
			}
			garbage := w.Do(t, Garbage, r.Method, r.Path, "")
			if garbage.Header().Get("X-Request-Id") == "" || (garbage.Code != 401 && garbage.Code != 429) {
				t.Errorf("a garbage token: %d %v", garbage.Code, fmt.Sprint(garbage.Header()))
			}
		})
	}
}

// limit returns a header of the rate limit. Its name is compared exactly, because some clients do so.
func limit(h http.Header, name string) string { return strings.Join(h["X-RateLimit-"+name], ",") }
