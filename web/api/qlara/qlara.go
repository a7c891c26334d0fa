// Package qlara is the API of Qlara's Inbox: conversations between an account and its contacts, under
// /api/partner-gateway/v1. A key belongs to an account, and paths name no account. The API never shows or counts
// private notes and activity, and no preview or time depends on them.
//
// Its documentation has no schemas, so most field names are our interpretation. They are all in shape.go, so that a
// correction changes one file.
package qlara

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/web/api"
)

// handlers has the dependencies of the handlers.
type handlers struct {
	a *api.API
	q *db.Queries
	// patience is how long reading the list of users may take.
	patience time.Duration
}

// gateway is the documented prefix. For a client whose base URL has the path /qlara, it works after that as well, and
// so does the short form in the documentation of the Inbox.
const (
	gateway = "/api/partner-gateway/v1"
	alias   = "/qlara"
)

// Routes mounts the dialect. The pages' routes and error handler must be on e already.
func Routes(e *echo.Echo, a *api.API) { a.Mount(e, Dialect(), Table(a)) }

// Table returns every route with its policy.
func Table(a *api.API) []api.Route {
	h := &handlers{a: a, q: a.Q, patience: patience}
	var all []api.Route
	for _, base := range []string{gateway, alias + gateway} {
		all = slices.Concat(all, h.conversationRoutes(base+"/inbox/conversations"), h.callbackRoutes(base+"/webhooks/delivery-status"),
			h.statusRoutes(base+"/messages/status"), h.keyRoutes(base+"/authentication"))
	}
	return slices.Concat(all, h.conversationRoutes(alias+"/conversations"), h.callbackRoutes(
		alias+"/webhooks/delivery-status",
	), h.statusRoutes(alias+"/messages/status"), []api.Route{
		api.Get("/api/files/:key", api.Key, h.file), api.Get(alias+"/api/files/:key", api.Key, h.file),
	})
}

// Dialect describes the headers, the errors and the limits of Qlara's API.
func Dialect() *api.Dialect {
	return &api.Dialect{
		Name:       "qlara",
		Prefixes:   []string{"/api/partner-gateway", "/api/files", alias},
		Credential: credential,
		Passwords:  true,
		Failure:    failure,
		PerMinute:  1000,
		Burst:      50,
	}
}

// credential reads the key from X-Api-Key or from the password of HTTP Basic. Without a password, the user name may be
// the key. Package api handles an agent's address and password.
func credential(r *http.Request) string {
	if key := r.Header.Get("X-Api-Key"); key != "" {
		return key
	}
	user, password, _ := r.BasicAuth()
	return cmp.Or(password, user)
}

// failureJSON is the body of every error. error is the phrase of the status, and message the sentence.
type failureJSON struct {
	Timestamp  string `json:"timestamp"`
	Status     int    `json:"status"`
	Error      string `json:"error"`
	Message    string `json:"message"`
	Path       string `json:"path"`
	RetryAfter int    `json:"retryAfter,omitempty"`
}

// failure returns the answer for an error. Invalid input is always 400 here.
func failure(f api.Failure) (int, any) {
	status, message := f.Status, f.Sentence
	switch f.Kind {
	case api.Invalid, api.Unsupported:
		status = http.StatusBadRequest
	case api.NoToken, api.BadToken, api.NotMember, api.NotForBots:
		status, message = http.StatusUnauthorized, "The API key is missing or not valid"
	case api.Suspended:
		status = http.StatusForbidden
	}
	body := failureJSON{
		Timestamp: time.Now().UTC().Format(time.RFC3339), Status: status, Error: http.StatusText(status), Message: message,
		Path: f.Request.URL.Path,
	}
	if f.RetryAfter > 0 {
		body.RetryAfter = int(f.RetryAfter.Seconds() + 0.999)
	}
	if f.Kind == api.TooMany {
		body.Message = fmt.Sprintf("Too many requests; try again in %d seconds", body.RetryAfter)
	}
	return status, body
}

// noContent is the answer of most writes.
func noContent() api.Status { return api.Status{Code: http.StatusNoContent} }

// truthy reads a boolean of the query.
func truthy(s string) bool { return strings.EqualFold(s, "true") || s == "1" }
