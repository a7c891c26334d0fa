// Package static holds what browsers fetch once and keep: the stylesheet, the
// scripts, the pictures. It embeds them, names each by its content, compresses
// them once and serves them. There is no build step: the stylesheet and the
// script are joined from their parts when the first page asks for their address.
//
// Not here: what people upload (internal/blob), pages (views), and axe-core,
// which lies in testdata for the browser tests and never enters the binary.
package static

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"path"
	"sync"
)

// Prefix is where Handler is to be mounted.
const Prefix = "/static/"

//go:embed css/*.css js/*.js worker/*.js img/*.svg vendor/*.js
var files embed.FS

// shelf is built once, on first use: some 5 ms, without the compressing.
var shelf = sync.OnceValue(stock)

// URL is the address of a file, with a hash of its content in it, so that it may
// be kept for ever. Names are "css/parley.css" (all style), "js/htmx.js" (htmx and
// idiomorph), "js/parley.js" (all script of ours), "worker/push.js" and "img/…". A name that does
// not exist is a slip in a template and panics.
func URL(name string) string {
	a, ok := shelf()[name]
	if !ok {
		panic("static: no file " + name)
	}
	return Prefix + a.hash + "/" + name
}

// Has reports whether URL knows a name.
func Has(name string) bool {
	_, ok := shelf()[name]
	return ok
}

// Read returns a file as it is served, for tests that look into it.
func Read(name string) []byte {
	if a, ok := shelf()[name]; ok {
		return a.raw
	}
	return nil
}

// stock gathers everything that can be asked for, by name.
func stock() map[string]*asset {
	all := map[string]*asset{
		"css/parley.css": newAsset("css/parley.css", stylesheet(files)),
		"js/htmx.js":     newAsset("js/htmx.js", join(files, "vendor/htmx-2.0.11.min.js", "vendor/idiomorph-0.8.0.min.js")),
		"js/parley.js":   newAsset("js/parley.js", script(files, "app")),
		// The service worker is asked for by its bare name: browsers know it by its address.
		"worker/push.js": newAsset("worker/push.js", join(files, "worker/push.js")),
	}
	pictures, _ := fs.Glob(files, "img/*")
	for _, name := range pictures {
		all[name] = newAsset(name, join(files, name))
	}
	return all
}

// asset is one file in the forms that a browser may ask for.
type asset struct {
	name, kind, hash string
	raw              []byte
	brotli, gzip     func() []byte
}

func newAsset(name string, content []byte) *asset {
	sum := sha256.Sum256(content)
	return &asset{
		name:   name,
		kind:   contentType(path.Ext(name)),
		hash:   hex.EncodeToString(sum[:6]),
		raw:    content,
		brotli: sync.OnceValue(func() []byte { return brotlied(content) }),
		gzip:   sync.OnceValue(func() []byte { return gzipped(content) }),
	}
}

func contentType(ext string) string {
	switch ext {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	default:
		return "application/octet-stream"
	}
}
