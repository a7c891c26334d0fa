package chatwoot_test

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"unicode"

	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/apitest"
	"github.com/parleydesk/parley/web/api/chatwoot"
)

// The matrix tests every route with every caller. Each resource has its rows in its own test file.
func TestMatrix(t *testing.T) {
	t.Parallel()
	refused := apitest.Refusals{NotMember: 401, NotAllowed: 401}
	apitest.Matrix(t, chatwoot.Routes, chatwoot.Table, refused, matrixRows(t))
}

func TestKeysCursorsAndIDsOfOthersOpenNothing(t *testing.T) {
	t.Parallel()
	const conversation = v1 + "/conversations/:conversation"
	apitest.Borrowed(t, chatwoot.Routes, chatwoot.Table, apitest.Admin, matrixRows(t), map[string]string{
		"POST " + conversation + "/assignments {user}":    "an id that is no agent's is nobody, as in Chatwoot",
		"POST " + conversation + "/participants {user}":   "what is no agent's is left out, as in Chatwoot",
		"PUT " + conversation + "/participants {user}":    "what is no agent's is left out, as in Chatwoot",
		"PATCH " + conversation + "/participants {user}":  "what is no agent's is left out, as in Chatwoot",
		"DELETE " + conversation + "/participants {user}": "who does not take part is removed already",
		"DELETE " + v1 + "/inbox_members {user}":          "who is no member is removed already",
	})
}

func TestEmptyIDs(t *testing.T) {
	t.Parallel()
	apitest.EmptyIDs(t, chatwoot.Routes, chatwoot.Table, matrixRows(t), 30)
}

func matrixRows(t testing.TB) map[string]apitest.Row {
	return apitest.Join(
		t,
		profileRows(),
		notificationSettingRows(),
		conversationRows(),
		messageRows(),
		contactRows(),
		conversationPartRows(),
		searchRows(),
		cableRows(),
		inboxAndAccountRows(t),
		contactFileRows(),
		settingRows(),
		publicRows(),
		platformRows(),
		reportRows(),
		translationRows(),
		absentRows(),
	)
}

func TestAddressesAreForThoseWhoWorkInTheInbox(t *testing.T) {
	t.Parallel()
	apitest.Addresses(t, chatwoot.Routes, chatwoot.Table, matrixRows(t))
	b := newFixture(t).Server

	t.Run("no contact is made with one elsewhere", func(t *testing.T) {
		w := apitest.NewFixture(t, b)
		made := `{"name": "Quinn", "email": "quinn@example.test", "inbox_id": {inbox}}`
		w.Do(t, apitest.Outside, "POST", v1+"/contacts", made).Want(401)
		w.Do(t, apitest.Inside, "POST", v1+"/contacts", made).Want(200) // the refused request saved nothing
		body := w.Do(t, apitest.Outside, "GET", v1+"/contacts/search?q=quinn", "").Want(200).Body.String()
		if !strings.Contains(body, `"contact_inboxes":[]`) {
			t.Errorf("an agent outside the inbox sees %s", body)
		}
		body = w.Do(t, apitest.Inside, "GET", v1+"/contacts/search?q=quinn", "").Want(200).Body.String()
		if !strings.Contains(body, `"source_id":`) {
			t.Errorf("an agent inside the inbox sees %s", body)
		}
	})

	t.Run("a merge shows those of the reader's inboxes alone", func(t *testing.T) {
		w := apitest.NewFixture(t, b)
		other := dbtest.Contact(t, b.Pool, w.Account, "Bo")
		merge := fmt.Sprintf(`{"base_contact_id": %d, "mergee_contact_id": {contact}}`, other.ID)
		body := w.Do(t, apitest.Outside, "POST", v1+"/actions/contact_merge", merge).Want(200).Body.String()
		if strings.Contains(body, w.Vars["source"]) {
			t.Errorf("the merged contact is %s", body)
		}
	})
}

// docs/api/coverage.md lists every route: each part of its path appears there as part of an endpoint.
func TestCoverageKnowsEveryRoute(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../../docs/api/coverage.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]bool{"api": true, "v1": true, "v2": true}
	for line := range strings.Lines(string(raw)) {
		if strings.HasPrefix(line, "#") || strings.Count(line, "|") > 2 {
			endpoints, _, _ := strings.Cut(strings.TrimPrefix(line, "|"), "|")
			between := func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }
			for word := range strings.FieldsFuncSeq(endpoints, between) {
				documented[word] = true
			}
		}
	}
	for _, route := range chatwoot.Table(&api.API{}) {
		for word := range strings.SplitSeq(route.Path, "/") {
			if word != "" && word[0] != ':' && !documented[word] {
				t.Errorf("%s %s: docs/api/coverage.md has no endpoint with %s", route.Method, route.Path, word)
			}
		}
	}
}

func cableRows() map[string]apitest.Row {
	return map[string]apitest.Row{"GET /cable": {Want: http.StatusUpgradeRequired}}
}

// inboxAndAccountRows has the rows of inboxes, of their members, and of an account's settings.
func inboxAndAccountRows(t testing.TB) map[string]apitest.Row {
	return apitest.Join(
		t,
		inboxRows(),
		agentRows(),
		teamRows(),
		botRows(),
		webhookRows(),
		authRows(),
		notificationRows(),
		accountRows(),
	)
}
