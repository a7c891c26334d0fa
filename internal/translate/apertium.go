package translate

import (
	"context"
	"fmt"
	"net/url"
	"slices"

	"golang.org/x/text/language"
)

// apertium calls Apertium APy, which translates between fixed pairs of languages. If the text's language is unknown,
// apertium asks the server for it. If the server cannot tell, it takes the only pair that leads to the wanted language.
type apertium struct{ caller }

type apertiumPair struct {
	From string `json:"sourceLanguage"`
	To   string `json:"targetLanguage"`
}

func (p apertium) Translate(ctx context.Context, t Text) (string, error) {
	pair, err := p.pair(ctx, t)
	if err != nil {
		return "", err
	}
	form := url.Values{"langpair": {pair.From + "|" + pair.To}, "q": {t.Content}, "markUnknown": {"no"}, "format": {"txt"}}
	var answer struct {
		Data struct {
			Text string `json:"translatedText"`
		} `json:"responseData"`
	}
	if err := p.postForm(ctx, p.base+"/translate", form, &answer); err != nil {
		return "", err
	}
	return some(answer.Data.Text)
}

// pair finds the pair for a text among those of the server.
func (p apertium) pair(ctx context.Context, t Text) (apertiumPair, error) {
	var pairs struct {
		Data []apertiumPair `json:"responseData"`
	}
	if err := p.get(ctx, p.base+"/listPairs", &pairs); err != nil {
		return apertiumPair{}, err
	}
	var leads []apertiumPair
	for _, pair := range pairs.Data {
		if iso3(pair.To) == iso3(t.To) {
			leads = append(leads, pair)
		}
	}
	// The nearest name first: eng_US before eng for en-US, eng before eng_US for en.
	slices.SortStableFunc(leads, func(a, b apertiumPair) int { return far(a.To, t.To) - far(b.To, t.To) })
	from := iso3(t.From)
	if from == "" {
		from = p.identify(ctx, t.Content)
	}
	if from != "" && from == iso3(t.To) {
		return apertiumPair{}, ErrSame
	}
	for _, pair := range leads {
		if iso3(pair.From) == from {
			return pair, nil
		}
	}
	if from == "" && len(leads) > 0 && !slices.ContainsFunc(leads, func(l apertiumPair) bool { return iso3(l.From) != iso3(leads[0].From) }) {
		return leads[0], nil
	}
	return apertiumPair{}, fmt.Errorf("%w: it has no pair of languages for this text", ErrFailed)
}

// identify asks the server for a text's language. It returns "" if the server cannot tell.
func (p apertium) identify(ctx context.Context, content string) string {
	var guess map[string]float64
	if err := p.postForm(ctx, p.base+"/identifyLang", url.Values{"q": {content}}, &guess); err != nil {
		return ""
	}
	best, most := "", 0.0
	for name, likely := range guess {
		if likely > most || (likely == most && name < best) {
			best, most = name, likely
		}
	}
	return iso3(best)
}

// iso3 returns the three letters of a language, without its region, or "" if s is no language.
func iso3(name string) string {
	tag, err := language.Parse(name)
	if name == "" || err != nil {
		return ""
	}
	base, _ := tag.Base()
	return base.ISO3()
}

// far returns 0 if both have the same region or none.
func far(a, b string) int {
	x, _ := language.Parse(a)
	y, _ := language.Parse(b)
	_, _, rx := x.Raw()
	_, _, ry := y.Raw()
	if rx == ry {
		return 0
	}
	return 1
}
