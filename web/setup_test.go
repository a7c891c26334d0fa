package web

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
)

func TestSetup(t *testing.T) {
	t.Parallel()
	h := bare(t)
	b := h.nobody()
	b.get("/").to("/login")
	b.get("/login").to("/setup")
	b.get("/setup").status(200).has("form input[name=account]", 1)

	form := url.Values{"account": {"Kestrel"}, "name": {"Sam"}, "email": {"sam@kestrel.example"}, "password": {"short"}}
	b.post("/setup", form).status(http.StatusUnprocessableEntity).reads(".field-error", "too short")

	form.Set("password", "long enough")
	got := b.post("/setup", form).status(http.StatusSeeOther)
	list := b.get(got.Header().Get("Location")).status(200)
	list.has("#list .row[data-unread]", 1).reads("#list .row", "Ada Example").reads("#list .row", "A test message")

	b.get("/setup").to("/login")
	h.nobody().post("/setup", form).to("/login")
}

func TestSetupFromAnotherMachineAsksForTheCodeInTheLog(t *testing.T) {
	t.Parallel()
	h := bare(t)
	h.app.setupCode = func(*http.Request) string { return "ABCD-EFGH" }
	b := h.nobody()
	b.get("/setup").status(200).has("form input[name=code]", 1)
	form := url.Values{"account": {"Kestrel"}, "name": {"Sam"}, "email": {"sam@kestrel.example"}, "password": {"long enough"}}
	for _, code := range []string{"", "ABCD", "ABCD-EFGX"} {
		form.Set("code", code)
		b.post("/setup", form).status(http.StatusUnprocessableEntity).reads(".field-error", "code").has("input[value=Kestrel]", 1)
	}
	form.Set("code", "abcdefgh ")
	b.post("/setup", form).status(http.StatusSeeOther)
}

func TestSetupIsClosedWhereAnAccountCameInAnotherWay(t *testing.T) {
	t.Parallel()
	h := bare(t)
	if _, err := auth.NewAccount(t.Context(), db.New(h.pool), "Made by a platform"); err != nil {
		t.Fatal(err)
	}
	b := h.nobody()
	b.get("/setup").to("/login")
	b.get("/login").status(200)
	b.post("/setup", url.Values{
		"account": {"Stranger"}, "name": {"Stranger"}, "email": {"stranger@evil.example"}, "password": {"long enough"},
	}).to("/login")
	var users int
	if err := h.pool.QueryRow(t.Context(), "SELECT count(*) FROM users").Scan(&users); err != nil || users != 0 {
		t.Errorf("%d users were made, %v", users, err)
	}
}
