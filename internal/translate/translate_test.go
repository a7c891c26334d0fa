package translate_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/parleydesk/parley/internal/outbound"
	"github.com/parleydesk/parley/internal/translate"
	"github.com/parleydesk/parley/web/api/apitest"
)

func client() *http.Client {
	return outbound.NewGuard(netip.MustParsePrefix("127.0.0.0/8")).Client(time.Minute)
}

func provider(t *testing.T, app string, s translate.Settings) translate.Provider {
	t.Helper()
	p, ok := translate.New(app, client(), s)
	if !ok {
		t.Fatalf("no provider %s for %+v", app, s)
	}
	return p
}

// TestApertium calls a real server.
func TestApertium(t *testing.T) {
	t.Parallel()
	p := provider(t, "apertium", translate.Settings{URL: apitest.Apertium(t) + "/"})

	t.Run("translates by two or three letters, with the language told or not", func(t *testing.T) {
		for _, in := range []translate.Text{
			{Content: "The house is red.", To: "es"},
			{Content: "The house is red.", From: "en", To: "spa"},
			{Content: "The house is red.", From: "en-GB", To: "es-ES"},
		} {
			if got, err := p.Translate(t.Context(), in); err != nil || got != "La casa es roja." {
				t.Errorf("%+v: %q, %v", in, got, err)
			}
		}
		if got, err := p.Translate(t.Context(), translate.Text{Content: "La casa es roja.", To: "en"}); err != nil || got != "The house is red." {
			t.Errorf("%q, %v", got, err)
		}
	})

	t.Run("keeps lines, and words that it does not know", func(t *testing.T) {
		got, err := p.Translate(t.Context(), translate.Text{Content: "The house\nXyzzy", To: "es"})
		if err != nil || got != "La casa\nXyzzy" {
			t.Errorf("%q, %v", got, err)
		}
	})

	t.Run("says what it cannot do, and that there is nothing to do", func(t *testing.T) {
		if _, err := p.Translate(t.Context(), translate.Text{Content: "The house", To: "fi"}); !errors.Is(err, translate.ErrFailed) {
			t.Errorf("a language that it has not: %v", err)
		}
		if _, err := p.Translate(t.Context(), translate.Text{Content: "La casa", From: "es", To: "es_MX"}); !errors.Is(err, translate.ErrSame) {
			t.Errorf("the same language: %v", err)
		}
	})
}

// asked is a request that a server got.
type asked struct {
	Path, Authorization, Key string
	Body                     map[string]any
}

// server answers every request with one body, and keeps the latest request.
func server(t *testing.T, answer string) (address string, last func() asked) {
	t.Helper()
	seen := make(chan asked, 10)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		a := asked{Path: r.URL.Path, Authorization: r.Header.Get("Authorization"), Key: r.Header.Get("X-Goog-Api-Key"), Body: map[string]any{}}
		_ = json.Unmarshal(raw, &a.Body)
		seen <- a
		if r.URL.Path == "/token" {
			answer := `{"access_token": "ya29.x"}`
			if !strings.HasPrefix(string(raw), "assertion=ey") {
				w.WriteHeader(http.StatusBadRequest)
			}
			_, _ = io.WriteString(w, answer)
			return
		}
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(s.Close)
	return s.URL, func() (a asked) {
		for len(seen) > 0 {
			a = <-seen
		}
		return a
	}
}

