package views

import (
	"encoding/json"

	"github.com/parleydesk/parley/db"
)

// card is one item of a message that offers choices.
type card struct {
	Title       string `json:"title"`
	Description string `json:"description"`
	MediaURL    string `json:"media_url"`
	Value       string `json:"value"`
	Actions     []struct {
		Text string `json:"text"`
		Type string `json:"type"`
		URI  string `json:"uri"`
	} `json:"actions"`
}

// offers are the cards and choices of a message, as its attributes hold them.
func offers(m db.Message) []card {
	if m.DeletedAt != nil || (m.ContentType != db.ContentTypeCards && m.ContentType != db.ContentTypeInputSelect &&
		m.ContentType != db.ContentTypeArticle) {
		return nil
	}
	var attributes struct {
		Items []card `json:"items"`
	}
	if json.Unmarshal(m.ContentAttributes, &attributes) != nil {
		return nil
	}
	if m.ContentType == db.ContentTypeInputSelect { // one row of choices
		one := card{}
		for _, item := range attributes.Items {
			one.Actions = append(one.Actions, struct {
				Text string `json:"text"`
				Type string `json:"type"`
				URI  string `json:"uri"`
			}{Text: item.Title})
		}
		if len(one.Actions) == 0 {
			return nil
		}
		return []card{one}
	}
	return attributes.Items
}

// isOfferText reports whether a message's text only repeats the title of its card.
func isOfferText(m db.Message) bool {
	all := offers(m)
	return len(all) > 0 && all[0].Title == m.Text()
}
