package mail_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/blob"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/mail"
)

type house struct {
	t     *testing.T
	pool  *pgxpool.Pool
	inbox db.Inbox
	ann   db.User
	store blob.Store
}

func setup(t *testing.T) *house {
	pool := dbtest.New(t)
	account := dbtest.Account(t, pool, "Lamp shop")
	inbox := dbtest.Inbox(t, pool, account, "Mail")
	store, err := blob.Open(t.Context(), "file://"+t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return &house{t: t, pool: pool, inbox: inbox, store: store, ann: dbtest.Agent(t, pool, account, "Ann Agent", inbox)}
}

func (h *house) run(file io.Reader, store blob.Store) (mail.Report, error) {
	im := mail.Importer{
		Pool: h.pool, Desk: dbtest.Desk(h.t, h.pool, nil), Inbox: h.inbox, Own: []string{"Help@Shop.example"},
		Files: blob.Intake{Store: store, Thumbs: blob.NewThumbnailer(1)}, Log: slog.New(slog.DiscardHandler),
	}
	return im.Mbox(h.t.Context(), file)
}

func (h *house) mbox(mails ...string) mail.Report {
	h.t.Helper()
	var file strings.Builder
	for _, m := range mails {
		file.WriteString("From x@y Tue Nov  3 09:14:00 2026\n" + m + "\n\n")
	}
	r, err := h.run(strings.NewReader(file.String()), h.store)
	if err != nil {
		h.t.Fatal(err)
	}
	return r
}

// threads is every conversation as "subject: message, message…", by number; ours begin with ">".
func (h *house) threads() (out []string) {
	h.t.Helper()
	rows, err := h.pool.Query(context.Background(), `SELECT c.subject || ': ' || string_agg(
		CASE m.kind WHEN 'outgoing' THEN '> ' ELSE '' END || split_part(m.content, E'\n', 1), ', ' ORDER BY m.id)
		FROM conversations c JOIN messages m ON m.conversation_id = c.id GROUP BY c.id, c.subject, c.display_id ORDER BY c.display_id`)
	if err != nil {
		h.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			h.t.Fatal(err)
		}
		out = append(out, s)
	}
	return out
}

func (h *house) one(sql string, into ...any) {
	h.t.Helper()
	if err := h.pool.QueryRow(context.Background(), sql).Scan(into...); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) count(sql string) (n int) {
	h.t.Helper()
	h.one("SELECT count(*) FROM "+sql, &n)
	return n
}

