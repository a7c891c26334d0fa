package blob

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"
)

// Serve answers with a blob's bytes or the range that the request asks for. A file that a browser could run is always a
// download. For other files a caller gets a download by calling Attach first. If the caller has set an ETag,
// If-None-Match works.
func Serve(w http.ResponseWriter, r *http.Request, content io.ReadSeeker, name, contentType string) {
	h := w.Header()
	inline := Inline(contentType)
	if h.Get("Content-Disposition") == "" {
		h.Set("Content-Disposition", disposition(inline, name))
	}
	if contentType == "" {
		contentType = "application/octet-stream" // otherwise net/http sniffs the type
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

// Inline reports whether a browser may show the type as a page. It may not show SVG, HTML and XML, which can contain
// scripts.
func Inline(contentType string) bool {
	switch t := bare(contentType); t {
	case "image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "image/avif",
		"application/pdf", "video/mp4", "video/webm", "video/ogg", "video/quicktime":
		return true
	default:
		return strings.HasPrefix(t, "audio/")
	}
}

// policy keeps a file from running anything in our origin. Chromium's PDF viewer does not start in a sandbox, so the
// policy of a PDF has no such directive; PDFs run no scripts there.
func policy(contentType string) string {
	const nothing = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
	if bare(contentType) == "application/pdf" {
		return nothing + "; object-src 'self'"
	}
	return nothing + "; sandbox"
}

// disposition returns a header as RFC 6266 defines it: an ASCII name for every client and, if the name differs from it,
// the name itself.
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
