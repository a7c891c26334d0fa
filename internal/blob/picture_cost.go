package blob

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"io"
)

const (
	// maxDecoded bounds the memory of one picture while it is decoded, in bytes: a photo of 60 megapixels as
	// baseline JPEG, one of 15 as progressive JPEG, a screenshot of 24 as PNG.
	maxDecoded = 96 << 20
	maxSide    = 30_000
	// maxScans bounds the scans of a JPEG. Encoders write 1 to 20.
	maxScans = 64
	// maxVisits bounds blocks × scans of a JPEG: less than a second of one core. A photo of 60 megapixels has 1.4
	// million blocks, the largest progressive one that fits the memory some three million visits.
	maxVisits = 8 << 20
)

// affordable refuses a picture that would cost too much memory or time, before anything is decoded. The cost of a JPEG
// and of a WebP follows from their bodies, so their parts are walked; that of a PNG and a GIF follows from the header.
// It returns the memory that decoding takes.
func affordable(r io.ReadSeeker) (bytes int64, err error) {
	c, err := config(r)
	if err != nil {
		return 0, err
	}
	if c.Width > maxSide || c.Height > maxSide {
		return 0, fmt.Errorf("%w: %d × %d is too large", ErrNoImage, c.Width, c.Height)
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return 0, err
	}
	bytes, err = decodedBytes(bufio.NewReaderSize(r, 64<<10), c)
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrNoImage, err)
	}
	if bytes > maxDecoded {
		return 0, fmt.Errorf("%w: %d × %d needs %d bytes", ErrNoImage, c.Width, c.Height, bytes)
	}
	return bytes, nil
}

// decodedBytes returns the memory that decoding a picture takes.
func decodedBytes(r *bufio.Reader, c image.Config) (int64, error) {
	pixels := int64(c.Width) * int64(c.Height)
	head, err := r.Peek(29)
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, err
	}
	switch {
	case len(head) > 2 && head[0] == 0xFF && head[1] == 0xD8:
		return jpegBytes(r)
	case len(head) >= 12 && string(head[8:12]) == "WEBP":
		return webpBytes(r, c)
	case len(head) == 29 && string(head[1:4]) == "PNG" && head[28] != 0:
		return 2 * pixels * bytesPerPixel(c.ColorModel), nil // interlaced: each pass is a picture of its own
	}
	return pixels * bytesPerPixel(c.ColorModel), nil
}

func bytesPerPixel(m color.Model) int64 {
	switch m {
	case color.RGBA64Model, color.NRGBA64Model, color.Gray16Model: // a grey one with a transparent value has colours
		return 8
	}
	return 4
}

// jpegFrame is the content of a start-of-frame segment.
type jpegFrame struct {
	progressive   bool
	width, height int64
	components    []jpegComponent
	maxH, maxV    int64
	colours       bool // not YCbCr, so that the decoder makes another picture
}

type jpegComponent struct {
	id   byte
	h, v int64
}

// blocks is how many blocks of 8 × 8 samples a component has.
func (f jpegFrame) blocks(c jpegComponent) int64 {
	across := (f.width + 8*f.maxH - 1) / (8 * f.maxH) * c.h
	down := (f.height + 8*f.maxV - 1) / (8 * f.maxV) * c.v
	return across * down
}

// bytes returns the memory that image/jpeg takes: the samples, four bytes of coefficient for each of them in a
// progressive file, and another picture of four bytes a pixel where the colours are not YCbCr.
func (f jpegFrame) bytes() (n int64) {
	for _, c := range f.components {
		samples := 64 * f.blocks(c)
		n += samples
		if f.progressive {
			n += 4 * samples
		}
	}
	if len(f.components) == 4 || f.colours || f.named("RGB") {
		n += 4 * f.width * f.height
	}
	return n
}

