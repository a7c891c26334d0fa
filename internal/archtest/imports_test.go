package archtest

import (
	"slices"
	"strings"
	"testing"
)

// rule says which of our packages a package may import, and what of others' it must not.
type rule struct {
	pkgs  []string
	may   []string
	never []string
}

const (
	echo = "github.com/labstack/echo/v4"
	scs  = "github.com/alexedwards/scs/v2"
	pgx  = "github.com/jackc/pgx/v5"
	http = "net/http"
)

// rules lists the rules. The first that names a package holds for it.
func rules() []rule {
	return []rule{
		{pkgs: []string{"cmd/*"}, may: []string{"*"}},
		{
			pkgs: []string{"web"}, may: []string{
				"views", "views/*", "db", "internal/desk", "internal/auth", "internal/blob",
				"internal/live", "internal/poke", "internal/fault", "internal/link", "internal/htmlsafe", "internal/translate",
				"internal/rule", "internal/channel", "internal/mimetext", "internal/contactfile", "internal/push", "static", "web/edge",
			},
		},
		// what stands in front of pages and APIs knows neither
		{pkgs: []string{"web/edge"}, may: []string{"db"}, never: []string{scs}},
		{pkgs: []string{"web/api"}, may: apiMay(), never: []string{scs}},
		// what the tests of the dialects share
		{pkgs: []string{"web/api/apitest"}, may: []string{"*"}},
		{pkgs: []string{"web/api/openapi"}, may: []string{"web/api"}, never: []string{scs}},
		{pkgs: []string{"web/api/filter"}, may: []string{"db", "web/api"}, never: []string{scs}},
		{
			pkgs: []string{"web/api/chatwoot/shape"}, may: []string{"db", "internal/channel", "internal/link", "web/api"},
			never: []string{echo, scs, http, pgx},
		},
		{
			pkgs: []string{"web/api/chatwoot/hook"}, may: []string{
				"db", "internal/channel", "internal/desk", "internal/link",
				"web/api", "web/api/chatwoot/shape",
			}, never: []string{echo, scs, http},
		},
		{
			pkgs: []string{"web/api/chatwoot/cable"}, may: []string{
				"db", "internal/auth", "internal/desk", "internal/live", "internal/poke", "web/api",
				"web/api/chatwoot/hook", "web/api/chatwoot/shape",
			}, never: []string{scs},
		},
		{
			pkgs: []string{"web/api/chatwoot/report"}, may: []string{
				"db", "internal/fault", "internal/link", "web/api",
				"web/api/chatwoot/shape",
			}, never: []string{echo, scs},
		},
		{
			pkgs: []string{"web/api/chatwoot"}, may: append(apiMay(), "web/api", "web/api/filter", "web/api/openapi",
				"web/api/chatwoot/*"), never: []string{scs},
		},
		{pkgs: []string{"web/api/*"}, may: append(apiMay(), "web/api", "web/api/filter", "web/api/openapi"), never: []string{scs}},
		// the reference page of the APIs: their documents, as a page
		{pkgs: []string{"web/reference"}, may: []string{"web/api/openapi", "views", "internal/link"}},
		{
			pkgs: []string{"web/*"}, may: []string{
				"db", "internal/desk", "internal/auth", "internal/blob", "internal/live",
				"internal/poke", "internal/fault", "internal/link", "internal/htmlsafe", "static", "views/*",
			},
		},
		{pkgs: []string{"views"}, may: append(viewsMay(), "views/ui"), never: []string{echo, scs, http, pgx}},
		{pkgs: []string{"views/*"}, may: append(viewsMay(), "views/ui"), never: []string{echo, scs, http, pgx}},
		{pkgs: []string{"internal/dbtest"}, may: []string{"*"}},
		{
			pkgs: []string{"internal/desk"}, may: []string{
				"db", "internal/channel", "internal/fault", "internal/htmlsafe", "internal/job",
				"internal/placeholder", "internal/poke",
			}, never: []string{echo, scs, http, "github.com/a-h/templ"},
		},
		{pkgs: []string{"internal/channel"}, may: []string{"db"}, never: []string{echo, scs, http, pgx}},
		{
			pkgs: []string{"internal/react"}, may: []string{
				"db", "internal/job", "internal/rule", "internal/webhook",
				"internal/mail", "internal/live", "internal/poke", "internal/desk", "internal/channel", "internal/fault",
			},
		},
		{pkgs: []string{"internal/rule"}, may: []string{"db", "internal/desk", "internal/fault", "internal/job"}, never: []string{echo, http}},
		{pkgs: []string{"internal/outbound"}, never: []string{echo, scs}},
		{pkgs: []string{"internal/webhook"}, may: []string{"db", "internal/job", "internal/fault", "internal/outbound"}, never: []string{echo}},
		{
			pkgs: []string{"internal/job", "internal/live", "internal/pg"},
			may:  []string{"db", "internal/fault", "internal/poke"}, never: []string{echo, scs},
		},
		{pkgs: []string{"internal/auth"}, may: []string{"db", "internal/fault"}, never: []string{echo, scs}},
		{
			pkgs: []string{"internal/seed"}, may: []string{"db", "internal/auth", "internal/blob", "internal/fault"},
			never: []string{echo, scs, http},
		},
		{
			pkgs: []string{
				"db", "static", "internal/htmlsafe", "internal/link", "internal/fault",
				"internal/poke",
			}, never: []string{echo, scs},
		},
		{pkgs: []string{"internal/blob"}, may: []string{"internal/outbound"}, never: []string{echo, scs}},
		// Channels and whatever engine comes next.
		{
			pkgs: []string{"internal/*"}, may: []string{
				"db", "internal/desk", "internal/blob", "internal/job",
				"internal/htmlsafe", "internal/link", "internal/fault", "internal/outbound", "internal/mimetext",
				"internal/contactfile",
			}, never: []string{echo, scs},
		},
	}
}

