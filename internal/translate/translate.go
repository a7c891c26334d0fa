// Package translate asks a provider for a text in another language: one that speaks LibreTranslate, DeepL, Google or
// Apertium APy; account.go knows which of them an account has chosen. No text is ever made up: a provider that is
// down is an error.
//
// Not here: what is kept of the answer (desk.Translate), and who may ask.
package translate

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/parleydesk/parley/internal/outbound"
)

// Text is what is to be translated.
type Text struct {
	Content string
	// From is the language it is in, or "" where nobody knows.
	From string
	// To is the language wanted, as BCP 47 writes it: es, pt-BR.
	To string
}

// Provider translates texts. ErrSame if there is nothing to do; ErrFailed, wrapped, for everything that went wrong on
// the provider's side.
type Provider interface {
	Translate(ctx context.Context, t Text) (string, error)
}

// ErrSame is a text that is in the wanted language already.
var ErrSame = errors.New("the text is in that language already")

// ErrFailed is a provider that does not answer, or not with a translation.
var ErrFailed = errors.New("the translation provider failed")

// Settings are what a provider needs to know.
type Settings struct {
	// URL is where the server is; DeepL and Google have one of their own.
	URL string
	Key string
	// Project and Credentials are Google's, of a service account.
	Project     string
	Credentials json.RawMessage
}

// New makes a provider by the name of its app. nil, false if there is no such provider, or settings are missing. The
// client is the guard against addresses that must not be called.
func New(app string, client *http.Client, s Settings) (Provider, bool) {
	at := caller{client: client, base: strings.TrimRight(s.URL, "/"), key: s.Key}
	switch app {
	case "libretranslate":
		return libre{at}, at.base != ""
	case "apertium":
		return apertium{at}, at.base != ""
	case "deepl":
		return newDeepL(at), at.key != ""
	case "google_translate":
		return newGoogle(at, s)
	}
	return nil, false
}

// maxAnswer bounds what is read of an answer.
const maxAnswer = 4 << 20

// caller asks a server.
type caller struct {
	client *http.Client
	base   string
	key    string
}

func (c caller) postJSON(ctx context.Context, address string, header http.Header, body, into any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return c.do(ctx, http.MethodPost, address, "application/json", header, raw, into)
}

func (c caller) postForm(ctx context.Context, address string, form url.Values, into any) error {
	return c.do(ctx, http.MethodPost, address, "application/x-www-form-urlencoded", nil, []byte(form.Encode()), into)
}

func (c caller) get(ctx context.Context, address string, into any) error {
	return c.do(ctx, http.MethodGet, address, "", nil, nil, into)
}

// do sends a request and reads its JSON. What a server that failed has said is not passed on: whoever chose the
// address would read from it what stands behind.
func (c caller) do(ctx context.Context, method, address, kind string, header http.Header, body []byte, into any) error {
	req, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("%w: its address cannot be read", ErrFailed)
	}
	for name, values := range header {
		req.Header[name] = values
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	req.Header.Set("Accept", "application/json")
	res, err := c.client.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if errors.Is(err, outbound.ErrRefused) {
			return fmt.Errorf("%w: %w", ErrFailed, outbound.ErrRefused)
		}
		return fmt.Errorf("%w: it does not answer", ErrFailed)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err != nil {
		return fmt.Errorf("%w: its answer broke off", ErrFailed)
	}
	if len(raw) > maxAnswer {
		return fmt.Errorf("%w: its answer is too long", ErrFailed)
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%w: it answered with status %d", ErrFailed, res.StatusCode)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("%w: its answer is not what such a server says", ErrFailed)
	}
	return nil
}

// some refuses an answer without a text.
func some(text string) (string, error) {
	if text == "" {
		return "", fmt.Errorf("%w: it gave no translation", ErrFailed)
	}
	return text, nil
}
