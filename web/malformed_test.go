package web

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/link"
)

// TestMalformedRequests sends requests that no browser should send to every page: whatever comes, the mistake is the
// sender's, and no answer is a 5xx. Runs send the same requests.
func TestMalformedRequests(t *testing.T) {
	t.Parallel()
	h := setup(t)
	m := newMangler(t, h)
	routes := slices.DeleteFunc(h.echo.Routes(), func(r *echo.Route) bool {
		return strings.HasSuffix(r.Path, "/live") || r.Method == "echo_route_not_found" // a stream does not end
	})
	slices.SortFunc(routes, func(a, b *echo.Route) int { return strings.Compare(a.Path+" "+a.Method, b.Path+" "+b.Method) })
	people, n, byStatus := []*browser{h.as(h.admin), h.as(h.agent), h.nobody()}, 0, map[int]int{}
	for range 12 {
		for _, r := range routes {
			b := people[m.IntN(len(people))]
			if m.IntN(3) > 0 {
				b = people[0] // who gets furthest
			}
			n++
			kind, body := m.body()
			path := m.path(r.Path) + m.query()
			b.headers = m.headers()
			if r.Path == "/logout" || strings.HasSuffix(r.Path, "/deactivation") || r.Path == "/profile/password" {
				b = people[2] // the others are still needed
			}
			got := b.do(m.method(r.Method), path, kind, strings.NewReader(body))
			if byStatus[got.Code]++; got.Code >= 500 {
				t.Errorf("%d: %s %s %s\n%.300q\n%d", n, r.Method, path, kind, body, got.Code)
			}
		}
	}
	if n < 1000 || byStatus[200]+byStatus[303]+byStatus[422] < n/5 {
		t.Errorf("%d requests, of which too few reached a handler: %v", n, byStatus)
	}
	if strings.Contains(h.log.String(), "panic") {
		t.Errorf("the log has a panic: %s", h.log)
	}
	t.Logf("%d requests by status: %v", n, byStatus)
}

// mangler makes malformed requests of the names that pages know.
type mangler struct {
	*rand.Rand
	ids    map[string]string
	fields []string
}

func newMangler(t *testing.T, h *fixture) mangler {
	t.Helper()
	c := h.conversation("Malformed", "Hello")
	m := mangler{Rand: rand.New(rand.NewPCG(7, 11)), ids: map[string]string{
		"account": formatID(h.account.ID), "conversation": formatID(c.DisplayID), "message": formatID(h.messages(c)[0].Message.ID),
		"id": "1", "note": "1", "hash": strings.Repeat("a", 64),
	}}
	name := regexp.MustCompile(`(?:FormValue|formID|values\.Get|form\.Get|Form|values|QueryParam|textOf|, c|form)[(\[](?:c, )?"([a-z_]+)"`)
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range name.FindAllStringSubmatch(string(raw), -1) {
			if !slices.Contains(m.fields, found[1]) {
				m.fields = append(m.fields, found[1])
			}
		}
	}
	if len(m.fields) < 50 {
		t.Fatalf("the pages have %d fields only", len(m.fields))
	}
	return m
}

func (m mangler) pick(from ...string) string { return from[m.IntN(len(from))] }

// junk is a value that a field does not expect.
func (m mangler) junk() string {
	return m.pick("", "0", "-1",
		"9223372036854775808", "1e9", "\x00", "\xff\xfe", "\u202e\u0000", "null", "[]", `{"a":`, "'; --", "%", "%zz", "../..",
		"1", "2", "on", "open", "reply", "http://[::1", "javascript:alert(1)", "a@", "2026-13-45", "+", "{{", "{% for a in b %}",
		strings.Repeat("é", 5000), strings.Repeat("<b>", 2000), strings.Repeat("{{ a }}", 500))
}

func (m mangler) path(pattern string) string {
	return regexp.MustCompile(`:(\w+)|\*`).ReplaceAllStringFunc(pattern, func(name string) string {
		if id, ok := m.ids[strings.TrimPrefix(name, ":")]; ok && m.IntN(20) > 0 {
			return id
		}
		return m.pick("-1", "0", "x", "99999999999999999999", "%00", "%ff", "%2e%2e", "1;2", "1%2f2", auth.NewSecret().Token,
			strings.Repeat("9", 4000))
	})
}

func (m mangler) query() string {
	var q strings.Builder
	for range max(0, m.IntN(6)-3) {
		name := m.pick(append(m.fields, "page", "cursor", "before", "after", "view", "q", "tab", "sort", "at")...)
		fmt.Fprintf(&q, "&%s=%s", url.QueryEscape(name), m.pick("%zz", "%", "%00", "%ff", url.QueryEscape(m.junk())))
	}
	return strings.Replace(q.String(), "&", "?", 1)
}

func (m mangler) method(usual string) string {
	if m.IntN(20) > 0 {
		return usual
	}
	return m.pick(http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions, http.MethodHead, "PROPFIND")
}

