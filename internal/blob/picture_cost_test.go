package blob_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"io"
	"math/bits"
	"slices"
	"strings"
	"testing"

	"github.com/parleydesk/parley/internal/blob"
)

func TestCostlyPicturesAreRefusedBeforeTheyAreDecoded(t *testing.T) {
	t.Parallel()
	for what, in := range map[string][]byte{
		"2,000 scans over 41 megapixels":              progressive(6400, 6400, 2000, 1, 0x11),
		"41 megapixels with four components":          progressive(6400, 6400, 1, 4, 0x11),
		"41 megapixels with three components":         progressive(6400, 6400, 0, 3, 0x11),
		"a small picture with more scans than anyone": progressive(64, 64, 65, 1, 0x11),
		"60 scans over 16 megapixels":                 progressive(4000, 4000, 60, 1, 0x11),
		"components that say they are 4 × 4":          progressive(6400, 6400, 0, 3, 0x44),
		"baseline with 2,000 scans":                   baselineScans(2000),
		"an interlaced PNG of 16 megapixels":          interlaced(4000, 4000),
		"a grey PNG of 16 bits with 16 megapixels":    pngOf(4000, 4000, 16, 0),
		"a PNG of RGBA with 25 megapixels":            pngOf(5100, 5100, 8, 6),
		"a GIF whose screen is 20,000 × 20,000":       gifScreen(20_000, 20_000),
		"a lossless WebP of 16 megapixels":            webpOf(4000, 4000, false, 1000),
		"a lossless WebP with many codes":             webpOf(2000, 2000, false, 600_000),
		"a WebP whose alpha is 16 megapixels":         webpOf(4000, 4000, true, 1000),
		"a JPEG of RGB that says so by Adobe":         adobe(baseline(6000, 6000, 0x22)),
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			counted := &countingReader{ReadSeeker: bytes.NewReader(in)}
			_, err := blob.NewThumbnailer(1).Write(t.Context(), io.Discard, counted)
			if !errors.Is(err, blob.ErrNoImage) {
				t.Errorf("got %v", err)
			}
			reasons := []string{"needs", "too many scans", "too large", "subsampling"}
			if !slices.ContainsFunc(reasons, func(reason string) bool { return strings.Contains(err.Error(), reason) }) {
				t.Errorf("refused for another reason: %v", err)
			}
			if counted.n > 2*len(in)+1<<17 {
				t.Errorf("read %d bytes of %d", counted.n, len(in))
			}
		})
	}
}

func TestWhatPeopleSendIsNotTooCostly(t *testing.T) {
	t.Parallel()
	for what, in := range map[string][]byte{
		"a photo of 50 megapixels":            baseline(8160, 6120, 0x22),
		"a sticker as lossless WebP":          webpOf(512, 512, false, 60_000),
		"a screenshot as lossless WebP":       webpOf(1920, 1080, false, 150_000),
		"a lossy WebP with alpha":             webpOf(1600, 1200, true, 40_000),
		"a progressive photo of 12 megapixel": progressive(4000, 3000, 9, 1, 0x11),
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			got, err := blob.Intake{Store: open(t, "file://"+t.TempDir())}.Take(t.Context(), bytes.NewReader(in), "picture", "")
			if err != nil || !got.Readable {
				t.Errorf("readable: %v, %v", got.Readable, err)
			}
		})
	}
}

func TestOrdinaryProgressivePicturesAreMadeSmall(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if _, err := blob.NewThumbnailer(1).Write(t.Context(), &out, bytes.NewReader(progressive(1600, 1200, 10, 1, 0x11))); err != nil {
		t.Fatal(err)
	}
	if c, _, err := image.DecodeConfig(&out); err != nil || c.Width != 250 {
		t.Errorf("got %d wide, %v", c.Width, err)
	}
}

