package db

import (
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// IsDuplicate tells whether err is a violation of the unique constraint (or unique index) of this name. A
// violation is translated where its meaning is known, never globally.
func IsDuplicate(err error, constraint string) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "23505" && pg.ConstraintName == constraint
}

// IsMissing tells whether err is a violation of any foreign key: a row that was referred to is not there.
func IsMissing(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "23503"
}

// IsNone tells whether a query for one row found none.
func IsNone(err error) bool { return errors.Is(err, pgx.ErrNoRows) }
