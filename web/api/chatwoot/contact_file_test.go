package chatwoot_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"strings"
	"testing"

	"github.com/parleydesk/parley/web/api/apitest"
)

func contactFileRows() map[string]apitest.Row {
	exported := func(t testing.TB, w *apitest.Fixture) {
		t.Helper()
		b, err := w.Server.Blob.Put(context.Background(), strings.NewReader("id,name\n"), 0)
		if err != nil {
			t.Fatal(err)
		}
		insert(
			"export",
			`INSERT INTO contact_imports (account_id, user_id, kind, state, blob_hash) VALUES ($1, $2, 'export', 'done', '`+b.Hash+`')`,
		)(t, w)
	}
	refused := func(t testing.TB, w *apitest.Fixture) {
		t.Helper()
		b, err := w.Server.Blob.Put(context.Background(), strings.NewReader("name,phone_number\nAnn,+491\n=Bo,12\n"), 0)
		if err != nil {
			t.Fatal(err)
		}
		insert(
			"import",
			`INSERT INTO contact_imports (account_id, user_id, kind, state, blob_hash, failed) `+
				`VALUES ($1, $2, 'import', 'done', '`+b.Hash+`', 1)`,
		)(t, w)
		if _, err := w.Server.Pool.Exec(
			context.Background(), `INSERT INTO contact_import_failures (account_id, import_id, line, reason) `+
				`SELECT account_id, id, 3, 'No number' FROM contact_imports WHERE failed = 1 ON CONFLICT DO NOTHING`,
		); err != nil {
			t.Fatal(err)
		}
	}
	note := apitest.Row{Make: func(t testing.TB, w *apitest.Fixture) {
		t.Helper()
		insert("note", `INSERT INTO notes (account_id, user_id, contact_id, content) VALUES ($1, $2, `+w.Vars["contact"]+`, 'Likes tea')`)(t, w)
	}}
	written := note
	written.Body = `{"content": "Likes coffee"}`
	return apitest.Join(
		nil,
		apitest.Each(apitest.Row{}, "GET "+ks+"/imports", "GET "+ks+"/exports", "POST "+ks+"/export", "GET "+k+"/notes"),
		apitest.Each(note, "GET "+k+"/notes/:note", "DELETE "+k+"/notes/:note"),
		apitest.Each(written, "POST "+k+"/notes", "PUT "+k+"/notes/:note", "PATCH "+k+"/notes/:note"),
		map[string]apitest.Row{
			"POST " + ks + "/import":         {Want: 422}, // there is no file in it
			"POST " + ks + "/import/preview": {Want: 422}, // nor here
			"GET " + ks + "/exports/:export": {Make: exported},

			"GET " + ks + "/imports/:import/failures": {Make: refused},
		},
	)
}

