// Package qlara speaks Qlara's Inbox: conversations between an account and its contacts, under
// /api/partner-gateway/v1. A key belongs to an account; no path names one. Private notes and activity do not exist
// here: they are never shown, counted, previewed or dated.
//
// The pages that document it keep no schemas, so most field names are our reading of them. They stand in shape.go
// alone: a correction is a change of one file.
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

// handlers holds what the handlers use.
type handlers struct {
	a *api.API
	q *db.Queries
	// patience is how long the list of users may take.
	patience time.Duration
}

// gateway is the documented prefix. A client whose base is a path of ours keeps it behind /qlara, where the short
// form of the Inbox's page works as well.
const (
	gateway = "/api/partner-gateway/v1"
	alias   = "/qlara"
)

// Routes mounts the dialect. The pages' routes and error handler must be on e already.
func Routes(e *echo.Echo, a *api.API) { a.Mount(e, Dialect(), Table(a)) }

// Table is every route with its policy.
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

// Dialect is how Qlara is spoken: its headers, its errors, its limits.
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

// credential reads X-Api-Key, or the key as the password of HTTP Basic; alone, it may stand in the user's place. A
// user's own address and password are package api's matter.
func credential(r *http.Request) string {
	if key := r.Header.Get("X-Api-Key"); key != "" {
		return key
	}
	user, password, _ := r.BasicAuth()
	return cmp.Or(password, user)
}

// failureJSON is the body of every error. error is the status's phrase; the sentence is message.
type failureJSON struct {
	Timestamp  string `json:"timestamp"`
	Status     int    `json:"status"`
	Error      string `json:"error"`
	Message    string `json:"message"`
	Path       string `json:"path"`
	RetryAfter int    `json:"retryAfter,omitempty"`
}

// failure says what went wrong: what is wrong with the input is always 400 here.
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

// noContent is what most writes answer.
func noContent() api.Status { return api.Status{Code: http.StatusNoContent} }

// truthy reads a boolean of the query.
func truthy(s string) bool { return strings.EqualFold(s, "true") || s == "1" }
