package translate

import (
	"context"
	"fmt"
	"net/url"
	"slices"

	"golang.org/x/text/language"
)

// apertium speaks to Apertium APy. It has pairs of languages, and wants to be told which; where nobody knows the
// text's own language, it is asked, and where it cannot tell, the only pair that leads to the wanted one is taken.
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

// pair finds the pair for a text among those that the server has.
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

// identify asks for a text's language; "" where the server cannot tell.
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

// iso3 is a language's name in three letters, without region; "" for what is none.
func iso3(name string) string {
	tag, err := language.Parse(name)
	if name == "" || err != nil {
		return ""
	}
	base, _ := tag.Base()
	return base.ISO3()
}

// far is 0 for the same region, or none in both.
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
