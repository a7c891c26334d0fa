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
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/link"
)

func TestConversationPage(t *testing.T) {
	t.Parallel()
	h := setup(t)
	c := h.conversation("Printer on fire", "It burns\n\nOn Monday Bo wrote:\n> is it hot?")
	here := link.Conversation(h.account.ID, c.DisplayID)
	b := h.as(h.agent)

	t.Run("it has all that scripts and screen readers find it by", func(t *testing.T) {
		b := b.in(t)
		page := b.get(here).status(200)
		page.has(`[role=feed][aria-label="Thread"] > article.message`, 1).has(`.newline`, 1).has("h1", 1)
		page.has(`[role=tab]`, 2).has(`textarea[aria-label="Reply"]`, 1).has(`input[type=file][aria-label="Attach files"]`, 1)
		page.has(`select[aria-label="Assignee"]`, 1).has(`select[aria-label="Team"]`, 1).has(`select[aria-label="Priority"]`, 1).
			has(`[role=combobox][aria-label="Labels"]`, 1)
		page.reads(`select[aria-label="Assignee"] option[value=""]`, "Nobody").has(`#status-act`, 1).has(`button[aria-label="Snooze"]`, 1)
		page.has(`ul[aria-label="Conversations"]`, 1).has(`select[aria-label="Status"]`, 1).has(`input[type=search][aria-label="Search"]`, 1)
		page.reads(".quoted blockquote", "is it hot?")
	})

	t.Run("each button that scripts look for is found by a part of its name, once", func(t *testing.T) {
		page := b.in(t).get(here).status(200)
		for _, name := range []string{"Send", "Resolve", "Snooze"} {
			var found []string
			page.page.Find("button").Not("[popover] button").Each(func(_ int, button *goquery.Selection) {
				called := button.AttrOr("aria-label", strings.TrimSpace(button.Text()))
				if strings.Contains(strings.ToLower(called), strings.ToLower(name)) {
					found = append(found, called)
				}
			})
			if len(found) != 1 {
				t.Errorf("%s is the name of %q", name, found)
			}
		}
	})

	t.Run("a pane is the thread and the details without the rest", func(t *testing.T) {
		b := b.in(t)
		pane := b.script("main").get(here).status(200).has("#main", 1).has("#details", 1).has("#list", 0).has("title", 1)
		if !strings.Contains(pane.Header().Get("Vary"), "HX-Request") {
			t.Error("a cache would mix pages and panes")
		}
	})

	t.Run("the assignee is one of those who see it, or nobody", func(t *testing.T) {
		h := h.in(t)
		b := b.in(t)
		outsider := dbtest.Agent(t, h.pool, h.account, "Ota Outsider")
		page := b.get(here)
		page.has(`select[name=assignee] option[value="`+formatID(h.admin.ID)+`"]`, 1).
			has(`select[name=assignee] option[value="`+formatID(outsider.ID)+`"]`, 0)
		got := b.script("").at(here).post(here+"/assignee", url.Values{"assignee": {formatID(h.admin.ID)}}).status(200)
		got.has("#thread-head[hx-swap-oob]", 1).has(`option[selected][value="`+formatID(h.admin.ID)+`"]`, 1)
		if now := dbtest.Reload(t, h.pool, c); now.AssigneeID == nil || *now.AssigneeID != h.admin.ID {
			t.Fatal("not assigned")
		}
		b.post(here+"/assignee", url.Values{"assignee": {""}}).to(here)
		if now := dbtest.Reload(t, h.pool, c); now.AssigneeID != nil {
			t.Fatal("still assigned")
		}
		b.post(here+"/assignee", url.Values{"assignee": {"me"}}).to(here)
		b.post(here+"/assignee", url.Values{"assignee": {"x"}}).status(http.StatusUnprocessableEntity)
		b.post(here+"/assignee", url.Values{"assignee": {"999999"}}).status(http.StatusNotFound)
	})

	t.Run("resolve, reopen, priority, labels and team are forms", func(t *testing.T) {
		h := h.in(t)
		b := b.in(t)
		team := dbtest.Team(t, h.pool, h.account, "Fire brigade", h.agent)
		b.post(here+"/status", url.Values{"status": {"resolved"}}).to(here)
		b.get(here).reads("#status-act", "Reopen").reads(".state-word", "Resolved")
		b.post(here+"/status", url.Values{"status": {"open"}}).to(here)
		b.post(here+"/priority", url.Values{"priority": {"urgent"}}).to(here)
		b.post(here+"/labels", url.Values{"label": {"hot", "new"}}).to(here)
		b.post(here+"/team", url.Values{"team": {formatID(team.ID)}}).to(here)
		now := dbtest.Reload(t, h.pool, c)
		if now.Status != db.ConversationStatusOpen || *now.Priority != db.ConversationPriorityUrgent ||
			fmt.Sprint(now.Labels) != "[hot new]" || *now.TeamID != team.ID {
			t.Fatalf("%+v", now)
		}
		b.get(here).has(".labels-box .tag", 2).has("article.events", 1)
		b.post(here+"/priority", url.Values{"priority": {"extreme"}}).status(http.StatusUnprocessableEntity)
	})

	t.Run("an act in the list answers with a toast that leads back", func(t *testing.T) {
		h := h.in(t)
		b := b.in(t)
		got := b.script("").at(link.Conversations(h.account.ID)).post(here+"/status", url.Values{"status": {"resolved"}}).status(200)
		got.has("#toasts[hx-swap-oob] form.toast", 1).has("#thread-head", 0)
		b.script("").post(got.attr("form.toast", "action"), url.Values{"changes": {got.attr("form.toast input", "value")}}).status(200)
		if now := dbtest.Reload(t, h.pool, c); now.Status != db.ConversationStatusOpen {
			t.Fatal("not undone")
		}
	})

	t.Run("marking unread makes it bold again", func(t *testing.T) {
		h := h.in(t)
		b := b.in(t)
		b.script("").post(here+"/reading", nil).status(http.StatusNoContent)
		b.post(here+"/unreading", nil).to(link.Conversations(h.account.ID))
		b.get(link.Conversations(h.account.ID)).has(".row[data-unread]", 1)
	})

	t.Run("to an agent of another inbox it is not there", func(t *testing.T) {
		h := h.in(t)
		stranger := dbtest.Agent(t, h.pool, h.account, "Una Unseen")
		h.as(stranger).get(here).status(http.StatusNotFound).reads("h1", "Nothing here")
		h.as(stranger).script("").post(here+"/status", url.Values{"status": {"resolved"}}).status(http.StatusNotFound).has(".callout", 1)
	})
}

