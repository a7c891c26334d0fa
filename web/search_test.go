package web

import (
	"fmt"
	"strings"
	"testing"

	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/link"
)

func TestSearch(t *testing.T) {
	t.Parallel()
	h := setup(t)
	fire := h.conversation("Printer on fire", "It smells of smoke, café and <b>ash</b>")
	hidden := dbtest.Conversation(t, h.pool, dbtest.Inbox(t, h.pool, h.account, "Orders"), "Smoke signals")
	dbtest.Message(t, h.pool, hidden, "secret smoke")
	search := link.Search(h.account.ID)
	b := h.as(h.agent)

	b.get(search).status(200).has(".hit", 0).has(`input[type=search][aria-label="Search"]`, 1)
	got := b.get(search+"?q=SMOKE+cafe").status(200).has(".hit", 1).reads(".hit-title", "Printer on fire").has("mark", 2)
	if html, _ := got.page.Find(".hit-text").Html(); strings.Contains(html, "<b>ash") {
		t.Errorf("what a customer typed became HTML: %s", html)
	}
	b.get(got.attr(".hit-title a", "href")).status(200)
	h.as(h.admin).get(search+"?q=smoke").has(".hit", 2)
	b.get(search+"?q=smoke&kind=conversations").has(".hit", 0)
	b.get(search+"?kind=conversations&q="+formatID(fire.DisplayID)).has(".hit", 1)
	b.get(search+"?kind=conversations&q=rinter").has(".hit", 1)
	b.get(search+"?kind=contacts&q=ada").has(".hit", 2)
	b.get(search+"?kind=contacts&q=%25").has(".hit", 0)
	for _, odd := range []string{"'", "%5C", "%26%7C!", "%00", "%ff", ":*", "((", strings.Repeat("x", 5000)} {
		b.get(search + "?q=" + odd).status(200)
	}
	b.script("").get(search+"?part=palette&q=printer").status(200).has("a.option", 2)
}

func TestSearchPages(t *testing.T) {
	t.Parallel()
	h := setup(t)
	c := h.conversation("Many", "needle 0")
	for i := range searchHits + 4 {
		dbtest.Message(t, h.pool, c, fmt.Sprintf("needle %d", i+1))
	}
	b := h.as(h.agent)
	first := b.get(link.Search(h.account.ID)+"?q=needle").has(".hit", searchHits).reads(".hits-lead", "and more")
	b.script("hits").get(first.attr("a[data-more]", "href")).status(200).has(".hit", 5).has("a[data-more]", 0)
}
