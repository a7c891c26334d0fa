package chatwoot_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"github.com/parleydesk/parley/internal/outbound"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/apitest"
	"github.com/parleydesk/parley/web/api/chatwoot"
)

const mt = mo + "/translate"

func translationRows() map[string]apitest.Row {
	return map[string]apitest.Row{"POST " + mt: {Body: `{"target_language": "es"}`, Hidden: true}}
}

// translator gives the fixture's account a provider.
func translator(t *testing.T, w *apitest.Fixture, app, address string) {
	t.Helper()
	_, err := w.Server.Pool.Exec(
		t.Context(),
		`INSERT INTO integration_hooks (account_id, app_id, settings) VALUES ($1, $2, jsonb_build_object('url', $3::text))`,
		w.Account.ID, app, address,
	)
	if err != nil {
		t.Fatal(err)
	}
}

func TestTranslate(t *testing.T) {
	t.Parallel()
	b := apitest.New(t, chatwoot.Routes, func(c *api.Config) {
		c.Fetch = outbound.NewGuard(netip.MustParsePrefix("127.0.0.0/8")).Client(10 * time.Second)
	})

	t.Run("asks the account's provider once for a language, and keeps what it gave", func(t *testing.T) {
		w := apitest.NewFixture(t, b)
		translator(t, w, "apertium", apitest.Apertium(t))
		w.Vars["message"] = fmt.Sprint(int64(
			w.Do(
				t, apitest.Inside, "POST", ms,
				`{"content": "The house is red.", "content_attributes": {"translations": {"fr": "La maison"}}}`,
			).Want(200).Object()["id"].(float64),
		))
		got := w.Do(t, apitest.Inside, "POST", mt, `{"target_language": "es"}`, "Idempotency-Key", "k-1").Want(200)
		apitest.Golden(t, *update, "message_translated", got.Body.Bytes())
		if again := w.Do(t, apitest.Inside, "POST", mt, `{"target_language": "es"}`, "Idempotency-Key", "k-1").
			Want(200); again.Body.String() != got.Body.String() {
			t.Errorf("the same call gives %s", again.Body)
		}
		if cached := w.Do(t, apitest.Inside, "POST", mt, `{"target_language": "es"}`).Want(200); cached.Body.Len() != 0 {
			t.Errorf("a translation that is there answers %s, want nothing", cached.Body)
		}
		var list struct{ Payload []map[string]any }
		w.Do(t, apitest.Inside, "GET", ms, "").Want(200).Into(&list)
		kept := list.Payload[len(list.Payload)-1]["content_attributes"].(map[string]any)["translations"].(map[string]any)
		if kept["es"] != "La casa es roja." || kept["fr"] != "La maison" {
			t.Errorf("kept %v", kept)
		}
		var events, rows int
		err := b.Pool.QueryRow(
			t.Context(),
			`SELECT (SELECT count(*) FROM events WHERE account_id = $1 AND kind = 'message.updated'), (SELECT count(*) FROM `+
				`message_translations WHERE account_id = $1)`,
			w.Account.ID,
		).Scan(&events, &rows)
		if err != nil || events != 1 || rows != 1 {
			t.Errorf("%d events, %d translations kept (%v), want one of each", events, rows, err)
		}
		w.Do(t, apitest.Inside, "POST", mt, `{"target_language": "fi"}`).Want(422)
		w.Do(t, apitest.Inside, "DELETE", mo, "").Want(200)
		if body := w.Do(t, apitest.Inside, "POST", mt, `{"target_language": "es"}`).Want(200).Body.String(); body != `{"content":null}` {
			t.Errorf("a deleted message gives %s", body)
		}
		if err := b.Pool.QueryRow(t.Context(), `SELECT count(*) FROM message_translations WHERE account_id = $1`, w.Account.ID).
			Scan(&rows); err != nil || rows != 0 {
			t.Errorf("%d translations outlive their message (%v)", rows, err)
		}
	})

	t.Run("is null without a provider, a language or words", func(t *testing.T) {
		w := apitest.NewFixture(t, b)
		got := w.Do(t, apitest.Inside, "POST", mt, `{"target_language": "es"}`).Want(200)
		apitest.Golden(t, *update, "message_not_translated", got.Body.Bytes())
		translator(t, w, "libretranslate", "http://127.0.0.1:1")
		w.Do(t, apitest.Inside, "POST", mt, `{}`).Want(200)
		w.Vars["message"] = fmt.Sprint(int64(w.Do(t, apitest.Inside, "POST", ms, `{"content": " "}`).Want(200).Object()["id"].(float64)))
		w.Do(t, apitest.Inside, "POST", mt, `{"target_language": "es"}`).Want(200)
	})

	t.Run("is refused with the provider's failure, and can be tried again", func(t *testing.T) {
		w := apitest.NewFixture(t, b)
		up := false
		s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
			if !up {
				rw.WriteHeader(http.StatusBadGateway)
				return
			}
			_, _ = rw.Write([]byte(`{"translatedText": "¿Dónde está mi paquete?"}`))
		}))
		defer s.Close()
		translator(t, w, "libretranslate", s.URL)
		got := w.Do(t, apitest.Inside, "POST", mt, `{"target_language": "es"}`, "Idempotency-Key", "k-2").Want(422)
		apitest.Golden(t, *update, "error_translate", got.Body.Bytes())
		w.Do(t, apitest.Inside, "POST", mt, `{"target_language": "../es"}`).Want(422)
		up = true
		w.Do(t, apitest.Inside, "POST", mt, `{"target_language": "es"}`, "Idempotency-Key", "k-2").Want(200)
		w.Do(t, apitest.Inside, "POST", ms+"/999999/translate", `{"target_language": "es"}`).Want(404)
	})
}
