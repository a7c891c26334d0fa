package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/views"
)

func TestInbox(t *testing.T) {
	t.Parallel()
	h := setup(t)
	list := link.Conversations(h.account.ID)
	printer := h.conversation("Printer on fire", "It smells of smoke")
	other := dbtest.Inbox(t, h.pool, h.account, "Orders")
	hidden := dbtest.Conversation(t, h.pool, other, "Secret order")
	dbtest.Message(t, h.pool, hidden, "For Orders only")

	t.Run("a row names the contact, the subject and the last words, and is bold until read", func(t *testing.T) {
		h := h.in(t)
		b := h.as(h.agent)
		got := b.get(list).status(200)
		got.has(`ul[aria-label="Conversations"] > .row`, 1).has(".row[data-unread] .row-dot", 1)
		got.reads(".row-link", "Ada Example").reads(".row-link", "Printer on fire").reads(".row-link", "It smells of smoke")
		b.get(link.Conversation(h.account.ID, printer.DisplayID)).status(200)
		b.get(list).has(".row[data-unread]", 1) // looking alone changes nothing
		b.script("").post(link.Conversation(h.account.ID, printer.DisplayID)+"/reading", nil).status(http.StatusNoContent)
		b.get(list).has(".row", 1).has(".row[data-unread]", 0)
		h.as(h.admin).get(list+"?inbox="+formatID(h.inbox.ID)).has(".row[data-unread]", 0) // the team's mark holds where there is no own
	})

	t.Run("people see their inboxes only, and the figures agree", func(t *testing.T) {
		h := h.in(t)
		got := h.as(h.agent).get(list)
		got.reads(".view[aria-current]", "All 1").reads("#views", "Unassigned 1")
		if strings.Contains(got.Body.String(), "Secret order") {
			t.Fatal("shows what the agent may not see")
		}
		h.as(h.admin).get(list).reads(".view[aria-current]", "All 2").has(".row", 2)
	})

	t.Run("status, inbox, team, label and words narrow the list", func(t *testing.T) {
		h := h.in(t)
		b := h.as(h.admin)
		for query, want := range map[string]int{
			"?status=resolved": 0, "?status=all": 2, "?inbox=" + formatID(other.ID): 1, "?team=99": 0,
			"?label=none": 0, "?q=smoke": 1, "?view=mine": 0, "?view=unassigned": 2,
			"?status=nonsense&view=nonsense&inbox=x": 2, "?q=%00%ff": 2, "?after=bm9uc2Vuc2U": 2,
		} {
			if got := b.get(list + query).status(200).page.Find("#list > .row").Length(); got != want {
				t.Errorf("%s: %d rows, want %d", query, got, want)
			}
		}
	})

	t.Run("a foreign account is not there", func(t *testing.T) {
		h := h.in(t)
		foreign := dbtest.Account(t, h.pool, "Other")
		h.as(h.admin).get(link.Conversations(foreign.ID)).status(http.StatusNotFound)
		h.as(h.admin).get("/accounts/x/conversations").status(http.StatusNotFound)
		h.as(h.admin).get("/accounts/99999999999999999999/conversations").status(http.StatusNotFound)
	})
}

func TestInboxPages(t *testing.T) {
	t.Parallel()
	h := setup(t)
	for i := range listPage + 3 {
		dbtest.Conversation(t, h.pool, h.inbox, fmt.Sprintf("Number %d", i))
	}
	b := h.as(h.admin)
	first := b.get(link.Conversations(h.account.ID)).status(200).has("#list > .row", listPage).has("a[data-more=end]", 1)
	next := first.attr("a[data-more=end]", "href")
	rest := b.script("list").get(next).status(200).has("#list > .row", 3).has("a[data-more=end]", 0).has("html head link", 0)
	had := map[string]bool{}
	for _, page := range []*seen{first, rest} {
		page.page.Find("#list > .row").Each(func(_ int, row *goquery.Selection) {
			id, _ := row.Attr("id")
			if had[id] {
				t.Errorf("%s twice", id)
			}
			had[id] = true
		})
	}
	if len(had) != listPage+3 {
		t.Errorf("%d rows in all", len(had))
	}
	b.get(next).status(200).has("#list > .row", 3).has("html head link", 2) // without script the link is a page
}

func TestFilterQuery(t *testing.T) {
	t.Parallel()
	usual := views.Filter{View: "all", Status: "open"}
	if got := usual.Query(); len(got) > 0 {
		t.Errorf("the usual filter says %q", got)
	}
	f := views.Filter{View: "mine", Status: "all", InboxID: 3, TeamID: 4, Label: "a b", Text: "x&y"}
	q := f.Query()
	if q.Get("view") != "mine" || q.Get("label") != "a b" || q.Get("q") != "x&y" || q.Get("inbox") != "3" ||
		q.Get("team") != "4" || q.Get("status") != "all" {
		t.Errorf("%q", q)
	}
}

func TestSnoozeUntil(t *testing.T) {
	t.Parallel()
	h := setup(t)
	c := h.conversation("Later", "Not now")
	here := link.Conversation(h.account.ID, c.DisplayID)
	b := h.as(h.agent)
	b.post(here+"/status", url.Values{"status": {"snoozed"}, "until": {"tomorrow"}}).to(here)
	got := dbtest.Reload(t, h.pool, c)
	if got.Status != db.ConversationStatusSnoozed || got.SnoozedUntil == nil || got.SnoozedUntil.UTC().Hour() != 9 {
		t.Fatalf("%s until %v", got.Status, got.SnoozedUntil)
	}
	b.post(here+"/status", url.Values{"status": {"snoozed"}, "until": {"at"}, "at": {"2001-01-01T00:00"}}).
		status(http.StatusUnprocessableEntity)
	b.post(here+"/status", url.Values{"status": {"asleep"}}).status(http.StatusUnprocessableEntity)
	b.post(here+"/status", url.Values{"status": {"snoozed"}}).to(here)
	if got := dbtest.Reload(t, h.pool, c); got.SnoozedUntil != nil {
		t.Fatal("until they write has no end in time")
	}
}
