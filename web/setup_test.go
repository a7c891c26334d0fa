package web

import (
	"net/http"
	"net/url"
	"testing"
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
