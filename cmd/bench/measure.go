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

// measure is one thing to do again and again.
type measure struct {
	name  string
	next  func(ctx context.Context, s *subject) (request, error)
	write bool // wait afterwards for what follows from it
}

func measures(s *subject) []measure {
	account := fmt.Sprintf("/accounts/%d", s.seeded.AccountID)
	api := fmt.Sprintf("/api/v1/accounts/%d", s.seeded.AccountID)
	token := "api_access_token: " + s.token
	page := func(path string) func(context.Context, *subject) (request, error) {
		return fixed(func(int) []byte { return get(account+path, s.cookies[0]) })
	}
	call := func(path string) func(context.Context, *subject) (request, error) {
		return fixed(func(int) []byte { return get(api+path, token) })
	}
	some := func() int { return 1 + rand.IntN(s.conversations) }
	words := []string{"chain", "invoice", "wheel true", "bottom bracket", "Okafor", "Porto", "refund seat", "20377"}
	thousand := s.conversations / 31
	thousand = min(thousand, 1000)
	return []measure{
		{name: "inbox page, open", next: page("/conversations?status=open")},
		{name: "inbox page, all, page 1", next: page("/conversations?status=all")},
		{name: fmt.Sprintf("inbox page, all, page %d", thousand), next: deep(account, thousand)},
		{name: "list by API, open, page 1", next: call("/conversations?status=open&page=1")},
		{name: "list by API, all, page 1", next: call("/conversations?status=all&page=1")},
		{name: fmt.Sprintf("list by API, all, page %d", thousand), next: call(fmt.Sprintf("/conversations?status=all&page=%d", thousand))},
		{name: "open a conversation, by a click", next: fixed(func(int) []byte {
			return get(fmt.Sprintf("%s/conversations/%d", account, some()), s.cookies[0], "HX-Request: true", "HX-Target: main")
		})},
		{name: "open a conversation, page", next: fixed(func(int) []byte { return get(fmt.Sprintf("%s/conversations/%d", account, some()), s.cookies[0]) })},
		{name: "open a conversation, its thread", next: fixed(func(int) []byte { return get(fmt.Sprintf("%s/conversations/%d/thread", account, some()), s.cookies[0]) })},
		{name: "one conversation by API", next: fixed(func(int) []byte { return get(fmt.Sprintf("%s/conversations/%d", api, some()), token) })},
		{name: "messages by API", next: fixed(func(int) []byte { return get(fmt.Sprintf("%s/conversations/%d/messages", api, some()), token) })},
		{name: "post a reply by API", write: true, next: fixed(func(seq int) []byte {
			return post(fmt.Sprintf("%s/conversations/%d/messages", api, some()), fmt.Sprintf(`{"content": "The parcel is on its way, number %d.", "message_type": "outgoing"}`, seq), token, "Content-Type: application/json")
		})},
		{name: "post a private note by API", write: true, next: fixed(func(seq int) []byte {
			return post(fmt.Sprintf("%s/conversations/%d/messages", api, some()), fmt.Sprintf(`{"content": "Spoke on the phone, will call back, %d.", "message_type": "outgoing", "private": true}`, seq), token, "Content-Type: application/json")
		})},
		{name: "search page", next: fixed(func(seq int) []byte {
			return get(account+"/search?q="+url.QueryEscape(words[seq%len(words)]), s.cookies[0])
		})},
		{name: "search by API", next: fixed(func(seq int) []byte { return get(api+"/search?q="+url.QueryEscape(words[seq%len(words)]), token) })},
	}
}

func fixed(r request) func(context.Context, *subject) (request, error) {
	return func(context.Context, *subject) (request, error) { return r, nil }
}

var further = regexp.MustCompile(`after=([A-Za-z0-9_-]+)`)

// deep walks the list page by page, as scrolling does, and measures the last one.
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

// result is the middle of several runs.
type result struct {
	perSecond, p50, p99, server, postgres, others float64
	note                                          string
}

