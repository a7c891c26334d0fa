package job

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Count is how many jobs of a queue are in a state.
type Count struct {
	Queue, State string
	Jobs         int64
}

// Waiting counts unfinished jobs, for the metrics. River's tables are not in our schema, so this is the one query
// that is not in queries/.
func Waiting(ctx context.Context, pool *pgxpool.Pool) ([]Count, error) {
	rows, err := pool.Query(ctx, `
		SELECT queue, state::text AS state, count(*) AS jobs FROM river_job
		WHERE state IN ('available', 'pending', 'retryable', 'running', 'scheduled') GROUP BY 1, 2`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[Count])
}
