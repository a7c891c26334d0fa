package web

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/blob"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/views"
	"github.com/parleydesk/parley/views/ui"
	"github.com/parleydesk/parley/web/edge"
)

// fail answers every error of a page. It maps the kinds of error to a status and a sentence; any other error is
// logged and answered with 500.
func (a *App) fail(err error, c echo.Context) {
	if c.Response().Committed {
		if !errors.Is(err, context.Canceled) {
			a.log.Error("after the answer began", "id", edge.RequestID(c), "error", err)
		}
		return
	}
	status, message := statusAndMessage(err)
	if status >= http.StatusInternalServerError && !browserLeft(c, err) {
		line := append(edge.Route(c), slog.String("error", err.Error()))
		a.log.LogAttrs(c.Request().Context(), slog.LevelError, "request failed",
			append([]slog.Attr{slog.String("id", edge.RequestID(c)), slog.String("method", c.Request().Method)}, line...)...)
	}
	if errors.Is(err, edge.ErrSlow) {
		c.Response().Header().Set("Retry-After", "10")
	}
	c.Response().Header().Del("Content-Encoding")
	if err := a.answerError(c, status, message); err != nil && !browserLeft(c, err) {
		a.log.Error("error page", "id", edge.RequestID(c), "error", err)
	}
}

func (a *App) answerError(c echo.Context, status int, message string) error {
	switch {
	case c.Request().Method == http.MethodHead:
		return c.NoContent(status)
	case htmx(c):
		return render(c, status, ui.Alert(message, edge.RequestID(c)))
	}
	return render(c, status, views.Error(views.ErrorView{Status: status, Message: message, RequestID: edge.RequestID(c), Look: lookOf(c)}))
}

// statusAndMessage maps an error to a status and a sentence for the reader.
func statusAndMessage(err error) (int, string) {
	var known *echo.HTTPError
	var large blob.TooLarge
	var body *http.MaxBytesError
	switch {
	case errors.Is(err, pgx.ErrNoRows), errors.Is(err, fault.NotFound), errors.Is(err, fs.ErrNotExist):
		return http.StatusNotFound, "There is nothing here, or it is not for you to see."
	case errors.Is(err, fault.Forbidden):
		return http.StatusForbidden, "You may not do this. An administrator of the account can."
	case errors.Is(err, fault.Duplicate):
		return http.StatusConflict, "This was done before."
	case errors.Is(err, fault.Busy):
		return http.StatusServiceUnavailable, "Too many people are signing in at this moment. What you typed is kept; please try again."
	case errors.Is(err, edge.ErrSlow):
		return http.StatusServiceUnavailable, "This takes too long to read. Please narrow it down, or try again in a moment."
	case fault.In(err) != nil:
		return http.StatusUnprocessableEntity, fault.In(err).Error()
	case errors.As(err, &body) && body.Limit == maxFields:
		return http.StatusRequestEntityTooLarge, "The form is too long."
	case errors.As(err, &large), errors.As(err, &body):
		return http.StatusRequestEntityTooLarge, "The file is too large: at most 40 MB are taken."
	case errors.As(err, &known):
		return known.Code, statusWords(known)
	case db.IsUnfit(err):
		return http.StatusUnprocessableEntity, "Something in this is no text, or too large to be kept."
	case db.IsDown(err):
		return http.StatusServiceUnavailable, "The database does not answer at the moment. What you typed is kept; please try again."
	}
	return http.StatusInternalServerError, "Something went wrong on our side. What you typed is kept; please try again."
}

func statusWords(e *echo.HTTPError) string {
	switch e.Code {
	case http.StatusNotFound:
		return "There is nothing here, or it is not for you to see."
	case http.StatusMethodNotAllowed:
		return "This address does not take that."
	case http.StatusUnauthorized:
		return "You are not signed in any more. Sign in again; what you typed is kept."
	}
	if message, ok := e.Message.(string); ok && message != http.StatusText(e.Code) {
		return message
	}
	return "The request could not be read."
}

// browserLeft reports whether the browser closed the connection before its answer. That is no error of ours.
func browserLeft(c echo.Context, err error) bool {
	return c.Request().Context().Err() != nil || errors.Is(err, context.Canceled) || strings.Contains(err.Error(), "broken pipe")
}
