package translate

import "context"

// libre calls LibreTranslate and compatible servers.
type libre struct{ caller }

func (p libre) Translate(ctx context.Context, t Text) (string, error) {
	body := map[string]string{"q": t.Content, "source": "auto", "target": t.To, "format": "text"}
	if t.From != "" {
		body["source"] = t.From
	}
	if p.key != "" {
		body["api_key"] = p.key
	}
	var answer struct {
		Text string `json:"translatedText"`
	}
	if err := p.postJSON(ctx, p.base+"/translate", nil, body, &answer); err != nil {
		return "", err
	}
	return some(answer.Text)
}
