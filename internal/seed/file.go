package seed

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/blob"
)

// file is an attachment whose bytes are in the store.
type file struct {
	kind              db.FileKind
	name, contentType string
	size              int64
	hash, thumb       *string
	width, height     *int32
}

// makeFiles draws the demo's pictures and documents into the store, by name.
func makeFiles(ctx context.Context, store blob.Store) (map[string]file, error) {
	all := map[string]file{}
	thumbs := blob.NewThumbnailer(1)
	for name, draw := range pictures() {
		var picture, small bytes.Buffer
		if err := png.Encode(&picture, paint(draw)); err != nil {
			return nil, err
		}
		if _, err := thumbs.Write(ctx, &small, bytes.NewReader(picture.Bytes())); err != nil {
			return nil, err
		}
		thumb, err := store.Put(ctx, &small, 0)
		if err != nil {
			return nil, err
		}
		f, err := put(ctx, store, name, picture.Bytes())
		if err != nil {
			return nil, err
		}
		width, height := int32(pictureWidth), int32(pictureHeight)
		f.kind, f.thumb, f.width, f.height = db.FileKindImage, &thumb.Hash, &width, &height
		all[name] = f
	}
	for name, lines := range documents() {
		f, err := put(ctx, store, name, pdf(lines))
		if err != nil {
			return nil, err
		}
		all[name] = f
	}
	return all, nil
}

func put(ctx context.Context, store blob.Store, name string, content []byte) (file, error) {
	b, err := store.Put(ctx, bytes.NewReader(content), 0)
	return file{kind: db.FileKindFile, name: name, contentType: b.ContentType, size: b.Size, hash: &b.Hash}, err
}

func documents() map[string][]string {
	return map[string][]string{
		"delivery-note-20377.pdf": {
			"Kestrel Cycles", "Delivery note 20377", "", "1 x Alder 7, size 55, green", "1 x pedals PD-10", "",
			"Parcelo 00340 4471",
		},
		"order-20418.pdf":  {"Kestrel Cycles", "Order confirmation 20418", "", "1 x Rowan Gravel, size 57, sand", "", "EUR 1,890.00"},
		"invoice-4711.pdf": {"Kestrel Cycles", "Invoice 4711", "", "6 x Birch City", "Club discount 8 %", "", "EUR 5,214.00"},
		"label-return.pdf": {"Parcelo", "Return label", "", "To: Kestrel Cycles, Porto", "RMA 20391"},
	}
}

// pdf returns a document with one page of plain text.
func pdf(lines []string) []byte {
	var text strings.Builder
	text.WriteString("BT /F1 16 Tf 60 760 Td 22 TL\n")
	for _, l := range lines {
		fmt.Fprintf(&text, "(%s) Tj T*\n", strings.NewReplacer("(", `\(`, ")", `\)`, `\`, `\\`).Replace(l))
	}
	text.WriteString("ET")
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", text.Len(), text.String()),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
	}
	var out bytes.Buffer
	out.WriteString("%PDF-1.4\n")
	var at []int
	for i, o := range objects {
		at = append(at, out.Len())
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	table := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, offset := range at {
		fmt.Fprintf(&out, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&out, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table)
	return out.Bytes()
}

const pictureWidth, pictureHeight = 480, 360

// shade returns how dark a picture is at a point. Coordinates begin in its middle, in units of half its height.
type shade func(x, y float64) color.RGBA

func paint(at shade) image.Image {
	m := image.NewRGBA(image.Rect(0, 0, pictureWidth, pictureHeight))
	for y := range pictureHeight {
		for x := range pictureWidth {
			m.SetRGBA(x, y, at((float64(x)-pictureWidth/2)/(pictureHeight/2), (float64(y)-pictureHeight/2)/(pictureHeight/2)))
		}
	}
	return m
}

func pictures() map[string]shade {
	wall, rubber, steel := color.RGBA{198, 205, 203, 255}, color.RGBA{42, 46, 50, 255}, color.RGBA{150, 158, 164, 255}
	teal, card := color.RGBA{12, 110, 116, 255}, color.RGBA{190, 146, 96, 255}
	floor := color.RGBA{122, 104, 92, 255}
	ring := func(r, at, wide float64) bool { return math.Abs(r-at) < wide }
	wheel := func(x, y float64) color.RGBA {
		r, a := math.Hypot(x, y), math.Atan2(y, x)
		switch {
		case ring(r, 0.86, 0.05):
			return rubber
		case ring(r, 0.79, 0.025), r < 0.07:
			return steel
		case r < 0.79 && math.Abs(math.Mod(a*14/math.Pi+28, 1)-0.5) < 0.02/r:
			return steel
		case y > 0.9:
			return floor
		}
		return wall
	}
	box := func(x, y float64) color.RGBA {
		switch {
		case x > -0.75 && x < 0.6 && y > -0.35 && y < 0.55 && !(x < -0.5 && y > 0.2 && x+0.75 < (y-0.2)*0.7):
			if x > -0.3 && x < 0.2 && y > -0.1 && y < 0.2 {
				return color.RGBA{240, 238, 230, 255}
			}
			return card
		case y > 0.55:
			return floor
		}
		return wall
	}
	tube := func(x, y float64) color.RGBA {
		switch d := math.Abs(y + x*0.35); {
		case d < 0.02 && x > -0.1 && x < 0.15:
			return rubber
		case d < 0.22:
			return teal
		}
		return wall
	}
	bearing := func(x, y float64) color.RGBA {
		r, a := math.Hypot(x, y), math.Atan2(y, x)
		switch {
		case ring(r, 0.7, 0.09), ring(r, 0.35, 0.07):
			return steel
		case ring(r, 0.52, 0.07) && math.Mod(a*6/math.Pi+12, 1) < 0.6:
			return rubber
		}
		return wall
	}
	return map[string]shade{"wheel.png": wheel, "box.png": box, "frame.png": tube, "fork.png": tube, "bearing.png": bearing}
}
