// Package blob keeps the bytes of attachments, pictures and raw mails under the hash of their content, in a directory
// or in an S3 bucket. It also finds out, without trusting the sender, what kind of file the bytes are, a safe file
// name, an image's size and its thumbnail, and sets the headers with which the bytes are served.
//
// Not here: which message a file belongs to, who may see it, and how many rows refer
// to it (the attachments and blobs tables). A blob has no owner and no name.
package blob

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"time"
)

// Blob is what a store knows about bytes it has taken.
type Blob struct {
	Hash        string // SHA-256 of the content, lower-case hexadecimal
	Size        int64
	ContentType string // sniffed from the content, never declared by the sender
}

// Store keeps blobs by hash. For a hash that is not stored, or is no hash, the error is fs.ErrNotExist. All methods are
// safe for concurrent use.
type Store interface {
	// Put reads r to its end and returns when the bytes would survive a power cut. For more than limit bytes it returns
	// TooLarge and stores nothing; limit 0 means no limit. The same bytes are stored once; a second Put renews their
	// age.
	Put(ctx context.Context, r io.Reader, limit int64) (Blob, error)
	// Open returns the bytes; the caller closes them.
	Open(ctx context.Context, hash string) (io.ReadSeekCloser, error)
	// Exists reports whether Open would succeed.
	Exists(ctx context.Context, hash string) (bool, error)
	// Old returns the hashes that begin with a byte and were last Put before a time.
	Old(ctx context.Context, first byte, before time.Time) ([]string, error)
	// Expire deletes the bytes unless they were Put again since a time, and reports whether it did. In a directory a
	// concurrent Put of the same bytes wins. In a bucket a Put that ends during a few milliseconds loses.
	Expire(ctx context.Context, hash string, before time.Time) (bool, error)
	// Delete deletes the bytes. It is no error if they are not stored.
	Delete(ctx context.Context, hash string) error
	// Sweep removes the parts of uploads that crashed more than olderThan ago, and returns how many. It never touches a
	// stored blob.
	Sweep(ctx context.Context, olderThan time.Duration) (int, error)
}

// TooLarge is the error of a Put of more bytes than its limit.
type TooLarge struct{ Limit int64 }

func (e TooLarge) Error() string {
	return fmt.Sprintf("the file is larger than %d bytes", e.Limit)
}

// Open returns the store that rawURL names: file:///var/lib/parley/blobs, or
// s3://bucket/prefix?endpoint=https://s3.example.org&region=eu-central-1 with credentials in the URL's user part or in
// the AWS_* environment. A relative directory is written file://blobs. Open creates a missing directory. The bucket
// must exist.
func Open(ctx context.Context, rawURL string) (Store, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, fmt.Errorf("blob store: the address cannot be read") // err would repeat a secret
	}
	switch u.Scheme {
	case "file":
		return newDirectory(u.Host + u.Path)
	case "s3":
		return newS3(ctx, u)
	}
	return nil, fmt.Errorf("blob store: want file://DIR or s3://BUCKET, got scheme %q", u.Scheme)
}

const hashLength = 64

func isHash(s string) bool {
	if len(s) != hashLength {
		return false
	}
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// path spreads blobs over 65,536 folders, so that none grows too long to list.
func path(hash string) (string, error) {
	if !isHash(hash) {
		return "", fmt.Errorf("blob %.70q: %w", hash, fs.ErrNotExist)
	}
	return hash[:2] + "/" + hash[2:4] + "/" + hash, nil
}