func TestThreadParts(t *testing.T) {
	t.Parallel()
	h := setup(t)
	c := h.conversation("Long", "First")
	for i := range threadPage + 20 {
		dbtest.Message(t, h.pool, c, fmt.Sprintf("Message %d", i))
	}
	here := link.Conversation(h.account.ID, c.DisplayID)
	b := h.as(h.agent)

	page := b.get(here).status(200).has("#thread > article", threadPage).has("a[data-more=start]", 1)
	older := b.script("thread").get(page.attr("a[data-more=start]", "href")).status(200).has("#thread > article", 21).
		has("a[data-more=start]", 0)
	older.reads("#thread > article", "First")

	live := b.script("thread")
	live.headers["Parley-Live"] = "1"
	tail := live.get(page.attr("#thread", "data-live-src")).status(200).has("#thread > article", threadTail)
	if size := tail.Body.Len(); size > 20_000 {
		t.Errorf("a poke costs %d bytes", size)
	}
	first := h.messages(c)[0].Message
	b.get(here+"?at="+formatID(first.ID)).status(200).has("#message-"+formatID(first.ID), 1)
}

func TestDraftsComeBack(t *testing.T) {
	t.Parallel()
	h := setup(t)
	c := h.conversation("Draft", "Hello")
	here := link.Conversation(h.account.ID, c.DisplayID)
	b := h.as(h.agent)
	b.put(here+"/draft", url.Values{"mode": {"reply"}, "body": {"Dear <Ada>"}}).status(http.StatusNoContent)
	b.put(here+"/draft", url.Values{"mode": {"note"}, "body": {"psst"}}).status(http.StatusNoContent)
	page := b.get(here)
	if got := page.page.Find("#composer-text").Text(); got != "Dear <Ada>" {
		t.Errorf("reply %q", got)
	}
	page.has(`template[data-draft=note]`, 1)
	if got := b.get(here + "?mode=note").page.Find("#composer-text").Text(); got != "psst" {
		t.Errorf("note %q", got)
	}
	if got := h.as(h.admin).get(here).page.Find("#composer-text").Text(); got != "" {
		t.Errorf("a colleague's draft shows: %q", got)
	}
	b.get(link.Conversations(h.account.ID)).reads(".row-draft", "Draft")
	b.put(here+"/draft", url.Values{"mode": {"reply"}, "body": {""}}).status(http.StatusNoContent)
	b.get(link.Conversations(h.account.ID)).has(".row-draft", 0)
	b.put(here+"/draft", url.Values{"mode": {"shout"}, "body": {"x"}}).status(http.StatusUnprocessableEntity)
}

func TestHTMLMail(t *testing.T) {
	t.Parallel()
	h := setup(t)
	c := h.conversation("Mail", "Hello")
	actor := dbtest.Actor(t, h.pool, h.account, h.admin)
	var m db.Message
	err := h.app.desk.Do(t.Context(), actor, func(tx *desk.Tx) (err error) {
		text := "Hello in text"
		m, err = tx.Post(t.Context(), c.ID, desk.NewMessage{
			Kind: db.MessageKindIncoming, ContentType: db.ContentTypeIncomingEmail, Content: &text,
			Attributes: []byte(
				`{"email":{"html_content":{"full":"<p onclick=x>Hi<script>alert(1)</script><img src=https://track.example/p.png></p>"}}}`,
			),
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	b := h.as(h.agent)
	page := b.get(link.Conversation(h.account.ID, c.DisplayID)).status(200).has("iframe[sandbox]", 1)
	if s := page.attr("iframe", "sandbox"); strings.Contains(s, "allow-scripts") {
		t.Fatalf("the frame may run scripts: %s", s)
	}
	frame := b.get(page.attr("iframe", "src")).status(200).reads("p", "Hi").has("script", 0).has("[onclick]", 0).has("img[src]", 0)
	if csp := frame.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") ||
		!strings.Contains(csp, "sandbox") || strings.Contains(csp, "https:") {
		t.Errorf("policy %s", csp)
	}
	shown := b.get(page.attr("iframe", "src")+"?images=show").status(200).has(`img[src="https://track.example/p.png"]`, 1)
	if csp := shown.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "img-src 'self' data: https:") {
		t.Errorf("policy %s", csp)
	}
	b.get(link.Messages(h.account.ID, c.DisplayID) + "/" + formatID(m.ID-1) + "/mail").status(http.StatusNotFound)
}
