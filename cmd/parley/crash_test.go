package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/blob"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/pg"
)

// TestCrash kills parley, postgres and both at random moments while sixteen writers post over the API. What was
// acknowledged is there once; what was not is repeated with its Idempotency-Key and is there once too; nothing is
// half. PARLEY_CRASHES says how often to kill, for longer runs.
func TestCrash(t *testing.T) {
	t.Parallel()
	crashes := 6
	if n, err := strconv.Atoi(os.Getenv("PARLEY_CRASHES")); err == nil {
		crashes = n
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, 0))

	v := newVictim(t)
	w := newWriters(t, v)
	done := w.start(t.Context(), 16)
	for n := range crashes {
		w.waitForMore(t, 20+chance.IntN(200))
		switch n % 3 {
		case 0:
			v.killParley(t)
		case 1:
			v.killPostgres(t, chance.IntN(2) == 0)
		case 2:
			v.killBoth(t)
		}
	}
	w.waitForMore(t, 20)
	w.stop()
	<-done
	v.end(t)
	t.Logf("%d crashes, %d messages acknowledged, %d of them after a repeated request", crashes, len(w.acknowledged), w.repeated)
	v.inspect(t, w)
}

// victim is the Parley that is killed: always on one directory. Its address is another one each time: its port might be
// taken while it is dead.
type victim struct {
	settings []string
	url      atomic.Value
	data     string
	account  int64
	token    string
	threads  []db.Conversation
	parley   *instance
}

func newVictim(t *testing.T) *victim {
	t.Helper()
	v := &victim{data: t.TempDir()}
	v.settings = []string{"PARLEY_DATA=" + v.data, "PARLEY_RATE_LIMIT=off"}
	v.launch(t)
	v.token = setUp(t, v.settings)
	v.withPool(t, func(pool *pgxpool.Pool) {
		if err := pool.QueryRow(t.Context(), "SELECT id FROM accounts").Scan(&v.account); err != nil {
			t.Fatal(err)
		}
		inbox := dbtest.Inbox(t, pool, db.Account{ID: v.account}, "Crashes")
		for n := range 4 {
			v.threads = append(v.threads, dbtest.Conversation(t, pool, inbox, "Thread "+strconv.Itoa(n)))
		}
	})
	return v
}

// launch starts parley and waits until it is ready.
func (v *victim) launch(t *testing.T) {
	t.Helper()
	v.parley = serveParley(t, v.settings)
	v.url.Store(v.parley.url)
	for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		if status, err := v.readiness(t.Context()); err == nil && status == http.StatusOK {
			return
		}
		if time.Now().After(end) {
			t.Fatal("parley did not come back")
		}
	}
}

func (v *victim) readiness(ctx context.Context) (int, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, v.parley.url+"/readyz", nil)
	if err != nil {
		return 0, err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	return answer.StatusCode, answer.Body.Close()
}