func apiMay() []string {
	// job for the arguments of jobs that a transaction orders, rule to check a rule before it is kept
	return []string{
		"db", "internal/desk", "internal/auth", "internal/blob", "internal/fault", "internal/link",
		"internal/htmlsafe", "internal/job", "internal/live", "internal/poke", "internal/rule", "internal/channel",
		"internal/translate", "internal/mimetext", "internal/contactfile", "internal/push", "web/edge",
	}
}

func viewsMay() []string {
	// rule for the tables of actions and conditions, whose words a form shows
	return []string{"db", "internal/link", "internal/fault", "internal/htmlsafe", "internal/rule", "internal/channel", "static"}
}

// extra are single imports beyond the table, each with its reason.
func extra() map[string]string {
	return map[string]string{
		"internal/desk → internal/auth":     "an inbox gets an identifier and an HMAC key, made where all secrets are made",
		"web/api/apitest → internal/dbtest": "apitest is for tests only, too",
		"internal/mailer → internal/auth":   "the link to a new password is made when a job orders its mail",
		"internal/seed → internal/auth":     "the demo's people can sign in",
	}
}

func ruleFor(pkg string) (rule, bool) {
	for _, r := range rules() {
		if anyMatches(r.pkgs, pkg) {
			return r, true
		}
	}
	return rule{}, false
}

func TestImports(t *testing.T) {
	t.Parallel()
	s := read(t)
	for _, f := range s.files {
		r, ok := ruleFor(f.pkg)
		if !ok {
			t.Errorf("%s: no rule says who may be imported by package %s", f.path, f.pkg)
			continue
		}
		for _, path := range f.imports() {
			if slices.ContainsFunc(r.never, func(n string) bool { return path == n || strings.HasPrefix(path, n+"/") }) {
				t.Errorf("%s: %s must not import %s", f.path, f.pkg, path)
			}
			ours, is := strings.CutPrefix(path, module)
			if !is || slices.Contains(r.may, "*") || anyMatches(r.may, ours) {
				continue
			}
			if _, ok := extra()[f.pkg+" → "+ours]; !ok {
				t.Errorf("%s: %s must not import %s", f.path, f.pkg, ours)
			}
		}
	}
}

func TestNobodyImports(t *testing.T) {
	t.Parallel()
	s := read(t)
	for _, f := range s.files {
		for _, path := range f.imports() {
			switch ours, _ := strings.CutPrefix(path, module); {
			case strings.HasPrefix(ours, "cmd/"):
				t.Errorf("%s: a program is not imported: %s", f.path, ours)
			case (ours == "internal/dbtest" || ours == "internal/mailtest" || ours == "internal/porttest") &&
				f.pkg != "internal/dbtest" && f.pkg != "web/api/apitest":
				t.Errorf("%s: only tests import %s", f.path, ours)
			}
		}
	}
}

func TestMatches(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		pattern, pkg string
		want         bool
	}{
		{"web", "web", true},
		{"web", "web/api", false},
		{"web/*", "web/api/chatwoot", true},
		{"web/*", "web", false},
		{"web/*", "website/x", false},
	} {
		if got := matches(test.pattern, test.pkg); got != test.want {
			t.Errorf("matches(%q, %q) = %v", test.pattern, test.pkg, got)
		}
	}
}
