package dbtest_test

import (
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
)

func TestNew(t *testing.T) {
	t.Parallel()

	t.Run("the database has the whole schema", func(t *testing.T) {
		t.Parallel()
		pool := dbtest.New(t)
		pending, err := db.Pending(t.Context(), pool)
		if err != nil || pending {
			t.Errorf("steps are missing: %v (%v)", pending, err)
		}
		var jobs int
		if err := pool.QueryRow(t.Context(), "SELECT count(*) FROM river_job").Scan(&jobs); err != nil || jobs != 0 {
			t.Errorf("%d jobs (%v)", jobs, err)
		}
	})

	t.Run("two tests do not see each other's rows", func(t *testing.T) {
		t.Parallel()
		one, two := dbtest.New(t), dbtest.New(t)
		if _, err := one.Exec(t.Context(), "CREATE TABLE mine ()"); err != nil {
			t.Fatal(err)
		}
		if _, err := two.Exec(t.Context(), "CREATE TABLE mine ()"); err != nil {
			t.Error(err)
		}
	})

	t.Run("the database is dropped when its test has ended", func(t *testing.T) {
		t.Parallel()
		pool := dbtest.New(t)
		var name string
		t.Run("inner", func(t *testing.T) {
			if err := dbtest.New(t).QueryRow(t.Context(), "SELECT current_database()").Scan(&name); err != nil {
				t.Fatal(err)
			}
		})
		var left int
		err := pool.QueryRow(t.Context(), "SELECT count(*) FROM pg_database WHERE datname = $1", name).Scan(&left)
		if err != nil || left != 0 {
			t.Errorf("%q is still there (%v)", name, err)
		}
	})

	t.Run("ten test programs that start at once share one new server", func(t *testing.T) {
		t.Parallel()
		if os.Getenv("TEST_DATABASE_URL") != "" || os.Getenv("PARLEY_TEST_INNER") != "" {
			return // the server is given
		}
		temp := t.TempDir()
		var all sync.WaitGroup
		for range 10 {
			all.Go(func() {
				cmd := exec.Command(os.Args[0], "-test.run=^TestNew$/^(the_database_has|two_tests)")
				cmd.Env = append(os.Environ(), "TMPDIR="+temp, "PARLEY_TEST_INNER=1")
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Errorf("%v\n%s", err, out)
				}
			})
		}
		all.Wait()
		silence(t, temp)
	})
}

// silence stops the server in a temporary directory and waits until it has ended, so that the
// directory can be removed.
func silence(t *testing.T, temp string) {
	t.Helper()
	dir := temp + "/parley-test-" + uid()
	if err := os.Remove(dir + "/alive"); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		if _, err := os.Stat(dir + "/postgres/data/postmaster.pid"); os.IsNotExist(err) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the keeper did not stop the server")
		}
	}
}

func uid() string { return strconv.Itoa(os.Geteuid()) }
