package blob_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/parleydesk/parley/internal/blob"
)

func TestDirectory(t *testing.T) {
	t.Parallel()
	behaves(t, func(t *testing.T) blob.Store { return open(t, "file://"+t.TempDir()) })

	t.Run("files are private, spread over folders, and nothing is left in tmp", func(t *testing.T) {
		t.Parallel()
		dir := filepath.Join(t.TempDir(), "blobs")
		s := open(t, "file://"+dir)
		b := put(t, s, "hello")
		for name, want := range map[string]fs.FileMode{
			"":                             0o700,
			b.Hash[:2]:                     0o700,
			b.Hash[:2] + "/" + b.Hash[2:4]: 0o700,
			b.Hash[:2] + "/" + b.Hash[2:4] + "/" + b.Hash: 0o600,
		} {
			info, err := os.Stat(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			if got := info.Mode().Perm(); got != want {
				t.Errorf("%q has mode %o, want %o", name, got, want)
			}
		}
		if left, _ := os.ReadDir(filepath.Join(dir, "tmp")); len(left) != 0 {
			t.Errorf("tmp holds %v", left)
		}
	})

	t.Run("an upload that failed or was too large leaves nothing in tmp", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		s := open(t, "file://"+dir)
		_, err1 := s.Put(t.Context(), iotest.ErrReader(errors.New("line cut")), 0)
		_, err2 := s.Put(t.Context(), strings.NewReader("12345"), 4)
		if err1 == nil || err2 == nil {
			t.Fatalf("want two errors, got %v and %v", err1, err2)
		}
		if left, _ := os.ReadDir(filepath.Join(dir, "tmp")); len(left) != 0 {
			t.Errorf("tmp holds %v", left)
		}
	})

	t.Run("sweep removes what a crash left and spares what still grows", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		s := open(t, "file://"+dir)
		b := put(t, s, "kept")
		old, young := filepath.Join(dir, "tmp", "upload-1"), filepath.Join(dir, "tmp", "upload-2")
		for _, name := range []string{old, young} {
			if err := os.WriteFile(name, []byte("half"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		past := time.Now().Add(-2 * time.Hour)
		if err := os.Chtimes(old, past, past); err != nil {
			t.Fatal(err)
		}
		n, err := s.Sweep(t.Context(), time.Hour)
		if n != 1 || err != nil {
			t.Fatalf("swept %d, %v; want 1", n, err)
		}
		if _, err := os.Stat(young); err != nil {
			t.Error("the growing upload was deleted")
		}
		if ok, _ := s.Exists(t.Context(), b.Hash); !ok {
			t.Error("the stored blob was deleted")
		}
	})

	t.Run("bytes that are stored again while they expire are there", func(t *testing.T) {
		dir := t.TempDir()
		s := open(t, "file://"+dir)
		hash := put(t, s, "again").Hash
		place := filepath.Join(dir, hash[:2], hash[2:4], hash)
		for range 200 {
			old := time.Now().Add(-48 * time.Hour)
			if err := os.Chtimes(place, old, old); err != nil {
				t.Fatal(err)
			}
			var both sync.WaitGroup
			both.Go(func() {
				if _, err := s.Put(context.Background(), strings.NewReader("again"), 0); err != nil {
					t.Error(err)
				}
			})
			both.Go(func() {
				if _, err := s.Expire(context.Background(), hash, time.Now().Add(-24*time.Hour)); err != nil {
					t.Error(err)
				}
			})
			both.Wait()
			if there, err := s.Exists(t.Context(), hash); err != nil || !there {
				t.Fatal("the bytes are gone", err)
			}
		}
	})

	t.Run("a file cut short by a dying disk is replaced by the next Put", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		s := open(t, "file://"+dir)
		b := put(t, s, "hello")
		place := filepath.Join(dir, b.Hash[:2], b.Hash[2:4], b.Hash)
		if err := os.WriteFile(place, []byte("he"), 0o600); err != nil {
			t.Fatal(err)
		}
		put(t, s, "hello")
		if got := read(t, s, b.Hash); got != "hello" {
			t.Errorf("got %q", got)
		}
	})
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"", "blobs", "http://x/y", "file://", "s3:///prefix", "s3://k:secret@b/p?endpoint=%zz"} {
		_, err := blob.Open(t.Context(), at)
		if err == nil {
			t.Errorf("Open(%q) worked", at)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("Open(%q) shows the secret: %v", at, err)
		}
	}
}

