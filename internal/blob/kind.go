package blob

import (
	"mime"
	"path/filepath"
	"strings"
)

// Kind is how a file is shown: as a picture, a player, or a name to download.
type Kind string

const (
	Image Kind = "image"
	Audio Kind = "audio"
	Video Kind = "video"
	File  Kind = "file"
)

// KindOf sorts a media type. The lists are those of the REST contract: svg, heic and
// avi, among others, are plain files there.
func KindOf(contentType string) Kind {
	t := bare(contentType)
	switch t {
	case "image/jpeg", "image/jpg", "image/png", "image/gif", "image/bmp", "image/webp":
		return Image
	case "video/ogg", "video/mp4", "video/webm", "video/quicktime":
		return Video
	}
	if strings.Contains(t, "audio/") {
		return Audio
	}
	return File
}

// Type settles what a file is called: sniffed from the content, made more exact by
// what the sender declared or by the name's extension where the content alone cannot
// say, and only within the same family, so a hint never turns a file into another thing.
func Type(sniffed, declared, name string) string {
	s, d := bare(sniffed), bare(declared)
	if byName := bare(mime.TypeByExtension(strings.ToLower(filepath.Ext(name)))); d == "" || d == "application/octet-stream" {
		d = byName
	}
	if refines(s, d) {
		return d
	}
	if s == "" {
		return "application/octet-stream"
	}
	return s
}

// refines says whether a file whose content looks like s may well be a d.
func refines(s, d string) bool {
	switch s {
	case "video/mp4", "video/webm", "video/ogg", "application/ogg", "video/x-matroska":
		// One container holds sound alone or pictures too; its first bytes do not tell.
		return d == "audio/"+strings.TrimPrefix(s, "video/") || d == "audio/ogg" && s == "application/ogg" ||
			d == "video/ogg" && s == "application/ogg" || d == "audio/x-m4a" && s == "video/mp4"
	case "text/plain":
		switch d {
		case "text/csv", "text/markdown", "text/calendar", "text/vcard", "text/x-log", "text/tab-separated-values":
			return true
		}
	case "application/octet-stream":
		switch d {
		case "application/pkcs12", "application/x-pkcs12", "application/ms-tnef", "application/vnd.ms-outlook":
			return true
		}
	}
	return false
}

// bare is a media type in lower case without its parameters.
func bare(contentType string) string {
	t, _, _ := strings.Cut(contentType, ";")
	return strings.ToLower(strings.TrimSpace(t))
}
