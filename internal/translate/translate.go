// Package translate translates texts with a provider: LibreTranslate, DeepL, Google or Apertium APy. account.go knows
// which of them an account has chosen. If the provider is down, the translation fails.
//
// Not here: storing translations (desk.Translate), and who may ask for them.
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

// Text is a text to translate.
type Text struct {
	Content string
	// From is the text's language, or "" if it is unknown.
	From string
	// To is the wanted language as a BCP 47 tag: es, pt-BR.
	To string
}

// Provider translates texts. It returns ErrSame if the text is in the wanted language already, and ErrFailed, wrapped,
// for every failure on the provider's side.
type Provider interface {
	Translate(ctx context.Context, t Text) (string, error)
}

// ErrSame means that the text is in the wanted language already.
var ErrSame = errors.New("the text is in that language already")

// ErrFailed means that the provider did not answer with a translation.
var ErrFailed = errors.New("the translation provider failed")

// Settings are the settings of a provider.
type Settings struct {
	// URL is the server's address. DeepL and Google have fixed ones.
	URL string
	Key string
	// Project and Credentials belong to a service account of Google.
	Project     string
	Credentials json.RawMessage
}

// New returns the provider of an app. It returns nil and false if there is no such app or settings are missing. client
// must refuse addresses that must not be called (internal/outbound).
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

// maxAnswer bounds how many bytes of an answer are read.
const maxAnswer = 4 << 20

// caller sends requests to a server.
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

// do sends a request and decodes the JSON of its answer. It does not pass the text of a failed answer on, because that
// would show users the content of any server whose address they enter.
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

// some returns ErrFailed for an answer without a text.
func some(text string) (string, error) {
	if text == "" {
		return "", fmt.Errorf("%w: it gave no translation", ErrFailed)
	}
	return text, nil
}
