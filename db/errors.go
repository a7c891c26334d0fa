package db

import (
	"context"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// IsDuplicate reports whether err is a violation of the unique constraint (or unique index) of this name. A violation
// is translated where its meaning is known, never globally.
func IsDuplicate(err error, constraint string) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "23505" && pg.ConstraintName == constraint
}

// IsMissing reports whether err is a violation of any foreign key: the row that is referred to does not exist.
func IsMissing(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "23503"
}

// IsNone reports whether a query for one row found none.
func IsNone(err error) bool { return errors.Is(err, pgx.ErrNoRows) }

// IsDown reports whether err means that the database is down, stopping or starting: the same call may work in a
// moment. A transaction that was under way may have been committed or not.
func IsDown(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return strings.HasPrefix(pg.Code, "08") || downCodes[pg.Code]
	}
	var connecting *pgconn.ConnectError
	if errors.As(err, &connecting) {
		return true
	}
	var lost *lostError
	return pgconn.SafeToRetry(err) || errors.As(err, &lost) && !errors.Is(err, context.Canceled)
}

// downCodes are PostgreSQL's codes for a server that cannot serve now, beside class 08, connection exceptions.
var downCodes = map[string]bool{
	"25006": true, // a write reached a standby: the primary has moved
	"25P03": true, // ended for saying nothing in a transaction
	"53100": true, // disk full
	"53200": true, // out of memory
	"53300": true, // too many connections
	"57P01": true, // shutting down
	"57P02": true, // crashed
	"57P03": true, // starting up
	"57P05": true, // ended for saying nothing
	"58030": true, // I/O error
}

// IsUnfit reports whether err is about a value that PostgreSQL cannot hold (its class 22): the caller's mistake.
func IsUnfit(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && strings.HasPrefix(pg.Code, "22")
}
