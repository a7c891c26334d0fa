package db_test

import (
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
)

func TestTogether(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	q := db.New(pool)
	account := dbtest.Account(t, pool, "Bike shop")
	user := dbtest.Agent(t, pool, account, "Ada")
	viewer := func(into *string) func(q *db.Queries) error {
		return func(q *db.Queries) error {
			row, err := q.GetViewer(t.Context(), account.ID, user.ID)
			*into += row.Name
			return err
		}
	}
	nobody := func(q *db.Queries) error {
		_, err := q.GetViewer(t.Context(), account.ID, -1)
		return err
	}
	accounts := func(into *int) func(q *db.Queries) error {
		return func(q *db.Queries) error {
			rows, err := q.ListUserAccounts(t.Context(), user.ID)
			*into = len(rows)
			return err
		}
	}

	t.Run("each gets its own answer", func(t *testing.T) {
		t.Parallel()
		var name string
		var n int
		if err := q.Together(t.Context(), accounts(&n), viewer(&name)); err != nil || name != "Ada" || n != 1 {
			t.Errorf("%q, %d: %v", name, n, err)
		}
	})

	t.Run("one that asks on gets all that it asks", func(t *testing.T) {
		t.Parallel()
		var name, twice string
		var n int
		both := func(q *db.Queries) error { return errors.Join(viewer(&twice)(q), accounts(&n)(q)) }
		if err := q.Together(t.Context(), both, viewer(&name)); err != nil || name != "Ada" || n != 1 {
			t.Errorf("%q, %d: %v", name, n, err)
		}
	})

	t.Run("what one of them says is said, and the connection is good for the next", func(t *testing.T) {
		t.Parallel()
		var name string
		for range 3 {
			if err := q.Together(t.Context(), viewer(&name), nobody, viewer(&name)); !errors.Is(err, pgx.ErrNoRows) {
				t.Errorf("got %v", err)
			}
		}
		own := errors.New("not today")
		if err := q.Together(t.Context(), viewer(&name), func(*db.Queries) error { return own }); !errors.Is(err, own) {
			t.Errorf("got %v", err)
		}
		if err := q.Together(t.Context()); err != nil {
			t.Errorf("nothing asked: %v", err)
		}
	})

	t.Run("in a transaction it sees what that did", func(t *testing.T) {
		t.Parallel()
		err := db.Tx(t.Context(), pool, func(tx pgx.Tx) error {
			q := db.New(tx)
			if err := q.DeleteUserSessions(t.Context(), user.ID); err != nil {
				return err
			}
			var n int
			var name string
			if err := q.Together(t.Context(), viewer(&name), accounts(&n)); err != nil || n != 1 {
				t.Errorf("%d: %v", n, err)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}
