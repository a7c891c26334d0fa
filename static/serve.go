package static

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strconv"
	"strings"

	"github.com/andybalholm/brotli"
)

// Handler serves everything below Prefix. An address with the right hash is kept
// for a year; any other address of the same file (an old page after a new release,
// a bare name) gets today's content and has to ask again next time.
func Handler() http.Handler {
	return http.HandlerFunc(serve)
}

func serve(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "Method not allowed", http.StatusMethodNotAllowed)
		return
	}
	hash, a := find(strings.TrimPrefix(r.URL.Path, Prefix))
	if a == nil {
		http.NotFound(w, r)
		return
	}
	body, encoding := a.encoded(r.Header.Get("Accept-Encoding"))
	etag := `"` + a.hash + encoding + `"`

	h := w.Header()
	h.Set("Vary", "Accept-Encoding")
	h.Set("ETag", etag)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-cache")
	if hash == a.hash {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if strings.Contains(r.Header.Get("If-None-Match"), etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", a.kind)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
	}
	if r.Method == http.MethodGet {
		w.Write(body)
	}
}

// find takes "hash/name" or "name".
func find(rest string) (hash string, a *asset) {
	if a := shelf()[rest]; a != nil {
		return "", a
	}
	hash, name, _ := strings.Cut(rest, "/")
	return hash, shelf()[name]
}

// encoded picks the smallest form that the browser takes. The first to ask for a
// form waits for the compressor, some 200 ms for the largest file; all others get
// the bytes that it made.
func (a *asset) encoded(accept string) (body []byte, encoding string) {
	switch {
	case Accepts(accept, "br"):
		return a.brotli(), "br"
	case Accepts(accept, "gzip"):
		return a.gzip(), "gzip"
	default:
		return a.raw, ""
	}
}

// Accepts reports whether an Accept-Encoding header names a coding and does not
// forbid it with q=0.
func Accepts(header, coding string) bool {
	for item := range strings.SplitSeq(header, ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(item), ";")
		if strings.EqualFold(strings.TrimSpace(name), coding) {
			q, err := strconv.ParseFloat(strings.TrimPrefix(strings.TrimSpace(weight), "q="), 64)
			return weight == "" || err != nil || q > 0
		}
	}
	return false
}

// brotlied packs as tightly as it can. A window of 128 KB holds each of our files;
// the default one would take 40 MB of memory for every call.
func brotlied(content []byte) []byte {
	var b bytes.Buffer
	w := brotli.NewWriterOptions(&b, brotli.WriterOptions{Quality: brotli.BestCompression, LGWin: 17})
	w.Write(content)
	w.Close()
	return b.Bytes()
}

func gzipped(content []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	w.Write(content)
	w.Close()
	return b.Bytes()
}
