package task

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"image"
	"image/png"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/blob"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/job"
	"github.com/parleydesk/parley/internal/outbound"
)

type fixture struct {
	pool    *pgxpool.Pool
	q       *db.Queries
	tasks   *Tasks
	account db.Account
	inbox   db.Inbox
}

func setup(t *testing.T, allow ...netip.Prefix) *fixture {
	t.Helper()
	pool := dbtest.New(t)
	store, err := blob.Open(t.Context(), "file://"+t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{pool: pool, q: db.New(pool), account: dbtest.Account(t, pool, "Example")}
	f.inbox = dbtest.Inbox(t, pool, f.account, "Shop")
	f.tasks = New(Config{
		Pool: pool, Desk: dbtest.Desk(t, pool, nil), Blob: store, Client: outbound.NewGuard(allow...).Client(time.Minute),
		Logger: slog.New(slog.DiscardHandler),
	})
	return f
}

// file adds a file of contacts.
func (f *fixture) file(t *testing.T, kind, content string, params any) db.ContactImport {
	t.Helper()
	raw, err := json.Marshal(params)
	if err != nil {
		t.Fatal(err)
	}
	p := db.InsertContactImportParams{AccountID: f.account.ID, Kind: kind, Params: raw, State: "queued"}
	if content != "" {
		b, err := f.tasks.blob.Put(t.Context(), strings.NewReader(content), 0)
		if err != nil {
			t.Fatal(err)
		}
		p.BlobHash = &b.Hash
	}
	row, err := f.q.InsertContactImport(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return row
}

func (f *fixture) contactLines(t *testing.T) string {
	t.Helper()
	rows, err := f.pool.Query(context.Background(),
		`SELECT concat_ws('|', name, email, phone_number, identifier, array_to_string(labels, '+'), `+
			`nullif(custom_attributes::text, '{}'), nullif(additional_attributes::text, '{}')) FROM contacts ORDER BY id`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	return strings.Join(all, "\n")
}

func TestImport(t *testing.T) {
	t.Parallel()

	t.Run("makes contacts, changes those that are known, and tells which lines it could not read", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		name, email := "Known", "known@example.test"
		if err := f.tasks.desk.Do(t.Context(), desk.System(f.account.ID), func(tx *desk.Tx) error {
			_, err := tx.CreateContact(t.Context(), desk.ContactInput{Name: &name, Email: &email})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		row := f.file(t, "import", "\xef\xbb\xbfName;E-mail;Email;Phone "+
			"Number;City;Tier;labels\r\nBo;;Bo@Example.test;'+390000001;Rome;gold;a,b\r\n"+
			";;KNOWN@example.test;;Turin;;\r\nBad;;;12345;;;\r\n;;;;;;\r\n", nil)
		args := job.ImportContacts{AccountID: f.account.ID, ImportID: row.ID}
		for range 2 { // the second finds it done
			if err := f.tasks.importContacts(t.Context(), args); err != nil {
				t.Fatal(err)
			}
		}
		want := `Known|known@example.test||{"city": "Turin"}` + "\n" + `Bo|bo@example.test|+390000001|a+b|{"tier": "gold"}|{"city": "Rome"}`
		if got := f.contactLines(t); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
		row, err := f.q.GetContactImport(t.Context(), f.account.ID, row.ID)
		if err != nil {
			t.Fatal(err)
		}
		if row.State != "done" || row.Total != 4 || row.Processed != 4 || strings.Count(row.Error, "\n") != 2 ||
			!strings.HasPrefix(row.Error, "line 4: Phone") {
			t.Errorf("%+v", row)
		}
	})

	t.Run("reads what spreadsheets save, or says in which line it does not", func(t *testing.T) {
		t.Parallel()
		utf16 := func(s string) string {
			var b strings.Builder
			for _, u := range s {
				b.WriteString(string([]byte{byte(u), byte(u >> 8)}))
			}
			return b.String()
		}
		for content, want := range map[string]string{
			"name,email\nZo\xeb O\x92Neil \x96 50 \x80,z@a.example\n":                               "Zoë O’Neil – 50 €|z@a.example|",
			"name,email\n\xc8\xe2\xe0\xed \xcf\xe5\xf2\xf0\xee\xe2,i@a.example\n":                   "Иван Петров|i@a.example|",
			"\xff\xfe" + utf16("name,email\nИван Первый,u@a.example\n"):                             "Иван Первый|u@a.example|",
			"\xff\xfe" + utf16("name\temail\r\nИван,u\tu@a.example\r\n"):                            "Иван,u|u@a.example|",
			utf16("name,email\nIvan,u@a.example\n"):                                                 "Ivan|u@a.example|",
			"name,email\rCarr,c@a.example\r":                                                        "Carr|c@a.example|",
			"name;email\r\n\"Semi; colon\";s@a.example":                                             "Semi; colon|s@a.example|",
			"name,email\n\"Open,o@a.example\nAfter,b@a.example\n":                                   "failed: line 2",
			"name,email\nA,a@a.example\nB \"x\" y,b@a.example\n":                                    "failed: line 3",
			"name,email\n\x00\x01\x02,x":                                                            "failed: encoding",
			"vegetable,colour\nbeet,red\n":                                                          "failed: line 1",
			"":                                                                                      "failed: empty",
			"name,email,phone_number\nA,a@a.example,+4915112340001\nB,b@a.example,+4915112340001\n": "A|a@a.example|+4915112340001|",
			"name,phone_number\nA,+49 (151) 1234-0001\nB,+4915112340001\n":                          "A|+4915112340001|",
			"name,identifier,city\nA,a,Bonn\n\"B\nC\",b,Bonn\nD,d,Rome,Italy\n":                     "A|a||{\"city\": \"Bonn\"}",
		} {
			f := setup(t)
			if content == "" {
				content = "\n"
			}
			row := f.file(t, "import", content, nil)
			if err := f.tasks.importContacts(t.Context(), job.ImportContacts{AccountID: f.account.ID, ImportID: row.ID}); err != nil {
				t.Fatalf("%q: %v", content, err)
			}
			row, err := f.q.GetContactImport(t.Context(), f.account.ID, row.ID)
			if err != nil {
				t.Fatal(err)
			}
			reason, failed := strings.CutPrefix(want, "failed: ")
			switch got := f.contactLines(t); {
			case failed && (row.State != "failed" || !strings.Contains(row.Error, reason) || got != ""):
				t.Errorf("%q: %s %q, contacts %q, want %s", content, row.State, row.Error, got, want)
			case !failed && (row.State != "done" || got != want):
				t.Errorf("%q: %s %q, contacts %q, want %q", content, row.State, row.Error, got, want)
			case strings.Contains(content, "+49") && !strings.HasPrefix(row.Error, "line 3: +4915112340001 belongs to another contact"):
				t.Errorf("the row that contradicts another: %q", row.Error)
			}
		}
	})

	t.Run("goes on where it stopped", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		row := f.file(t, "import", "name\nA\nB\nC\n", nil)
		if err := f.q.SetContactImport(t.Context(), db.SetContactImportParams{
			AccountID: f.account.ID, ID: row.ID, State: "queued", Total: 3, Processed: 2,
		}); err != nil {
			t.Fatal(err)
		}
		if err := f.tasks.importContacts(t.Context(), job.ImportContacts{AccountID: f.account.ID, ImportID: row.ID}); err != nil {
			t.Fatal(err)
		}
		if got := f.contactLines(t); got != "C|" {
			t.Errorf("got %q, want C alone", got)
		}
	})

	t.Run("survives what is no table", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		for _, content := range []string{"\x00\x01\x02", "name", "\"", "name\n\"unclosed", "Jos\xe9,x\nJos\xe9,y", ";;;\n;;;"} {
			row := f.file(t, "import", content, nil)
			if err := f.tasks.importContacts(t.Context(), job.ImportContacts{AccountID: f.account.ID, ImportID: row.ID}); err != nil {
				t.Errorf("%q: %v", content, err)
			}
			row, err := f.q.GetContactImport(t.Context(), f.account.ID, row.ID)
			if err != nil || row.State == "queued" {
				t.Errorf("%q: still queued (%v)", content, err)
			}
		}
	})
}

func TestExport(t *testing.T) {
	t.Parallel()
	f := setup(t)
	in := "name,email,phone_number,labels,tier,city\n" +
		"\"=HYPERLINK(\"\"http://evil\"\")\",a@example.test,+390000001,\"vip,late\",gold,Rome\n-1+1,b@example.test,,,,\nNobody,,,,,\n"
	row := f.file(t, "import", in, nil)
	if err := f.tasks.importContacts(t.Context(), job.ImportContacts{AccountID: f.account.ID, ImportID: row.ID}); err != nil {
		t.Fatal(err)
	}
	export := func(e Export) string {
		t.Helper()
		row := f.file(t, "export", "", e)
		if err := f.tasks.exportContacts(t.Context(), job.ExportContacts{AccountID: f.account.ID, ImportID: row.ID}); err != nil {
			t.Fatal(err)
		}
		row, err := f.q.GetContactImport(t.Context(), f.account.ID, row.ID)
		if err != nil || row.State != "done" {
			t.Fatalf("%+v, %v", row, err)
		}
		file, err := f.tasks.blob.Open(t.Context(), *row.BlobHash)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = file.Close() }()
		raw, err := io.ReadAll(file)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}

	t.Run("writes no cell that a spreadsheet would run, and a phone number as it is", func(t *testing.T) {
		want := "name,email,phone_number,labels,tier,city\n" +
			"\"'=HYPERLINK(\"\"http://evil\"\")\",a@example.test,+390000001,\"vip,late\",gold,Rome\n'-1+1,b@example.test,,,,\n"
		if got := export(Export{Columns: []string{"name", "email", "phone_number", "labels", "tier", "city"}}); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})

	t.Run("takes a label and a filter", func(t *testing.T) {
		if got := export(Export{Columns: []string{"email"}, Label: "vip"}); got != "email\na@example.test\n" {
			t.Errorf("got %q", got)
		}
		terms := []db.ContactTerm{{Field: "name", Op: db.Contains, Values: []string{"nobody"}}}
		if got := export(Export{Columns: []string{"name"}, Terms: terms}); got != "name\nNobody\n" {
			t.Errorf("got %q", got)
		}
	})

	t.Run("can be read back without a change", func(t *testing.T) {
		before := f.contactLines(t)
		row := f.file(t, "import", export(Export{Columns: []string{
			"id", "name", "email", "phone_number", "labels", "tier",
			"city", "created_at",
		}}), nil)
		if err := f.tasks.importContacts(t.Context(), job.ImportContacts{AccountID: f.account.ID, ImportID: row.ID}); err != nil {
			t.Fatal(err)
		}
		if after := f.contactLines(t); after != before {
			t.Errorf("before\n%s\nafter\n%s", before, after)
		}
	})
}

func TestAvatar(t *testing.T) {
	t.Parallel()
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewRGBA(image.Rect(0, 0, 600, 300))); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(f http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/me.png":
			_, _ = f.Write(picture.Bytes())
		case "/text":
			_, _ = io.WriteString(f, "<html>no picture</html>")
		case "/down":
			f.WriteHeader(http.StatusBadGateway)
		case "/endless":
			for err := error(nil); err == nil; {
				_, err = f.Write(picture.Bytes())
			}
		case "/bomb":
			f.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(f)
			_, _ = z.Write(make([]byte, 20<<20))
			_ = z.Close()
		case "/inside":
			http.Redirect(f, r, "http://169.254.169.254/latest/meta-data/", http.StatusFound)
		default:
			f.WriteHeader(http.StatusNotFound)
		}
	}))
	t.Cleanup(server.Close)

	fetch := func(t *testing.T, f *fixture, url string, attempt int) (db.Contact, error) {
		t.Helper()
		var c db.Contact
		err := f.tasks.desk.Do(t.Context(), desk.System(f.account.ID), func(tx *desk.Tx) (err error) {
			c, err = tx.CreateContact(t.Context(), desk.ContactInput{AvatarURL: &url})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		worker := &avatarWorker{tasks: f.tasks}
		failed := worker.Work(t.Context(), &river.Job[job.FetchAvatar]{
			JobRow: &rivertype.JobRow{Attempt: attempt, MaxAttempts: 3}, Args: job.FetchAvatar{AccountID: f.account.ID, ContactID: c.ID, URL: url},
		})
		c, err = f.q.GetContact(t.Context(), f.account.ID, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		return c, failed
	}
	f := setup(t, netip.MustParsePrefix("127.0.0.0/8"))

	t.Run("is stored in the size in which it is shown", func(t *testing.T) {
		c, err := fetch(t, f, server.URL+"/me.png", 1)
		if err != nil || c.AvatarHash == nil {
			t.Fatalf("hash %v, %v", c.AvatarHash, err)
		}
		file, err := f.tasks.blob.Open(t.Context(), *c.AvatarHash)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = file.Close() }()
		if width, _, err := blob.Dimensions(file); err != nil || width >= 600 {
			t.Errorf("width %d, %v", width, err)
		}
	})

	t.Run("that is none is forgotten at once, one that fails after the last try", func(t *testing.T) {
		for url, attempts := range map[string]int{"/text": 1, "/gone": 1, "/down": 3} {
			if c, _ := fetch(t, f, server.URL+url, attempts); c.AvatarHash != nil || c.AvatarUrl != nil {
				t.Errorf("%s: hash %v, url %v", url, c.AvatarHash, c.AvatarUrl)
			}
		}
		if c, err := fetch(t, f, server.URL+"/down", 1); err == nil || c.AvatarUrl == nil {
			t.Errorf("not tried again: %v, url %v", err, c.AvatarUrl)
		}
	})

	t.Run("is not fetched from a private network", func(t *testing.T) {
		guarded := setup(t)
		if c, err := fetch(t, guarded, server.URL+"/me.png", 1); err == nil || c.AvatarHash != nil || c.AvatarUrl != nil {
			t.Errorf("hash %v, url %v; a refused address is not tried again", c.AvatarHash, c.AvatarUrl)
		}
	})

	t.Run("is not taken from an answer that is too large, compressed, or leads into a private network", func(t *testing.T) {
		for _, path := range []string{"/endless", "/bomb", "/inside"} {
			if c, err := fetch(t, f, server.URL+path, 1); err == nil || c.AvatarHash != nil || c.AvatarUrl != nil {
				t.Errorf("%s: hash %v, url %v, %v", path, c.AvatarHash, c.AvatarUrl, err)
			}
		}
	})
}

func TestReplaceLabel(t *testing.T) {
	t.Parallel()
	f := setup(t)
	for range labelBatch + 3 {
		dbtest.Conversation(t, f.pool, f.inbox, "x")
	}
	if _, err := f.pool.Exec(t.Context(),
		`UPDATE conversations SET labels = '{first,vip,gold}'; UPDATE contacts SET labels = '{vip}'`); err != nil {
		t.Fatal(err)
	}
	count := func(labels string) (n int) {
		t.Helper()
		err := f.pool.QueryRow(t.Context(),
			`SELECT (SELECT count(*) FROM conversations WHERE labels = $1::text[]) + (SELECT count(*) FROM contacts WHERE `+
				`labels = $1::text[])`, labels).Scan(&n)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	replace := func(from, to string) {
		t.Helper()
		if err := f.tasks.replaceLabel(t.Context(), job.ReplaceLabel{AccountID: f.account.ID, From: from, To: to}); err != nil {
			t.Fatal(err)
		}
	}

	replace("vip", "best")
	if n := count("{first,best,gold}"); n != labelBatch+3 {
		t.Errorf("%d conversations have the new title in the old one's place, want %d", n, labelBatch+3)
	}
	if n := count("{best}"); n != labelBatch+3 {
		t.Errorf("%d contacts have the new title, want %d", n, labelBatch+3)
	}
	replace("best", "gold")
	if n := count("{first,gold}"); n != labelBatch+3 {
		t.Errorf("%d conversations keep one label where both were, want %d", n, labelBatch+3)
	}
	replace("gold", "")
	if n := count("{first}") + count("{}"); n != 2*(labelBatch+3) {
		t.Errorf("%d conversations and contacts are without the deleted label, want %d", n, 2*(labelBatch+3))
	}

	// There are events for others, and no activity in the threads.
	var events, lines int
	if err := f.pool.QueryRow(t.Context(),
		`SELECT (SELECT count(*) FROM events WHERE kind = 'conversation.labelled'), (SELECT count(*) `+
			`FROM messages)`).Scan(&events, &lines); err != nil {
		t.Fatal(err)
	}
	if events != 3*(labelBatch+3) || lines != 0 {
		t.Errorf("%d events, %d lines", events, lines)
	}
}

func TestDeleteAccount(t *testing.T) {
	t.Parallel()
	f := setup(t)
	dbtest.Message(t, f.pool, dbtest.Conversation(t, f.pool, f.inbox, "Bye"), "Bye")
	for _, marked := range []bool{false, true} {
		if marked {
			if _, err := f.pool.Exec(t.Context(), "UPDATE accounts SET status = 'deleted'"); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 { // a second run changes nothing
			if err := f.tasks.deleteAccount(t.Context(), job.DeleteAccount{AccountID: f.account.ID}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := f.q.GetAccount(t.Context(), f.account.ID); db.IsNone(err) != marked {
			t.Errorf("marked as deleted %v: %v", marked, err)
		}
	}
}
