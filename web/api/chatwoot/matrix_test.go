package chatwoot_test

import (
	"net/http"
	"os"
	"strings"
	"testing"
	"unicode"

	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/apitest"
	"github.com/parleydesk/parley/web/api/chatwoot"
)

// Every route of the table × every caller. Each resource's rows stand in its own test file.
func TestMatrix(t *testing.T) {
	t.Parallel()
	apitest.Matrix(t, chatwoot.Routes, chatwoot.Table, apitest.Refusals{NotMember: 401, NotAllowed: 401}, apitest.Join(
		t,
		profileRows(),
		conversationRows(),
		messageRows(),
		contactRows(),
		besideRows(),
		searchRows(),
		cableRows(),
		peopleRows(t),
		contactFileRows(),
		settingRows(),
		publicRows(),
		platformRows(),
		reportRows(),
		translationRows(),
	))
}

// Every route is told of in the list of what is served: each word of its path stands there as an endpoint's.
func TestCoverageKnowsEveryRoute(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../../docs/api/coverage.md")
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]bool{"api": true, "v1": true, "v2": true}
	for line := range strings.Lines(string(raw)) {
		if strings.HasPrefix(line, "#") || strings.Count(line, "|") > 2 {
			endpoints, _, _ := strings.Cut(strings.TrimPrefix(line, "|"), "|")
			for word := range strings.FieldsFuncSeq(endpoints, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
				told[word] = true
			}
		}
	}
	for _, route := range chatwoot.Table(&api.API{}) {
		for word := range strings.SplitSeq(route.Path, "/") {
			if word != "" && word[0] != ':' && !told[word] {
				t.Errorf("%s %s: docs/api/coverage.md has no endpoint with %s", route.Method, route.Path, word)
			}
		}
	}
}

func cableRows() map[string]apitest.Row {
	return map[string]apitest.Row{"GET /cable": {Want: http.StatusUpgradeRequired}}
}
