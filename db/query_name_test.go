package db_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
)

func TestAnErrorNamesItsQuery(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	account := dbtest.Account(t, pool, "Bike shop")
	team := db.InsertTeamParams{AccountID: account.ID, Name: "Sales"}
	if _, err := db.New(pool).InsertTeam(t.Context(), team); err != nil {
		t.Fatal(err)
	}
	member := db.AddTeamMemberParams{AccountID: account.ID, TeamID: 7, UserID: 7}
	inTx := func(fn func(ctx context.Context, q *db.Queries) error) error {
		return db.Tx(t.Context(), pool, func(tx pgx.Tx) error { return fn(t.Context(), db.New(tx)) })
	}
	for name, test := range map[string]struct {
		query, code string
		do          func(ctx context.Context, q *db.Queries) error
	}{
		"a query for one row": {"InsertTeam", "23505", func(ctx context.Context, q *db.Queries) error {
			_, err := q.InsertTeam(ctx, team)
			return err
		}},
		"a query for many rows": {"ListNdotoWebhooks", "2201W", func(ctx context.Context, q *db.Queries) error {
			_, err := q.ListNdotoWebhooks(ctx, db.ListNdotoWebhooksParams{AccountID: account.ID, Most: -1})
			return err
		}},
		"a query for none": {"AddTeamMember", "23503", func(ctx context.Context, q *db.Queries) error {
			_, err := q.AddTeamMember(ctx, member)
			return err
		}},
		"the second of a batch": {"InsertTeam", "23505", func(ctx context.Context, q *db.Queries) error {
			var installation db.Installation
			b := q.Batch()
			db.Into0(b, &installation, (*db.Queries).GetInstallation)
			db.Into(b, nil, (*db.Queries).InsertTeam, team)
			db.Into(b, nil, (*db.Queries).AddTeamMember, member)
			return b.Run(ctx)
		}},
	} {
		for where, err := range map[string]error{"pool": test.do(t.Context(), db.New(pool)), "transaction": inTx(test.do)} {
			var pg *pgconn.PgError
			if !errors.As(err, &pg) || pg.Code != test.code {
				t.Errorf("%s in a %s: %v, and not code %s", name, where, err, test.code)
			}
			if err == nil || strings.Count(err.Error(), test.query+": ") != 1 {
				t.Errorf("%s in a %s does not name %s once: %v", name, where, test.query, err)
			}
		}
	}

	if _, err := db.New(pool).GetTeam(t.Context(), account.ID, 7); err != pgx.ErrNoRows { //nolint:errorlint // the very value
		t.Errorf("no row: %v", err)
	}
	if _, err := pool.Exec(t.Context(), "SELECT 1/0"); err == nil || !strings.Contains(err.Error(), "ERROR: division by zero") {
		t.Errorf("a statement without a name: %v", err)
	}
}
