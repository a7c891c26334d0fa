package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/link"
)

// addNotification adds a notification of a kind about a conversation's last message, each a minute later than the one before.
func (h *fixture) addNotification(u db.User, kind string, c db.Conversation) (id int64) {
	h.Helper()
	err := h.pool.QueryRow(h.Context(), `
		INSERT INTO notifications (account_id, user_id, kind, conversation_id, message_id, event_id, actor_kind, actor_id, last_activity_at)
		SELECT $1, $2, $3, $4, (SELECT max(id) FROM messages WHERE conversation_id = $4), n, 'user', $5,
			now() + n * interval '1 minute' - interval '1 day'
		FROM (SELECT count(*) + 1 AS n FROM notifications) AS had RETURNING id`, h.account.ID, u.ID, kind, c.ID, h.admin.ID).Scan(&id)
	if err != nil {
		h.Fatal(err)
	}
	return id
}

func TestNotifications(t *testing.T) {
	t.Parallel()

	t.Run("the newest is first, unread ones are marked and counted, and opening one reads it", func(t *testing.T) {
		h := setup(t)
		c := h.conversation("Printer on fire", "It burns")
		h.addNotification(h.agent, "conversation_assignment", h.conversation("Paper jam", "Help"))
		mention := h.addNotification(h.agent, "conversation_mention", c)
		all := link.Notifications(h.account.ID)
		b := h.as(h.agent)
		seen := b.get(all).status(200).has("#notices > .hit[data-unread]", 2).reads("#bell", "2 unread")
		seen.reads(".hit:first-child", h.admin.Name+" mentioned you: It burns").reads(".hit:nth-child(2)", "assigned it to you")

		m := h.messages(c)[0].Message.ID
		to := fmt.Sprintf("%s?at=%d#message-%d", link.Conversation(h.account.ID, c.DisplayID), m, m)
		b.get(seen.attr(".hit:first-child a", "href")).status(http.StatusSeeOther).to(to)
		b.get(all).has(".hit[data-unread]", 1).has(".hit", 2)
		b.get(all+"?part=bell").reads("#bell", "1 unread").has("nav", 0)
		h.as(h.admin).get(fmt.Sprintf("%s/%d", all, mention)).status(http.StatusNotFound)
		replaced := strings.Replace(seen.attr(".hit:first-child a", "href"), fmt.Sprint("/", mention), "/999", 1)
		b.get(replaced).status(http.StatusSeeOther).to(link.Conversation(h.account.ID, c.DisplayID))
		h.as(h.admin).get(all).has(".hit", 0).reads("#notices", "Nothing yet")

		b.post(all+"/reading", nil).status(http.StatusSeeOther).to(all)
		b.get(all).has(".hit[data-unread]", 0).has("#bell .rail-count", 0)
	})

	t.Run("reading the conversation reads what was told of it, and nothing else", func(t *testing.T) {
		h := setup(t)
		read, other := h.conversation("Printer on fire", "It burns"), h.conversation("Paper jam", "Help")
		h.addNotification(h.agent, "assigned_conversation_new_message", read)
		h.addNotification(h.agent, "participating_conversation_new_message", other)
		b := h.as(h.agent)
		b.post(link.Conversation(h.account.ID, read.DisplayID)+"/reading", nil)
		b.get(link.Notifications(h.account.ID)).has(".hit[data-unread]", 1).reads(".hit[data-unread]", "Paper jam").reads("#bell", "1 unread")
	})

	t.Run("a conversation that is out of sight by now, or put off, is neither listed nor counted", func(t *testing.T) {
		h := setup(t)
		hidden, later := h.conversation("Secret plan", "Do not tell"), h.conversation("Tomorrow", "Not yet")
		lost := dbtest.Agent(t, h.pool, h.account, "Ota Outsider")
		one := h.addNotification(lost, "conversation_mention", hidden)
		if _, err := h.pool.Exec(
			t.Context(), "UPDATE notifications SET snoozed_until = now() + interval '1 day' WHERE id = $1",
			h.addNotification(lost, "conversation_mention", later),
		); err != nil {
			t.Fatal(err)
		}
		all := link.Notifications(h.account.ID)
		seen := h.as(lost).get(all).status(200).has(".hit", 0).has(".rail-count", 0)
		if body := seen.text("main"); strings.Contains(body, "Secret") || strings.Contains(body, "Do not tell") {
			t.Errorf("it tells %s", body)
		}
		h.as(lost).get(fmt.Sprintf("%s/%d", all, one)).status(http.StatusNotFound)
	})

	t.Run("older ones follow page by page, none twice and none left out", func(t *testing.T) {
		h := setup(t)
		for i := range 2*noticePage + 5 {
			h.addNotification(h.agent, "participating_conversation_new_message", h.conversation(fmt.Sprint("Printer ", i, " on fire"), "It burns"))
		}
		had, next := map[string]bool{}, link.Notifications(h.account.ID)
		for pages := 0; next != "" && pages < 9; pages++ {
			seen := h.as(h.agent).get(next).status(200)
			seen.page.Find(".hit").Each(func(_ int, s *goquery.Selection) { had[s.AttrOr("id", "")] = true })
			next = seen.page.Find("a[data-more]").AttrOr("href", "")
		}
		if len(had) != 2*noticePage+5 {
			t.Errorf("%d of them are shown", len(had))
		}
		h.as(h.agent).get(link.Notifications(h.account.ID)+"?before=nonsense").status(200).has(".hit", noticePage)
	})

	t.Run("an administrator is led to the webhook that was paused", func(t *testing.T) {
		h := setup(t)
		_, err := h.pool.Exec(t.Context(), `
			WITH hook AS (INSERT INTO webhooks (account_id, url, secret) VALUES ($1, 'https://shop.example/hook', 's') RETURNING id)
			INSERT INTO notifications (account_id, user_id, kind, webhook_id, event_id)
			SELECT $1, $2, 'webhook_paused', id, 1 FROM hook`, h.account.ID, h.admin.ID)
		if err != nil {
			t.Fatal(err)
		}
		seen := h.as(h.admin).get(link.Notifications(h.account.ID)).reads(".hit", "https://shop.example/hook").reads(".hit", "is paused")
		to := h.as(h.admin).get(seen.attr(".hit a", "href")).status(http.StatusSeeOther)
		if where := to.Header().Get("Location"); !strings.HasPrefix(where, link.Settings(h.account.ID, "webhooks/")) {
			t.Errorf("it leads to %s", where)
		}
	})
}
