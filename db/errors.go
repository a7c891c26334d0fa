package db

import (
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
	var connecting *pgconn.ConnectError
	if errors.As(err, &connecting) {
		return true
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		// connection exceptions; too many connections; shutting down, crashed, starting up
		return strings.HasPrefix(pg.Code, "08") || pg.Code == "53300" || pg.Code == "57P01" || pg.Code == "57P02" || pg.Code == "57P03"
	}
	return pgconn.SafeToRetry(err)
}

// IsUnfit reports whether err is about a value that PostgreSQL cannot hold (its class 22): the caller's mistake.
func IsUnfit(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && strings.HasPrefix(pg.Code, "22")
}
