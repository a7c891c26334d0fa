// Package ndoto speaks Ndoto's API under /ndoto/api/v1: resources much like Chatwoot's, in its own words and shapes.
// What differs, and why its paths cannot be shared: message_type is a word in answers, before and after are times,
// a thread comes whole, lists have envelopes of their own. What its pages do not document follows Chatwoot.
package ndoto

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
)

// handlers holds what the handlers use.
type handlers struct {
	a *api.API
	q *db.Queries
}

// v1 begins every path with an account.
const (
	root = "/ndoto/api/v1"
	v1   = root + "/accounts/:account"
)

// Routes mounts the dialect. The pages' routes and error handler must be on e already.
func Routes(e *echo.Echo, a *api.API) { a.Mount(e, Dialect(), Table(a)) }

// Table is every route with its policy.
func Table(a *api.API) []api.Route {
	h := &handlers{a: a, q: a.Q}
	return slices.Concat(
		h.messageRoutes(), h.conversationRoutes(), h.contactRoutes(), h.profileRoutes(), h.agentRoutes(), h.teamRoutes(),
		h.labelRoutes(), h.inboxRoutes(),
		h.webhookRoutes(),
	)
}

// Dialect is how Ndoto is spoken: its header and its errors. Its pages name no figure for the limit; Chatwoot's is
// taken.
func Dialect() *api.Dialect {
	return &api.Dialect{
		Name:         "ndoto",
		Prefixes:     []string{"/ndoto"},
		OtherOrigins: []string{"/ndoto"},
		Credential:   credential,
		Failure:      failure,
		PerMinute:    3000,
	}
}

// credential reads the token; a header with underscores is dropped by some proxies, so the dashed one counts too.
func credential(r *http.Request) string {
	for _, name := range [...]string{"Api_access_token", "Api-Access-Token"} {
		if v := r.Header.Get(name); v != "" {
			return v
		}
	}
	return ""
}

// errorJSON is the body of every error: one sentence.
type errorJSON struct {
	Error string `json:"error"`
}

func failure(f api.Failure) (int, any) {
	status := f.Status
	switch f.Kind {
	case api.NotMember, api.NotAllowed, api.Suspended:
		status = http.StatusForbidden
	case api.Conflict:
		status = http.StatusUnprocessableEntity
	}
	return status, errorJSON{f.Sentence}
}

// seconds is a time as the answers have it.
func seconds(t time.Time) int64 { return t.Unix() }

func secondsPtr(t *time.Time) *int64 {
	if t == nil {
		return nil
	}
	n := t.Unix()
	return &n
}

// readQuery reads the query; what is wrong in it is a bad parameter, 400 here.
func readQuery(c *api.Call, into any) error {
	err := c.ReadQuery(into)
	if invalid := fault.In(err); invalid != nil {
		return api.Refuse(http.StatusBadRequest, invalid.Error())
	}
	return err
}

// isWebURL takes http and https with a host, up to the length that a column of URLs has.
func isWebURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && len(s) <= 2048 && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != ""
}
