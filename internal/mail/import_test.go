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

// fixture is an inbox of an account, with an agent, to which mails are imported.
type fixture struct {
	t     *testing.T
	pool  *pgxpool.Pool
	inbox db.Inbox
	ann   db.User
	store blob.Store
}

func setup(t *testing.T) *fixture {
	pool := dbtest.New(t)
	account := dbtest.Account(t, pool, "Lamp shop")
	inbox := dbtest.Inbox(t, pool, account, "Mail")
	store, err := blob.Open(t.Context(), "file://"+t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return &fixture{t: t, pool: pool, inbox: inbox, store: store, ann: dbtest.Agent(t, pool, account, "Ann Agent", inbox)}
}

func (f *fixture) run(file io.Reader, store blob.Store) (mail.Report, error) {
	m := mail.Mbox{Receiver: f.receiver(store), Log: slog.New(slog.DiscardHandler)}
	return m.Import(f.t.Context(), file)
}

func (f *fixture) receiver(store blob.Store) mail.Receiver {
	return mail.Receiver{
		Pool: f.pool, Desk: dbtest.Desk(f.t, f.pool, nil), Inbox: f.inbox, Own: []string{"Help@Shop.example"},
		Files: blob.Intake{Store: store},
	}
}

func (f *fixture) mbox(mails ...string) mail.Report {
	f.t.Helper()
	var file strings.Builder
	for _, m := range mails {
		file.WriteString("From x@y Tue Nov  3 09:14:00 2026\n" + m + "\n\n")
	}
	r, err := f.run(strings.NewReader(file.String()), f.store)
	if err != nil {
		f.t.Fatal(err)
	}
	return r
}

// threads returns every conversation as "subject: message, message…", by number; outgoing messages begin with ">".
func (f *fixture) threads() (out []string) {
	f.t.Helper()
	rows, err := f.pool.Query(context.Background(), `SELECT c.subject || ': ' || string_agg(
		CASE m.kind WHEN 'outgoing' THEN '> ' ELSE '' END || split_part(m.content, E'\n', 1), ', ' ORDER BY m.id)
		FROM conversations c JOIN messages m ON m.conversation_id = c.id GROUP BY c.id, c.subject, c.display_id ORDER BY c.display_id`)
	if err != nil {
		f.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			f.t.Fatal(err)
		}
		out = append(out, s)
	}
	return out
}

func (f *fixture) one(sql string, into ...any) {
	f.t.Helper()
	if err := f.pool.QueryRow(context.Background(), sql).Scan(into...); err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) count(sql string) (n int) {
	f.t.Helper()
	f.one("SELECT count(*) FROM "+sql, &n)
	return n
}

func TestImport(t *testing.T) {
	t.Parallel()

	t.Run("a mailbox becomes conversations, with what cannot be read kept and reported", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		file := open(t)
		r, err := f.run(file, f.store)
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
		}, f.threads()); diff != "" {
			t.Error(diff)
		}
		if len(failures) != 2 {
			t.Fatalf("failures %+v", failures)
		}
		for _, file := range failures {
			var hash, reason, state string
			err := f.pool.QueryRow(t.Context(), "SELECT blob_hash, reason, state FROM inbound_mail WHERE key = $1",
				file.Key).Scan(&hash, &reason, &state)
			if err != nil || state != "quarantined" || reason == "" || reason != file.Reason {
				t.Errorf("%+v: %s, %q, %v", file, state, reason, err)
			}
			if ok, _ := f.store.Exists(t.Context(), hash); !ok {
				t.Errorf("the bytes of %s are not kept", file.Key)
			}
		}
	})

	t.Run("run twice, nothing is doubled", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		if _, err := f.run(open(t), f.store); err != nil {
			t.Fatal(err)
		}
		tables := []string{"messages", "conversations", "contacts", "attachments", "inbound_mail", "events"}
		before := map[string]int{}
		for _, table := range tables {
			before[table] = f.count(table)
		}
		r, err := f.run(open(t), f.store)
		if err != nil {
			t.Fatal(err)
		}
		if r.Posted != 0 || r.Already != 8 || r.Quarantined != 2 || r.Conversations != 0 {
			t.Errorf("%+v", r)
		}
		for _, table := range tables {
			if n := f.count(table); n != before[table] {
				t.Errorf("%s: %d, then %d", table, before[table], n)
			}
		}
	})

	t.Run("two runs at once post each mail once", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		done := make(chan error, 2)
		for range 2 {
			go func() { _, err := f.run(open(t), f.store); done <- err }()
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
		if _, err := f.run(open(t), f.store); err != nil { // for conflicts that the parallel runs left
			t.Fatal(err)
		}
		if n := f.count("messages"); n != 7 {
			t.Errorf("%d messages", n)
		}
	})

	t.Run("a run that was cut off anywhere is finished by the next", func(t *testing.T) {
		t.Parallel()
		for after := range 12 {
			f := setup(t)
			_, err := f.run(open(t), &dying{Store: f.store, calls: after})
			if err == nil {
				break
			}
			r, err := f.run(open(t), f.store)
			if err != nil {
				t.Fatal(err)
			}
			if n := f.count("messages"); n != 7 || r.Quarantined != 2 {
				t.Errorf("cut after %d: %d messages, %+v", after, n, r)
			}
		}
	})

	t.Run("a file that is no mailbox is refused before anything is written", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		if _, err := f.run(strings.NewReader("%PDF-1.4"), f.store); err == nil {
			t.Error("it was taken")
		}
		if n := f.count("inbound_mail"); n != 0 {
			t.Errorf("%d rows", n)
		}
	})
}