// named reports whether the components have these ids.
func (f jpegFrame) named(ids string) bool {
	if len(f.components) != len(ids) {
		return false
	}
	for i, c := range f.components {
		if c.id != ids[i] {
			return false
		}
	}
	return true
}

var (
	errSegments = errors.New("broken segments")
	errScans    = errors.New("too many scans")
)

// jpegBytes walks the segments of a JPEG up to its end. It returns the memory that decoding takes, or an error if the
// file has too many scans.
func jpegBytes(r *bufio.Reader) (int64, error) {
	if _, err := r.Discard(2); err != nil {
		return 0, err
	}
	var (
		frame         jpegFrame
		colours       bool
		scans, visits int64
	)
	for {
		marker, err := nextMarker(r)
		if errors.Is(err, io.EOF) || marker == 0xD9 {
			frame.colours = colours
			return frame.bytes(), nil // a file that is cut off fails when it is decoded
		}
		if err != nil {
			return 0, err
		}
		if marker == 0x01 || marker >= 0xD0 && marker <= 0xD8 {
			continue // no length follows
		}
		body, err := segment(r, marker)
		if err != nil {
			return 0, err
		}
		switch marker {
		case 0xC0, 0xC1, 0xC2:
			if frame, err = readFrame(body, marker == 0xC2); err != nil {
				return 0, err
			}
		case 0xEE:
			colours = colours || len(body) >= 12 && string(body[:5]) == "Adobe" && body[11] == 0
		case 0xDA:
			scans++
			visits += frame.visits(body)
			if scans > maxScans || visits > maxVisits {
				return 0, errScans
			}
		}
	}
}

// nextMarker skips compressed data up to the next marker.
func nextMarker(r *bufio.Reader) (byte, error) {
	for {
		if _, err := r.ReadSlice(0xFF); errors.Is(err, bufio.ErrBufferFull) {
			continue
		} else if err != nil {
			return 0, err
		}
		b, err := r.ReadByte()
		for err == nil && b == 0xFF {
			b, err = r.ReadByte()
		}
		if err != nil {
			return 0, err
		}
		if b != 0 { // a stuffed byte of the data
			return b, nil
		}
	}
}

// segment reads the body of a segment that counts, and skips others.
func segment(r *bufio.Reader, marker byte) ([]byte, error) {
	var size [2]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return nil, err
	}
	n := int(binary.BigEndian.Uint16(size[:])) - 2
	if n < 0 {
		return nil, errSegments
	}
	if marker != 0xDA && marker != 0xEE && (marker < 0xC0 || marker > 0xC2) {
		_, err := r.Discard(n)
		return nil, err
	}
	body := make([]byte, n)
	_, err := io.ReadFull(r, body)
	return body, err
}

func readFrame(body []byte, progressive bool) (f jpegFrame, err error) {
	if len(body) < 6 || len(body) != 6+3*int(body[5]) || body[5] > 4 {
		return f, errSegments
	}
	f.progressive = progressive
	f.height, f.width = int64(binary.BigEndian.Uint16(body[1:])), int64(binary.BigEndian.Uint16(body[3:]))
	f.maxH, f.maxV = 1, 1
	for i := 6; i < len(body); i += 3 {
		c := jpegComponent{id: body[i], h: int64(body[i+1] >> 4), v: int64(body[i+1] & 15)}
		if c.h < 1 || c.h > 4 || c.v < 1 || c.v > 4 {
			return f, errSegments
		}
		f.maxH, f.maxV = max(f.maxH, c.h), max(f.maxV, c.v)
		f.components = append(f.components, c)
	}
	return f, nil
}

// visits returns the number of blocks that a scan visits.
func (f jpegFrame) visits(scan []byte) (n int64) {
	if len(scan) < 1 || len(scan) < 1+2*int(scan[0]) {
		return 0
	}
	for i := range int(scan[0]) {
		for _, c := range f.components {
			if c.id == scan[1+2*i] {
				n += f.blocks(c)
			}
		}
	}
	return n
}
