package blob_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/parleydesk/parley/internal/blob"
	"github.com/parleydesk/parley/internal/hostile"
)

func TestHostilePicturesAreRefusedOrDrawnCheaply(t *testing.T) {
	jpeg, png := progressive(64, 48, 3, 3, 0x22), asPNG(picture(20, 10, 255))
	pieces := []string{
		string(jpeg), string(jpeg[:20]), string(jpeg[20:200]), string(png), string(png[:33]), string(png[33:60]), "\xff\xd8", "\xff\xd9",
		"\xff\xc0\x00\x11\x08\xff\xff\xff\xff\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01",
		"\xff\xc2\x00\x0b\x08\xff\xff\xff\xff\x01\x01\x11\x00",
		"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00", "\xff\xe1\xff\xffExif\x00\x00II*\x00\x08\x00\x00\x00",
		"\xff\xdd\x00\x04\x00\x01", "\xff\x00",
		"\x89PNG\r\n\x1a\n", "\x00\x00\x00\rIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff\x10\x06\x00\x00\x01",
		"\x00\x00\x00\x00IDAT", "\x00\x00\x00\x00IEND",
		"GIF89a\xff\xff\xff\xff\xf7\x00\x00", "GIF87a\x01\x00\x01\x00\x80\x00\x00",
		"\x2c\x00\x00\x00\x00\xff\xff\xff\xff\x00", "\x21\xf9\x04", "\x3b",
		"RIFF\xff\xff\xff\x7fWEBPVP8X\x0a\x00\x00\x00\x10\x00\x00\x00\xff\xff\xff\xff\xff\xff",
		"VP8L\x05\x00\x00\x00\x2f\xff\xff\xff\xff", "VP8 ",
		"\x00", "\xff", "\x00\x00\x00\x18ftypheic", "BM", "<svg>",
	}
	// The decoded pixels that are allowed, and their scaled copies.
	hostile.Check(t, hostile.Inputs(8, 20_000, pieces...), 160<<20, 200, func(in string) {
		_, err := blob.NewThumbnailer(1).Write(t.Context(), io.Discard, bytes.NewReader([]byte(in)))
		if err != nil && !errors.Is(err, blob.ErrNoImage) {
			t.Errorf("%.60q: %v", in, err)
		}
	})
}
