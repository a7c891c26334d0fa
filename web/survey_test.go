package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/link"
)

// surveyed asks the contact of a new conversation how it was, and returns the conversation, the survey's address and a
// browser that is not signed in.
func (h *fixture) surveyed() (c db.Conversation, address string, visitor *browser) {
	h.Helper()
	c = h.conversation("Ada Marsh", "My wheel wobbles")
	question := "How was the workshop?"
	err := h.app.desk.Do(h.Context(), desk.System(h.account.ID), func(tx *desk.Tx) error {
		_, err := tx.Post(h.Context(), c.ID, desk.NewMessage{
			Kind: db.MessageKindTemplate, ContentType: db.ContentTypeInputCsat, Content: &question,
			Attributes: []byte(`{"display_type": "star"}`), Automated: true,
		})
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
	return c, link.Survey(c.Uuid.String()), h.nobody()
}

func TestSurveyPage(t *testing.T) {
	t.Parallel()

	t.Run("a conversation that was not asked about has no such page", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		visitor := h.nobody()
		visitor.get(link.Survey(h.conversation("Ada Marsh", "My wheel wobbles").Uuid.String())).status(http.StatusNotFound)
		visitor.get(link.Survey("not-an-id")).status(http.StatusNotFound)
	})

	t.Run("asks whoever has the link, without signing in, and tells search engines nothing", func(t *testing.T) {
		t.Parallel()
		_, address, visitor := setup(t).surveyed()
		got := visitor.get(address).status(http.StatusOK).reads("legend", "How was the workshop?").has("input[type=radio]", 5)
		if got.Header().Get("X-Robots-Tag") != "noindex" {
			t.Error("search engines may keep it")
		}
	})

	t.Run("wants one of the five, and keeps what was typed", func(t *testing.T) {
		t.Parallel()
		_, address, visitor := setup(t).surveyed()
		got := visitor.post(address, url.Values{"feedback": {"Thanks to Bo"}}).status(http.StatusUnprocessableEntity)
		got.reads("#rating-wrong", "Choose one").reads("#feedback", "Thanks to Bo")
		visitor.post(address, url.Values{"rating": {"9"}}).status(http.StatusUnprocessableEntity)
	})

	t.Run("takes the answer, shows it to the agents, and takes another in its place", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		c, address, visitor := h.surveyed()
		visitor.post(address, url.Values{"rating": {"4"}, "feedback": {"Quick work"}}).to(address + "?thanks=1")
		visitor.get(address+"?thanks=1").reads("[role=status]", "Good").reads(".survey-said", "Quick work")
		h.as(h.agent).get(link.Conversation(h.account.ID, c.DisplayID)).reads(".rating", "Good").reads(".rating", "Quick work")
		visitor.post(address, url.Values{"rating": {"2"}}).to(address + "?thanks=1")
		if visitor.get(address).attr("input[value='2']", "checked") == "" &&
			!strings.Contains(visitor.get(address).Body.String(), `value="2" checked`) {
			t.Error("the answer is not chosen in the form")
		}
		row, err := h.q.GetSurvey(t.Context(), c.Uuid)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := h.q.FindCsatResponse(t.Context(), h.account.ID, row.Message.ID)
		if err != nil || answer.Rating != 2 {
			t.Errorf("rated %d, %v", answer.Rating, err)
		}
	})

	t.Run("takes so many from one network, and tells those beyond when to come back", func(t *testing.T) {
		t.Parallel()
		_, address, busy := setup(t).surveyed()
		var got *seen
		for n := 0; n < 101; n++ {
			if got = busy.post(address, url.Values{"rating": {"9"}}); got.Code != http.StatusUnprocessableEntity {
				break
			}
		}
		got.status(http.StatusTooManyRequests).reads("#rating-wrong", "Too many tries")
		if got.Header().Get("Retry-After") == "" {
			t.Error("does not say when to come back")
		}
	})

	t.Run("closes after two weeks", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		_, address, visitor := h.surveyed()
		if _, err := h.pool.Exec(
			t.Context(), `UPDATE messages SET created_at = $1 WHERE content_type = 'input_csat'`,
			time.Now().Add(-15*24*time.Hour),
		); err != nil {
			t.Fatal(err)
		}
		visitor.get(address).has("form", 0).reads("h1", "closed")
		visitor.post(address, url.Values{"rating": {"5"}}).status(http.StatusUnprocessableEntity)
	})
}
