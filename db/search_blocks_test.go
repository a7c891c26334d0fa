package db_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/parleydesk/parley/db"
)

// blockCounter runs each query under EXPLAIN, adds the blocks that it read, and returns nothing to its caller.
type blockCounter struct {
	pool   *pgxpool.Pool
	blocks int64
}

func (b *blockCounter) Exec(context.Context, string, ...any) (pgconn.CommandTag, error) {
	return pgconn.CommandTag{}, errNotRun
}

func (b *blockCounter) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	_, err := b.Query(ctx, sql, args...)
	return failedRow{err}
}

func (b *blockCounter) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	var raw json.RawMessage
	if err := b.pool.QueryRow(ctx, "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) "+sql, args...).Scan(&raw); err != nil {
		return nil, err
	}
	var plans []struct {
		Plan struct {
			Hit  int64 `json:"Shared Hit Blocks"`
			Read int64 `json:"Shared Read Blocks"`
		}
	}
	if err := json.Unmarshal(raw, &plans); err != nil {
		return nil, err
	}
	b.blocks += plans[0].Plan.Hit + plans[0].Plan.Read
	return nil, errNotRun
}

func (b *blockCounter) SendBatch(context.Context, *pgx.Batch) pgx.BatchResults {
	panic("no batches here")
}

var errNotRun = fmt.Errorf("explained, not run")

type failedRow struct{ err error }

func (r failedRow) Scan(...any) error { return r.err }

// TestARareWordReadsFewBlocks holds what a search in a list costs: any agent may ask for a word that no message has.
func TestARareWordReadsFewBlocks(t *testing.T) {
	t.Parallel()
	pool := fill(t)
	for _, word := range []string{"nosuchwordxyz", "nosuchwordxyz another"} {
		b := &blockCounter{pool: pool}
		list := db.ConversationList{
			Scope: db.Everything(1), Filter: db.ConversationFilter{Text: word}, Order: db.ByActivityDesc, Page: db.ConversationPage{Size: 25},
		}
		_, _ = db.New(b).ListConversationIDs(t.Context(), list)
		if b.blocks == 0 || b.blocks > 300 {
			t.Errorf("a page of conversations with %q reads %d blocks", word, b.blocks)
		}
		b.blocks = 0
		_, _ = db.New(b).CountConversations(t.Context(), list.Scope, list.Filter)
		if b.blocks == 0 || b.blocks > 300 {
			t.Errorf("their count reads %d blocks", b.blocks)
		}
	}
}
