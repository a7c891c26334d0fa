//go:build !unix

package pg

import (
	"context"
	"errors"
)

// Server is never running on this system.
type Server struct{}

// Start fails, because on this system Parley needs a PostgreSQL that it does not run itself.
func Start(context.Context, string, Options) (*Server, error) {
	return nil, errors.New(
		"the built-in PostgreSQL works on Linux, macOS and BSD only: set DATABASE_URL=postgres://user:password@host:5432/parley",
	)
}

func (s *Server) URL() string                { return "" }
func (s *Server) Owned() bool                { return false }
func (s *Server) PID() int                   { return 0 }
func (s *Server) Exited() <-chan struct{}    { return nil }
func (s *Server) Stop(context.Context) error { return nil }
