package blob_test

import (
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/parleydesk/parley/internal/blob"
)

func TestServe(t *testing.T) {
	t.Parallel()

	t.Run("a picture is shown, and told not to be anything else", func(t *testing.T) {
		t.Parallel()
		res := serve("cat.png", "image/png", nil)
		if got, _, _ := mime.ParseMediaType(res.Header.Get("Content-Disposition")); got != "inline" {
			t.Errorf("disposition %q", got)
		}
		for name, want := range map[string]string{
			"Content-Type": "image/png", "X-Content-Type-Options": "nosniff", "Accept-Ranges": "bytes", "Content-Length": "10",
		} {
			if got := res.Header.Get(name); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		if !strings.HasPrefix(res.Header.Get("Cache-Control"), "private") {
			t.Errorf("shared caches may keep it: %q", res.Header.Get("Cache-Control"))
		}
		if csp := res.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "sandbox") || !strings.Contains(csp, "default-src 'none'") {
			t.Errorf("policy %q", csp)
		}
	})

	t.Run("what can run in a browser is a download", func(t *testing.T) {
		t.Parallel()
		for _, contentType := range []string{
			"image/svg+xml", "text/html; charset=utf-8", "text/xml", "application/xhtml+xml", "application/javascript",
			"text/plain", "application/octet-stream", "", "IMAGE/SVG+XML", "multipart/x-mixed-replace", "application/x-shockwave-flash",
		} {
			res := serve("x", contentType, nil)
			if got, _, _ := mime.ParseMediaType(res.Header.Get("Content-Disposition")); got != "attachment" {
				t.Errorf("%s: disposition %q", contentType, got)
			}
			if res.Header.Get("Content-Type") == "" {
				t.Errorf("%s: left to be sniffed", contentType)
			}
		}
	})

	t.Run("names of any script survive, tricks do not", func(t *testing.T) {
		t.Parallel()
		for in, want := range map[string]string{
			"Größe 報告.pdf":               "Größe 報告.pdf",
			`a"; filename=evil.exe; x="`: "a_; filename=evil.exe; x=_",
			"a\r\nX-Evil: 1.txt":         "a  X-Evil_ 1.txt",
			"100% (a+b)'*.txt":           "100% (a+b)'_.txt",
			"../../x.txt":                "x.txt",
		} {
			res := serve(in, "application/zip", nil)
			_, params, err := mime.ParseMediaType(res.Header.Get("Content-Disposition"))
			if err != nil || params["filename"] != want {
				t.Errorf("%q: got %q (%v) from %s", in, params["filename"], err, res.Header.Get("Content-Disposition"))
			}
		}
	})

	t.Run("a range is answered with just that part", func(t *testing.T) {
		t.Parallel()
		res := serve("a.mp4", "video/mp4", http.Header{"Range": {"bytes=2-4"}})
		body, _ := io.ReadAll(res.Body)
		if res.StatusCode != http.StatusPartialContent || string(body) != "234" {
			t.Errorf("%d %q", res.StatusCode, body)
		}
	})

	t.Run("Attach makes a picture a download", func(t *testing.T) {
		t.Parallel()
		w := httptest.NewRecorder()
		blob.Attach(w.Header(), "cat.png")
		blob.Serve(w, httptest.NewRequest("GET", "/", nil), strings.NewReader("x"), "cat.png", "image/png")
		if got := w.Header().Get("Content-Disposition"); got != `attachment; filename="cat.png"` {
			t.Errorf("got %s", got)
		}
	})
}

func serve(name, contentType string, header http.Header) *http.Response {
	r := httptest.NewRequest("GET", "/files/1", nil)
	for k, v := range header {
		r.Header[k] = v
	}
	w := httptest.NewRecorder()
	blob.Serve(w, r, strings.NewReader("0123456789"), name, contentType)
	return w.Result()
}
