package shape

import (
	"encoding/json"
	"path/filepath"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/link"
)

// Attachment is an attachment of a message. Its kind decides which keys it has
// (docs/api/contract-chatwoot.md#attachments).
type Attachment struct {
	ID        int64       `json:"id"`
	MessageID int64       `json:"message_id"`
	FileType  db.FileKind `json:"file_type"`
	AccountID int64       `json:"account_id"`
	*File
	*Coordinates
	FallbackTitle   *string         `json:"fallback_title,omitempty"`
	DataURL         *string         `json:"data_url,omitempty"`
	ThumbURL        *string         `json:"thumb_url,omitempty"`
	Meta            json.RawMessage `json:"meta,omitempty"`
	TranscribedText *string         `json:"transcribed_text,omitempty"`
}

// File is what an attachment with a stored file has beside its address.
type File struct {
	Extension   *string `json:"extension"`
	ContentType string  `json:"content_type"`
	FileSize    int64   `json:"file_size"`
	Width       *int32  `json:"width"`
	Height      *int32  `json:"height"`
}

// Coordinates are where a location is.
type Coordinates struct {
	Latitude  *float64 `json:"coordinates_lat"`
	Longitude *float64 `json:"coordinates_long"`
}

// Attachment writes an attachment with the keys of its kind.
func (w Writer) Attachment(f db.Attachment) Attachment {
	j := Attachment{ID: f.ID, FileType: f.FileKind, AccountID: f.AccountID}
	if f.MessageID != nil {
		j.MessageID = *f.MessageID
	}
	address := w.DataURL(f)
	j.DataURL = &address
	none := ""
	switch f.FileKind {
	case db.FileKindLocation:
		j.Coordinates, j.FallbackTitle = &Coordinates{f.Latitude, f.Longitude}, f.FallbackTitle
		return j
	case db.FileKindFallback:
		j.FallbackTitle = f.FallbackTitle
		return j
	case db.FileKindContact:
		j.DataURL, j.FallbackTitle, j.Meta = nil, f.FallbackTitle, f.Meta
		return j
	case db.FileKindEmbed:
		return j
	case db.FileKindAudio:
		j.TranscribedText = &none
	}
	thumb := w.ThumbURL(f)
	j.ThumbURL = &thumb
	if f.BlobHash != nil {
		j.File = &File{Extension(f.Name), f.ContentType, f.Size, f.Width, f.Height}
	}
	return j
}

// DataURL is absolute, needs no token and ends in the file's name, because clients take the name from it.
func (w Writer) DataURL(f db.Attachment) string {
	if f.BlobHash == nil {
		if f.ExternalUrl != nil {
			return *f.ExternalUrl
		}
		return ""
	}
	return w.Base + link.File(f.Key, f.Name)
}

// ThumbURL is the address of a picture's small version, or of a picture that we do not have. It is valid before the
// small version is made.
func (w Writer) ThumbURL(f db.Attachment) string {
	switch {
	case f.FileKind != db.FileKindImage:
		return ""
	case f.BlobHash != nil:
		return w.Base + link.Thumb(f.Key)
	}
	return w.DataURL(f)
}

// Extension is the extension of a file's name without its dot, or nil.
func Extension(name string) *string {
	return NilIfEmpty(strings.TrimPrefix(filepath.Ext(name), "."))
}
