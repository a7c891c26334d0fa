package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
)

// TestOtherOrigins asks a real browser, in which an agent has signed in, what pages of other sites may read and do. One of
// them has the same host on another port, so the browser sends cookies along; one has another host; one has no origin.
func TestOtherOrigins(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	b := f.as(f.agent)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, otherPage)
	}))
	defer elsewhere.Close()
	_, port, _ := strings.Cut(strings.TrimPrefix(elsewhere.URL, "http://"), ":")

	for name, site := range map[string]string{
		"the same host on another port": elsewhere.URL, "another host": "http://localhost:" + port,
		"no origin": elsewhere.URL + "/sandbox",
	} {
		t.Run(name, func(t *testing.T) {
			b := b.another()
			b.T = t
			b.do(chromedp.Navigate(site))
			b.until(`results[0] === 'ready'`)
			sandbox := strings.HasSuffix(site, "/sandbox")
			// ask runs an expression that gives a promise, in the page or in its sandbox, and waits for the text it resolves to.
			n := 0
			ask := func(expression string) string {
				n++
				b.until(fmt.Sprintf(`start(%d, %q, %v)`, n, expression, sandbox))
				b.until(fmt.Sprintf(`%d in results`, n))
				return value[string](b, fmt.Sprintf(`results[%d]`, n))
			}
			read := func(path, options string) string { return ask(fmt.Sprintf(`read(%q, {%s})`, f.url+path, options)) }
			token := `headers: {api_access_token: '` + f.token + `'}`
			account := fmt.Sprintf("/api/v1/accounts/%d", f.inbox.AccountID)

			for what, c := range map[string]struct{ got, want string }{
				"a page":                          {read("/login", ""), "blocked"},
				"a page, as the agent":            {read(f.page(), "credentials: 'include'"), "blocked"},
				"the API, with a token":           {read("/api/v1/profile", token), "200"},
				"the API, with a token of theirs": {read("/api/v1/profile", "headers: {api_access_token: 'guessed'}"), "401"},
				"the API, as the agent":           {read("/api/v1/profile", "credentials: 'include'"), "blocked"},
				"the API, without a token":        {read("/api/v1/profile", ""), "401"},
				"a preflight for a write":         {read(account+"/labels", "method: 'PATCH', "+token), "405"},
				"the API for widgets": {
					read("/public/api/v1/inboxes/"+f.inbox.Identifier+"/contacts", "method: 'POST', body: '{}'"), "200",
				},
				"signing in":         {read("/auth/sign_in", "method: 'POST', body: '{}'"), "blocked"},
				"the platform's API": {read("/platform/api/v1/users/1", "headers: {api_access_token: 'x'}"), "blocked"},
				"the figures":        {read("/metrics", ""), "blocked"},
				"the live stream":    {ask(fmt.Sprintf(`listen(%q)`, f.url+f.path("/live"))), "blocked"},
				"the realtime channel, without a credential": {
					ask(fmt.Sprintf(`subscribe(%q)`, strings.Replace(f.url, "http", "ws", 1)+"/cable")), "reject_subscription",
				},
			} {
				if c.got != c.want {
					t.Errorf("%s: %q, want %q", what, c.got, c.want)
				}
			}
			form := "method: 'POST', mode: 'no-cors', credentials: 'include', body: new URLSearchParams({status: 'resolved'})"
			if got := read(f.page()+"/status", form); got != "0" { // sent, and its answer is not told
				t.Errorf("a form of another site: %q", got)
			}
			if got := dbtest.Reload(t, f.pool, f.thread); got.Status != db.ConversationStatusOpen {
				t.Errorf("another site made the conversation %s", got.Status)
			}
		})
	}
	if got := f.waitForLog("refused a request from another site"); got == "" {
		t.Error("the log says nothing of it")
	}
}

// otherPage is a page of another site, with a frame that has no origin.
const otherPage = `<!doctype html><title>Elsewhere</title><script>
const results = {}
function start(n, expression, sandbox) {
	if (sandbox) frames[0].postMessage([n, expression], '*')
	else run(n, expression, (n, result) => results[n] = result)
	return true
}
function run(n, expression, tell) { eval(expression).then((r) => tell(n, String(r)), (e) => tell(n, 'blocked')) }
const read = (url, options) => fetch(url, options).then((r) => r.status)
const listen = (url) => new Promise((resolve, reject) => {
	const line = new EventSource(url, {withCredentials: true})
	line.onopen = () => resolve('open')
	line.onerror = () => { line.close(); reject() }
})
const subscribe = (url) => new Promise((resolve, reject) => {
	const line = new WebSocket(url, 'actioncable-v1-json')
	line.onerror = reject
	line.onmessage = (m) => {
		const type = JSON.parse(m.data).type
		if (type === 'welcome') line.send(JSON.stringify({command: 'subscribe', identifier: JSON.stringify({channel: 'RoomChannel'})}))
		if (type !== 'welcome' && type !== 'ping') { line.close(); resolve(type) }
	}
})
if (window === top) addEventListener('message', (m) => { const [n, result] = m.data; results[n] = result })
else addEventListener('message', (m) => run(...m.data, (n, result) => top.postMessage([n, result], '*')))
if (window !== top) top.postMessage([0, 'ready'], '*')
</script><script>
if (window === top) document.write('<iframe sandbox="allow-scripts" src="/framed"></iframe>')
</script>`