// postmaster reads which process is the database's first one.
func (v *victim) postmaster(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(v.data, "postgres", "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(strings.SplitN(string(text), "\n", 2)[0]))
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

// children are the database's other processes.
func children(pid int) []int {
	var found []int
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, task := range tasks {
		text, _ := os.ReadFile(task)
		for field := range strings.FieldsSeq(string(text)) {
			if child, err := strconv.Atoi(field); err == nil {
				found = append(found, child)
			}
		}
	}
	return found
}

func (v *victim) killParley(t *testing.T) {
	t.Helper()
	v.parley.kill()
	v.launch(t)
}

// killPostgres leaves parley alive: it has to bring the database back by itself.
func (v *victim) killPostgres(t *testing.T, whole bool) {
	t.Helper()
	first := v.postmaster(t)
	victims := []int{first}
	if whole {
		victims = append(victims, children(first)...)
	}
	for _, pid := range victims {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	v.parley.waitForLog("the database is back")
	for end := time.Now().Add(patience); v.postmaster(t) == first; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the database did not come back")
		}
	}
}

func (v *victim) killBoth(t *testing.T) {
	t.Helper()
	first := v.postmaster(t)
	victims := append([]int{first}, children(first)...)
	_ = v.parley.cmd.Process.Signal(syscall.SIGKILL)
	for _, pid := range victims {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	v.parley.kill()
	v.launch(t)
}

// end stops parley as an operator does.
func (v *victim) end(t *testing.T) {
	t.Helper()
	v.parley.signal(syscall.SIGTERM)
	if code := v.parley.exitCode(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// withPool connects to the embedded database beside parley, or starts it.
func (v *victim) withPool(t *testing.T, fn func(*pgxpool.Pool)) {
	t.Helper()
	server, err := pg.Start(t.Context(), v.data, pg.Options{})
	if err != nil {
		t.Fatal(err)
	}
	pool, err := db.Open(t.Context(), server.URL(), &db.Keys{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		pool.Close()
		if err := server.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	fn(pool)
}

// writers post as fast as they can, and remember what they were told.
type writers struct {
	v      *victim
	cancel context.CancelFunc

	mu           sync.Mutex
	acknowledged map[string]int64 // content → the message's id
	files        map[string]bool  // content → it had a file
	repeated     int
	more         chan struct{} // a token for each acknowledged message, if anybody waits
	sent         atomic.Int64
}

func newWriters(t *testing.T, v *victim) *writers {
	return &writers{v: v, acknowledged: map[string]int64{}, files: map[string]bool{}, more: make(chan struct{}, 1)}
}

// start lets n writers work until stop; the channel is closed when the last one has its last answer.
func (w *writers) start(ctx context.Context, n int) <-chan struct{} {
	ctx, w.cancel = context.WithCancel(ctx)
	done := make(chan struct{})
	var all sync.WaitGroup
	for writer := range n {
		all.Go(func() {
			for number := 0; ctx.Err() == nil; number++ {
				w.post(writer, number)
			}
		})
	}
	go func() {
		all.Wait()
		close(done)
	}()
	return done
}

func (w *writers) stop() { w.cancel() }

// waitForMore returns when so many more messages have been acknowledged.
func (w *writers) waitForMore(t *testing.T, n int) {
	t.Helper()
	for want, end := w.sent.Load()+int64(n), time.After(patience); w.sent.Load() < want; {
		select {
		case <-w.more:
		case <-end:
			t.Fatalf("only %d messages, and no more", w.sent.Load())
		}
	}
}

// post sends one message until it is acknowledged, however long that takes.
func (w *writers) post(writer, number int) {
	content := fmt.Sprintf("writer %d, message %d", writer, number)
	thread := w.v.threads[(writer+number)%len(w.v.threads)]
	withFile := number%8 == 3
	for try := 0; ; try++ {
		id, err := w.try(thread, content, withFile)
		if err != nil {
			time.Sleep(10 * time.Millisecond)
			continue
		}
		w.mu.Lock()
		w.acknowledged[content], w.files[content] = id, withFile
		if try > 0 {
			w.repeated++
		}
		w.mu.Unlock()
		w.sent.Add(1)
		select {
		case w.more <- struct{}{}:
		default:
		}
		return
	}
}

func (w *writers) try(thread db.Conversation, content string, withFile bool) (int64, error) {
	kind := []string{"incoming", "outgoing"}[len(content)%2]
	var body bytes.Buffer
	contentType := "application/json"
	if withFile {
		form := multipart.NewWriter(&body)
		_ = form.WriteField("content", content)
		_ = form.WriteField("message_type", kind)
		file, _ := form.CreateFormFile("attachments[]", "note.txt")
		_, _ = io.WriteString(file, "the file of "+content)
		_ = form.Close()
		// The boundary is part of the body that a repeated request has to have in common.
		raw := bytes.ReplaceAll(body.Bytes(), []byte(form.Boundary()), []byte("parley-crash-test"))
		body = *bytes.NewBuffer(raw)
		contentType = "multipart/form-data; boundary=parley-crash-test"
	} else {
		_ = json.NewEncoder(&body).Encode(map[string]any{"content": content, "message_type": kind, "private": len(content)%3 == 0})
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	path := fmt.Sprintf("%s/api/v1/accounts/%d/conversations/%d/messages", w.v.url.Load(), w.v.account, thread.DisplayID)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, path, &body)
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("api_access_token", w.v.token)
	r.Header.Set("Idempotency-Key", content)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, err
	}
	if answer.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("%d: %s", answer.StatusCode, text)
	}
	var made struct {
		ID int64 `json:"id"`
	}
	return made.ID, json.Unmarshal(text, &made)
}

// inspect compares what is stored with what was acknowledged.
func (v *victim) inspect(t *testing.T, w *writers) {
	t.Helper()
	// A last life, so that whatever a crash has left undone is done.
	v.launch(t)
	v.withPool(t, func(pool *pgxpool.Pool) {
		awaitNone(t, pool, "events without a number", "SELECT count(*) FROM events WHERE number IS NULL")
		awaitNone(
			t, pool, "events that nobody has followed up",
			"SELECT count(*) FROM river_job WHERE kind = 'react_events' AND state <> 'completed'",
		)
		stored := map[string]int64{}
		for _, m := range query[struct {
			ID      int64
			Content string
		}](t, pool, "SELECT id, content FROM messages WHERE kind IN ('incoming', 'outgoing')") {
			if other, twice := stored[m.Content]; twice {
				t.Errorf("%q is there twice, as %d and %d", m.Content, other, m.ID)
			}
			stored[m.Content] = m.ID
		}
		if diff := cmp.Diff(w.acknowledged, stored); diff != "" {
			t.Errorf("acknowledged and stored messages differ (-acknowledged +stored):\n%s", diff)
		}
		v.inspectFiles(t, pool, w)
		for _, id := range query[struct{ ID int64 }](t, pool, `
			SELECT m.id FROM messages m LEFT JOIN events e ON e.account_id = m.account_id AND e.message_id = m.id AND e.kind = 'message.created'
			WHERE m.kind IN ('incoming', 'outgoing') GROUP BY m.id HAVING count(e.id) <> 1`) {
			t.Errorf("message %d does not have exactly one event", id.ID)
		}
		dbtest.Counters(t, pool)
	})
	v.end(t)
}

// inspectFiles reads each attachment's bytes back.
func (v *victim) inspectFiles(t *testing.T, pool *pgxpool.Pool, w *writers) {
	t.Helper()
	store, err := blob.Open(t.Context(), "file://"+filepath.Join(v.data, "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]bool{}
	for content := range w.files {
		if w.files[content] {
			files[content] = true
		}
	}
	for _, f := range query[struct{ Content, BlobHash string }](t, pool, `
		SELECT m.content, a.blob_hash FROM attachments a JOIN messages m ON m.account_id = a.account_id AND m.id = a.message_id`) {
		if !files[f.Content] {
			t.Errorf("%q has a file too many", f.Content)
		}
		delete(files, f.Content)
		text, err := readBlob(t.Context(), store, f.BlobHash)
		if err != nil || text != "the file of "+f.Content {
			t.Errorf("the file of %q holds %q (%v)", f.Content, text, err)
		}
	}
	if len(files) > 0 {
		t.Errorf("%d files are missing", len(files))
	}
}

func readBlob(ctx context.Context, store blob.Store, hash string) (string, error) {
	r, err := store.Open(ctx, hash)
	if err != nil {
		return "", err
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	return string(text), err
}

// query reads all rows, each as a T.
func query[T any](t *testing.T, pool *pgxpool.Pool, sql string) []T {
	t.Helper()
	rows, err := pool.Query(t.Context(), sql)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByName[T])
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// awaitNone waits until a count is 0.
func awaitNone(t *testing.T, pool *pgxpool.Pool, what, sql string) {
	t.Helper()
	var n int
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if err := pool.QueryRow(t.Context(), sql).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
	t.Errorf("%d %s", n, what)
}
