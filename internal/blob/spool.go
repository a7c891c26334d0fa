package blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"

	"github.com/gabriel-vasile/mimetype"
)

// sniffLength is what mimetype looks at by default.
const sniffLength = 3072

// spool copies r to f and hashes it. It keeps no more than a copy buffer in memory.
func spool(ctx context.Context, f *os.File, r io.Reader, limit int64) (Blob, error) {
	sum := sha256.New()
	head := &firstBytes{}
	in := io.Reader(reader{ctx, r})
	if limit > 0 {
		in = io.LimitReader(in, limit+1)
	}
	n, err := io.Copy(io.MultiWriter(f, sum, head), in)
	if err != nil {
		return Blob{}, err
	}
	if limit > 0 && n > limit {
		return Blob{}, TooLarge{limit}
	}
	return Blob{
		Hash:        hex.EncodeToString(sum.Sum(nil)),
		Size:        n,
		ContentType: Sniff(head.Bytes()),
	}, nil
}

// Sniff returns the media type of a file that begins with head, without parameters other than a charset. For an unknown
// file that is application/octet-stream.
func Sniff(head []byte) string {
	if len(head) == 0 {
		return "application/octet-stream"
	}
	return mimetype.Detect(head).String()
}

// firstBytes keeps the start of what is written to it.
type firstBytes struct{ bytes.Buffer }

func (b *firstBytes) Write(p []byte) (int, error) {
	if room := sniffLength - b.Len(); room > 0 {
		b.Buffer.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

// reader fails when the request is over, so that a slow upload ends.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}
