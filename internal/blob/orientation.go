package blob

import (
	"bufio"
	"encoding/binary"
	"image"
	"io"
)

// orientation reads how a camera was held from a JPEG's Exif part: 1 (upright) to 8, as the TIFF tag says; 1 for
// everything else or anything unclear. It rewinds r first, and leaves it at any position.
func orientation(r io.ReadSeeker) int {
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return 1
	}
	in := bufio.NewReader(r)
	var two [2]byte
	if _, err := io.ReadFull(in, two[:]); err != nil || two != [2]byte{0xFF, 0xD8} {
		return 1
	}
	for range 32 { // Exif is among the first segments
		var head [4]byte
		if _, err := io.ReadFull(in, head[:]); err != nil || head[0] != 0xFF || head[1] == 0xDA {
			return 1
		}
		size := int(binary.BigEndian.Uint16(head[2:])) - 2
		if size < 0 {
			return 1
		}
		if head[1] != 0xE1 {
			if _, err := in.Discard(size); err != nil {
				return 1
			}
			continue
		}
		part := make([]byte, size)
		if _, err := io.ReadFull(in, part); err != nil {
			return 1
		}
		if size > 14 && string(part[:6]) == "Exif\x00\x00" {
			return exifOrientation(part[6:])
		}
	}
	return 1
}

// exifOrientation finds tag 0x0112 in the first directory of a TIFF block.
func exifOrientation(tiff []byte) int {
	var order binary.ByteOrder = binary.LittleEndian
	if string(tiff[:2]) == "MM" {
		order = binary.BigEndian
	}
	at := int64(order.Uint32(tiff[4:8]))
	if at+2 > int64(len(tiff)) {
		return 1
	}
	entries := int64(order.Uint16(tiff[at:]))
	for i := range entries {
		e := at + 2 + i*12
		if e+12 > int64(len(tiff)) {
			return 1
		}
		if order.Uint16(tiff[e:]) == 0x0112 {
			if v := int(order.Uint16(tiff[e+8:])); v >= 1 && v <= 8 {
				return v
			}
			return 1
		}
	}
	return 1
}

// upright undoes the camera's rotation. turn is the value of the TIFF tag.
func upright(in *image.NRGBA, turn int) *image.NRGBA {
	if turn <= 1 {
		return in
	}
	w, h := in.Bounds().Dx(), in.Bounds().Dy()
	size := image.Rect(0, 0, w, h)
	if turn >= 5 {
		size = image.Rect(0, 0, h, w)
	}
	out := image.NewNRGBA(size)
	for y := range h {
		for x := range w {
			to := [...]image.Point{
				2: {w - 1 - x, y}, 3: {w - 1 - x, h - 1 - y}, 4: {x, h - 1 - y},
				5: {y, x}, 6: {h - 1 - y, x}, 7: {h - 1 - y, w - 1 - x}, 8: {y, w - 1 - x},
			}[turn]
			out.SetNRGBA(to.X, to.Y, in.NRGBAAt(x, y))
		}
	}
	return out
}
