package db

import (
	"context"
	"crypto/sha256"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

// Migrations are the schema's steps, forward only.
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
	done, err := provider.Up(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if err := sameEdition(ctx, pool, len(done) > 0); err != nil {
		return err
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

// errEdition is what a database made by an earlier state of the first step gets to hear.
var errEdition = errors.New("this database was made by an earlier development version, whose schema has been edited since: " +
	"start with an empty one (without DATABASE_URL: another --data, or delete the folder)")

// sameEdition tells apart databases that the first step made in different states: until the first release it is edited
// in place, and queries would fail one by one. A new database is marked with the step's sum, as the comment of its first
// table.
func sameEdition(ctx context.Context, pool *pgxpool.Pool, made bool) error {
	step, err := Migrations.ReadFile("migrations/0001_schema.sql")
	if err != nil {
		return err
	}
	edition := fmt.Sprintf("edition %x", sha256.Sum256(step))
	if made {
		_, err := pool.Exec(ctx, "COMMENT ON TABLE accounts IS '"+edition+"'")
		return err
	}
	var was string
	if err := pool.QueryRow(ctx, "SELECT COALESCE(obj_description('accounts'::regclass), '')").Scan(&was); err != nil {
		return err
	}
	if was != edition {
		return errEdition
	}
	return nil
}

// Pending tells whether the schema lacks a step that this binary knows.
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
