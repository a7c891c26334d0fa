package web

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/link"
)

func TestContact(t *testing.T) {
	t.Parallel()

	t.Run("the list pages on without a gap, in both orders, and finds by a part", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		for i := range contactsOnPage + 7 {
			c := dbtest.Contact(t, h.pool, h.account, fmt.Sprintf("Person %03d", i))
			if i%3 == 0 {
				dbtest.Message(t, h.pool, dbtest.ConversationWith(t, h.pool, h.inbox, c, "Hello"), "Hello")
			}
		}
		for _, sort := range []string{"", "?sort=name"} {
			had := map[string]bool{}
			first := h.as(h.agent).get(link.Contacts(h.account.ID)+sort).status(200).has("tbody tr", contactsOnPage)
			second := h.as(h.agent).get(first.attr(".pager [rel=next]", "href")).status(200).has("tbody tr", 7).has(".pager [rel=next]", 0)
			for _, p := range []*seen{first, second} {
				p.page.Find("tbody tr").Each(func(_ int, row *goquery.Selection) { had[row.AttrOr("id", "")] = true })
			}
			if len(had) != contactsOnPage+7 {
				t.Errorf("%q: %d different contacts", sort, len(had))
			}
		}
		h.as(h.agent).get(link.Contacts(h.account.ID)+"?q=son+01").status(200).has("tbody tr", 10)
		h.as(h.agent).get(link.Contacts(h.account.ID)+"?after=5&at=nonsense").status(200).has("tbody tr", contactsOnPage)
	})

	t.Run("a contact is added, and one address has one contact", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		form := url.Values{"name": {"Amara Okafor"}, "email": {"amara@okafor.example"}}
		made := h.as(h.agent).post(link.Contacts(h.account.ID), form).status(http.StatusSeeOther)
		h.as(h.agent).get(made.Header().Get("Location")).status(200).reads("h1", "Amara Okafor").reads("aside", "amara@okafor.example")
		got := h.as(h.agent).post(link.Contacts(h.account.ID), form).status(http.StatusUnprocessableEntity).has("dialog#new-contact[open]", 1)
		if got.attr("#new-name", "value") != "Amara Okafor" || got.text("#new-email-more") == "" {
			t.Errorf("what was typed is lost, or nothing is said: %s", got.text("dialog"))
		}
	})

	t.Run("details and labels are changed, and what is wrong is said in the dialog", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		c := dbtest.Contact(t, h.pool, h.account, "Ada")
		one := link.Contact(h.account.ID, c.ID)
		h.as(h.agent).post(one, url.Values{"name": {"Ada L."}, "phone_number": {"+351215550142"}, "label": {"vip", "press"}}).to(one)
		h.as(h.agent).get(one).status(200).reads("h1", "Ada L.").reads("aside", "+351215550142").has("aside .tag", 2)
		got := h.as(h.agent).post(one, url.Values{"name": {"Ada"}, "phone_number": {"0815"}}).
			status(http.StatusUnprocessableEntity).has("dialog#edit-contact[open]", 1).reads("#f-phone_number-more", "+351")
		if got.attr("#f-phone_number", "value") != "0815" {
			t.Error("what was typed is lost")
		}
		h.as(h.agent).post(one+"/muting", url.Values{"muted": {"1"}}).to(one)
		h.as(h.agent).get(one).reads(".profile-head", "Unmute")
	})

	t.Run("only conversations that the viewer sees are listed", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		other := dbtest.Inbox(t, h.pool, h.account, "Board")
		c := dbtest.Contact(t, h.pool, h.account, "Ada")
		dbtest.Message(t, h.pool, dbtest.ConversationWith(t, h.pool, h.inbox, c, "Printer on fire"), "Help")
		dbtest.Message(t, h.pool, dbtest.ConversationWith(t, h.pool, other, c, "Secret merger"), "Psst")
		one := link.Contact(h.account.ID, c.ID)
		h.as(h.agent).get(one).status(200).has(".hit", 1).reads(".hit", "Printer on fire")
		h.as(h.admin).get(one).status(200).has(".hit", 2)
	})

	t.Run("notes are written by everybody and deleted by their author", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		c := dbtest.Contact(t, h.pool, h.account, "Ada")
		one := link.Contact(h.account.ID, c.ID)
		h.as(h.admin).post(one+"/notes", url.Values{"content": {" "}}).status(http.StatusUnprocessableEntity).
			reads("#f-content-more", "Write something")
		h.as(h.admin).post(one+"/notes", url.Values{"content": {"Prefers mail"}}).to(one + "?tab=notes")
		h.as(h.agent).get(one+"?tab=notes").status(200).reads("article", "Prefers mail").has("article form", 0)
		notes, err := h.q.ListNotes(t.Context(), db.ListNotesParams{AccountID: h.account.ID, ContactID: c.ID, BeforeID: 1 << 60, PageSize: 9})
		if err != nil || len(notes) != 1 {
			t.Fatal(notes, err)
		}
		gone := one + "/notes/" + formatID(notes[0].Note.ID) + "/deletion"
		h.as(h.agent).post(gone, nil).status(http.StatusForbidden)
		h.as(h.admin).post(gone, nil).to(one + "?tab=notes")
		h.as(h.agent).get(one+"?tab=notes").has("article", 0)
	})

	t.Run("what was said at an address and nothing proves is shown to those who work in its inbox", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		c := dbtest.Contact(t, h.pool, h.account, "Ada")
		inbox := dbtest.Inbox(t, h.pool, h.account, "Faraway")
		conversation := dbtest.ConversationWith(t, h.pool, inbox, c, "Parcel")
		claimed := "vera@victim.test"
		if _, err := h.q.SetContactInboxProposal(t.Context(), db.SetContactInboxProposalParams{
			AccountID: h.account.ID, ID: conversation.ContactInboxID, Proposal: db.Proposal{Email: &claimed},
		}); err != nil {
			t.Fatal(err)
		}
		one := link.Contact(h.account.ID, c.ID)
		h.as(h.admin).get(one).status(200).reads("[aria-labelledby=a-proposed]", claimed)
		h.as(h.agent).get(one).status(200).has("[aria-labelledby=a-proposed]", 0)
	})

	t.Run("a contact of another account is not there", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		elsewhere := dbtest.Account(t, h.pool, "Elsewhere")
		c := dbtest.Contact(t, h.pool, elsewhere, "Eve")
		one := link.Contact(h.account.ID, c.ID)
		h.as(h.admin).get(one).status(http.StatusNotFound)
		h.as(h.admin).post(one, url.Values{"name": {"Mine"}}).status(http.StatusNotFound)
		h.as(h.admin).post(one+"/notes", url.Values{"content": {"x"}}).status(http.StatusNotFound)
	})
}
