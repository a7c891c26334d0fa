package translate

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// google calls Google's Cloud Translation: its second version with a key, its third with a service account.
type google struct {
	caller
	project string
	account serviceAccount
}

// serviceAccount holds the fields of a credentials file with which requests for a token are signed.
type serviceAccount struct {
	Email    string `json:"client_email"`
	Key      string `json:"private_key"`
	TokenURI string `json:"token_uri"`
}

func newGoogle(at caller, s Settings) (Provider, bool) {
	p := google{caller: at, project: s.Project}
	if p.base == "" {
		p.base = "https://translation.googleapis.com"
	}
	if p.key != "" {
		return p, true
	}
	var text string
	raw := s.Credentials
	if json.Unmarshal(raw, &text) == nil { // credentials pasted as text
		raw = json.RawMessage(text)
	}
	if json.Unmarshal(raw, &p.account) != nil || p.account.Email == "" || p.account.Key == "" || p.project == "" {
		return nil, false
	}
	if p.account.TokenURI == "" {
		p.account.TokenURI = "https://oauth2.googleapis.com/token"
	}
	return p, true
}

func (p google) Translate(ctx context.Context, t Text) (string, error) {
	if p.key != "" {
		return p.withKey(ctx, t)
	}
	token, err := p.token(ctx, time.Now())
	if err != nil {
		return "", err
	}
	body := map[string]any{"contents": []string{t.Content}, "targetLanguageCode": t.To, "mimeType": "text/plain"}
	var answer struct {
		Translations []struct {
			Text string `json:"translatedText"`
		} `json:"translations"`
	}
	address := p.base + "/v3/projects/" + url.PathEscape(p.project) + ":translateText"
	if err := p.postJSON(ctx, address, http.Header{"Authorization": {"Bearer " + token}}, body, &answer); err != nil {
		return "", err
	}
	if len(answer.Translations) == 0 {
		return some("")
	}
	return some(answer.Translations[0].Text)
}

func (p google) withKey(ctx context.Context, t Text) (string, error) {
	body := map[string]any{"q": t.Content, "target": t.To, "format": "text"}
	var answer struct {
		Data struct {
			Translations []struct {
				Text string `json:"translatedText"`
			} `json:"translations"`
		} `json:"data"`
	}
	err := p.postJSON(ctx, p.base+"/language/translate/v2", http.Header{"X-Goog-Api-Key": {p.key}}, body, &answer)
	if err != nil {
		return "", err
	}
	if len(answer.Data.Translations) == 0 {
		return some("")
	}
	return some(answer.Data.Translations[0].Text)
}

// token exchanges a signed claim for an access token (RFC 7523).
func (p google) token(ctx context.Context, now time.Time) (string, error) {
	claim, err := p.account.sign(now)
	if err != nil {
		return "", fmt.Errorf("%w: its credentials cannot be read", ErrFailed)
	}
	var answer struct {
		Token string `json:"access_token"`
	}
	form := url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "assertion": {claim}}
	if err := p.postForm(ctx, p.account.TokenURI, form, &answer); err != nil {
		return "", err
	}
	return some(answer.Token)
}

func (a serviceAccount) sign(now time.Time) (string, error) {
	block, _ := pem.Decode([]byte(a.Key))
	if block == nil {
		return "", x509.IncorrectPasswordError
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return "", err
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return "", x509.ErrUnsupportedAlgorithm
	}
	claims, err := json.Marshal(map[string]any{
		"iss": a.Email, "scope": "https://www.googleapis.com/auth/cloud-translation", "aud": a.TokenURI,
		"iat": now.Unix(), "exp": now.Add(time.Hour).Unix(),
	})
	if err != nil {
		return "", err
	}
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." + encode(claims)
	sum := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	return signed + "." + encode(signature), err
}
