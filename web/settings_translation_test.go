package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/parleydesk/parley/internal/link"
)

// libreTranslate answers as such a server does, as long as up is true.
func libreTranslate(t *testing.T, up *atomic.Bool, text string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if !up.Load() {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		_, _ = w.Write([]byte(`{"translatedText": "` + text + `"}`))
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestTranslationPage(t *testing.T) {
	t.Parallel()
	h := setup(t)
	page := link.Settings(h.account.ID, "translation")
	var up atomic.Bool
	server := libreTranslate(t, &up, "¿Dónde está mi paquete?")
	b := h.as(h.admin)

	t.Run("no provider translates until one is chosen", func(t *testing.T) {
		if got := b.get(page).status(http.StatusOK).attr("option[selected]", "value"); got != "" {
			t.Errorf("chosen is %q", got)
		}
	})

	t.Run("says by the field what is missing, and keeps what was typed", func(t *testing.T) {
		b.post(page, url.Values{"provider": {"libretranslate"}, "libretranslate-url": {"translate.example"}}).
			status(http.StatusUnprocessableEntity).
			has("#f-libretranslate-url[value='translate.example'][aria-invalid]", 1)
		b.post(page, url.Values{"provider": {"deepl"}}).status(http.StatusUnprocessableEntity).has("#f-deepl-api_key[aria-invalid]", 1)
		b.post(page, url.Values{"provider": {"google_translate"}, "google_translate-credentials": {"{"}}).status(http.StatusUnprocessableEntity)
		b.post(page, url.Values{"provider": {"babelfish"}}).status(http.StatusUnprocessableEntity)
	})

	t.Run("a provider that is down is saved, and its key is kept but never shown, even when off", func(t *testing.T) {
		b := b.in(t)
		form := url.Values{
			"provider": {"libretranslate"}, "libretranslate-url": {server}, "libretranslate-api_key": {"k-secret"},
			"try": {"true"},
		}
		b.post(page, form).status(http.StatusOK).reads("[role=alert]", "502")
		up.Store(true)
		form.Del("libretranslate-api_key")
		b.post(page, form).status(http.StatusOK).reads("[role=status]", "paquete")
		if got := b.get(page).Body.String(); strings.Contains(got, "k-secret") || !strings.Contains(got, server) {
			t.Error("the page shows the key, or not the address")
		}
		b.post(page, url.Values{"provider": {"apertium"}, "apertium-url": {server}}).to(page)
		b.post(page, url.Values{"provider": {""}}).to(page)
		hooks, err := h.q.ListIntegrationHooks(t.Context(), h.account.ID)
		if err != nil || len(hooks) != 2 || hooks[0].Enabled || hooks[1].Enabled || !strings.Contains(string(hooks[0].Settings), "k-secret") {
			t.Errorf("%d hooks, %v", len(hooks), err)
		}
	})
}

func TestTranslateMessage(t *testing.T) {
	t.Parallel()
	h := setup(t)
	c := h.conversation("Ada Marsh", "¿Dónde está mi paquete?")
	m := h.messages(c)[0].Message
	open := link.Conversation(h.account.ID, c.DisplayID)
	address := open + "/messages/" + formatID(m.ID) + "/translation"
	b := h.as(h.agent)
	var up atomic.Bool
	server := libreTranslate(t, &up, "Where is my parcel?")

	b.get(open).has("form[action$='/translation']", 0)
	b.post(address, nil).status(http.StatusUnprocessableEntity)

	h.as(h.admin).post(link.Settings(h.account.ID, "translation"), url.Values{
		"provider": {"libretranslate"}, "libretranslate-url": {server},
	}).status(http.StatusSeeOther)
	b.get(open).has("form[action$='/translation']", 1)
	if got := b.post(address, nil).status(http.StatusUnprocessableEntity).Body.String(); !strings.Contains(got, "Try again") {
		t.Errorf("a provider that is down: %s", got)
	}
	up.Store(true)
	b.post(address, nil).status(http.StatusSeeOther)
	b.get(open).reads(".translation", "Where is my parcel?").has("form[action$='/translation']", 0)
	up.Store(false)
	b.post(address, nil).status(http.StatusSeeOther) // what was given is kept
}