// Each provider gets requests as its documentation describes them.
func TestProviders(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	private := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	for name, test := range map[string]struct {
		app, answer string
		settings    translate.Settings
		want        asked
	}{
		"LibreTranslate": {
			app: "libretranslate", answer: `{"translatedText": "Hola"}`, settings: translate.Settings{Key: "k"},
			want: asked{
				Path: "/translate", Body: map[string]any{"q": "Hello", "source": "auto", "target": "pt-BR", "format": "text", "api_key": "k"},
			},
		},
		"DeepL": {
			app: "deepl", answer: `{"translations": [{"detected_source_language": "EN", "text": "Hola"}]}`,
			settings: translate.Settings{Key: "k:fx"},
			want: asked{
				Path: "/v2/translate", Authorization: "DeepL-Auth-Key k:fx", Body: map[string]any{"text": []any{"Hello"}, "target_lang": "PT-BR"},
			},
		},
		"Google with a key": {
			app: "google_translate", answer: `{"data": {"translations": [{"translatedText": "Hola"}]}}`, settings: translate.Settings{Key: "k"},
			want: asked{Path: "/language/translate/v2", Key: "k", Body: map[string]any{"q": "Hello", "target": "pt-BR", "format": "text"}},
		},
		"Google with a service account": {
			app: "google_translate", answer: `{"translations": [{"translatedText": "Hola"}]}`, settings: translate.Settings{Project: "p-1"},
			want: asked{
				Path: "/v3/projects/p-1:translateText", Authorization: "Bearer ya29.x", Body: map[string]any{
					"contents": []any{"Hello"}, "targetLanguageCode": "pt-BR", "mimeType": "text/plain",
				},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			address, last := server(t, test.answer)
			test.settings.URL = address
			if test.settings.Project != "" {
				test.settings.Credentials, _ = json.Marshal(map[string]string{
					"client_email": "a@b.example", "private_key": private, "token_uri": address + "/token",
				})
			}
			got, err := provider(t, test.app, test.settings).Translate(t.Context(), translate.Text{Content: "Hello", To: "pt-BR"})
			if err != nil || got != "Hola" {
				t.Fatalf("%q, %v", got, err)
			}
			if diff := cmp.Diff(test.want, last()); diff != "" {
				t.Errorf("asked (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFailures(t *testing.T) {
	t.Parallel()
	text := translate.Text{Content: "Hello", To: "es"}

	t.Run("a server that fails, and what it says is not passed on", func(t *testing.T) {
		for _, answer := range []func(http.ResponseWriter){
			func(w http.ResponseWriter) { http.Error(w, "INSIDE", http.StatusInternalServerError) },
			func(w http.ResponseWriter) { _, _ = io.WriteString(w, "<html>INSIDE") },
			func(w http.ResponseWriter) { _, _ = io.WriteString(w, `{"translatedText": ""}`) },
		} {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { answer(w) }))
			_, err := provider(t, "libretranslate", translate.Settings{URL: s.URL}).Translate(t.Context(), text)
			s.Close()
			if !errors.Is(err, translate.ErrFailed) || strings.Contains(err.Error(), "INSIDE") {
				t.Errorf("%v", err)
			}
			_, err = provider(t, "libretranslate", translate.Settings{URL: s.URL}).Translate(t.Context(), text)
			if !errors.Is(err, translate.ErrFailed) {
				t.Errorf("a server that is down: %v", err)
			}
		}
	})

	t.Run("a server in a private network that nobody has allowed is not called", func(t *testing.T) {
		address, last := server(t, `{"translatedText": "Hola"}`)
		p, _ := translate.New("libretranslate", outbound.NewGuard().Client(time.Second), translate.Settings{URL: address})
		_, err := p.Translate(t.Context(), text)
		if !errors.Is(err, translate.ErrFailed) || !errors.Is(err, outbound.ErrRefused) || last().Path != "" {
			t.Errorf("%v; asked %+v", err, last())
		}
	})

	t.Run("an answer without an end is read up to a limit", func(t *testing.T) {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, err := io.WriteString(w, `{"translatedText": "`)
			for err == nil {
				_, err = io.WriteString(w, strings.Repeat("x", 64<<10))
			}
		}))
		defer s.Close()
		_, err := provider(t, "libretranslate", translate.Settings{URL: s.URL}).Translate(t.Context(), text)
		if !errors.Is(err, translate.ErrFailed) || !strings.Contains(err.Error(), "too long") {
			t.Errorf("%v", err)
		}
	})

	t.Run("a server that leads elsewhere is not followed with a text or a key", func(t *testing.T) {
		elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("followed") }))
		defer elsewhere.Close()
		s := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusPermanentRedirect))
		defer s.Close()
		for _, app := range []string{"libretranslate", "deepl"} {
			_, err := provider(t, app, translate.Settings{URL: s.URL, Key: "secret"}).Translate(t.Context(), text)
			if !errors.Is(err, translate.ErrFailed) {
				t.Errorf("%s: %v", app, err)
			}
		}
	})

	t.Run("settings that are not enough make no provider", func(t *testing.T) {
		for _, app := range []string{"libretranslate", "apertium", "deepl", "google_translate", "babelfish"} {
			if _, ok := translate.New(app, client(), translate.Settings{}); ok {
				t.Errorf("%s without settings", app)
			}
		}
	})
}
