// Package ndoto is Ndoto's API under /ndoto/api/v1. Its resources are similar to Chatwoot's, with other names and JSON.
// It cannot share Chatwoot's paths, because message_type is a name in answers, before and after are times, a thread has
// no pages, and lists have other envelopes. What its documentation leaves open is as in Chatwoot.
package ndoto

import (
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
)

// handlers has the dependencies of the handlers.
type handlers struct {
	a *api.API
	q *db.Queries
}

// v1 is the prefix of the paths in an account.
const (
	root = "/ndoto/api/v1"
	v1   = root + "/accounts/:account"
)

// Routes mounts the dialect. The pages' routes and error handler must be on e already.
func Routes(e *echo.Echo, a *api.API) { a.Mount(e, Dialect(), Table(a)) }

// Table returns every route with its policy.
func Table(a *api.API) []api.Route {
	h := &handlers{a: a, q: a.Q}
	return slices.Concat(
		h.messageRoutes(), h.conversationRoutes(), h.contactRoutes(), h.profileRoutes(), h.agentRoutes(), h.teamRoutes(),
		h.labelRoutes(), h.inboxRoutes(),
		h.webhookRoutes(),
	)
}

// Dialect describes the header and the errors of Ndoto's API. Its documentation has no number for the limit, so it is
// Chatwoot's.
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

// credential reads the token. The header's name may have dashes, because some proxies drop headers with underscores.
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

// seconds returns a time in the form of the answers.
func seconds(t time.Time) int64 { return t.Unix() }

func secondsPtr(t *time.Time) *int64 {
	if t == nil {
		return nil
	}
	n := t.Unix()
	return &n
}

// readQuery reads the query. It answers 400 for an invalid parameter.
func readQuery(c *api.Call, into any) error {
	err := c.ReadQuery(into)
	if invalid := fault.In(err); invalid != nil {
		return api.Refuse(http.StatusBadRequest, invalid.Error())
	}
	return err
}

// isWebURL reports whether a webhook can have the URL.
func isWebURL(s string) bool {
	_, ok := db.WebURL(s)
	return ok
}