func TestContactFile(t *testing.T) {
	t.Parallel()

	t.Run("is read by a job", func(t *testing.T) {
		w := newFixture(t)
		got := w.Do(t, apitest.Admin, "POST", ks+"/import", "").Want(422)
		apitest.Golden(t, *update, "error_contact_import", got.Body.Bytes())
		got = sendContacts(t, w, "/import", "name,email\nBo,bo@example.test\n", "charset", "").Want(200)
		if got.Body.Len() != 0 || jobs(t, w, "import_contacts") != 1 {
			t.Errorf("body %q, %d jobs", got.Body, jobs(t, w, "import_contacts"))
		}
		apitest.Golden(t, *update, "contact_imports", w.Do(t, apitest.Admin, "GET", ks+"/imports", "").Want(200).Body.Bytes())
	})

	t.Run("is shown as it would be stored, and not stored", func(t *testing.T) {
		w := newFixture(t)
		known := countContacts(t, w)
		content := "name;email;plan;city\nZo\xeb;ZOE@example.test;gold;Rome\n\nBad;no address;;\nZo\xeb B;zoe@example.test;;\n"
		got := sendContacts(t, w, "/import/preview", content, "charset", "").Want(200)
		apitest.Golden(t, *update, "contact_import_preview", got.Body.Bytes())
		if after := countContacts(t, w); after != known {
			t.Errorf("%d contacts were stored", after-known)
		}
		for fields, want := range map[[2]string]string{
			{"charset", "klingon"}: "Charset is not known", {"separator", "x"}: "Separator must be", {"separator", ","}: "line 1: no column",
		} {
			got := sendContacts(t, w, "/import/preview", "name;email\nAnn;a@a.example\n", fields[0], fields[1]).Want(422)
			if !strings.Contains(got.Body.String(), want) {
				t.Errorf("%v: %s", fields, got.Body)
			}
		}
	})

	t.Run("gives the rows that were refused, with the reasons", func(t *testing.T) {
		w := newFixture(t)
		contactFileRows()["GET "+ks+"/imports/:import/failures"].Make(t, w)
		file := w.Do(t, apitest.Admin, "GET", ks+"/imports/{import}/failures", "").Want(200)
		if want := "name,phone_number,import_line,import_error\n'=Bo,12,3,No number\n"; file.Body.String() != want {
			t.Errorf("got %q, want %q", file.Body, want)
		}
	})

	t.Run("is written by a job, and given to administrators alone", func(t *testing.T) {
		w := newFixture(t)
		got := w.Do(
			t, apitest.Admin, "POST", ks+"/export",
			`{"column_names": ["id", "name"], "label": "vip", "payload": [{"attribute_key": "name", "filter_operator": `+
				`"contains", "values": ["a"], "query_operator": null}]}`,
		).Want(200)
		if got.Body.Len() != 0 || jobs(t, w, "export_contacts") != 1 {
			t.Errorf("body %q, %d jobs", got.Body, jobs(t, w, "export_contacts"))
		}
		w.Do(t, apitest.Admin, "POST", ks+"/export", `{"payload": [{"attribute_key": "x"}]}`).Want(422)
		contactFileRows()["GET "+ks+"/exports/:export"].Make(t, w)
		apitest.Golden(t, *update, "contact_exports", w.Do(t, apitest.Admin, "GET", ks+"/exports", "").Want(200).Body.Bytes())
		file := w.Do(t, apitest.Admin, "GET", ks+"/exports/{export}", "").Want(200)
		if file.Body.String() != "id,name\n" || !strings.HasPrefix(file.Header().Get("Content-Disposition"), "attachment") {
			t.Errorf("%q as %s", file.Body, file.Header().Get("Content-Disposition"))
		}
	})
}

func countContacts(t *testing.T, w *apitest.Fixture) (n int) {
	t.Helper()
	if err := w.Server.Pool.QueryRow(context.Background(), "SELECT count(*) FROM contacts").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// sendContacts sends a file of contacts, and a field beside it.
func sendContacts(t *testing.T, w *apitest.Fixture, path, content, field, value string) apitest.Answer {
	t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	f, err := m.CreateFormFile("import_file", "contacts.csv")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := m.WriteField(field, value); err != nil {
		t.Fatal(err)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	return w.Server.Do(
		t, w.Tokens[apitest.Admin], "POST", w.Fill(ks+path), body.Bytes(), "Content-Type", m.FormDataContentType(),
	)
}

func TestNote(t *testing.T) {
	t.Parallel()
	w := newFixture(t)

	t.Run("is written on a contact, changed and removed", func(t *testing.T) {
		got := made(w, "note", w.Do(t, apitest.Inside, "POST", k+"/notes", `{"note": {"content": "Likes tea"}}`).Want(200))
		apitest.Golden(t, *update, "note", got.Body.Bytes())
		w.Do(t, apitest.Outside, "PATCH", k+"/notes/{note}", `{"content": "Likes coffee"}`).Want(200)
		apitest.Golden(t, *update, "notes", w.Do(t, apitest.Outside, "GET", k+"/notes", "").Want(200).Body.Bytes())
		w.Do(t, apitest.Inside, "DELETE", k+"/notes/{note}", "").Want(200)
		w.Do(t, apitest.Inside, "GET", k+"/notes/{note}", "").Want(404)
	})

	t.Run("is checked", func(t *testing.T) {
		w.Do(t, apitest.Inside, "POST", k+"/notes", `{"content": " "}`).Want(422)
		w.Do(t, apitest.Inside, "POST", k+"/notes", ``).Want(422)
		w.Do(t, apitest.Inside, "POST", ks+"/999999/notes", `{"content": "x"}`).Want(404)
	})
}
