package main

import (
	"container/list"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// mostWaiting is how many connections may be open without a request in work: new ones, and those that are kept for
	// the next request. Beyond that the one that has waited longest is closed, so that people who only connect keep
	// nobody out.
	mostWaiting = 1024
	// bodyPause is how long a request's body may pause, and bodyLimit how long it may take in all.
	bodyPause = 30 * time.Second
	bodyLimit = 5 * time.Minute
	// stopPause is how long a client may keep the server waiting once it stops.
	stopPause = 1500 * time.Millisecond
)

// clients are the open connections, and what each of them waits for.
type clients struct {
	mostWaiting                     int
	bodyPause, bodyLimit, stopPause time.Duration

	mu      sync.Mutex
	open    map[*clientConn]*list.Element // the element is nil while a request is in work
	waiting *list.List                    // of *clientConn, the longest wait first
}

func newClients() *clients {
	return &clients{
		mostWaiting: mostWaiting, bodyPause: bodyPause, bodyLimit: bodyLimit, stopPause: stopPause,
		open: map[*clientConn]*list.Element{}, waiting: list.New(),
	}
}

// server makes an HTTP server that is to listen on a clientListener.
func (cs *clients) server(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           cs.bound(handler),
		ReadHeaderTimeout: 10 * time.Second,
		// Enough for a download over a slow line; streams have their own limit. A body has its own limits too.
		WriteTimeout:   5 * time.Minute,
		IdleTimeout:    2 * time.Minute,
		MaxHeaderBytes: 32 << 10,
		ErrorLog:       slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		ConnState:      cs.note,
		ConnContext:    cs.connContext,
	}
}

// clientConn notes when a read or a write began that has not ended.
type clientConn struct {
	net.Conn
	reading, writing atomic.Int64 // in nanoseconds since 1970; 0 for none
	// unread is whether the request in work has a body that has not been read to its end. Otherwise a pending read is
	// only the server listening whether the client leaves.
	unread atomic.Bool
}

func (c *clientConn) Read(p []byte) (int, error) {
	c.reading.Store(time.Now().UnixNano())
	defer c.reading.Store(0)
	return c.Conn.Read(p)
}

func (c *clientConn) Write(p []byte) (int, error) {
	c.writing.Store(time.Now().UnixNano())
	defer c.writing.Store(0)
	return c.Conn.Write(p)
}

// keepsWaiting reports whether the server has waited for the client since a moment.
func (c *clientConn) keepsWaiting(since time.Time) bool {
	stalled := func(began int64) bool { return began != 0 && began < since.UnixNano() }
	return stalled(c.writing.Load()) || c.unread.Load() && stalled(c.reading.Load())
}

// clientListener makes its connections clientConns.
type clientListener struct{ net.Listener }

func (l clientListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &clientConn{Conn: conn}, nil
}

// note is the server's ConnState.
func (cs *clients) note(conn net.Conn, state http.ConnState) {
	c, ok := conn.(*clientConn)
	if !ok {
		return
	}
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if e := cs.open[c]; e != nil {
		cs.waiting.Remove(e)
	}
	switch state {
	case http.StateNew, http.StateIdle:
		cs.open[c] = cs.waiting.PushBack(c)
	case http.StateActive:
		cs.open[c] = nil
	default: // closed, or a WebSocket, which ends by itself
		delete(cs.open, c)
	}
	for cs.waiting.Len() > cs.mostWaiting {
		// It leaves the list at once: its own report of the end may come after those of more connections.
		longest := cs.waiting.Remove(cs.waiting.Front()).(*clientConn)
		cs.open[longest] = nil
		_ = longest.Close()
	}
}

// cutWaiting closes connections without a request, and those whose client keeps a request waiting, until ctx is done.
// Requests that work, and clients that send or take something, go on.
func (cs *clients) cutWaiting(ctx context.Context) {
	tick := time.NewTicker(cs.stopPause / 10)
	defer tick.Stop()
	for began := time.Now(); ; {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			if now.Sub(began) < cs.stopPause {
				continue
			}
			cs.mu.Lock()
			for c, waits := range cs.open {
				if waits != nil || c.keepsWaiting(now.Add(-cs.stopPause)) {
					_ = c.Close()
				}
			}
			cs.mu.Unlock()
		}
	}
}

type clientKey struct{}

// connContext is the server's ConnContext: handlers find their connection by it.
func (cs *clients) connContext(ctx context.Context, conn net.Conn) context.Context {
	return context.WithValue(ctx, clientKey{}, conn)
}

// bound gives each request's body its deadlines. A request without a body, or whose body has been read, has none: the
// server would take the deadline for the client's leaving, and end a stream.
func (cs *clients) bound(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		if len(r.TransferEncoding) > 0 {
			// A proxy that went by a Content-Length beside the chunks would take the rest for other people's requests.
			w.Header().Set("Connection", "close")
		}
		c, _ := r.Context().Value(clientKey{}).(*clientConn)
		if c == nil || r.Body == http.NoBody {
			_ = control.SetReadDeadline(time.Time{})
			next.ServeHTTP(w, r)
			return
		}
		c.unread.Store(true)
		b := &boundBody{ReadCloser: r.Body, conn: c, control: control, pause: cs.bodyPause, end: time.Now().Add(cs.bodyLimit)}
		b.arm()
		r.Body = b
		next.ServeHTTP(w, r)
	})
}

type boundBody struct {
	io.ReadCloser
	conn    *clientConn
	control *http.ResponseController
	pause   time.Duration
	end     time.Time
}

func (b *boundBody) arm() {
	next := time.Now().Add(b.pause)
	if next.After(b.end) {
		next = b.end
	}
	_ = b.control.SetReadDeadline(next)
}

func (b *boundBody) Read(p []byte) (int, error) {
	b.arm()
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF {
		b.conn.unread.Store(false)
		_ = b.control.SetReadDeadline(time.Time{})
	}
	return n, err
}
