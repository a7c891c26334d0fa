// Package pg runs a private PostgreSQL for those who have not set one up: it
// finds the binaries on the machine, makes a cluster inside Parley's data
// directory, keeps the server as a child of this process and stops it again.
//
// What is not here: the decision to launch at all (DATABASE_URL or PG* set means
// that nothing is launched, see cmd/parley), the schema, and any query of ours.
// Nothing is ever downloaded, and postmaster.pid is never removed: PostgreSQL
// alone judges whether a server still runs on its files.
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

// The kinds of failure a caller may want to tell apart. Each error carries a
// whole sentence for the person at the terminal.
var (
	ErrNoBinaries = errors.New("no PostgreSQL on this machine")
	ErrOtherMajor = errors.New("data of another PostgreSQL version")
)

// Options changes how Start runs the server. The zero value is for production.
type Options struct {
	// Log hears of what takes a moment: making the cluster, waiting for another process.
	Log *slog.Logger
	// Brief says that the server is for one short command: whoever else wants one waits until this one has been
	// stopped, instead of attaching to what is about to go.
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

// failure is a sentence for a person, of a kind that code can ask for.
type failure struct {
	kind error
	text string
}

func (f *failure) Error() string { return f.text }
func (f *failure) Unwrap() error { return f.kind }
