package blob

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"
)

// Serve answers with a blob's bytes, ranges included. What could run in a browser is
// always a download, whatever was asked; a caller that wants a download of a picture
// too sets Content-Disposition beforehand by Attach. An ETag set before makes If-None-Match work.
func Serve(w http.ResponseWriter, r *http.Request, content io.ReadSeeker, name, contentType string) {
	h := w.Header()
	inline := Inline(contentType)
	if h.Get("Content-Disposition") == "" {
		h.Set("Content-Disposition", disposition(inline, name))
	}
	if contentType == "" {
		contentType = "application/octet-stream" // else net/http sniffs
	}
	h.Set("Content-Type", contentType)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", policy(contentType))
	h.Set("Cross-Origin-Resource-Policy", "same-site")
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "private, max-age=300")
	}
	http.ServeContent(w, r, "", time.Time{}, content)
}

// Attach makes the answer a download under name.
func Attach(h http.Header, name string) {
	h.Set("Content-Disposition", disposition(false, name))
}

// Inline reports whether a browser may show the type in a page of its own. No SVG, HTML
// or XML: they carry scripts.
func Inline(contentType string) bool {
	switch t := bare(contentType); t {
	case "image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "image/avif",
		"application/pdf", "video/mp4", "video/webm", "video/ogg", "video/quicktime":
		return true
	default:
		return strings.HasPrefix(t, "audio/")
	}
}

// policy keeps a file from doing anything in our origin. Chromium's PDF viewer does
// not start inside a sandbox, so a PDF goes without that word and runs no script either way.
func policy(contentType string) string {
	const nothing = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
	if bare(contentType) == "application/pdf" {
		return nothing + "; object-src 'self'"
	}
	return nothing + "; sandbox"
}

// disposition is RFC 6266: a plain name that every client reads, and the true one beside it when it differs.
func disposition(inline bool, name string) string {
	kind := "attachment"
	if inline {
		kind = "inline"
	}
	name = SafeName(name)
	plain := strings.Map(func(r rune) rune {
		if r < 0x20 || r >= utf8.RuneSelf || r == '"' || r == '\\' || r == '%' {
			return '_'
		}
		return r
	}, name)
	out := kind + `; filename="` + plain + `"`
	if plain != name {
		// RFC 5987 allows fewer characters than PathEscape leaves, and "+" means itself.
		escaped := strings.NewReplacer("+", "%20", "*", "%2A", "'", "%27", "(", "%28", ")", "%29").
			Replace(url.QueryEscape(name))
		out += "; filename*=UTF-8''" + escaped
	}
	return out
}
