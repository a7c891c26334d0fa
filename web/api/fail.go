package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/blob"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/edge"
)

// fail answers with err as the dialect shows it. Internal errors are logged here, and nowhere else, and never shown.
func (a *API) fail(c echo.Context, d *Dialect, err error) {
	if c.Response().Committed {
		return
	}
	f := failureOf(edge.Slow(c.Request().Context(), err))
	requestID := edge.RequestID(c)
	if f.Kind == Internal && !errors.Is(err, context.Canceled) {
		a.Logger.Error("request failed", "method", c.Request().Method, "route", c.Path(), "request_id", requestID, "err", err)
	}
	if f.RetryAfter > 0 {
		c.Response().Header().Set("Retry-After", strconv.Itoa(int(f.RetryAfter.Seconds()+0.999)))
	}
	f.Request = c.Request()
	status, body := d.Failure(f)
	if f.Body != nil || f.Sentence == "" { // RefuseWith(status, nil) sends no body
		body = f.Body
	}
	if err := a.send(c, status, body); err != nil {
		a.Logger.Debug("error answer not written", "request_id", requestID, "err", err)
	}
}

// failureOf turns every error into a failure. No other place chooses a status for an error.
func failureOf(err error) Failure {
	var f Failure
	var he *echo.HTTPError
	var large *http.MaxBytesError
	var file blob.TooLarge
	switch {
	case errors.As(err, &f):
		return f
	case errors.Is(err, pgx.ErrNoRows), errors.Is(err, fault.NotFound):
		return Refuse(http.StatusNotFound, "Resource could not be found")
	case errors.Is(err, fault.Forbidden):
		return Refuse(http.StatusForbidden, "You are not authorized to do this action")
	case errors.Is(err, fault.Duplicate):
		return Refuse(http.StatusConflict, "This has been done already")
	case errors.Is(err, fault.Busy):
		return Failure{
			Kind:       TooMany,
			Status:     http.StatusServiceUnavailable,
			Sentence:   "Too many sign-ins at once. Please try again",
			RetryAfter: 5 * time.Second,
		}
	case errors.Is(err, edge.ErrSlow):
		return Failure{
			Kind:       Internal,
			Status:     http.StatusServiceUnavailable,
			Sentence:   "This takes too long to read. Please ask for less, or try again",
			RetryAfter: 10 * time.Second,
			cause:      err,
		}
	case errors.As(err, &large):
		return Refuse(http.StatusRequestEntityTooLarge, fmt.Sprintf("The request is larger than %d MB", large.Limit>>20))
	case errors.As(err, &file):
		return Refuse(http.StatusRequestEntityTooLarge, fmt.Sprintf("The file is larger than %d MB", file.Limit>>20))
	case errors.As(err, &he):
		sentence, _ := he.Message.(string)
		if he.Code >= 500 || sentence == "" {
			sentence = http.StatusText(he.Code)
		}
		return Failure{Kind: kindOf(he.Code), Status: he.Code, Sentence: sentence, cause: err}
	}
	if fields := fault.In(err); fields != nil {
		return Failure{
			Kind:     Invalid,
			Status:   http.StatusUnprocessableEntity,
			Sentence: fields.Error(),
			Fields:   fields,
		}
	}
	return databaseFailure(err)
}

// databaseFailure catches what the checks of input let through: a value that PostgreSQL refuses to store is the caller's
// mistake. Every other error is internal.
func databaseFailure(err error) Failure {
	if db.IsUnfit(err) {
		return Failure{
			Kind:     Invalid,
			Status:   http.StatusUnprocessableEntity,
			Sentence: "A value is out of range or cannot be stored",
			cause:    err,
		}
	}
	if db.IsDown(err) {
		return Failure{
			Kind:       Internal,
			Status:     http.StatusServiceUnavailable,
			Sentence:   "The database does not answer. Please try again",
			RetryAfter: time.Second,
			cause:      err,
		}
	}
	return Failure{
		Kind:     Internal,
		Status:   http.StatusInternalServerError,
		Sentence: "Something went wrong on our side",
		cause:    err,
	}
}
