package db

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

// Migrations are the schema's steps, forward only: one that has landed is never edited, because databases in use were
// made by it (docs/decisions/011-schema-frozen.md).
//
//go:embed migrations/*.sql
var Migrations embed.FS

// Migrate brings the schema and River's tables to the newest version. Several processes may call it at once: a
// session lock lets one work while the others wait.
func Migrate(ctx context.Context, pool *pgxpool.Pool) error {
	provider, closeDB, err := migrator(pool)
	if err != nil {
		return err
	}
	defer closeDB()
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	river, err := rivermigrate.New(riverpgxv5.New(pool), nil)
	if err != nil {
		return fmt.Errorf("migrate river: %w", err)
	}
	if _, err := river.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrate river: %w", err)
	}
	return nil
}

// Pending reports whether the schema lacks a step that this binary knows.
func Pending(ctx context.Context, pool *pgxpool.Pool) (bool, error) {
	provider, closeDB, err := migrator(pool)
	if err != nil {
		return false, err
	}
	defer closeDB()
	return provider.HasPending(ctx)
}

func migrator(pool *pgxpool.Pool) (*goose.Provider, func(), error) {
	dir, err := fs.Sub(Migrations, "migrations")
	if err != nil {
		return nil, nil, err
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return nil, nil, err
	}
	sqldb := stdlib.OpenDBFromPool(pool)
	provider, err := goose.NewProvider(goose.DialectPostgres, sqldb, dir, goose.WithSessionLocker(locker))
	if err != nil {
		_ = sqldb.Close()
		return nil, nil, fmt.Errorf("migrations: %w", err)
	}
	return provider, func() { _ = sqldb.Close() }, nil
}
