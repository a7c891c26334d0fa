// Package chatwoot is the main REST API. It has the paths, fields and statuses of Chatwoot, so that Chatwoot's clients
// need only another base URL, and adds cursors, Idempotency-Key and the change feed. Each resource has a file with its
// routes, handlers and JSON.
//
// Not here: rules of the helpdesk (internal/desk), queries (queries/), and what every dialect shares (web/api).
package chatwoot

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/cable"
	"github.com/parleydesk/parley/web/api/chatwoot/report"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

// handlers has the dependencies of the handlers.
type handlers struct {
	a     *api.API
	q     *db.Queries
	shape shape.Writer
}

// Prefixes of the paths in an account.
const (
	v1 = "/api/v1/accounts/:account"
	v2 = "/api/v2/accounts/:account"
)

// Routes mounts the dialect. The pages' routes and error handler must be on e already.
func Routes(e *echo.Echo, a *api.API) { a.Mount(e, Dialect(), Table(a)) }

// Table returns every route with its policy. Routes mounts them, and the authorization matrix tests them.
func Table(a *api.API) []api.Route {
	h := &handlers{a: a, q: a.Q, shape: shape.Writer{Base: a.BaseURL, Now: a.Now}}
	return slices.Concat(
		h.versionRoutes(),
		h.conversationRoutes(),
		h.messageRoutes(),
		h.assignmentRoutes(),
		h.conversationLabelRoutes(),
		h.participantRoutes(),
		h.draftRoutes(),
		h.unreadCountRoutes(),
		h.uploadRoutes(),
		h.filterRoutes(),
		h.searchRoutes(),
		h.eventRoutes(),
		h.transcriptRoutes(),
		h.bulkRoutes(),
		h.profileRoutes(),
		h.contactRoutes(),
		h.contactListRoutes(),
		h.contactInboxRoutes(),
		h.inboxRoutes(),
		h.inboxMemberRoutes(),
		h.agentRoutes(),
		h.teamRoutes(),
		h.botRoutes(),
		h.webhookRoutes(),
		h.authRoutes(),
		h.notificationRoutes(),
		h.notificationSettingRoutes(),
		h.accountRoutes(),
		h.integrationRoutes(),
		h.contactFileRoutes(),
		h.noteRoutes(),
		h.labelRoutes(),
		h.cannedRoutes(),
		h.customAttributeRoutes(),
		h.customFilterRoutes(),
		h.dashboardAppRoutes(),
		h.macroRoutes(),
		h.automationRoutes(),
		h.publicRoutes(),
		h.platformRoutes(),
		report.Routes(a, h.shape),
		h.translationRoutes(),
		h.absentRoutes(),
		cable.Routes(a, h.notifications),
	)
}

// Dialect describes the header, the errors and the limit of Chatwoot's API.
func Dialect() *api.Dialect {
	return &api.Dialect{
		Name:     "chatwoot",
		Prefixes: []string{"/api", "/public/api", "/platform/api", "/auth", "/dashboard/images", cable.Path},
		// Not all of /api: the documents of /api/openapi have .json in their names.
		Formats: []string{"/api/v1", "/api/v2", "/public/api/v1", "/platform/api/v1", "/auth"},
		// Not the platform's paths, whose key does not belong into a browser, and not the sign-in: a page that imitates
		// ours must not learn whether a password is right.
		OtherOrigins: []string{"/api", "/public/api"},
		Credential:   credential,
		Fits:         fits,
		Failure:      failure,
		PerMinute:    3000,
	}
}

// credential reads the token: from its own header if there is one, or else from the header of a session or from a
// Bearer header.
func credential(r *http.Request) string {
	if v := tokenHeader(r); v != "" {
		return v
	}
	if v := r.Header.Get("Access-Token"); v != "" {
		return v
	}
	bearer, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if bearer == r.Header.Get("Authorization") {
		return ""
	}
	return strings.TrimSpace(bearer)
}

// fits reports whether the three headers of a session belong together. Its token alone is not accepted.
func fits(r *http.Request, row db.AuthenticateRow) bool {
	if tokenHeader(r) != "" || r.Header.Get("Access-Token") == "" {
		return true
	}
	return row.UserEmail != nil && r.Header.Get("Client") == row.Hint && r.Header.Get("Uid") == *row.UserEmail
}

// tokenHeader reads the token's own header, whose name clients write with underscores or with dashes.
func tokenHeader(r *http.Request) string {
	if v := r.Header.Get("Api_access_token"); v != "" {
		return v
	}
	return r.Header.Get("Api-Access-Token")
}

type errorJSON struct {
	Error string `json:"error"`
}

// failure answers in Chatwoot's shapes: {errors} without credentials, {message, attributes} for fields that are invalid,
// and {error} for all else.
func failure(f api.Failure) (int, any) {
	if strings.HasPrefix(f.Request.URL.Path, platformPath) && (f.Kind == api.NoToken || f.Kind == api.BadToken) {
		return platformRefusal()
	}
	switch f.Kind {
	case api.NoToken:
		return notSignedIn()
	case api.BadToken:
		if tokenHeader(f.Request) == "" { // a session that has ended or never existed
			return notSignedIn()
		}
	case api.NotAllowed:
		// Chatwoot answers 401 for missing rights. 403 means that a kind of inbox lacks a feature; handlers return it
		// by Refuse.
		if f.Sentence == "You are not authorized to do this action" {
			return http.StatusUnauthorized, errorJSON{f.Sentence}
		}
	case api.NotFound:
		return http.StatusNotFound, errorJSON{"Resource could not be found"}
	case api.Conflict:
		return http.StatusUnprocessableEntity, errorJSON{f.Sentence}
	case api.Invalid:
		if f.Fields != nil {
			return http.StatusUnprocessableEntity, invalidJSON{f.Sentence, attributes(f.Fields)}
		}
	}
	return f.Status, errorJSON{f.Sentence}
}

func notSignedIn() (int, any) {
	return http.StatusUnauthorized, struct {
		Errors []string `json:"errors"`
	}{[]string{"You need to sign in or sign up before continuing."}}
}

type invalidJSON struct {
	Message    string   `json:"message"`
	Attributes []string `json:"attributes"`
}

func attributes(fields map[string]string) []string {
	names := make([]string, 0, len(fields))
	for name := range fields {
		if name != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
