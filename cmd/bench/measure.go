package main

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// measure is a request to send again and again.
type measure struct {
	name  string
	next  func(ctx context.Context, s *subject) (request, error)
	write bool // wait afterwards until the events and jobs of the writes are done
}

func measures(s *subject) []measure {
	thousand := min(s.conversations/31, 1000)
	return slices.Concat(s.listMeasures(thousand), s.conversationMeasures(), s.postMeasures(), s.searchMeasures())
}

// account and api begin the paths of pages and of requests by API.
func (s *subject) account() string { return fmt.Sprintf("/accounts/%d", s.seeded.AccountID) }
func (s *subject) api() string     { return fmt.Sprintf("/api/v1/accounts/%d", s.seeded.AccountID) }

func (s *subject) tokenHeader() string { return "api_access_token: " + s.token }

// someConversation returns the number of a conversation, chosen at random.
func (s *subject) someConversation() int { return 1 + rand.IntN(s.conversations) }

// page is a request for the page at a path, call one by API.
func (s *subject) page(path string, headers ...string) []byte {
	return get(s.account()+path, append([]string{s.cookies[0]}, headers...)...)
}

func (s *subject) call(path string) []byte { return get(s.api()+path, s.tokenHeader()) }

func (s *subject) listMeasures(thousand int) []measure {
	page := func(path string) func(context.Context, *subject) (request, error) {
		return fixed(func(int) []byte { return s.page(path) })
	}
	call := func(path string) func(context.Context, *subject) (request, error) {
		return fixed(func(int) []byte { return s.call(path) })
	}
	return []measure{
		{name: "inbox page, open", next: page("/conversations?status=open")},
		{name: "inbox page, all, page 1", next: page("/conversations?status=all")},
		{name: fmt.Sprintf("inbox page, all, page %d", thousand), next: deep(s.account(), thousand)},
		{name: "list by API, open, page 1", next: call("/conversations?status=open&page=1")},
		{name: "list by API, all, page 1", next: call("/conversations?status=all&page=1")},
		{
			name: fmt.Sprintf("list by API, all, page %d", thousand),
			next: call(fmt.Sprintf("/conversations?status=all&page=%d", thousand)),
		},
	}
}

func (s *subject) conversationMeasures() []measure {
	path := func(rest string) string { return fmt.Sprintf("/conversations/%d%s", s.someConversation(), rest) }
	return []measure{
		{name: "open a conversation, by a click", next: fixed(func(int) []byte {
			return s.page(path(""), "HX-Request: true", "HX-Target: main")
		})},
		{name: "open a conversation, page", next: fixed(func(int) []byte { return s.page(path("")) })},
		{name: "open a conversation, its thread", next: fixed(func(int) []byte { return s.page(path("/thread")) })},
		{name: "one conversation by API", next: fixed(func(int) []byte { return s.call(path("")) })},
		{name: "messages by API", next: fixed(func(int) []byte { return s.call(path("/messages")) })},
	}
}

func (s *subject) postMeasures() []measure {
	return []measure{
		{name: "post a reply by API", write: true, next: fixed(func(seq int) []byte {
			return s.post(s.someConversation(),
				fmt.Sprintf(`{"content": "The parcel is on its way, number %d.", "message_type": "outgoing"}`, seq))
		})},
		{name: "post a private note by API", write: true, next: fixed(func(seq int) []byte {
			const note = `{"content": "Spoke on the phone, will call back, %d.", "message_type": "outgoing", "private": true}`
			return s.post(s.someConversation(), fmt.Sprintf(note, seq))
		})},
	}
}

// post is a request that posts a message to a conversation by API.
func (s *subject) post(conversation int, body string) []byte {
	path := fmt.Sprintf("%s/conversations/%d/messages", s.api(), conversation)
	return post(path, body, s.tokenHeader(), "Content-Type: application/json")
}

func (s *subject) searchMeasures() []measure {
	searches := []string{"chain", "invoice", "wheel true", "bottom bracket", "Okafor", "Porto", "refund seat", "20377"}
	path := func(seq int) string { return "/search?q=" + url.QueryEscape(searches[seq%len(searches)]) }
	return []measure{
		{name: "search page", next: fixed(func(seq int) []byte { return s.page(path(seq)) })},
		{name: "search by API", next: fixed(func(seq int) []byte { return s.call(path(seq)) })},
	}
}

func fixed(r request) func(context.Context, *subject) (request, error) {
	return func(context.Context, *subject) (request, error) { return r, nil }
}

var further = regexp.MustCompile(`after=([A-Za-z0-9_-]+)`)

// deep reads the list page by page, as scrolling does, and measures the last page.
func deep(account string, pages int) func(context.Context, *subject) (request, error) {
	return func(ctx context.Context, s *subject) (request, error) {
		c, err := connect(s.address)
		if err != nil {
			return nil, err
		}
		defer c.close()
		path := account + "/conversations?status=all"
		for range pages - 1 {
			body, err := c.do(get(path, s.cookies[0], "HX-Request: true"))
			if err != nil {
				return nil, err
			}
			found := further.FindSubmatch(body)
			if found == nil {
				return nil, fmt.Errorf("%s has no further page", path)
			}
			path = account + "/conversations?status=all&after=" + string(found[1])
		}
		raw := get(path, s.cookies[0])
		return func(int) []byte { return raw }, nil
	}
}

// result is the result of a run, or the median of several.
type result struct {
	perSecond, p50, p99, server, postgres, others float64
	note                                          string
}