func (m mangler) headers() map[string]string {
	all := map[string]string{}
	for name, values := range map[string][]string{
		"HX-Request": {"true"}, "HX-Target": {"thread", "\x7f", "#"},
		"HX-Current-URL":  {"http://desk.example/accounts/1/conversations?view=%zz", "::", ""},
		"Accept-Language": {"x;q=9", strings.Repeat("a,", 2000)}, "Range": {"bytes=9-1", "bytes=-1,-2,-3"}, "If-None-Match": {`W/"`, "*"},
		"If-Modified-Since": {"never"}, "Accept-Encoding": {"gzip;q=x"}, "Cookie": {"session=%00", strings.Repeat("a=b; ", 500)},
	} {
		if m.IntN(4) == 0 {
			all[name] = m.pick(values...)
		}
	}
	return all
}

// body is a form, now and then broken.
func (m mangler) body() (kind, body string) {
	form := url.Values{}
	for range 1 + m.IntN(25) {
		form.Add(m.pick(m.fields...), m.junk())
	}
	switch m.IntN(8) {
	case 0:
		return "multipart/form-data; boundary=x", m.pick(
			"", "--x", "--x\r\n\r\nno name\r\n--x--", "--x\r\nContent-Disposition: form-data; name=\"body\"\r\n\r\n",
			"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\xff/../a.png\"\r\n"+
				"Content-Type: image/png\r\n\r\n\x89PNG\r\n\x1a\n\r\n--x--\r\n",
		)
	case 1:
		kind = m.pick("multipart/form-data", "multipart/form-data; boundary=", "application/json", "text/plain", "\x00", "a/b; c", "")
		return kind, m.pick("{", form.Encode(), "\x00")
	case 2:
		return echo.MIMEApplicationForm, m.pick("a=%zz&b=%", ";;;", "=&=&=", strings.Repeat("a=1&", 20_000), strings.Repeat("x", 2<<20))
	}
	return echo.MIMEApplicationForm, form.Encode()
}

// TestIDsOfAnotherAccountInForms puts ids of another account into every field of every form. Nothing of it breaks, and no
// answer tells what they are.
func TestIDsOfAnotherAccountInForms(t *testing.T) {
	t.Parallel()
	h := setup(t)
	m, mark := newMangler(t, h), "zephyrine"
	account := dbtest.Account(t, h.pool, mark)
	inbox := dbtest.Inbox(t, h.pool, account, mark)
	agent := dbtest.Agent(t, h.pool, account, mark, inbox)
	contact, team := dbtest.Contact(t, h.pool, account, mark), dbtest.Team(t, h.pool, account, mark, agent)
	theirs := dbtest.ConversationWith(t, h.pool, inbox, contact, mark)
	said := dbtest.Message(t, h.pool, theirs, mark)
	b, n := h.as(h.admin), 0
	for _, r := range h.echo.Routes() {
		if r.Method != http.MethodPost && r.Method != http.MethodPut || r.Path == "/logout" || r.Path == "/setup" ||
			strings.HasPrefix(r.Path, "/profile") {
			continue
		}
		path := regexp.MustCompile(`:(\w+)`).ReplaceAllStringFunc(r.Path, func(name string) string { return m.ids[name[1:]] })
		for _, id := range []int64{inbox.ID, agent.ID, contact.ID, team.ID, theirs.ID, said.ID} {
			form := url.Values{}
			for _, field := range m.fields {
				form.Add(field, formatID(id))
				form.Add(field+"[]", formatID(id))
			}
			form.Set("mode", "reply")
			got := b.do(r.Method, path, echo.MIMEApplicationForm, strings.NewReader(form.Encode()))
			if n++; got.Code >= 500 || strings.Contains(strings.ToLower(got.Body.String()), mark) {
				t.Errorf("%s %s with %d: %d %.300s", r.Method, path, id, got.Code, got.text("body"))
			}
		}
	}
	if n < 300 {
		t.Errorf("only %d forms were sent", n)
	}
	for _, page := range []string{"/conversations", "/contacts", "/settings/members", "/settings/inboxes", "/settings/teams"} {
		if got := b.get(link.Account(h.account.ID) + page).status(200); strings.Contains(strings.ToLower(got.text("main")), mark) {
			t.Errorf("%s shows what is another account's", page)
		}
	}
}

// TestALongForm shows that a form is bounded wherever it is sent.
func TestALongForm(t *testing.T) {
	t.Parallel()
	h := setup(t)
	for _, form := range []struct{ kind, begin, piece string }{
		{echo.MIMEApplicationForm, "email=", "x"},
		{"multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"email\"; filename=\"a\"\r\n\r\n", "x"},
		{"multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\n", "x"},
	} {
		body := &endless{begin: form.begin, piece: form.piece}
		h.nobody().do(http.MethodPost, "/login", form.kind, body).status(http.StatusRequestEntityTooLarge).reads("h1", "")
		if body.read > 2*maxFields {
			t.Errorf("%s: %d bytes were read", form.kind, body.read)
		}
	}
	var n int64
	if err := h.pool.QueryRow(t.Context(), "SELECT count(*) FROM sign_in_attempts").Scan(&n); err != nil && !db.IsNone(err) || n != 0 {
		t.Errorf("%d tries to sign in, %v", n, err)
	}
}

// endless is a body without an end.
type endless struct {
	begin, piece string
	read         int
}

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, e.begin)
	e.begin = e.begin[n:]
	for n < len(p) {
		n += copy(p[n:], e.piece)
	}
	e.read += n
	return n, nil
}
