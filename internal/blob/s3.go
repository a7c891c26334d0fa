package blob

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/parleydesk/parley/internal/outbound"
)

// bucket keeps blobs as objects prefix/ab/cd/abcd… of an S3 bucket. An upload is
// spooled to a local temporary file first, because its name is its hash.
type bucket struct {
	client *minio.Client
	name   string
	prefix string
}

// patience is how long a connection may move no byte. With its retries, a request fails after at most a minute and a
// half.
const patience = 30 * time.Second

func newS3(ctx context.Context, u *url.URL) (Store, error) {
	at, err := url.Parse(u.Query().Get("endpoint"))
	if err != nil || u.Host == "" {
		return nil, errors.New("blob store: want s3://BUCKET/PREFIX?endpoint=URL&region=NAME")
	}
	host, secure := "s3.amazonaws.com", true
	if at.Host != "" {
		host, secure = at.Host, at.Scheme != "http"
	} else if at.Path != "" {
		host = at.Path // an endpoint without a scheme means https
	}
	keys := credentials.NewEnvAWS()
	if secret, ok := u.User.Password(); ok {
		keys = credentials.NewStaticV4(u.User.Username(), secret, "")
	}
	client, err := minio.New(host, &minio.Options{
		Creds: keys, Secure: secure, Region: u.Query().Get("region"), BucketLookup: minio.BucketLookupPath,
		Transport: outbound.OwnTransport(patience), MaxRetries: 3,
	})
	if err != nil {
		return nil, fmt.Errorf("blob store: %w", err)
	}
	ok, err := client.BucketExists(ctx, u.Host)
	if err != nil {
		return nil, fmt.Errorf("blob store %s: %w", u.Redacted(), err)
	}
	if !ok {
		return nil, fmt.Errorf("blob store: no bucket %q at %s", u.Host, host)
	}
	prefix := strings.Trim(u.Path, "/")
	if prefix != "" {
		prefix += "/"
	}
	return bucket{client, u.Host, prefix}, nil
}

func (b bucket) Put(ctx context.Context, r io.Reader, limit int64) (Blob, error) {
	f, err := os.CreateTemp("", "parley-upload-")
	if err != nil {
		return Blob{}, err
	}
	// On systems that allow it, the file loses its name at once, so that a crash leaves nothing.
	_ = os.Remove(f.Name())
	defer func() {
		_ = f.Close()
		_ = os.Remove(f.Name())
	}()
	got, err := spool(ctx, f, r, limit)
	if err != nil {
		return Blob{}, err
	}
	// A young object need not be sent again. Sending an old one again makes it young.
	info, err := b.client.StatObject(ctx, b.name, b.key(got.Hash), minio.StatObjectOptions{})
	if err := missing(got.Hash, err); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return got, err
	} else if err == nil && time.Since(info.LastModified) < young {
		return got, nil
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return Blob{}, err
	}
	_, err = b.client.PutObject(ctx, b.name, b.key(got.Hash), f, got.Size, minio.PutObjectOptions{
		ContentType: "application/octet-stream", // so that a browser that reads the bucket directly runs nothing
	})
	if err != nil {
		return Blob{}, fmt.Errorf("store blob %s: %w", got.Hash, err)
	}
	return got, nil
}

// young is the age up to which an object need not be sent again. It is far below the age at which one can expire.
const young = time.Hour

func (b bucket) Old(ctx context.Context, first byte, before time.Time) ([]string, error) {
	var hashes []string
	at := b.prefix + hex.EncodeToString([]byte{first}) + "/"
	for o := range b.client.ListObjects(ctx, b.name, minio.ListObjectsOptions{Prefix: at, Recursive: true}) {
		if o.Err != nil {
			return nil, o.Err
		}
		if hash := o.Key[strings.LastIndexByte(o.Key, '/')+1:]; isHash(hash) && o.LastModified.Before(before) {
			hashes = append(hashes, hash)
		}
	}
	return hashes, nil
}

// Expire looks and then deletes, because not every server can do both at once. A Put of the same bytes that ends in the
// milliseconds between is lost.
func (b bucket) Expire(ctx context.Context, hash string, before time.Time) (bool, error) {
	if !isHash(hash) {
		return false, nil
	}
	info, err := b.client.StatObject(ctx, b.name, b.key(hash), minio.StatObjectOptions{})
	if err := missing(hash, err); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	if !info.LastModified.Before(before) {
		return false, nil
	}
	return true, b.Delete(ctx, hash)
}

func (b bucket) key(hash string) string {
	rel, err := path(hash)
	if err != nil {
		return ""
	}
	return b.prefix + rel
}

func (b bucket) Open(ctx context.Context, hash string) (io.ReadSeekCloser, error) {
	if !isHash(hash) {
		_, err := path(hash)
		return nil, err
	}
	o, err := b.client.GetObject(ctx, b.name, b.key(hash), minio.GetObjectOptions{})
	if err != nil {
		return nil, err
	}
	// GetObject sends no request. Stat reports whether the object exists.
	if _, err := o.Stat(); err != nil {
		_ = o.Close()
		return nil, missing(hash, err)
	}
	return o, nil
}

func (b bucket) Exists(ctx context.Context, hash string) (bool, error) {
	if !isHash(hash) {
		return false, nil
	}
	_, err := b.client.StatObject(ctx, b.name, b.key(hash), minio.StatObjectOptions{})
	if errors.Is(missing(hash, err), fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

func (b bucket) Delete(ctx context.Context, hash string) error {
	if !isHash(hash) {
		return nil
	}
	err := b.client.RemoveObject(ctx, b.name, b.key(hash), minio.RemoveObjectOptions{})
	if err = missing(hash, err); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Sweep drops multipart uploads that were never completed.
func (b bucket) Sweep(ctx context.Context, olderThan time.Duration) (int, error) {
	swept, before := 0, time.Now().Add(-olderThan)
	for up := range b.client.ListIncompleteUploads(ctx, b.name, b.prefix, true) {
		if up.Err != nil {
			return swept, up.Err
		}
		if up.Initiated.After(before) {
			continue
		}
		if err := b.client.RemoveIncompleteUpload(ctx, b.name, up.Key); err != nil {
			return swept, err
		}
		swept++
	}
	return swept, nil
}

// missing turns the server's "no such key" into fs.ErrNotExist and returns other errors unchanged.
func missing(hash string, err error) error {
	if err == nil {
		return nil
	}
	if e := minio.ToErrorResponse(err); e.Code == minio.NoSuchKey || e.StatusCode == 404 {
		return fmt.Errorf("blob %s: %w", hash, fs.ErrNotExist)
	}
	return err
}
