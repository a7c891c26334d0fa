package db

import (
	"context"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// QueryName is the name that a query of ours begins with; empty for any other statement.
func QueryName(sql string) string {
	named, ok := strings.CutPrefix(sql, "-- name: ")
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(named, " ")
	return name
}

// errorNamer puts the name of the failed query in front of PostgreSQL's error message, so that a log shows which of
// some hundred queries failed. The error stays the same value, with its code and constraint. Other errors, such as no
// rows or a lost connection, are left alone.
type errorNamer struct{}

// statement is the key under which a context holds the SQL that runs.
type statement struct{}

// TraceQueryStart is pgx's.
func (errorNamer) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	return context.WithValue(ctx, statement{}, data.SQL)
}

// TraceQueryEnd is pgx's.
func (errorNamer) TraceQueryEnd(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryEndData) {
	if data.Err == nil {
		return
	}
	if sql, ok := ctx.Value(statement{}).(string); ok {
		nameError(data.Err, sql)
	}
}

// TraceBatchStart is pgx's.
func (errorNamer) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	return ctx
}

// TraceBatchQuery is pgx's.
func (errorNamer) TraceBatchQuery(_ context.Context, _ *pgx.Conn, data pgx.TraceBatchQueryData) {
	nameError(data.Err, data.SQL)
}

// TraceBatchEnd is pgx's.
func (errorNamer) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

func nameError(err error, sql string) {
	var pg *pgconn.PgError
	if name := QueryName(sql); name != "" && errors.As(err, &pg) {
		pg.Message = name + ": " + pg.Message
	}
}