func TestDates(t *testing.T) {
	t.Parallel()

	t.Run("messages have the mails' dates and senders", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		f.mbox(
			header(
				"ann@c.example",
				"help@shop.example",
				"<2@c>",
				"Re: Hi",
				"Tue, 03 Nov 2026 11:00:00 +0100",
				"References: <1@c>",
			)+"second",
			header("ann@c.example", "help@shop.example", "<1@c>", "Hi", "Tue, 03 Nov 2026 09:00:00 +0000")+"first",
			header(
				f.ann.Email,
				"Ann <ann@c.example>",
				"<3@c>",
				"Re: Hi",
				"Tue, 03 Nov 2026 10:30:00 +0000",
				"In-Reply-To: <2@c>",
			)+"answer",
		)
		if diff := cmp.Diff([]string{"Hi: first, second, > answer"}, f.threads()); diff != "" {
			t.Error(diff)
		}
		var first, second, began, active time.Time
		var sender int64
		f.one("SELECT created_at FROM messages WHERE content = 'first'", &first)
		f.one("SELECT created_at FROM messages WHERE content = 'second'", &second)
		f.one("SELECT sender_id FROM messages WHERE sender_kind = 'user'", &sender)
		f.one("SELECT created_at, last_activity_at FROM conversations", &began, &active)
		nine := time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)
		if !first.Equal(nine) || !second.Equal(nine.Add(time.Hour)) || !began.Equal(nine) || !active.Equal(nine.Add(90*time.Minute)) {
			t.Errorf("first %s, second %s, began %s, active %s", first, second, began, active)
		}
		if sender != f.ann.ID {
			t.Errorf("the answer is from %d, want %d", sender, f.ann.ID)
		}
	})

	t.Run("a date that no clock should show is replaced by the mailbox's", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		for i, date := range []string{"Mon, 01 Jan 0001 00:00:00 +0000", "Mon, 01 Jan 2179 00:00:00 +0000", "yesterday"} {
			f.mbox(header("ann@c.example", "help@shop.example", fmt.Sprintf("<%d@c>", i), "Hi", date) + "x")
		}
		if n := f.count("messages WHERE created_at = '2026-11-03 09:14:00+00'"); n != 3 {
			t.Errorf("%d of 3 have the date of the From line", n)
		}
	})
}

