package blob

import (
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/gif" // registers the decoder
	"image/jpeg"
	"image/png"
	"io"
	"runtime/debug"
	"time"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // registers the decoder
)

const (
	// ThumbnailWidth is the largest width of a thumbnail, which the contract fixes.
	ThumbnailWidth = 250
	// maxThumbnailHeight bounds the thumbnail of a very tall picture, such as the screenshot of a whole page.
	maxThumbnailHeight = 1000
	// largeBytes is the memory above which Write collects garbage before and after decoding. The collector alone would let
	// the next picture double the process.
	largeBytes = 16 << 20
	// maxDecoding is how long decoding one picture may take, without the time that it waits for a slot. The largest takes
	// a second of a free core.
	maxDecoding = 10 * time.Second
)

// ErrNoImage is the error for bytes that are no readable picture, or a picture that would need too much memory.
var ErrNoImage = errors.New("not a picture that can be shown")

// Dimensions reads a picture's size, with a photo's rotation applied, from its first bytes. It decodes nothing.
func Dimensions(r io.ReadSeeker) (width, height int, err error) {
	c, err := config(r)
	if err != nil {
		return 0, 0, err
	}
	if orientation(r) >= 5 {
		return c.Height, c.Width, nil
	}
	return c.Width, c.Height, nil
}

// Thumbnailer makes thumbnails, a few at a time, so that many uploads at once cannot exhaust the memory.
type Thumbnailer struct {
	slots chan struct{}
	most  time.Duration
}

// NewThumbnailer returns a Thumbnailer that decodes at most parallel pictures at once.
func NewThumbnailer(parallel int) *Thumbnailer {
	return &Thumbnailer{make(chan struct{}, max(parallel, 1)), maxDecoding}
}

// Within returns the thumbnailer with another time for one picture, for tests.
func (t *Thumbnailer) Within(most time.Duration) *Thumbnailer { return &Thumbnailer{t.slots, most} }

// Write scales the picture in r (JPEG, PNG, GIF's first frame, WebP) into w and returns the media type it wrote:
// image/jpeg, or image/png where something is transparent. It returns ErrNoImage for a broken file and for a
// decompression bomb, and context.DeadlineExceeded for a picture that takes too long. It waits for a slot until ctx ends.
func (t *Thumbnailer) Write(ctx context.Context, w io.Writer, r io.ReadSeeker) (contentType string, err error) {
	bytes, err := affordable(r)
	if err != nil {
		return "", err
	}
	select {
	case t.slots <- struct{}{}:
		defer func() { <-t.slots }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	if bytes > largeBytes {
		debug.FreeOSMemory()
		defer debug.FreeOSMemory()
	}
	limited, cancel := context.WithTimeout(ctx, t.most)
	defer cancel()
	small, err := scaled(timed{limited, r})
	if limited.Err() != nil {
		return "", limited.Err()
	}
	if err != nil {
		return "", err
	}
	if small.Opaque() {
		return "image/jpeg", jpeg.Encode(w, small, &jpeg.Options{Quality: 82})
	}
	return "image/png", png.Encode(w, small)
}

// config rewinds r and reads the picture's header.
func config(r io.ReadSeeker) (image.Config, error) {
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return image.Config{}, err
	}
	c, _, err := image.DecodeConfig(r)
	if err != nil {
		return c, fmt.Errorf("%w: %w", ErrNoImage, err)
	}
	if c.Width <= 0 || c.Height <= 0 {
		return c, ErrNoImage
	}
	return c, nil
}

// scaled decodes and shrinks a picture. A panic of a decoder counts as a broken picture, because strangers choose the
// bytes.
func scaled(r io.ReadSeeker) (small *image.NRGBA, err error) {
	defer func() {
		if p := recover(); p != nil {
			small, err = nil, fmt.Errorf("%w: %v", ErrNoImage, p)
		}
	}()
	turn := orientation(r)
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	full, _, err := image.Decode(r)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoImage, err)
	}
	limitW, limitH := ThumbnailWidth, maxThumbnailHeight
	if turn >= 5 {
		limitW, limitH = limitH, limitW
	}
	size := fit(full.Bounds().Size(), limitW, limitH)
	return upright(shrink(shrink(full, fit(full.Bounds().Size(), 4*limitW, 4*limitH), draw.ApproxBiLinear), size, draw.CatmullRom), turn), nil
}

// timed is a reader that fails when its context ends. The decoders take no context, but they read.
type timed struct {
	ctx context.Context
	io.ReadSeeker
}

func (t timed) Read(p []byte) (int, error) {
	if err := t.ctx.Err(); err != nil {
		return 0, err
	}
	return t.ReadSeeker.Read(p)
}

// shrink scales in two passes: a cheap one to four times the wanted size, and a good one from there. The good one alone
// would take a second for a large photo, and as much memory again.
func shrink(in image.Image, size image.Point, by draw.Scaler) *image.NRGBA {
	if n, ok := in.(*image.NRGBA); ok && n.Bounds().Size() == size && n.Bounds().Min == (image.Point{}) {
		return n
	}
	out := image.NewNRGBA(image.Rectangle{Max: size})
	by.Scale(out, out.Bounds(), in, in.Bounds(), draw.Src, nil)
	return out
}

// fit keeps the proportions, never enlarges, and returns no side below one pixel.
func fit(size image.Point, maxW, maxH int) image.Point {
	w, h := size.X, size.Y
	if w > maxW {
		w, h = maxW, h*maxW/w
	}
	if h > maxH {
		w, h = w*maxH/h, maxH
	}
	return image.Pt(max(w, 1), max(h, 1))
}