func TestDecodingEndsWithItsRequest(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	in := &countingReader{ReadSeeker: bytes.NewReader(asPNG(picture(3000, 1000, 255)))}
	in.after = func(n int) {
		if in.seeks >= 4 { // the picture itself is being read
			cancel()
		}
	}
	if _, err := blob.NewThumbnailer(1).Write(ctx, io.Discard, in); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// FuzzPictureCost reads the segments of a JPEG from any bytes.
func FuzzPictureCost(f *testing.F) {
	f.Add(progressive(64, 48, 3, 3, 0x22))
	f.Add(asJPEG(picture(20, 10, 255)))
	f.Add(sideways(asJPEG(picture(20, 10, 255))))
	f.Add(asPNG(picture(20, 10, 100)))
	f.Add(asGIF(20, 10))
	f.Add(webp)
	f.Add(webpOf(64, 64, true, 40))
	f.Fuzz(func(t *testing.T, in []byte) {
		_, err := blob.NewThumbnailer(1).Write(t.Context(), io.Discard, bytes.NewReader(in))
		if err != nil && !errors.Is(err, blob.ErrNoImage) {
			t.Fatal(err)
		}
	})
}

type countingReader struct {
	io.ReadSeeker
	n, seeks int
	after    func(n int)
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.ReadSeeker.Read(p)
	if c.n += n; c.after != nil {
		c.after(c.n)
	}
	return n, err
}

func (c *countingReader) Seek(offset int64, whence int) (int64, error) {
	c.seeks++
	return c.ReadSeeker.Seek(offset, whence)
}

// progressive returns a valid progressive JPEG whose scans take very few bytes: one scan of zero differences, then
// scans that say "nothing more in the next 32,767 blocks".
func progressive(w, h, scans, components int, sampling byte) []byte {
	out := jpegHead(0xC2, w, h, components, sampling)
	out = append(out, jpegSegment(0xC4, append([]byte{0x10, 1}, append(make([]byte, 15), 0xE0)...))...)
	blocks := (w + 7) / 8 * ((h + 7) / 8)
	out = append(out, jpegSegment(0xDA, scanOf(components, 0, 0))...)
	out = append(out, make([]byte, blocks*components*int(sampling>>4)*int(sampling&15)/8+1)...)
	one := append(jpegSegment(0xDA, []byte{1, 1, 0, 1, 63, 0}), endOfBands(blocks)...)
	for range scans {
		out = append(out, one...)
	}
	return append(out, 0xFF, 0xD9)
}

func baselineScans(scans int) []byte {
	out := jpegHead(0xC0, 64, 64, 1, 0x11)
	out = append(out, jpegSegment(0xC4, append([]byte{0x10, 1}, make([]byte, 16)...))...)
	for range scans {
		out = append(out, jpegSegment(0xDA, scanOf(1, 0, 63))...)
		out = append(out, make([]byte, 64*2/8+1)...)
	}
	return append(out, 0xFF, 0xD9)
}

func jpegHead(frame byte, w, h, components int, sampling byte) []byte {
	out := []byte{0xFF, 0xD8}
	out = append(out, jpegSegment(0xDB, append([]byte{0}, bytes.Repeat([]byte{1}, 64)...))...)
	sof := []byte{8}
	sof = binary.BigEndian.AppendUint16(sof, uint16(h))
	sof = binary.BigEndian.AppendUint16(sof, uint16(w))
	sof = append(sof, byte(components))
	for i := range components {
		sof = append(sof, byte(i+1), sampling, 0)
	}
	out = append(out, jpegSegment(frame, sof)...)
	return append(out, jpegSegment(0xC4, append([]byte{0, 1}, make([]byte, 16)...))...)
}

func jpegSegment(marker byte, body []byte) []byte {
	out := binary.BigEndian.AppendUint16([]byte{0xFF, marker}, uint16(len(body)+2))
	return append(out, body...)
}

func scanOf(components int, from, to byte) []byte {
	out := []byte{byte(components)}
	for i := range components {
		out = append(out, byte(i+1), 0)
	}
	return append(out, from, to, 0)
}

// endOfBands codes runs of empty blocks: a code of one bit and fourteen bits of length.
func endOfBands(blocks int) []byte {
	var out []byte
	var acc, have uint
	put := func(value, n uint) {
		acc, have = acc<<n|value, have+n
		for have >= 8 {
			b := byte(acc >> (have - 8))
			if out = append(out, b); b == 0xFF {
				out = append(out, 0)
			}
			have -= 8
		}
		acc &= 1<<have - 1
	}
	for blocks > 0 {
		run := max(min(blocks, 32767), 16384)
		put(uint(run-16384), 15)
		blocks -= run
	}
	if have > 0 {
		put(uint(bits.Reverse8(0xFF)), 8-have)
	}
	return out
}

// pngOf is the head of a PNG.
func pngOf(w, h uint32, depth, colours byte) []byte {
	in := pngHeader(w, h)
	in[24], in[25] = depth, colours
	return binary.BigEndian.AppendUint32(in[:29], crc32.ChecksumIEEE(in[12:29]))
}

// gifScreen is the head of a GIF.
func gifScreen(w, h uint16) []byte {
	out := binary.LittleEndian.AppendUint16([]byte("GIF89a"), w)
	return append(binary.LittleEndian.AppendUint16(out, h), 0, 0, 0)
}

// webpOf is a WebP of size bytes that mean nothing: lossless, or the lossless alpha of a lossy one.
func webpOf(w, h uint32, alpha bool, size int) []byte {
	chunk := func(name string, body []byte) []byte {
		return append(binary.LittleEndian.AppendUint32([]byte(name), uint32(len(body))), body...)
	}
	body := []byte("WEBP")
	if alpha {
		canvas := []byte{0x10, 0, 0, 0}
		for _, side := range []uint32{w - 1, h - 1} {
			canvas = append(canvas, byte(side), byte(side>>8), byte(side>>16))
		}
		body = append(body, chunk("VP8X", canvas)...)
		body = append(body, chunk("ALPH", append([]byte{1}, make([]byte, size-1)...))...)
	} else {
		head := binary.LittleEndian.AppendUint32([]byte{0x2F}, (w-1)|(h-1)<<14)
		body = append(body, chunk("VP8L", append(head, make([]byte, size-len(head))...))...)
	}
	return chunk("RIFF", body)
}

func baseline(w, h int, sampling byte) []byte {
	out := jpegHead(0xC0, w, h, 3, 0x11)
	out[bytes.Index(out, []byte{0xFF, 0xC0})+11] = sampling // of the first component alone
	return append(append(out, jpegSegment(0xDA, scanOf(3, 0, 63))...), 0xFF, 0xD9)
}

// adobe marks the colours of a JPEG as RGB.
func adobe(in []byte) []byte {
	mark := jpegSegment(0xEE, append([]byte("Adobe"), 0, 100, 0, 0, 0, 0, 0))
	return slices.Concat(in[:2], mark, in[2:])
}

// interlaced is the head of a PNG of RGBA that comes in seven passes.
func interlaced(w, h uint32) []byte {
	in := pngHeader(w, h)
	in[28] = 1
	return binary.BigEndian.AppendUint32(in[:29], crc32.ChecksumIEEE(in[12:29]))
}
