package chatwoot_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/apitest"
	"github.com/parleydesk/parley/web/api/chatwoot"
)

func absentRows() map[string]apitest.Row {
	const mfa = "/api/v1/profile/mfa"
	unprocessable, bad, forbidden := apitest.Row{Want: 422}, apitest.Row{Want: 400}, apitest.Row{Want: 403}
	rows := apitest.Join(
		nil,
		apitest.Each(apitest.Row{}, "GET "+v1+"/campaigns", "GET "+v1+"/assignment_policies", "GET "+v1+"/custom_roles",
			"GET "+v1+"/sla_policies", "GET "+v1+"/portals"),
		apitest.Each(unprocessable, "POST "+inbox+"/sync_templates", "POST "+v1+"/channels/twilio_channel", "POST /auth/confirmation"),
		apitest.Each(bad, "GET "+inbox+"/health", "POST "+inbox+"/register_webhook", "GET "+inbox+"/csat_template",
			"POST "+inbox+"/csat_template", "POST "+inbox+"/csat_template/analyze"),
		apitest.Each(forbidden, "GET "+mfa, "POST "+mfa, "DELETE "+mfa, "POST "+mfa+"/verify", "POST "+mfa+"/backup_codes"),
	)
	rows["GET "+co+"/inbox_assistant"] = apitest.Row{Hidden: true}
	for _, service := range []string{"twitter", "microsoft", "google", "instagram", "tiktok", "notion", "whatsapp"} {
		rows["POST "+v1+"/"+service+"/authorization"] = unprocessable
	}
	rows["GET "+v1+"/callbacks/register_facebook_page"] = unprocessable
	for _, action := range []string{"register_facebook_page", "facebook_pages", "reauthorize_page"} {
		rows["POST "+v1+"/callbacks/"+action] = unprocessable
	}
	for _, task := range []string{"rewrite", "summarize", "reply_suggestion", "label_suggestion", "follow_up"} {
		rows["POST "+v1+"/captain/tasks/"+task] = unprocessable
	}
	return rows
}

// What is not there is an empty list or a sentence, in the shapes that Chatwoot's clients read.
func TestAbsent(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	for path, want := range map[string]string{
		v1 + "/campaigns": `[]`, v1 + "/assignment_policies": `[]`, v1 + "/custom_roles": `[]`, v1 + "/sla_policies": `{"payload":[]}`,
		v1 + "/portals":                         `{"payload":[],"meta":{"current_page":1,"portals_count":0,"all_articles_count":0}}`,
		co + "/inbox_assistant":                 `{"assistant":null}`,
		v1 + "/inboxes/:inbox/campaigns":        `[]`,
		v1 + "/search/articles?q=parcel&page=1": `{"payload":{"articles":[]}}`,
	} {
		if got := w.Do(t, apitest.Admin, "GET", path, "").Want(200).Body.String(); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	for route, row := range absentRows() {
		method, path, _ := strings.Cut(route, " ")
		if row.Want < 400 {
			continue
		}
		got := w.Do(t, apitest.Admin, method, path, "").Want(row.Want).Object()
		if got["error"] == nil && got["message"] == nil {
			t.Errorf("%s says nothing: %v", route, got)
		}
	}
	w.Do(t, apitest.Admin, "GET", cs+"/99999/inbox_assistant", "").Want(404)
	w.Do(t, apitest.Admin, "GET", v1+"/inboxes/99999/health", "").Want(404)
}

// Every route that Chatwoot has is served, or docs/api/coverage.md says why not.
func TestRoutesOfChatwoot(t *testing.T) {
	t.Parallel()
	parameter := regexp.MustCompile(`:\w+`)
	plain := func(path string) string { return parameter.ReplaceAllString(path, ":") }
	served := map[string]bool{}
	for _, r := range chatwoot.Table(&api.API{}) {
		served[r.Method+" "+plain(r.Path)] = true
	}
	leftOut := leftOutPaths(t, plain)
	used := map[string]bool{}
	raw, err := os.ReadFile("testdata/routes.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(raw)) {
		fields := strings.Fields(line)
		path := plain(fields[len(fields)-1])
		for _, method := range fields[:len(fields)-1] {
			if served[method+" "+path] {
				continue
			}
			at := slices.IndexFunc(leftOut, func(p string) bool {
				return p == path || p == method+" "+path || strings.HasPrefix(path, p+"/")
			})
			if at < 0 {
				t.Errorf("%s %s is neither served nor left out in docs/api/coverage.md", method, path)
				continue
			}
			used[leftOut[at]] = true
		}
	}
	for _, path := range leftOut {
		if !used[path] {
			t.Errorf("docs/api/coverage.md leaves out %s, which is served, or is no route of Chatwoot's", path)
		}
	}
}

// leftOutPaths are the paths in the first column of the table of what is left out, in full. One with a method before it
// stands for itself alone.
func leftOutPaths(t *testing.T, plain func(string) string) (all []string) {
	t.Helper()
	raw, err := os.ReadFile("../../../docs/api/coverage.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(raw), "## Chatwoot: routes that are left out\n")
	if !found {
		t.Fatal("docs/api/coverage.md has no table of what is left out")
	}
	section, _, _ = strings.Cut(section, "\n## ")
	quoted := regexp.MustCompile("`([^`]+)`")
	for line := range strings.Lines(section) {
		cells := strings.Split(line, "|")
		if len(cells) < 4 {
			continue
		}
		for _, m := range quoted.FindAllStringSubmatch(cells[1], -1) {
			path := m[1]
			for short, long := range map[string]string{"A/": v1 + "/", "C/": cs + "/", "K/": v1 + "/contacts/"} {
				if rest, ok := strings.CutPrefix(path, short); ok {
					path = long + rest
				}
			}
			all = append(all, plain(strings.ReplaceAll(path, "{id}", ":id")))
		}
	}
	return all
}
