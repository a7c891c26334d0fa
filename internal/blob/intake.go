package blob

import (
	"context"
	"io"

	"github.com/gabriel-vasile/mimetype"
)

// Intake takes files from strangers into a store.
type Intake struct {
	Store Store
	Limit int64 // bytes; 0 for none
}

// Taken is a stored file with the values for its row.
type Taken struct {
	Blob          // ContentType is that of Type, not only sniffed
	Name          string
	Kind          Kind
	Width, Height *int32
	Readable      bool // a picture of which a thumbnail can be made
}

// Take stores r under a safe form of name. A picture is measured by its header, and
// nothing is decoded; one that cannot be read is kept all the same.
func (in Intake) Take(ctx context.Context, r io.Reader, name, declared string) (Taken, error) {
	b, err := in.Store.Put(ctx, r, in.Limit)
	if err != nil {
		return Taken{}, err
	}
	got := Taken{Blob: b, Name: SafeName(name)}
	if got.Name == unnamed { // the extension says which program opens it
		if kind := mimetype.Lookup(bare(b.ContentType)); kind != nil && !kind.Is("application/octet-stream") {
			got.Name += kind.Extension()
		}
	}
	got.ContentType = Type(b.ContentType, declared, got.Name)
	if got.Kind = KindOf(got.ContentType); got.Kind == Image {
		return got, in.picture(ctx, &got)
	}
	return got, nil
}

func (in Intake) picture(ctx context.Context, got *Taken) error {
	r, err := in.Store.Open(ctx, got.Hash)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	w, h, err := Dimensions(r)
	if err != nil {
		return nil
	}
	width, height := int32(w), int32(h)
	got.Width, got.Height = &width, &height
	_, err = affordable(r)
	got.Readable = err == nil
	return nil
}
