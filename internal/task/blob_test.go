package task

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
)

func TestSweepBlobs(t *testing.T) {
	t.Parallel()
	f := setup(t)
	user := dbtest.Admin(t, f.pool, f.account, "Ann")
	run := func(query string, args ...any) {
		t.Helper()
		if _, err := f.pool.Exec(t.Context(), query, args...); err != nil {
			t.Fatal(query, err)
		}
	}
	put := func(content string, row bool) string {
		t.Helper()
		b, err := f.tasks.blob.Put(t.Context(), strings.NewReader(content), 0)
		if err != nil {
			t.Fatal(err)
		}
		if row {
			if err := f.q.UpsertBlob(t.Context(), db.UpsertBlobParams{
				AccountID: f.account.ID, Hash: b.Hash, Size: b.Size, ContentType: "text/plain",
			}); err != nil {
				t.Fatal(err)
			}
		}
		return b.Hash
	}
	file, thumb, face := put("a file", true), put("its thumbnail", false), put("a face", true)
	nobodys, swept := put("the thumbnail of nobody's", false), put("a fetched face of nobody", false)
	loose, rowless, again := put("nobody's", true), put("a crashed upload's", false), put("stored again", true)
	run("INSERT INTO attachments (account_id, blob_hash) VALUES ($1, $2)", f.account.ID, file)
	run("INSERT INTO thumbnails VALUES ($1, $2)", file, thumb)
	run("INSERT INTO thumbnails VALUES ($1, $2), ($3, $4)", loose, nobodys, swept, swept) // a thumbnail goes after its picture
	run("UPDATE users SET avatar_hash = $1 WHERE id = $2", face, user.ID)

	// sweep runs the sweeps of a day as of a time.
	sweep := func(at time.Time) {
		t.Helper()
		for hour := range 24 {
			day := time.Date(at.Year(), at.Month(), at.Day(), hour, 0, 0, 0, time.UTC)
			if err := f.tasks.sweepBlobs(t.Context(), day); err != nil {
				t.Fatal(err)
			}
		}
	}
	want := func(when string, hashes ...string) {
		t.Helper()
		for _, hash := range []string{file, thumb, face, loose, rowless, again, nobodys, swept} {
			if there, err := f.tasks.blob.Exists(t.Context(), hash); err != nil || there != slices.Contains(hashes, hash) {
				t.Errorf("%s: %.8s is there: %v, %v", when, hash, there, err)
			}
		}
	}
	sweep(time.Now().UTC())
	want("within a day", file, thumb, face, loose, rowless, again, nobodys, swept)

	// Whoever stores the same bytes again renews the row before the sweep comes to it.
	run("UPDATE blobs SET created_at = now() + interval '4 days' WHERE hash = $1", again)
	sweep(time.Now().UTC().Add(48 * time.Hour))
	sweep(time.Now().UTC().Add(72 * time.Hour))
	want("after three days", file, thumb, face, again)
	var rows int
	if err := f.pool.QueryRow(t.Context(), "SELECT count(*) FROM blobs WHERE hash = $1", loose).Scan(&rows); err != nil || rows != 0 {
		t.Errorf("%d rows of what was swept, %v", rows, err)
	}
	if again := put("nobody's", true); again != loose {
		t.Error("another hash")
	}
	want("stored once more", file, thumb, face, loose, again)
}