func (s *subject) measure(ctx context.Context, m measure) (result, error) {
	next, err := m.next(ctx, s)
	if err != nil {
		return result{}, err
	}
	// One second prepares the statements and fills the caches.
	if _, err := loop(ctx, s.address, s.clients, time.Second, next); err != nil {
		return result{}, err
	}
	var all []result
	for range s.repeat {
		r, err := s.once(ctx, next, m.write)
		if err != nil {
			return r, err
		}
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b result) int { return cmp.Compare(a.perSecond, b.perSecond) })
	return all[len(all)/2], nil
}

func (s *subject) once(ctx context.Context, next request, write bool) (result, error) {
	before, begun := spentBy(s.cmd.Process.Pid), time.Now()
	took, err := loop(ctx, s.address, s.clients, s.length, next)
	if err != nil {
		return result{}, err
	}
	seconds := time.Since(begun).Seconds()
	if ctx.Err() != nil || len(took) == 0 {
		return result{}, ctx.Err()
	}
	r := result{perSecond: float64(len(took)) / seconds, p50: millis(took, 50), p99: millis(took, 99)}
	var left int
	var after time.Duration
	if write { // the cost of a write includes its events and jobs
		if left, after, err = s.drained(ctx); err != nil {
			return r, err
		}
		r.note = fmt.Sprintf("%d jobs and events left at the end, done after %s", left, after.Round(10*time.Millisecond))
	}
	used := spentBy(s.cmd.Process.Pid).since(before)
	r.server, r.postgres = used.server/float64(len(took))*1000, used.postgres/float64(len(took))*1000
	r.others = used.others(seconds + after.Seconds())
	s.memory()
	return r, nil
}

func millis(sorted []time.Duration, percent int) float64 {
	return float64(sorted[(len(sorted)-1)*percent/100]) / float64(time.Millisecond)
}

func printHead() {
	fmt.Printf("| %-34s | %8s | %8s | %8s | %21s | %12s |\n", "", "per s", "p50 ms", "p99 ms", "CPU ms server+postgres", "others' cores")
	fmt.Println("|---|---|---|---|---|---|")
}

func (r result) print(name string) {
	fmt.Printf("| %-34s | %8.0f | %8.2f | %8.2f | %12.3f + %6.3f | %12.2f | %s\n",
		name, r.perSecond, r.p50, r.p99, r.server, r.postgres, r.others, r.note)
}

// measureLive posts replies as one user and measures when another user's event stream reports them.
func (s *subject) measureLive(ctx context.Context) error {
	stream, err := s.listen(ctx)
	if err != nil {
		return err
	}
	defer stream.stop()
	c, err := connect(s.address)
	if err != nil {
		return err
	}
	defer c.close()
	const times = 200
	took := make([]time.Duration, 0, times)
	before, begun := spentBy(s.cmd.Process.Pid), time.Now()
	for i := range times {
		display := s.someConversation()
		topic := fmt.Sprintf("conversation:%d", display)
		heard := stream.expect(topic)
		sent := time.Now()
		body := fmt.Sprintf(`{"content": "On its way, %d.", "message_type": "outgoing"}`, i)
		if _, err := c.do(s.post(display, body)); err != nil {
			return err
		}
		select {
		case at := <-heard:
			took = append(took, at.Sub(sent))
		case <-time.After(10 * time.Second):
			return fmt.Errorf("the event stream did not report %s", topic)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	slices.Sort(took)
	used := spentBy(s.cmd.Process.Pid).since(before)
	result{
		perSecond: times / time.Since(begun).Seconds(),
		p50:       millis(took, 50),
		p99:       millis(took, 99),
		server:    used.server / times * 1000,
		postgres:  used.postgres / times * 1000,
		others:    used.others(time.Since(begun).Seconds()),
	}.print("live: reply sent → page of another")
	return nil
}

// stream is an open event stream.
type stream struct {
	stop  context.CancelFunc
	mu    sync.Mutex
	topic string
	seen  chan time.Time
}

func (l *stream) expect(topic string) <-chan time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.topic, l.seen = topic, make(chan time.Time, 1)
	return l.seen
}

func (s *subject) listen(ctx context.Context) (*stream, error) {
	ctx, stop := context.WithCancel(ctx)
	l := &stream{stop: stop}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.address+s.account()+"/live", http.NoBody)
	if err != nil {
		stop()
		return nil, err
	}
	r.Header.Set("Cookie", strings.TrimPrefix(s.cookies[1], "Cookie: "))
	answer, err := http.DefaultClient.Do(r)
	if err != nil || answer.StatusCode != http.StatusOK {
		stop()
		return nil, fmt.Errorf("the event stream does not open: %v", err)
	}
	opened := make(chan struct{})
	go l.read(answer, opened)
	select {
	case <-opened:
		return l, nil
	case <-time.After(5 * time.Second):
		stop()
		return nil, fmt.Errorf("the event stream sends nothing")
	}
}

// read notes the time at which the expected topic arrives. The first line shows that the stream is open.
func (l *stream) read(answer *http.Response, opened chan<- struct{}) {
	defer func() { _ = answer.Body.Close() }()
	lines := bufio.NewScanner(answer.Body)
	for first := true; lines.Scan(); first = false {
		if first {
			close(opened)
		}
		l.mu.Lock()
		if l.topic != "" && slices.Contains(strings.Fields(lines.Text()), l.topic) {
			l.seen <- time.Now()
			l.topic = ""
		}
		l.mu.Unlock()
	}
}
