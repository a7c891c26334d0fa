package blob

import (
	"mime"
	"path/filepath"
	"slices"
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

// KindOf returns the kind of a media type. The lists are those of the REST contract, in which svg, heic, avi and others
// are plain files.
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

// Type returns the media type of a file: the sniffed one or, if the content leaves it open, a more exact one from the
// sender's declaration or the name's extension. These hints never contradict the content, and never give a type that a
// browser would run.
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

// refines reports whether a file with the sniffed type s may be of the declared type d.
func refines(s, d string) bool {
	if _, _, err := mime.ParseMediaType(d); err != nil || runs(d) {
		return false
	}
	switch s {
	case "", "application/octet-stream", "text/plain":
		// Sound without a header, raw formats of cameras and tables: the content alone does not show the type.
		return d != "application/octet-stream"
	case "application/zip":
		return hasAnyPrefix(d, "application/vnd.openxmlformats-", "application/vnd.oasis.", "application/vnd.ms-", "application/epub+zip")
	case "application/x-ole-storage":
		return d == "application/msword" || hasAnyPrefix(d, "application/vnd.ms-")
	case "video/mp4", "video/webm", "video/ogg", "application/ogg", "audio/ogg", "video/x-matroska":
		// The container holds sound, or sound and video, and its first bytes are the same for both.
		_, format, _ := strings.Cut(s, "/")
		if d == "audio/"+format || d == "video/"+format || d == "audio/x-m4a" && s == "video/mp4" {
			return true
		}
	}
	return strings.HasPrefix(s, "audio/") && strings.HasPrefix(d, "audio/") // types of sound have many names
}

// runs reports whether a browser would run scripts in a file of this type.
func runs(t string) bool {
	return strings.HasSuffix(t, "/xml") || strings.HasSuffix(t, "+xml") ||
		slices.ContainsFunc([]string{"html", "svg", "script", "flash"}, func(word string) bool { return strings.Contains(t, word) })
}

func hasAnyPrefix(s string, prefixes ...string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(s, p) })
}

// bare returns a media type in lower case without its parameters.
func bare(contentType string) string {
	t, _, _ := strings.Cut(contentType, ";")
	return strings.ToLower(strings.TrimSpace(t))
}
