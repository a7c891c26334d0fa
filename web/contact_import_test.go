package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/link"
)

func TestContactImport(t *testing.T) {
	t.Parallel()
	h := setup(t)
	imports := link.ContactImports(h.account.ID)
	known := dbtest.Contact(t, h.pool, h.account, "Ada")
	if _, err := h.pool.Exec(t.Context(), "UPDATE contacts SET email = 'ada@x.example' WHERE id = $1", known.ID); err != nil {
		t.Fatal(err)
	}
	count := func(sql string) (n int) {
		if err := h.pool.QueryRow(t.Context(), sql).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}

	h.as(h.admin).send(imports, nil, map[string]string{"contacts.csv": ""}).
		status(http.StatusUnprocessableEntity).reads("#import-file-more", "Choose a file first")
	content := "name,email\nZo\xeb,zoe@x.example\nAda L.,ada@x.example\nBad,none\n"
	sent := h.as(h.admin).send(imports, nil, map[string]string{"contacts.csv": content})
	at := sent.status(http.StatusSeeOther).Header().Get("Location")
	page := h.as(h.admin).get(at).status(200).has("tbody tr", 3).reads("tbody tr:nth-child(1)", "New contact").
		reads("tbody tr:nth-child(2)", "Changes a contact").reads("tbody tr:nth-child(3)", "Refused: Invalid email")
	if page.attr("input[name=charset]", "value") != "windows-1252" || page.attr("input[name=separator]", "value") != "," {
		t.Errorf("what is confirmed is not how the file was read: %s", page.text("main"))
	}
	if n := count("SELECT count(*) FROM contacts WHERE name <> 'Ada'"); n != 0 {
		t.Errorf("looking at a file stored %d contacts", n)
	}
	h.as(h.admin).get(at+"?separator=%3B").status(200).reads("[role=alert]", "line 1: no column").has("form[method=post][action='"+at+"']", 0)
	h.as(h.admin).get(imports).status(200).has("tbody tr", 0)

	confirm := url.Values{"charset": {"windows-1252"}, "separator": {","}}
	h.as(h.admin).post(at, url.Values{"charset": {"klingon"}}).status(http.StatusUnprocessableEntity)
	for range 2 { // pressed twice
		h.as(h.admin).post(at, confirm).to(at)
	}
	if n := count("SELECT count(*) FROM river_job WHERE kind = 'import_contacts'"); n != 1 {
		t.Errorf("%d jobs", n)
	}
	h.as(h.admin).get(at).status(200).reads("main", "Waiting")
	h.as(h.admin).get(imports).status(200).has("tbody tr", 1)
	h.as(h.admin).get(at + "/failures").status(http.StatusNotFound)
	if !strings.HasPrefix(at, imports) {
		t.Errorf("it leads to %s", at)
	}
}
