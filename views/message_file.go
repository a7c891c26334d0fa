package views

import (
	"strconv"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/link"
)

func hasKind(files []db.Attachment, pictures bool) bool {
	for _, f := range files {
		if isPicture(f) == pictures {
			return true
		}
	}
	return false
}

func isPicture(f db.Attachment) bool { return f.FileKind == db.FileKindImage && f.BlobHash != nil }

func tileAddress(f db.Attachment) string {
	switch {
	case f.BlobHash != nil:
		return link.File(f.Key, f.Name)
	case f.Latitude != nil && f.Longitude != nil:
		place := strconv.FormatFloat(*f.Latitude, 'f', -1, 64) + "," + strconv.FormatFloat(*f.Longitude, 'f', -1, 64)
		return "geo:" + place
	case f.ExternalUrl != nil && (strings.HasPrefix(*f.ExternalUrl, "https://") || strings.HasPrefix(*f.ExternalUrl, "http://")):
		return *f.ExternalUrl
	}
	return "#"
}

func tileName(f db.Attachment) string {
	switch {
	case f.Name != "":
		return f.Name
	case f.FallbackTitle != nil && *f.FallbackTitle != "":
		return *f.FallbackTitle
	}
	return string(f.FileKind)
}

func fileIcon(f db.Attachment) string {
	switch {
	case f.FileKind == db.FileKindImage:
		return "image"
	case f.FileKind == db.FileKindVideo:
		return "film"
	case f.FileKind == db.FileKindAudio:
		return "music"
	case f.FileKind == db.FileKindLocation:
		return "map-pin"
	case f.FileKind == db.FileKindContact:
		return "circle-user"
	case strings.Contains(f.ContentType, "zip") || strings.Contains(f.ContentType, "compressed"):
		return "file-archive"
	case strings.HasPrefix(f.ContentType, "text/") || strings.Contains(f.ContentType, "pdf") || strings.Contains(f.ContentType, "document"):
		return "file-text"
	}
	return "file"
}
