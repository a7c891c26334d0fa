package blob

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// directory keeps blobs as files ab/cd/abcd… under root, readable by their owner only. It writes uploads in tmp/, on
// the same file system, and renames them when they are complete.
type directory struct{ root string }

func newDirectory(root string) (Store, error) {
	if root == "" {
		return nil, errors.New("blob store: file:// needs a directory")
	}
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Join(root, "tmp"), 0o700); err != nil {
		return nil, err
	}
	return directory{root}, nil
}

func (d directory) Put(ctx context.Context, r io.Reader, limit int64) (Blob, error) {
	f, err := os.CreateTemp(filepath.Join(d.root, "tmp"), "upload-") // CreateTemp gives 0600
	if err != nil {
		return Blob{}, err
	}
	defer func() { // after a rename there is nothing left to remove
		_ = f.Close()
		_ = os.Remove(f.Name())
	}()
	b, err := spool(ctx, f, r, limit)
	if err != nil {
		return Blob{}, err
	}
	if err := f.Sync(); err != nil {
		return Blob{}, err
	}
	return b, d.settle(f.Name(), b)
}

// settle renames a complete upload. If the file exists already, settle renews and syncs it: the process that renamed it
// may have died before it synced.
func (d directory) settle(tmp string, b Blob) error {
	place := d.path(b.Hash)
	folder := filepath.Dir(place)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	if err := d.alone(func() error {
		now := time.Now()
		if old, err := os.Stat(place); err == nil && old.Size() == b.Size && os.Chtimes(place, now, now) == nil {
			return nil
		}
		return os.Rename(tmp, place)
	}); err != nil {
		return err
	}
	// Both folders may be new, so each parent's entry for them is synced too.
	for _, dir := range []string{folder, filepath.Dir(folder), d.root} {
		if err := syncFolder(dir); err != nil {
			return err
		}
	}
	return nil
}

// alone runs fn while no other call, in this process or in another one, settles or expires a file here. So Expire sees
// the new age of a file that was uploaded again, or the upload sees that the file was deleted.
func (d directory) alone(fn func() error) error {
	f, err := os.OpenFile(filepath.Join(d.root, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // closing releases the lock, as does the end of the process
	if err := lock(f); err != nil {
		return err
	}
	return fn()
}

func (d directory) Old(ctx context.Context, first byte, before time.Time) ([]string, error) {
	var hashes []string
	root := filepath.Join(d.root, hex.EncodeToString([]byte{first}))
	err := filepath.WalkDir(root, func(name string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // no hash begins with it, or the file was deleted meanwhile
		}
		if err != nil || e.IsDir() || !isHash(e.Name()) {
			return errors.Join(err, ctx.Err())
		}
		if info, err := e.Info(); err == nil && info.ModTime().Before(before) {
			hashes = append(hashes, e.Name())
		}
		return nil
	})
	return hashes, err
}

func (d directory) Expire(_ context.Context, hash string, before time.Time) (gone bool, err error) {
	if !isHash(hash) {
		return false, nil
	}
	err = d.alone(func() error {
		info, err := os.Stat(d.path(hash))
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || !info.ModTime().Before(before) {
			return err
		}
		gone = true
		return os.Remove(d.path(hash))
	})
	return gone, err
}

func (d directory) path(hash string) string {
	return filepath.Join(d.root, hash[:2], hash[2:4], hash)
}

func syncFolder(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	return f.Sync()
}

func (d directory) Open(_ context.Context, hash string) (io.ReadSeekCloser, error) {
	rel, err := path(hash)
	if err != nil {
		return nil, err
	}
	return os.Open(filepath.Join(d.root, filepath.FromSlash(rel)))
}

func (d directory) Exists(_ context.Context, hash string) (bool, error) {
	if !isHash(hash) {
		return false, nil
	}
	_, err := os.Stat(d.path(hash))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

func (d directory) Delete(_ context.Context, hash string) error {
	if !isHash(hash) {
		return nil
	}
	if err := os.Remove(d.path(hash)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (d directory) Sweep(ctx context.Context, olderThan time.Duration) (int, error) {
	tmp := filepath.Join(d.root, "tmp")
	entries, err := os.ReadDir(tmp)
	if err != nil {
		return 0, err
	}
	swept, before := 0, time.Now().Add(-olderThan)
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return swept, err
		}
		info, err := e.Info()
		if err != nil || info.ModTime().After(before) {
			continue // deleted meanwhile, or still being written
		}
		if err := os.Remove(filepath.Join(tmp, e.Name())); err == nil {
			swept++
		}
	}
	return swept, nil
}
