// Package dbtest gives each test a PostgreSQL database of its own, migrated and empty, and
// functions to fill it. Only tests import it.
//
// Not here: fakes of a database. A test that cannot get one is not skipped: it fails and says
// what to install.
package dbtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/parleydesk/parley/db"
)

// patience is how long anything here may take before the test fails.
const patience = 2 * time.Minute

// SecretKey encrypts the secrets in the tests' databases. A program that runs on one needs it.
const SecretKey = "dGVzdHMgc2VhbCB3aXRoIGEga2V5IG9mIHRoZWlycyE="

// New returns a pool on a new database with the whole schema, which is dropped when the test ends.
// pool.Config().ConnString() is its URL, for tests that start the real program.
func New(t testing.TB) *pgxpool.Pool {
	t.Helper()
	from, err := template()
	if err != nil {
		t.Fatal(err)
	}
	return create(t, from.server, from.name)
}

// NewEmpty returns a pool on a new database without any schema, for tests that make their own.
func NewEmpty(t testing.TB) *pgxpool.Pool {
	t.Helper()
	from, err := template()
	if err != nil {
		t.Fatal(err)
	}
	return create(t, from.server, "template0")
}

// create clones a database of the server's for a test.
func create(t testing.TB, server, template string) *pgxpool.Pool {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	keys, err := db.NewKeys(SecretKey)
	if err != nil {
		t.Fatal(err)
	}
	name := newName()
	// Copying files takes a quarter of the processor time that copying pages takes, which is the
	// other strategy, and processor time is what parallel tests lack.
	clone := "CREATE DATABASE " + name + " TEMPLATE " + template + " STRATEGY file_copy"
	if err := onServer(ctx, server, clone); err != nil {
		t.Fatalf("make a database for this test: %v", err)
	}
	pool, err := db.Open(ctx, at(server, name), keys)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		closeOrComplain(t, pool)
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := onServer(ctx, server, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("drop the test's database: %v", err)
		}
	})
	return pool
}

// closeOrComplain closes the pool, or fails the test if it holds a connection. Close alone would wait
// for it forever.
func closeOrComplain(t testing.TB, pool *pgxpool.Pool) {
	closed := make(chan struct{})
	go func() {
		pool.Close()
		close(closed)
	}()
	select {
	case <-closed:
	case <-time.After(patience):
		t.Error("the test ended and still holds a connection of its pool")
	}
}

// numbers numbers the databases of this process.
var numbers atomic.Int64

// newName contains the time, so that sweep can find what killed runs left behind.
func newName() string {
	return fmt.Sprintf("parley_test_%d_%d_%d", time.Now().Unix(), os.Getpid(), numbers.Add(1))
}

// source is a migrated database that tests clone.
type source struct{ server, name string }

// template returns the source, which each process looks for once. If it is missing, one process builds
// it, under a lock that all share.
var template = sync.OnceValues(func() (source, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	server, err := serverURL(ctx)
	if err != nil {
		return source{}, err
	}
	sum, err := schemaSum()
	if err != nil {
		return source{}, err
	}
	s := source{server: server, name: "parley_template_" + sum}
	return s, s.ensure(ctx)
})

// schemaSum is a hash of the migrations, Parley's and River's.
func schemaSum() (string, error) {
	sum := sha256.New()
	err := fs.WalkDir(db.Migrations, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := db.Migrations.ReadFile(path)
		fmt.Fprintf(sum, "%s %d\n%s", path, len(text), text)
		return err
	})
	if err != nil {
		return "", err
	}
	river, err := rivermigrate.New(riverpgxv5.New(nil), nil)
	if err != nil {
		return "", err
	}
	for _, v := range river.AllVersions() {
		fmt.Fprintf(sum, "river %d %s\n%s", v.Version, v.Name, v.SQLUp)
	}
	return hex.EncodeToString(sum.Sum(nil)[:8]), nil
}

// lockKey is the advisory lock for building and sweeping databases on a server.
const lockKey = 7274_5501

// ensure builds the template, unless it exists. It uses another name until the template is complete, so
// that nobody clones half of one.
func (s source) ensure(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, s.server)
	if err != nil {
		return fmt.Errorf("the tests' PostgreSQL does not answer: %w", err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", lockKey); err != nil {
		return err
	}
	if err := sweep(ctx, conn, s.name); err != nil {
		return err
	}
	var exists bool
	err = conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", s.name).Scan(&exists)
	if err != nil || exists {
		return err
	}
	building := s.name + "_new"
	if err := execAll(ctx, conn, "DROP DATABASE IF EXISTS "+building+" WITH (FORCE)", "CREATE DATABASE "+building); err != nil {
		return err
	}
	pool, err := db.Open(ctx, at(s.server, building), &db.Keys{})
	if err != nil {
		return err
	}
	err = db.Migrate(ctx, pool)
	pool.Close()
	if err != nil {
		return fmt.Errorf("build the tests' schema: %w", err)
	}
	return execAll(ctx, conn, "ALTER DATABASE "+building+" RENAME TO "+s.name)
}

// sweep drops what killed runs and older schemas left: tests' databases after an hour, templates after
// six.
func sweep(ctx context.Context, conn *pgx.Conn, keep string) error {
	rows, err := conn.Query(ctx, `
		SELECT datname FROM pg_database d
		WHERE datname LIKE 'parley\_test\_%' AND split_part(datname, '_', 3)::bigint < extract(epoch FROM now()) - 3600
		   OR datname LIKE 'parley\_template\_%' AND datname <> $1
		      AND (pg_stat_file('base/' || oid || '/PG_VERSION', true)).modification < now() - interval '6 hours'`, keep)
	if err != nil {
		return err
	}
	old, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("the tests need a PostgreSQL role that is superuser: %w", err)
	}
	for _, name := range old {
		if err := execAll(ctx, conn, "DROP DATABASE IF EXISTS "+pgx.Identifier{name}.Sanitize()+" WITH (FORCE)"); err != nil {
			return err
		}
	}
	return nil
}

func onServer(ctx context.Context, server, command string) error {
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return err
	}
	return errors.Join(execAll(ctx, conn, command), conn.Close(ctx))
}

func execAll(ctx context.Context, conn *pgx.Conn, commands ...string) error {
	for _, command := range commands {
		if _, err := conn.Exec(ctx, command); err != nil {
			return fmt.Errorf("%s: %w", command, err)
		}
	}
	return nil
}

// at returns the URL of another database on the same server.
func at(server, name string) string {
	u, err := url.Parse(server)
	if err != nil {
		return server
	}
	u.Path = "/" + name
	return u.String()
}
