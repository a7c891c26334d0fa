package seed

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// large is the number of conversations from which it is faster to drop indexes and foreign keys and to create them
// after the load: sorting five million entries once is much cheaper than inserting each of them.
const large = 20_000

// strip drops the indexes and foreign keys of the loaded tables, and returns the statements that create them again. It
// does so in the load's transaction, so that a failure drops nothing. Primary and unique keys stay: other tables refer
// to them, and their new entries come in order.
func strip(ctx context.Context, tx pgx.Tx) (rebuild []string, err error) {
	tables := loaded[:]
	rows, err := tx.Query(ctx, `
		SELECT 'ALTER TABLE ' || conrelid::regclass || ' DROP CONSTRAINT ' || quote_ident(conname) AS away,
		       'ALTER TABLE ' || conrelid::regclass || ' ADD CONSTRAINT ' || quote_ident(conname) || ' ' || `+
		`pg_get_constraintdef(oid) AS back, 2 AS turn
		FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY ($1::text[]::regclass[])
		UNION ALL
		SELECT 'DROP INDEX ' || indexrelid::regclass, pg_get_indexdef(indexrelid), 1
		FROM pg_index i WHERE indrelid = ANY ($1::text[]::regclass[]) AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
		ORDER BY turn, back`, tables)
	if err != nil {
		return nil, err
	}
	var away []string
	var drop, back string
	var turn int
	_, err = pgx.ForEachRow(rows, []any{&drop, &back, &turn}, func() error {
		away, rebuild = append(away, drop), append(rebuild, back)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if _, err := tx.Exec(ctx, strings.Join(away, ";\n")); err != nil {
		return nil, fmt.Errorf("put indexes aside: %w", err)
	}
	return rebuild, nil
}

func restore(ctx context.Context, tx pgx.Tx, rebuild []string) error {
	if len(rebuild) == 0 {
		return nil
	}
	if _, err := tx.Exec(ctx, "SET LOCAL maintenance_work_mem = '512MB'"); err != nil {
		return err
	}
	for _, statement := range rebuild {
		if _, err := tx.Exec(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}
