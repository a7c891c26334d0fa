package translate

import (
	"context"
	"net/http"
	"strings"
)

// deepl calls DeepL. Its free keys end in :fx and have a server of their own.
type deepl struct{ caller }

func newDeepL(at caller) deepl {
	if at.base == "" {
		at.base = "https://api.deepl.com"
		if strings.HasSuffix(at.key, ":fx") {
			at.base = "https://api-free.deepl.com"
		}
	}
	return deepl{at}
}

func (p deepl) Translate(ctx context.Context, t Text) (string, error) {
	body := map[string]any{"text": []string{t.Content}, "target_lang": strings.ToUpper(t.To)}
	var answer struct {
		Translations []struct {
			Text string `json:"text"`
		} `json:"translations"`
	}
	err := p.postJSON(ctx, p.base+"/v2/translate", http.Header{"Authorization": {"DeepL-Auth-Key " + p.key}}, body, &answer)
	if err != nil {
		return "", err
	}
	if len(answer.Translations) == 0 {
		return some("")
	}
	return some(answer.Translations[0].Text)
}
