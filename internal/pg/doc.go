// Package pg runs a private PostgreSQL for installations without one. It finds the binaries on the machine, creates a
// cluster in Parley's data directory, runs the server as a child of this process, and stops it.
//
// Not here: the decision to launch a server (cmd/parley launches none if DATABASE_URL is set), the schema, and
// queries. The package downloads nothing, and never removes postmaster.pid: PostgreSQL alone decides whether a server
// still runs on its files.
//
// Inside the data directory:
//
//	postgres/data   the cluster; postgres/data.new-… while it is being made
//	postgres/run    the socket, unless its path would be too long or out of reach
//	postgres/lock   who holds it owns the server; it names the server's process, and whether it is brief
//	postgres/log    what the server has to say
package pg

import (
	"errors"
	"log/slog"
)

// The kinds of failure that a caller may want to distinguish. Each error is a whole sentence for the operator.
var (
	ErrNoBinaries = errors.New("no PostgreSQL on this machine")
	ErrOtherMajor = errors.New("data of another PostgreSQL version")
)

// Options changes how Start runs the server. The zero value is for production.
type Options struct {
	// Log gets messages about slow steps: creating the cluster, waiting for another process.
	Log *slog.Logger
	// Brief marks the server as that of one short command: another process that wants a server waits until this one has
	// stopped, instead of attaching to it.
	Brief bool
	// Throwaway gives up durability and lets the server outlive this process. For
	// tests, which share one server between many short processes.
	Throwaway bool
}

func (o Options) log() *slog.Logger {
	if o.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return o.Log
}

// failure is an error with a sentence for the operator and a kind for code.
type failure struct {
	kind error
	text string
}

func (f *failure) Error() string { return f.text }
func (f *failure) Unwrap() error { return f.kind }
