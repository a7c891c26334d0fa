package api

import (
	"context"
	"net/http"
	"runtime/debug"
	"strconv"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
)

// MaxRequest is the largest request that is read at all, files included.
const MaxRequest = 60 << 20

// Call is one authenticated request.
type Call struct {
	echo.Context
	// Actor is who calls, with their scope; the zero Actor on public routes.
	Actor desk.Actor
	Token Token
	Route Route

	api     *API
	dialect *Dialect
	input   *input
}

// Ctx is the request's context.
func (c *Call) Ctx() context.Context { return c.Request().Context() }

// Account is the account that the call is about.
func (c *Call) Account() int64 { return c.Actor.Scope.AccountID }

// Scope is how far the caller sees.
func (c *Call) Scope() db.Scope { return c.Actor.Scope }

// ID reads a number of the path; what is no positive number is not found.
func (c *Call) ID(name string) (int64, error) {
	n, err := strconv.ParseInt(c.Param(name), 10, 64)
	if err != nil || n <= 0 {
		return 0, fault.NotFound
	}
	return n, nil
}

// handle makes the echo handler of one route: everything that happens before the dialect's own code.
func (a *API) handle(d *Dialect, r Route) echo.HandlerFunc {
	return func(ec echo.Context) (err error) {
		c := &Call{Context: ec, Route: r, api: a, dialect: d}
		defer func() {
			if v := recover(); v != nil {
				if v == http.ErrAbortHandler {
					panic(v)
				}
				a.Logger.Error("panic", "route", r.Path, "stack", string(debug.Stack()))
				err = panicked(v)
			}
			if err != nil {
				a.fail(ec, d, err)
				err = nil
			}
		}()
		a.requestID(ec)
		if err := checkRequest(ec.Request()); err != nil {
			return err
		}
		ec.Request().Body = http.MaxBytesReader(ec.Response(), ec.Request().Body, MaxRequest)
		if err := a.authenticate(c); err != nil {
			// Refusals count too, by address where no token is known: nobody tries tokens without end.
			if err := a.limit(c); err != nil {
				return err
			}
			return err
		}
		if err := a.limit(c); err != nil {
			return err
		}
		return r.Handle(c)
	}
}

// checkRequest refuses what no handler should meet: a body that is too large by its own word, and addresses with
// bytes that are no text.
func checkRequest(r *http.Request) error {
	if r.ContentLength > MaxRequest {
		return &http.MaxBytesError{Limit: MaxRequest}
	}
	for _, s := range []string{r.URL.Path, r.URL.RawQuery} {
		if !isStorableText(s) {
			return Refuse(http.StatusBadRequest, "The address contains bytes that are no text")
		}
	}
	if r.URL.RawQuery == "" {
		return nil
	}
	for name, values := range r.URL.Query() {
		if !isStorableText(name) {
			return Refuse(http.StatusBadRequest, "The query contains bytes that are no text")
		}
		for _, v := range values {
			if !isStorableText(v) {
				return Refuse(http.StatusBadRequest, "The query contains bytes that are no text")
			}
		}
	}
	return nil
}

// isStorableText tells whether PostgreSQL would take s as text.
func isStorableText(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] == 0 {
			return false
		}
	}
	return utf8.ValidString(s)
}

// requestID gives every answer the id by which the log knows the request.
func (a *API) requestID(c echo.Context) string {
	h := c.Response().Header()
	if had := h.Get(echo.HeaderXRequestID); had != "" {
		return had
	}
	given := c.Request().Header.Get(echo.HeaderXRequestID)
	if given == "" || len(given) > 64 || !printable(given) {
		given = uuid.NewString()
	}
	h.Set(echo.HeaderXRequestID, given)
	return given
}

func printable(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