func (s *subject) measure(ctx context.Context, m measure) (result, error) {
	next, err := m.next(ctx, s)
	if err != nil {
		return result{}, err
	}
	if _, err := loop(ctx, s.address, s.clients, time.Second, next); err != nil { // statements prepared, caches warm
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
	if write { // what follows from a write belongs to its cost
		if left, after, err = s.drained(ctx); err != nil {
			return r, err
		}
		r.note = fmt.Sprintf("%d waited at the end, done after %s", left, after.Round(10*time.Millisecond))
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
	fmt.Printf("| %-34s | %8.0f | %8.2f | %8.2f | %12.3f + %6.3f | %12.2f | %s\n", name, r.perSecond, r.p50, r.p99, r.server, r.postgres, r.others, r.note)
}

// measureLive sends replies as one person and notes when another's event line hears of them.
func (s *subject) measureLive(ctx context.Context) error {
	line, err := s.listen(ctx)
	if err != nil {
		return err
	}
	defer line.stop()
	c, err := connect(s.address)
	if err != nil {
		return err
	}
	defer c.close()
	const times = 200
	took := make([]time.Duration, 0, times)
	before, begun := spentBy(s.cmd.Process.Pid), time.Now()
	for i := range times {
		display := 1 + rand.IntN(s.conversations)
		topic := fmt.Sprintf("conversation:%d", display)
		heard := line.expect(topic)
		pressed := time.Now()
		body := fmt.Sprintf(`{"content": "On its way, %d.", "message_type": "outgoing"}`, i)
		_, err := c.do(post(fmt.Sprintf("/api/v1/accounts/%d/conversations/%d/messages", s.seeded.AccountID, display), body, "api_access_token: "+s.token, "Content-Type: application/json"))
		if err != nil {
			return err
		}
		select {
		case at := <-heard:
			took = append(took, at.Sub(pressed))
		case <-time.After(10 * time.Second):
			return fmt.Errorf("%s was never heard of", topic)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	slices.Sort(took)
	used := spentBy(s.cmd.Process.Pid).since(before)
	result{
		perSecond: times / time.Since(begun).Seconds(), p50: millis(took, 50), p99: millis(took, 99),
		server: used.server / times * 1000, postgres: used.postgres / times * 1000, others: used.others(time.Since(begun).Seconds()),
	}.print("live: reply sent → heard by another")
	return nil
}

// line is an open event line.
type line struct {
	stop  context.CancelFunc
	mu    sync.Mutex
	topic string
	heard chan time.Time
}

func (l *line) expect(topic string) <-chan time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.topic, l.heard = topic, make(chan time.Time, 1)
	return l.heard
}

func (s *subject) listen(ctx context.Context) (*line, error) {
	ctx, stop := context.WithCancel(ctx)
	l := &line{stop: stop}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("http://%s/accounts/%d/live", s.address, s.seeded.AccountID), nil)
	if err != nil {
		stop()
		return nil, err
	}
	r.Header.Set("Cookie", strings.TrimPrefix(s.cookies[1], "Cookie: "))
	answer, err := http.DefaultClient.Do(r)
	if err != nil || answer.StatusCode != http.StatusOK {
		stop()
		return nil, fmt.Errorf("the event line does not open: %v", err)
	}
	opened := make(chan struct{})
	go l.read(answer, opened)
	select {
	case <-opened:
		return l, nil
	case <-time.After(5 * time.Second):
		stop()
		return nil, fmt.Errorf("the event line stays silent")
	}
}

// read notes when the topic that is waited for comes. The first line of any kind says that the line is open.
func (l *line) read(answer *http.Response, opened chan<- struct{}) {
	defer func() { _ = answer.Body.Close() }()
	lines := bufio.NewScanner(answer.Body)
	for first := true; lines.Scan(); first = false {
		if first {
			close(opened)
		}
		l.mu.Lock()
		if l.topic != "" && slices.Contains(strings.Fields(lines.Text()), l.topic) {
			l.heard <- time.Now()
			l.topic = ""
		}
		l.mu.Unlock()
	}
}