func TestImport(t *testing.T) {
	t.Parallel()

	t.Run("a mailbox becomes conversations, with what cannot be read kept and reported", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		file := open(t)
		r, err := h.run(file, h.store)
		if err != nil {
			t.Fatal(err)
		}
		want := mail.Report{Mails: 10, Posted: 7, Already: 1, Quarantined: 2, Conversations: 3}
		failures := r.Failures
		r.Failures = nil
		if diff := cmp.Diff(want, r); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{
			"Broken lamp: My lamp is broken., > Please send a picture., Here it is., I am her sister; it is our lamp.",
			"Opening hours: When do you open?, And on Sunday?",
			"Broken lamp: Another lamp, schön.",
		}, h.threads()); diff != "" {
			t.Error(diff)
		}
		if len(failures) != 2 {
			t.Fatalf("failures %+v", failures)
		}
		for _, f := range failures {
			var hash, reason, state string
			err := h.pool.QueryRow(t.Context(), "SELECT blob_hash, reason, state FROM inbound_mail WHERE key = $1", f.Key).Scan(&hash, &reason, &state)
			if err != nil || state != "quarantined" || reason == "" || reason != f.Reason {
				t.Errorf("%+v: %s, %q, %v", f, state, reason, err)
			}
			if ok, _ := h.store.Exists(t.Context(), hash); !ok {
				t.Errorf("the bytes of %s are not kept", f.Key)
			}
		}
	})

	t.Run("attachments are kept with their bytes, size and thumbnail", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		if _, err := h.run(open(t), h.store); err != nil {
			t.Fatal(err)
		}
		var name, kind, hash, thumb, content string
		var w, size int
		h.one(`SELECT a.name, a.file_kind, a.blob_hash, COALESCE(a.thumb_hash, ''), a.width, a.size, m.content
			FROM attachments a JOIN messages m ON m.id = a.message_id`, &name, &kind, &hash, &thumb, &w, &size, &content)
		if name != "lamp.png" || kind != "image" || w != 1 || content != "Here it is." || thumb == "" {
			t.Errorf("%s %s %d wide, thumbnail %q, at %q", name, kind, w, thumb, content)
		}
		f, err := h.store.Open(t.Context(), hash)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = f.Close() }()
		if all, _ := io.ReadAll(f); len(all) != size || !strings.HasPrefix(string(all), "\x89PNG") {
			t.Errorf("%d bytes stored, %d said", len(all), size)
		}
	})

	t.Run("run twice, nothing is doubled", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		if _, err := h.run(open(t), h.store); err != nil {
			t.Fatal(err)
		}
		tables := []string{"messages", "conversations", "contacts", "attachments", "inbound_mail", "events"}
		before := map[string]int{}
		for _, table := range tables {
			before[table] = h.count(table)
		}
		r, err := h.run(open(t), h.store)
		if err != nil {
			t.Fatal(err)
		}
		if r.Posted != 0 || r.Already != 8 || r.Quarantined != 2 || r.Conversations != 0 {
			t.Errorf("%+v", r)
		}
		for _, table := range tables {
			if n := h.count(table); n != before[table] {
				t.Errorf("%s: %d, then %d", table, before[table], n)
			}
		}
	})

	t.Run("two runs at once post each mail once", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		done := make(chan error, 2)
		for range 2 {
			go func() { _, err := h.run(open(t), h.store); done <- err }()
		}
		failed := 0
		for range 2 {
			if err := <-done; err != nil {
				t.Log(err)
				failed++
			}
		}
		if failed == 2 {
			t.Fatal("both failed")
		}
		if _, err := h.run(open(t), h.store); err != nil { // what a lost race left
			t.Fatal(err)
		}
		if n := h.count("messages"); n != 7 {
			t.Errorf("%d messages", n)
		}
	})

	t.Run("a run that was cut off anywhere is finished by the next", func(t *testing.T) {
		t.Parallel()
		for after := range 12 {
			h := setup(t)
			_, err := h.run(open(t), &dying{Store: h.store, calls: after})
			if err == nil {
				break
			}
			r, err := h.run(open(t), h.store)
			if err != nil {
				t.Fatal(err)
			}
			if n := h.count("messages"); n != 7 || r.Quarantined != 2 {
				t.Errorf("cut after %d: %d messages, %+v", after, n, r)
			}
		}
	})

	t.Run("messages have the mails' dates and senders", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		h.mbox(
			header("ann@c.example", "help@shop.example", "<2@c>", "Re: Hi", "Tue, 03 Nov 2026 11:00:00 +0100", "References: <1@c>")+"second",
			header("ann@c.example", "help@shop.example", "<1@c>", "Hi", "Tue, 03 Nov 2026 09:00:00 +0000")+"first",
			header(h.ann.Email, "Ann <ann@c.example>", "<3@c>", "Re: Hi", "Tue, 03 Nov 2026 10:30:00 +0000", "In-Reply-To: <2@c>")+"answer",
		)
		if diff := cmp.Diff([]string{"Hi: first, second, > answer"}, h.threads()); diff != "" {
			t.Error(diff)
		}
		var first, second, began, active time.Time
		var sender int64
		h.one("SELECT created_at FROM messages WHERE content = 'first'", &first)
		h.one("SELECT created_at FROM messages WHERE content = 'second'", &second)
		h.one("SELECT sender_id FROM messages WHERE sender_kind = 'user'", &sender)
		h.one("SELECT created_at, last_activity_at FROM conversations", &began, &active)
		nine := time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)
		if !first.Equal(nine) || !second.Equal(nine.Add(time.Hour)) || !began.Equal(nine) || !active.Equal(nine.Add(90*time.Minute)) {
			t.Errorf("first %s, second %s, began %s, active %s", first, second, began, active)
		}
		if sender != h.ann.ID {
			t.Errorf("the answer is from %d, want %d", sender, h.ann.ID)
		}
	})

	t.Run("a date that no clock should show is replaced by the mailbox's", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		for i, date := range []string{"Mon, 01 Jan 0001 00:00:00 +0000", "Mon, 01 Jan 2179 00:00:00 +0000", "yesterday"} {
			h.mbox(header("ann@c.example", "help@shop.example", fmt.Sprintf("<%d@c>", i), "Hi", date) + "x")
		}
		if n := h.count("messages WHERE created_at = '2026-11-03 09:14:00+00'"); n != 3 {
			t.Errorf("%d of 3 have the date of the From line", n)
		}
	})

	t.Run("two answers to a mail that is not there meet", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		h.mbox(
			header("ann@c.example", "help@shop.example", "<2@c>", "Re: Hi", "Tue, 03 Nov 2026 10:00:00 +0000", "References: <gone@c>")+"one",
			header("ann@c.example", "help@shop.example", "<3@c>", "Re: other words", "Tue, 03 Nov 2026 11:00:00 +0000", "References: <gone@c>")+"two",
		)
		if diff := cmp.Diff([]string{"Re: Hi: one, two"}, h.threads()); diff != "" {
			t.Error(diff)
		}
	})

	t.Run("a subject joins only a reply without references, of the same contact, soon after", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		h.mbox(
			header("ann@c.example", "help@shop.example", "<1@c>", "Invoice", "Tue, 01 Sep 2026 09:00:00 +0000")+"one",
			header("ann@c.example", "help@shop.example", "<2@c>", "AW: Re[2]: INVOICE", "Wed, 02 Sep 2026 09:00:00 +0000")+"joins",
			header("ann@c.example", "help@shop.example", "<3@c>", "Invoice", "Thu, 03 Sep 2026 09:00:00 +0000")+"no mark of a reply",
			header("bob@c.example", "help@shop.example", "<4@c>", "Re: Invoice", "Thu, 03 Sep 2026 10:00:00 +0000")+"another contact",
			header("ann@c.example", "help@shop.example", "<5@c>", "Re: Invoice", "Thu, 03 Sep 2026 11:00:00 +0000", "References: <unknown@c>")+"answers something else",
			header("ann@c.example", "help@shop.example", "<6@c>", "Re: Invoice", "Sun, 01 Nov 2026 09:00:00 +0000")+"two months later",
		)
		if diff := cmp.Diff([]string{
			"Invoice: one, joins", "Invoice: no mark of a reply", "Re: Invoice: another contact",
			"Re: Invoice: answers something else", "Re: Invoice: two months later",
		}, h.threads()); diff != "" {
			t.Error(diff)
		}
	})

	t.Run("a mail to another inbox that names our ids opens its own conversation", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		h.mbox(header("ann@c.example", "help@shop.example", "<1@c>", "Hi", "Tue, 03 Nov 2026 09:00:00 +0000") + "one")
		h.inbox = dbtest.Inbox(t, h.pool, db.Account{ID: h.inbox.AccountID}, "Second")
		h.mbox(header("eve@c.example", "help@shop.example", "<2@c>", "Re: Hi", "Tue, 03 Nov 2026 10:00:00 +0000", "References: <1@c>") + "two")
		if diff := cmp.Diff([]string{"Hi: one", "Re: Hi: two"}, h.threads()); diff != "" {
			t.Error(diff)
		}
	})

	t.Run("the HTML that the API gives out is harmless", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		h.mbox(header("ann@c.example", "help@shop.example", "<1@c>", "Hi", "Tue, 03 Nov 2026 09:00:00 +0000", "Content-Type: text/html") +
			`<p onclick=x()>Hello<script>alert(1)</script> <a href="javascript:x">you</a></p>`)
		var raw json.RawMessage
		var content string
		h.one("SELECT content, content_attributes FROM messages", &content, &raw)
		var got struct {
			Email struct {
				HTML    map[string]string `json:"html_content"`
				Subject string            `json:"subject"`
			} `json:"email"`
		}
		if err := json.Unmarshal(raw, &got); err != nil {
			t.Fatal(err)
		}
		if strings.TrimSpace(got.Email.HTML["full"]) != "<p>Hello you</p>" || got.Email.Subject != "Hi" || content != "Hello you" {
			t.Errorf("%q, %+v", content, got)
		}
	})

	t.Run("more files than a message holds follow in further messages", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		body := header("ann@c.example", "help@shop.example", "<1@c>", "Files", "Tue, 03 Nov 2026 09:00:00 +0000", "Content-Type: multipart/mixed; boundary=b")
		body += "--b\n\nhere\n"
		for i := range 33 {
			body += fmt.Sprintf("--b\nContent-Type: application/zip; name=%d.zip\nContent-Disposition: attachment; filename=%d.zip\n\n%d\n", i, i, i)
		}
		r := h.mbox(body + "--b--")
		if n := h.count("attachments"); n != 33 || r.Posted != 1 || h.count("messages") != 3 {
			t.Errorf("%d files, %d messages, %+v", n, h.count("messages"), r)
		}
	})

	t.Run("a file that is no mailbox is refused before anything is written", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		if _, err := h.run(strings.NewReader("%PDF-1.4"), h.store); err == nil {
			t.Error("it was taken")
		}
		if n := h.count("inbound_mail"); n != 0 {
			t.Errorf("%d rows", n)
		}
	})
}

// dying is a store that fails for good after some calls, as a full disk does.
type dying struct {
	blob.Store
	calls int
}

var errFull = errors.New("no space left")

func (d *dying) Put(ctx context.Context, r io.Reader, limit int64) (blob.Blob, error) {
	if d.calls--; d.calls < 0 {
		return blob.Blob{}, errFull
	}
	return d.Store.Put(ctx, r, limit)
}

func (d *dying) Open(ctx context.Context, hash string) (io.ReadSeekCloser, error) {
	if d.calls--; d.calls < 0 {
		return nil, errFull
	}
	return d.Store.Open(ctx, hash)
}

func header(from, to, id, subject, date string, more ...string) string {
	return "From: " + from + "\nTo: " + to + "\nMessage-ID: " + id + "\nSubject: " + subject + "\nDate: " + date + "\n" +
		strings.Join(append(more, "", ""), "\n")
}

func open(t *testing.T) *os.File {
	t.Helper()
	f, err := os.Open("testdata/shop.mbox")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}
