package db

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// commitPatience is how long a commit may take: it waits for the disk and for synchronous standbys.
const commitPatience = 30 * time.Second

// Tx runs fn in one READ COMMITTED transaction: it commits when fn returns nil and rolls back otherwise, and returns
// fn's error unchanged. It cannot nest, because fn gets no pool. A caller that leaves does not cancel the commit: a
// cancelled wait for a standby would leave the change on the primary alone.
func Tx(ctx context.Context, pool *pgxpool.Pool, fn func(tx pgx.Tx) error) error {
	tx, err := pool.Begin(ctx)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	if err := fn(tx); err != nil {
		return err
	}
	committing, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitPatience)
	defer cancel()
	if err := tx.Commit(committing); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}