// behaves tests what both stores promise.
func behaves(t *testing.T, store func(*testing.T) blob.Store) {
	t.Run("what was put is read back, under its SHA-256, with size and type", func(t *testing.T) {
		t.Parallel()
		s := store(t)
		content := make([]byte, 9<<20)
		_, _ = rand.Read(content)
		copy(content, "%PDF-1.7\n")
		b, err := s.Put(t.Context(), iotest.HalfReader(bytes.NewReader(content)), 10<<20)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(content)
		if b.Hash != hex.EncodeToString(sum[:]) || b.Size != int64(len(content)) || b.ContentType != "application/pdf" {
			t.Errorf("got %+v", b)
		}
		if got := read(t, s, b.Hash); got != string(content) {
			t.Error("other bytes came back")
		}
	})

	t.Run("an empty file is a blob", func(t *testing.T) {
		t.Parallel()
		s := store(t)
		b := put(t, s, "")
		if got := read(t, s, b.Hash); got != "" || b.ContentType != "application/octet-stream" {
			t.Errorf("got %q, %+v", got, b)
		}
	})

	t.Run("a part can be read after seeking", func(t *testing.T) {
		t.Parallel()
		s := store(t)
		f, err := s.Open(t.Context(), put(t, s, "0123456789").Hash)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = f.Close() }()
		if n, err := f.Seek(0, io.SeekEnd); n != 10 || err != nil {
			t.Fatalf("end at %d, %v", n, err)
		}
		if _, err := f.Seek(4, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, 3)
		if _, err := io.ReadFull(f, got); err != nil || string(got) != "456" {
			t.Errorf("got %q, %v", got, err)
		}
	})

	t.Run("exactly the limit is taken, a byte more is TooLarge and not stored", func(t *testing.T) {
		t.Parallel()
		s := store(t)
		if _, err := s.Put(t.Context(), strings.NewReader("1234"), 4); err != nil {
			t.Fatal(err)
		}
		_, err := s.Put(t.Context(), strings.NewReader("12345"), 4)
		var large blob.TooLarge
		if !errors.As(err, &large) || large.Limit != 4 {
			t.Errorf("got %v", err)
		}
		sum := sha256.Sum256([]byte("12345"))
		if ok, _ := s.Exists(t.Context(), hex.EncodeToString(sum[:])); ok {
			t.Error("it is stored all the same")
		}
	})

	t.Run("the same bytes from eight writers at once are one whole blob", func(t *testing.T) {
		t.Parallel()
		s := store(t)
		content := strings.Repeat("same ", 50_000)
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if _, err := s.Put(context.WithoutCancel(t.Context()), strings.NewReader(content), 0); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if got := read(t, s, put(t, s, content).Hash); got != content {
			t.Errorf("%d bytes, want %d", len(got), len(content))
		}
	})

	t.Run("what is not there, or is no hash, does not exist", func(t *testing.T) {
		t.Parallel()
		s := store(t)
		for _, hash := range []string{strings.Repeat("0", 64), "", "../../etc/passwd", strings.Repeat("A", 64)} {
			if _, err := s.Open(t.Context(), hash); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("Open(%q): %v", hash, err)
			}
			if ok, err := s.Exists(t.Context(), hash); ok || err != nil {
				t.Errorf("Exists(%q): %v, %v", hash, ok, err)
			}
			if err := s.Delete(t.Context(), hash); err != nil {
				t.Errorf("Delete(%q): %v", hash, err)
			}
		}
	})

	t.Run("deletes a blob, which can be put again", func(t *testing.T) {
		t.Parallel()
		s := store(t)
		b := put(t, s, "to and fro")
		if err := s.Delete(t.Context(), b.Hash); err != nil {
			t.Fatal(err)
		}
		if ok, _ := s.Exists(t.Context(), b.Hash); ok {
			t.Error("still there")
		}
		put(t, s, "to and fro")
		if ok, _ := s.Exists(t.Context(), b.Hash); !ok {
			t.Error("not there again")
		}
	})

	t.Run("an upload whose request ended is not stored", func(t *testing.T) {
		t.Parallel()
		s := store(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.Put(ctx, strings.NewReader("late"), 0); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})

	t.Run("what was not put again since a moment expires, and what was does not", func(t *testing.T) {
		s := store(t)
		b := put(t, s, "old bytes")
		var first byte
		if _, err := fmt.Sscanf(b.Hash[:2], "%x", &first); err != nil {
			t.Fatal(err)
		}
		later := time.Now().Add(time.Minute)
		for before, want := range map[time.Time]bool{later: true, time.Now().Add(-time.Hour): false} {
			if old, err := s.Old(t.Context(), first, before); err != nil || slices.Contains(old, b.Hash) != want {
				t.Errorf("old before %s: %v, %v", before, old, err)
			}
		}
		if old, err := s.Old(t.Context(), first+1, later); err != nil || slices.Contains(old, b.Hash) {
			t.Errorf("under another byte: %v, %v", old, err)
		}
		if gone, err := s.Expire(t.Context(), b.Hash, time.Now().Add(-time.Hour)); err != nil || gone {
			t.Errorf("young: %v, %v", gone, err)
		}
		read(t, s, b.Hash)
		for _, want := range []bool{true, false} {
			if gone, err := s.Expire(t.Context(), b.Hash, later); err != nil || gone != want {
				t.Errorf("old: %v, %v", gone, err)
			}
		}
		if there, _ := s.Exists(t.Context(), b.Hash); there {
			t.Error("the bytes are still there")
		}
	})

	t.Run("sweeping a store without leftovers removes nothing", func(t *testing.T) {
		t.Parallel()
		s := store(t)
		b := put(t, s, "kept")
		if n, err := s.Sweep(t.Context(), 0); n != 0 || err != nil {
			t.Errorf("swept %d, %v", n, err)
		}
		if ok, _ := s.Exists(t.Context(), b.Hash); !ok {
			t.Error("the blob was deleted")
		}
	})
}

func open(t *testing.T, at string) blob.Store {
	t.Helper()
	s, err := blob.Open(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func put(t *testing.T, s blob.Store, content string) blob.Blob {
	t.Helper()
	b, err := s.Put(t.Context(), strings.NewReader(content), 0)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func read(t *testing.T, s blob.Store, hash string) string {
	t.Helper()
	f, err := s.Open(t.Context(), hash)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	all, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(all)
}
