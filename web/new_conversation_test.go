package web

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/link"
)

func TestNewConversation(t *testing.T) {
	t.Parallel()
	h := setup(t)
	all, fresh := link.Conversations(h.account.ID), link.NewConversation(h.account.ID)
	form := func(to string, more ...string) url.Values {
		v := url.Values{"to": {to}, "inbox": {formatID(h.inbox.ID)}, "body": {"We found your glove"}}
		for i := 0; i < len(more); i += 2 {
			v.Set(more[i], more[i+1])
		}
		return v
	}
	ada := dbtest.Contact(t, h.pool, h.account, "Ada Lovelace")
	dbtest.Contact(t, h.pool, h.account, "Ada Yonath")

	t.Run("a new address is added and written to, and the conversation is the writer's", func(t *testing.T) {
		h := h.in(t)
		b := h.as(h.agent)
		b.get(fresh).status(200).has("form [name=to]", 1).has("#candidates label", 0)
		made := b.post(all, form("Grace Hopper <Grace@Navy.example>", "subject", "Your glove", "mine", "true")).status(http.StatusSeeOther)
		b.get(made.Header().Get("Location")).status(200).reads("h1", "Your glove").reads("article[data-from=agent]", "We found your glove").
			reads("#details", "Grace Hopper").reads("#details", "grace@navy.example").reads("[name=assignee] [selected]", "Bo Agent")
		again := b.post(all, form("grace@navy.example")).status(http.StatusSeeOther)
		b.get(again.Header().Get("Location")).reads("#details", "Grace Hopper").reads("[name=assignee] [selected]", "Nobody")
	})

	t.Run("a name is enough where it fits one, and several are to choose from", func(t *testing.T) {
		h := h.in(t)
		b := h.as(h.agent)
		b.script("candidates").get(fresh+"?part=candidates&to=ada").status(200).has("#candidates label", 2)
		several := b.post(all, form("ada", "subject", "Kept")).status(http.StatusUnprocessableEntity).
			has("#candidates label", 2).reads("#f-to-more", "choose one").reads("textarea", "We found your glove")
		if several.attr("#f-subject", "value") != "Kept" || several.attr("#f-to", "value") != "ada" {
			t.Error("the typed text was lost")
		}
		chosen := b.post(all, form("ada", "contact", formatID(ada.ID))).status(http.StatusSeeOther)
		b.get(chosen.Header().Get("Location")).reads("#details", "Ada Lovelace")
		one := b.post(all, form("yonath")).status(http.StatusSeeOther)
		b.get(one.Header().Get("Location")).reads("#details", "Ada Yonath")
		b.get(fresh+"?contact="+formatID(ada.ID)).has("#candidates input[checked]", 1)
	})

	t.Run("what is missing is said beside its field, and nothing is kept of it", func(t *testing.T) {
		h := h.in(t)
		b := h.as(h.agent)
		mail := dbtest.Inbox(t, h.pool, h.account, "Mail")
		foreign := dbtest.Inbox(t, h.pool, h.account, "Not Bo's")
		for _, change := range []string{"INSERT INTO inbox_members (account_id, inbox_id, user_id) VALUES ($1, $2, $3)"} {
			if _, err := h.pool.Exec(t.Context(), change, h.account.ID, mail.ID, h.agent.ID); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := h.pool.Exec(t.Context(), "UPDATE inboxes SET kind = 'email' WHERE id = $1", mail.ID); err != nil {
			t.Fatal(err)
		}
		for field, in := range map[string]url.Values{
			"to": form("nobody at all"), "body": form("x@new.example", "body", " "), "inbox": form("x@new.example", "inbox", formatID(foreign.ID)),
			"subject": form("x@new.example", "inbox", formatID(mail.ID)),
		} {
			b.post(all, in).status(http.StatusUnprocessableEntity).has("#f-"+field+"-more.field-error", 1)
		}
		b.get(link.NewConversation(h.account.ID)).reads(".callout", "No sender is set up for this inbox: Mail")
		b.post(all, form("+351 215 550 142", "inbox", formatID(mail.ID), "subject", "Hi")).
			status(http.StatusUnprocessableEntity).reads("#f-inbox-more", "no e-mail address")
		for _, q := range []string{"x@new.example", "215550142"} {
			b.get(link.Contacts(h.account.ID)+"?q="+q).has("tbody tr", 0)
		}
	})

	t.Run("a form that is sent twice writes once", func(t *testing.T) {
		h := h.in(t)
		b := h.as(h.agent)
		in := form("twice@new.example", "once", "5d1c")
		b.post(all, in).status(http.StatusSeeOther)
		b.post(all, in).to(all)
		found, err := h.q.FindContactByEmail(t.Context(), h.account.ID, "twice@new.example")
		if err != nil {
			t.Fatal(err)
		}
		talks, err := h.q.ListContactConversations(t.Context(), db.ListContactConversationsParams{
			AccountID: h.account.ID,
			ContactID: found.ID,
			SeesAll:   true,
			PageSize:  9,
		})
		if err != nil || len(talks) != 1 {
			t.Errorf("%d conversations, %v", len(talks), err)
		}
	})

	t.Run("colleagues of another account cannot be written to by their number", func(t *testing.T) {
		h := h.in(t)
		elsewhere := dbtest.Contact(t, h.pool, dbtest.Account(t, h.pool, "Elsewhere"), "Sten")
		h.as(h.agent).post(all, form("", "contact", formatID(elsewhere.ID))).status(http.StatusUnprocessableEntity).
			has("#f-to-more.field-error", 1)
	})
}
