package main

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"
)

// front answers from the start, before there is a database: it reports the state of the program, and passes requests
// to the application once that is ready.
type front struct {
	app     atomic.Pointer[http.Handler]
	state   atomic.Pointer[string] // why it is not ready; nil when it is
	ping    atomic.Pointer[func(context.Context) (remark string, err error)]
	metrics http.Handler
}

func newFront(metrics http.Handler) *front {
	f := &front{metrics: metrics}
	f.notReady("starting")
	return f
}

// notReady makes balancers send no more requests here. Requests that come all the same are still served, if the
// application is there.
func (f *front) notReady(why string) { f.state.Store(&why) }

// ready means that requests can be served as long as ping works; its remark is for operators.
func (f *front) ready(app http.Handler, ping func(context.Context) (remark string, err error)) {
	f.app.Store(&app)
	f.ping.Store(&ping)
	f.state.Store(nil)
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/healthz":
		writePlainText(w, http.StatusOK, "ok")
	case "/readyz":
		f.readiness(w, r)
	case "/metrics":
		f.metrics.ServeHTTP(w, r)
	default:
		if app := f.app.Load(); app != nil {
			(*app).ServeHTTP(w, r)
			return
		}
		w.Header().Set("Retry-After", "1")
		writePlainText(w, http.StatusServiceUnavailable, "Parley is starting. Try again in a moment.")
	}
}

// readiness asks the database too: a replica that has lost it cannot serve.
func (f *front) readiness(w http.ResponseWriter, r *http.Request) {
	if why := f.state.Load(); why != nil {
		writePlainText(w, http.StatusServiceUnavailable, *why)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	remark, err := (*f.ping.Load())(ctx)
	if err != nil {
		writePlainText(w, http.StatusServiceUnavailable, "the database does not answer")
		return
	}
	writePlainText(w, http.StatusOK, "ready"+remark)
}

// writePlainText answers with a sentence in plain text.
func writePlainText(w http.ResponseWriter, status int, sentence string) {
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = fmt.Fprintln(w, sentence)
}
