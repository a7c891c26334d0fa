package web

import (
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/link"
)

func TestBulk(t *testing.T) {
	t.Parallel()
	h := setup(t)
	list := link.Conversations(h.account.ID)
	bulk := list + "/bulk"
	one, two, three := h.conversation("One", "Hello"), h.conversation("Two", "Hello"), h.conversation("Three", "Hello")
	hidden := dbtest.Conversation(t, h.pool, dbtest.Inbox(t, h.pool, h.account, "Not Bo's"), "Hidden")
	chosen := func(more ...string) url.Values {
		v := url.Values{"conversation": {formatID(one.DisplayID), formatID(two.DisplayID), formatID(hidden.DisplayID), "9999"}}
		for i := 0; i < len(more); i += 2 {
			v.Set(more[i], more[i+1])
		}
		return v
	}
	now := func(c db.Conversation) db.Conversation { return dbtest.Reload(t, h.pool, c) }

	t.Run("rows have boxes of the bar's form, which shows once something is picked", func(t *testing.T) {
		h := h.in(t)
		b := h.as(h.agent)
		b.get(list).status(200).has("#list .row > input[name=conversation][form=bulk]", 3).has("form#bulk[hidden]", 1).
			has("#bulk-choices select", 0)
		b.get(list+"?choose=1").status(200).has("form#bulk:not([hidden]) select[name=assignee]", 1).has("section.list[data-choosing]", 1)
		b.script("bulk-choices").get(bulk).status(200).has("#bulk-choices option[value=me]", 1)
	})

	t.Run("all that the agent sees are resolved at once, and opened again by one undo", func(t *testing.T) {
		h := h.in(t)
		b := h.as(h.agent)
		got := b.script("bulk").post(bulk, chosen("status", "resolved")).status(200).reads(".toast", "2 conversations: Resolved")
		for c, want := range map[*db.Conversation]db.ConversationStatus{&one: "resolved", &two: "resolved", &three: "open", &hidden: "open"} {
			if is := now(*c).Status; is != want {
				t.Errorf("%s is %s, want %s", c.Subject, is, want)
			}
		}
		b.script("toasts").post(got.attr(".toast[hx-post]", "hx-post"), url.Values{"changes": {got.attr(".toast input", "value")}}).status(200)
		if now(one).Status != "open" || now(two).Status != "open" {
			t.Error("not undone")
		}
	})

	t.Run("without script they are snoozed, assigned and labelled, and the list says so", func(t *testing.T) {
		h := h.in(t)
		b := h.as(h.agent)
		b.post(bulk, chosen("until", "reply", "assignee", "-", "label", "-")).to(list)
		b.get(list).reads("#toasts", "2 conversations: Snoozed until the customer replies")
		if c := now(one); c.Status != "snoozed" || c.SnoozedUntil != nil {
			t.Errorf("%+v", c)
		}
		b.post(bulk, chosen("assignee", formatID(h.admin.ID), "label", "vip", "status", "open")).to(list)
		if c := now(two); c.AssigneeID == nil || *c.AssigneeID != h.admin.ID || !slices.Contains(c.Labels, "vip") || c.Status != "open" {
			t.Errorf("%+v", c)
		}
		b.post(bulk, chosen("assignee", "nobody")).to(list)
		if now(two).AssigneeID != nil {
			t.Error("still assigned")
		}
	})

	t.Run("what cannot be done is said, and nothing is done", func(t *testing.T) {
		h := h.in(t)
		b := h.as(h.agent)
		for _, in := range []url.Values{
			{},
			{"status": {"resolved"}},
			chosen(), chosen("status", "gone"), chosen("until", "never"),
			chosen("assignee", "x"), chosen("assignee", "987654", "status", "resolved"),
		} {
			b.script("bulk").post(bulk, in).status(http.StatusUnprocessableEntity)
		}
		if now(one).Status != "open" {
			t.Error("something was done")
		}
	})
}
