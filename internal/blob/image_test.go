package blob_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/color/palette"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"testing"

	"github.com/parleydesk/parley/internal/blob"
)

func TestThumbnail(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what, want string
		in         []byte
		w, h       int
	}{
		{"a large JPEG becomes 250 wide", "image/jpeg", asJPEG(picture(1000, 600, 255)), 250, 150},
		{"an opaque PNG becomes a JPEG", "image/jpeg", asPNG(picture(500, 500, 255)), 250, 250},
		{"a transparent PNG stays one", "image/png", asPNG(picture(500, 250, 100)), 250, 125},
		{"a small picture is not enlarged", "image/jpeg", asPNG(picture(40, 30, 255)), 40, 30},
		{"a ribbon keeps at least one pixel", "image/jpeg", asPNG(picture(2000, 2, 255)), 250, 1},
		{"a tower is bounded too", "image/jpeg", asPNG(picture(200, 4000, 255)), 50, 1000},
		{"a GIF gives its first frame", "image/jpeg", asGIF(300, 200), 250, 166},
		{"a WebP is read", "image/png", webp, 1, 1},
		{"a photo taken sideways stands upright", "image/jpeg", sideways(asJPEG(picture(800, 400, 255))), 250, 500},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			got, err := blob.NewThumbnailer(2).Write(t.Context(), &out, bytes.NewReader(c.in))
			if err != nil || got != c.want {
				t.Fatalf("got %s, %v", got, err)
			}
			size, _, err := image.DecodeConfig(&out)
			if err != nil || size.Width != c.w || size.Height != c.h {
				t.Errorf("got %d × %d, %v; want %d × %d", size.Width, size.Height, err, c.w, c.h)
			}
		})
	}

	t.Run("bombs and broken files are refused before they are decoded", func(t *testing.T) {
		t.Parallel()
		whole := asPNG(picture(300, 300, 255))
		for what, in := range map[string][]byte{
			"a PNG that says 30000 × 30000": pngHeader(30_000, 30_000),
			"a PNG that says 2³¹":           pngHeader(1<<31-1, 1<<31-1),
			"a long thin line":              pngHeader(1<<30, 1),
			"no picture":                    []byte("<svg/>"),
			"nothing":                       nil,
			"cut in the middle":             whole[:len(whole)/2],
		} {
			if _, err := blob.NewThumbnailer(1).Write(t.Context(), io.Discard, bytes.NewReader(in)); !errors.Is(err, blob.ErrNoImage) {
				t.Errorf("%s: %v", what, err)
			}
		}
	})

	t.Run("who waits for a slot goes when the request ends", func(t *testing.T) {
		t.Parallel()
		busy := blob.NewThumbnailer(1)
		started, release := make(chan struct{}), make(chan struct{})
		slow := &gate{ReadSeeker: bytes.NewReader(asPNG(picture(10, 10, 255))), reads: 2, at: started, until: release}
		done := make(chan error, 1)
		go func() { _, err := busy.Write(context.Background(), io.Discard, slow); done <- err }()
		<-started
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := busy.Write(ctx, io.Discard, bytes.NewReader(webp)); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		close(release)
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestDimensions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   []byte
		w, h int
	}{
		{asPNG(picture(7, 9, 255)), 7, 9},
		{webp, 1, 1},
		{sideways(asJPEG(picture(80, 40, 255))), 40, 80},
		{pngHeader(30_000, 30_000), 30_000, 30_000},
	} {
		w, h, err := blob.Dimensions(bytes.NewReader(c.in))
		if err != nil || w != c.w || h != c.h {
			t.Errorf("got %d × %d, %v; want %d × %d", w, h, err, c.w, c.h)
		}
	}
	if _, _, err := blob.Dimensions(bytes.NewReader([]byte("text"))); !errors.Is(err, blob.ErrNoImage) {
		t.Errorf("got %v", err)
	}
}

// gate lets reads pass until the picture's decoding starts, signals that, and waits.
type gate struct {
	io.ReadSeeker
	reads     int
	at, until chan struct{}
	seeks     int
}

func (g *gate) Seek(off int64, whence int) (int64, error) {
	g.seeks++
	if g.seeks == g.reads { // the second rewind happens inside the slot
		close(g.at)
		<-g.until
	}
	return g.ReadSeeker.Seek(off, whence)
}

func picture(w, h int, alpha uint8) image.Image {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetNRGBA(x, y, color.NRGBA{uint8(x), uint8(y), 90, alpha})
		}
	}
	return m
}

func asJPEG(m image.Image) []byte {
	var b bytes.Buffer
	_ = jpeg.Encode(&b, m, nil)
	return b.Bytes()
}

func asPNG(m image.Image) []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, m)
	return b.Bytes()
}

func asGIF(w, h int) []byte {
	var b bytes.Buffer
	frame := image.NewPaletted(image.Rect(0, 0, w, h), palette.WebSafe)
	_ = gif.EncodeAll(&b, &gif.GIF{Image: []*image.Paletted{frame, frame}, Delay: []int{1, 1}})
	return b.Bytes()
}

// webp is one transparent pixel, lossless.
var webp, _ = base64.StdEncoding.DecodeString("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")

// sideways adds an Exif part that says "turn by 90°" to a JPEG.
func sideways(in []byte) []byte {
	tiff := "MM\x00\x2a\x00\x00\x00\x08" + "\x00\x01" + "\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00" + "\x00\x00\x00\x00"
	part := "Exif\x00\x00" + tiff
	head := append([]byte{0xFF, 0xD8, 0xFF, 0xE1}, binary.BigEndian.AppendUint16(nil, uint16(len(part)+2))...)
	return append(append(head, part...), in[2:]...)
}

// pngHeader is the start of a PNG that claims a size.
func pngHeader(w, h uint32) []byte {
	body := append([]byte("IHDR"), binary.BigEndian.AppendUint32(nil, w)...)
	body = append(binary.BigEndian.AppendUint32(body, h), 8, 6, 0, 0, 0)
	out := append([]byte("\x89PNG\r\n\x1a\n"), 0, 0, 0, 13)
	out = append(out, body...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(body))
}
