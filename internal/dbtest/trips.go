package dbtest

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/parleydesk/parley/db"
)

// Trips counts the round trips to the database that a pool makes: a batch is one, and so are BEGIN and COMMIT. What
// the driver asks for itself, such as the types of a statement that it sees for the first time, does not count.
type Trips struct {
	mu   sync.Mutex
	made []string
}

// CountTrips returns a second pool on the database of pool, and the counter of its round trips.
func CountTrips(t testing.TB, pool *pgxpool.Pool) (*pgxpool.Pool, *Trips) {
	t.Helper()
	trips := &Trips{}
	cfg := pool.Config()
	cfg.ConnConfig.Tracer = trips
	counted, err := pgxpool.NewWithConfig(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeOrComplain(t, counted) })
	return counted, trips
}

// Take returns the round trips since the last Take, each as the names of its queries, and counts anew.
func (c *Trips) Take() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	made := c.made
	c.made = nil
	return made
}

func (c *Trips) add(names string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.made = append(c.made, names)
}

// TraceQueryStart is pgx's.
func (c *Trips) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	if data.SQL != "-- ping" { // the pool tries out a connection that was idle
		c.add(queryName(data.SQL))
	}
	return ctx
}

// TraceQueryEnd is pgx's.
func (*Trips) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// TraceBatchStart is pgx's.
func (c *Trips) TraceBatchStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceBatchStartData) context.Context {
	var names []string
	for _, q := range data.Batch.QueuedQueries {
		names = append(names, queryName(q.SQL))
	}
	c.add(strings.Join(names, " + "))
	return ctx
}

// TraceBatchQuery is pgx's.
func (*Trips) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}

// TraceBatchEnd is pgx's.
func (*Trips) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

// queryName is the name that sqlc gives a query, or the beginning of its text.
func queryName(sql string) string {
	if name := db.QueryName(sql); name != "" {
		return name
	}
	const most = 40
	text := strings.Join(strings.Fields(sql), " ")
	return text[:min(len(text), most)]
}
