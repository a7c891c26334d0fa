package chatwoot

import (
	"encoding/json"
	"path/filepath"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/link"
)

// attachmentJSON is an attachment inside a message. Which keys are there depends on its kind
// (docs/api/contract-chatwoot.md#attachments).
type attachmentJSON struct {
	ID        int64       `json:"id"`
	MessageID int64       `json:"message_id"`
	FileType  db.FileKind `json:"file_type"`
	AccountID int64       `json:"account_id"`
	*fileJSON
	*coordinatesJSON
	FallbackTitle   *string         `json:"fallback_title,omitempty"`
	DataURL         *string         `json:"data_url,omitempty"`
	ThumbURL        *string         `json:"thumb_url,omitempty"`
	Meta            json.RawMessage `json:"meta,omitempty"`
	TranscribedText *string         `json:"transcribed_text,omitempty"`
}

type fileJSON struct {
	Extension   *string `json:"extension"`
	ContentType string  `json:"content_type"`
	FileSize    int64   `json:"file_size"`
	Width       *int32  `json:"width"`
	Height      *int32  `json:"height"`
}

type coordinatesJSON struct {
	Latitude  *float64 `json:"coordinates_lat"`
	Longitude *float64 `json:"coordinates_long"`
}

func (h *handlers) attachment(f db.Attachment) attachmentJSON { return attachment(h.a.BaseURL, f) }

func attachment(base string, f db.Attachment) attachmentJSON {
	j := attachmentJSON{ID: f.ID, FileType: f.FileKind, AccountID: f.AccountID}
	if f.MessageID != nil {
		j.MessageID = *f.MessageID
	}
	address := dataURL(base, f)
	j.DataURL = &address
	none := ""
	switch f.FileKind {
	case db.FileKindLocation:
		j.coordinatesJSON, j.FallbackTitle = &coordinatesJSON{f.Latitude, f.Longitude}, f.FallbackTitle
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
	thumb := thumbURL(base, f)
	j.ThumbURL = &thumb
	if f.BlobHash != nil {
		j.fileJSON = &fileJSON{extension(f.Name), f.ContentType, f.Size, f.Width, f.Height}
	}
	return j
}

// dataURL is absolute, needs no token and ends in the file's name, because clients take the name from it.
func dataURL(base string, f db.Attachment) string {
	if f.BlobHash == nil {
		if f.ExternalUrl != nil {
			return *f.ExternalUrl
		}
		return ""
	}
	return base + link.File(f.Key, f.Name)
}

func thumbURL(base string, f db.Attachment) string {
	switch {
	case f.ThumbHash != nil:
		return base + link.Thumb(f.Key)
	case f.FileKind == db.FileKindImage:
		return dataURL(base, f)
	}
	return ""
}

// extension is a name's, without its dot.
func extension(name string) *string {
	return nilIfEmpty(strings.TrimPrefix(filepath.Ext(name), "."))
}
