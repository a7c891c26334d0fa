package api

import (
	"context"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
)

// MaxRequest is the largest request body in bytes, files included.
const MaxRequest = 60 << 20

// Call is one authenticated request.
type Call struct {
	echo.Context
	// Actor is the caller with their scope; the zero Actor on public routes.
	Actor desk.Actor
	Token Token
	Route Route

	api     *API
	dialect *Dialect
	input   *input
}

// Ctx is the request's context.
func (c *Call) Ctx() context.Context { return c.Request().Context() }

// Account returns the id of the account of the call.
func (c *Call) Account() int64 { return c.Actor.Scope.AccountID }

// Scope returns what the caller may see.
func (c *Call) Scope() db.Scope { return c.Actor.Scope }

// ID reads an id from the path. Anything but a positive number is fault.NotFound.
func (c *Call) ID(name string) (int64, error) {
	n, err := strconv.ParseInt(c.Param(name), 10, 64)
	if err != nil || n <= 0 {
		return 0, fault.NotFound
	}
	return n, nil
}

// handle returns the echo handler of one route. It answers an error as the route's dialect shows it.
func (a *API) handle(d *Dialect, r Route) echo.HandlerFunc {
	return func(ec echo.Context) error {
		c := &Call{Context: ec, Route: r, api: a, dialect: d}
		err := a.admit(c)
		if err == nil {
			err = r.Handle(c)
		}
		if err != nil {
			a.fail(ec, d, err)
		}
		return nil
	}
}

// admit does what comes before the dialect's own code.
func (a *API) admit(c *Call) error {
	r := c.Request()
	if r.ContentLength > MaxRequest {
		return &http.MaxBytesError{Limit: MaxRequest}
	}
	r.Body = http.MaxBytesReader(c.Response(), r.Body, MaxRequest)
	refused := a.authenticate(c)
	// Refused calls count as well, by address if there is no valid token, so that tokens cannot be guessed.
	if err := a.limit(c); err != nil {
		return err
	}
	return refused
}
