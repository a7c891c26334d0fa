package blob_test

import (
	"testing"

	"github.com/parleydesk/parley/internal/blob"
)

func TestKindOf(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]blob.Kind{
		"image/jpeg": blob.Image, "IMAGE/PNG": blob.Image, "image/webp": blob.Image, "image/bmp": blob.Image,
		"image/svg+xml": blob.File, "image/heic": blob.File, "image/avif": blob.File,
		"video/mp4": blob.Video, "video/quicktime": blob.Video, "video/x-msvideo": blob.File,
		"audio/ogg; codecs=opus": blob.Audio, "audio/x-wav": blob.Audio,
		"application/pdf": blob.File, "": blob.File,
	} {
		if got := blob.KindOf(in); got != want {
			t.Errorf("KindOf(%q) = %s, want %s", in, got, want)
		}
	}
}

func TestType(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ what, sniffed, declared, name, want string }{
		{"the content decides", "image/png", "text/html", "a.html", "image/png"},
		{"HTML called a picture is HTML", "text/html; charset=utf-8", "image/png", "a.png", "text/html"},
		{"SVG called text is SVG", "image/svg+xml", "text/plain", "a.txt", "image/svg+xml"},
		{"text may be a table", "text/plain; charset=utf-8", "", "a.csv", "text/csv"},
		{"text may not be a page", "text/plain; charset=utf-8", "text/html", "a.html", "text/plain"},
		{"a container declared as sound is sound", "video/webm", "audio/webm;codecs=opus", "voice.webm", "audio/webm"},
		{"a container may not be a PDF", "video/webm", "application/pdf", "x.pdf", "video/webm"},
		{"nothing known", "", "", "", "application/octet-stream"},
		{"sound without a header is what its sender says", "application/octet-stream", "audio/mpeg", "a.mp3", "audio/mpeg"},
		{"bytes that say nothing are what their sender says", "text/plain; charset=utf-8", "image/png", "a.png", "image/png"},
		{"bytes that say nothing are what their name says", "application/octet-stream", "application/octet-stream", "a.pdf", "application/pdf"},
		{"the unknown does not become a page", "application/octet-stream", "text/html", "a.html", "application/octet-stream"},
		{"the unknown does not become a drawing that runs", "application/octet-stream", "image/svg+xml", "a.svg", "application/octet-stream"},
		{
			"a program does not become a picture", "application/vnd.microsoft.portable-executable", "image/png", "a.png",
			"application/vnd.microsoft.portable-executable",
		},
		{"a broken declaration is none", "application/octet-stream", "image/png\r\nX: y", "a", "application/octet-stream"},
		{
			"a package may be a sheet", "application/zip",
			"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "a.xlsx",
			"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		},
		{"an old office file may be a letter", "application/x-ole-storage", "application/msword", "a.doc", "application/msword"},
		{"Ogg may be a film", "audio/ogg", "video/ogg", "a.ogv", "video/ogg"},
		{"a sound has many names", "audio/wav", "audio/x-wav", "a.wav", "audio/x-wav"},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			if got := blob.Type(c.sniffed, c.declared, c.name); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestSniffTellsActiveContent(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "<!DOCTYPE html><script>1</script>",
		"<html><body>", "<?xml version='1.0'?><x/>", "  \n<script>alert(1)</script>", "GIF89a<script>", "plain",
	} {
		if got := blob.Sniff([]byte(in)); blob.Inline(got) && got != "image/gif" {
			t.Errorf("%q is %s, shown inline", in, got)
		}
	}
}