func TestThreads(t *testing.T) {
	t.Parallel()

	t.Run("two answers to a mail that is not there meet", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		f.mbox(
			header(
				"ann@c.example",
				"help@shop.example",
				"<2@c>",
				"Re: Hi",
				"Tue, 03 Nov 2026 10:00:00 +0000",
				"References: <gone@c>",
			)+"one",
			header("ann@c.example", "help@shop.example", "<3@c>", "Re: other words", "Tue, 03 Nov 2026 11:00:00 +0000",
				"References: <gone@c>")+"two",
		)
		if diff := cmp.Diff([]string{"Re: Hi: one, two"}, f.threads()); diff != "" {
			t.Error(diff)
		}
	})

	t.Run("a subject joins only a reply without references, of the same contact, soon after", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		f.mbox(
			header("ann@c.example", "help@shop.example", "<1@c>", "Invoice", "Tue, 01 Sep 2026 09:00:00 +0000")+"one",
			header("ann@c.example", "help@shop.example", "<2@c>", "AW: Re[2]: INVOICE", "Wed, 02 Sep 2026 09:00:00 +0000")+"joins",
			header("ann@c.example", "help@shop.example", "<3@c>", "Invoice", "Thu, 03 Sep 2026 09:00:00 +0000")+"no mark of a reply",
			header("bob@c.example", "help@shop.example", "<4@c>", "Re: Invoice", "Thu, 03 Sep 2026 10:00:00 +0000")+"another contact",
			header("ann@c.example", "help@shop.example", "<5@c>", "Re: Invoice", "Thu, 03 Sep 2026 11:00:00 +0000",
				"References: <unknown@c>")+"answers something else",
			header("ann@c.example", "help@shop.example", "<6@c>", "Re: Invoice", "Sun, 01 Nov 2026 09:00:00 +0000")+"two months later",
		)
		if diff := cmp.Diff([]string{
			"Invoice: one, joins", "Invoice: no mark of a reply", "Re: Invoice: another contact",
			"Re: Invoice: answers something else", "Re: Invoice: two months later",
		}, f.threads()); diff != "" {
			t.Error(diff)
		}
	})

	t.Run("a mail to another inbox that names our ids opens its own conversation", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		f.mbox(header("ann@c.example", "help@shop.example", "<1@c>", "Hi", "Tue, 03 Nov 2026 09:00:00 +0000") + "one")
		f.inbox = dbtest.Inbox(t, f.pool, db.Account{ID: f.inbox.AccountID}, "Second")
		f.mbox(
			header(
				"eve@c.example",
				"help@shop.example",
				"<2@c>",
				"Re: Hi",
				"Tue, 03 Nov 2026 10:00:00 +0000",
				"References: <1@c>",
			) + "two",
		)
		if diff := cmp.Diff([]string{"Hi: one", "Re: Hi: two"}, f.threads()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestContents(t *testing.T) {
	t.Parallel()

	t.Run("attachments are kept with their bytes and size, and their thumbnail is ordered", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		if _, err := f.run(open(t), f.store); err != nil {
			t.Fatal(err)
		}
		var name, kind, hash, content string
		var w, size, ordered int
		f.one(`SELECT a.name, a.file_kind, a.blob_hash, a.width, a.size, m.content,
			(SELECT count(*) FROM river_job WHERE kind = 'make_thumbnail' AND args ->> 'hash' = a.blob_hash)
			FROM attachments a JOIN messages m ON m.id = a.message_id`, &name, &kind, &hash, &w, &size, &content, &ordered)
		if name != "lamp.png" || kind != "image" || w != 1 || content != "Here it is." || ordered != 1 {
			t.Errorf("%s %s %d wide, %d thumbnails ordered, at %q", name, kind, w, ordered, content)
		}
		file, err := f.store.Open(t.Context(), hash)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = file.Close() }()
		if all, _ := io.ReadAll(file); len(all) != size || !strings.HasPrefix(string(all), "\x89PNG") {
			t.Errorf("%d bytes stored, %d said", len(all), size)
		}
	})

	t.Run("the HTML that the API gives out is harmless", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		f.mbox(header("ann@c.example", "help@shop.example", "<1@c>", "Hi", "Tue, 03 Nov 2026 09:00:00 +0000", "Content-Type: text/html") +
			`<p onclick=x()>Hello<script>alert(1)</script> <a href="javascript:x">you</a></p>`)
		var raw json.RawMessage
		var content string
		f.one("SELECT content, content_attributes FROM messages", &content, &raw)
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
		f := setup(t)
		body := header("ann@c.example", "help@shop.example", "<1@c>", "Files", "Tue, 03 Nov 2026 09:00:00 +0000",
			"Content-Type: multipart/mixed; boundary=b")
		body += "--b\n\nhere\n"
		for i := range 33 {
			body += fmt.Sprintf(
				"--b\nContent-Type: application/zip; name=%d.zip\nContent-Disposition: attachment; filename=%d.zip\n\n%d\n",
				i,
				i,
				i,
			)
		}
		r := f.mbox(body + "--b--")
		if n := f.count("attachments"); n != 33 || r.Posted != 1 || f.count("messages") != 3 {
			t.Errorf("%d files, %d messages, %+v", n, f.count("messages"), r)
		}
	})
}

// dying is a store of which every call fails after some calls, as with a full disk.
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
	file, err := os.Open("testdata/shop.mbox")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	return file
}
