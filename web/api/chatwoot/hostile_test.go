package chatwoot_test

import (
	"net/url"
	"testing"

	"github.com/parleydesk/parley/internal/hostile"
	"github.com/parleydesk/parley/web/api/apitest"
)

// What is asked of the database may not cost more than the bounds of filters and of search words allow, so that none
// of these ends in a time-out or in an error of the server.
func TestHostileFiltersAreAnsweredOrRefused(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	pieces := []string{
		`[`, `]`, `{`, `}`, `,`, `:`, `null`, `""`, `"attribute_key": "status"`, `"filter_operator": "equal_to"`,
		`"values": ["open"]`, `"query_operator": "or"`,
		`{"attribute_key": "name", "filter_operator": "contains", "values": ["%_\\'"], "query_operator": "and"},`,
		`{"attribute_key": "email", "filter_operator": "does_not_contain", "values": ["a", 1, null],
		"query_operator": "or"},`,
		`{"attribute_key": "created_at", "filter_operator": "days_before", "values": [99999999999],
		"query_operator": "and"},`,
		`{"attribute_key": "labels", "filter_operator": "is_present", "values": [], "query_operator": null},`,
		`{"attribute_key": "x'; DROP TABLE contacts; --", "filter_operator": "equal_to", "values": ["1"]},`,
		`{"attribute_key": "status", "filter_operator": "equal_to", "values": ["open"], "query_operator": "or"},`,
		`{"attribute_key": "display_id", "filter_operator": "is_greater_than", "values": ["1e9"]}`, `"\u0000"`, `[[[[`,
		`{"a":`,
	}
	for i, in := range hostile.Inputs(11, 3000, pieces...) {
		path := []string{cs, ks}[i%2] + "/filter"
		if got := w.Do(t, apitest.Admin, "POST", path, `{"payload": [`+in+`]}`); got.Code >= 500 {
			t.Errorf("%s: %d %s\n%q", path, got.Code, got.Body, in)
		}
	}
}

func TestHostileSearchWordsAreAnsweredOrRefused(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	pieces := []string{
		"a", "parcel", " ", "%", "_", "\\", "'", "\"", "&", "|", "!", "(", ")", ":*", "<->", "*", "-", "--", ";", "\x00",
		"\xff", "\u202e", "é", "重", "ใ",
		"a@b.example", "+49", "\n", "\t", "OR", "AND", "NOT", "{", "$1", "🙂",
	}
	for i, in := range hostile.Inputs(12, 500, pieces...) {
		path := []string{v1 + "/search/messages", v1 + "/search/contacts", v1 + "/search/conversations", cs + "/search"}[i%4]
		if got := w.Do(t, apitest.Admin, "GET", path+"?q="+url.QueryEscape(in), ""); got.Code >= 500 {
			t.Errorf("%s: %d %s\n%q", path, got.Code, got.Body, in)
		}
	}
}
