package blob

import (
	"bufio"
	"encoding/binary"
	"errors"
	"image"
	"io"
)

const (
	// maxCodes is how many groups of codes the decoder of lossless WebP takes, and smallestCodes the bits of the smallest.
	maxCodes      = 2600
	smallestCodes = 20
	// bytesOfCodes is what such a group takes without its trees, and bytesOfTrees what the trees take for each byte of the
	// file at most.
	bytesOfCodes = 2900
	bytesOfTrees = 260
)

// webpBytes is the memory that decoding a WebP takes. A lossy one has a plane of alpha at most, which may be lossless. A
// lossless one may say that each 4 × 4 pixels have codes of their own, so its cost follows from its bytes too.
func webpBytes(r *bufio.Reader, c image.Config) (int64, error) {
	if _, err := r.Discard(12); err != nil {
		return 0, err
	}
	var n int64
	for {
		var head [8]byte
		if _, err := io.ReadFull(r, head[:]); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return n, nil // a file that is cut off fails when it is decoded
		} else if err != nil {
			return 0, err
		}
		size := int64(binary.LittleEndian.Uint32(head[4:]))
		switch string(head[:4]) {
		case "ALPH":
			n += losslessBytes(c, size)
		case "VP8L":
			return n + losslessBytes(c, size), nil
		case "VP8 ":
			return n + 2*int64(c.Width+16)*int64(c.Height+16), nil
		}
		if _, err := io.CopyN(io.Discard, r, size+size%2); errors.Is(err, io.EOF) {
			return n, nil
		} else if err != nil {
			return 0, err
		}
	}
}

// losslessBytes is what size bytes of lossless pixels take: the pixels before and after their transforms, and the codes.
func losslessBytes(c image.Config, size int64) int64 {
	pixels := int64(c.Width) * int64(c.Height)
	groups := min(pixels/16+1, maxCodes, size*8/smallestCodes)
	return 7*pixels + groups*bytesOfCodes + min(groups*50_000, size*bytesOfTrees)
}
