package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// clientsFixture is the server's front line with a handler of the test behind it.
type clientsFixture struct {
	*testing.T
	clients *clients
	http    *http.Server
	address string
}

func serveClients(t *testing.T, handler http.HandlerFunc, change func(*clients, *http.Server)) *clientsFixture {
	t.Helper()
	f := &clientsFixture{T: t, clients: newClients()}
	f.http = f.clients.server(handler, slog.New(slog.DiscardHandler))
	if change != nil {
		change(f.clients, f.http)
		f.http.Handler = f.clients.bound(handler)
	}
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f.address = listener.Addr().String()
	go func() { _ = f.http.Serve(clientListener{listener}) }()
	t.Cleanup(func() { _ = f.http.Close() })
	return f
}

// dial connects and says something.
func (f *clientsFixture) dial(text string) *bufio.ReadWriter {
	f.Helper()
	conn, err := net.Dial("tcp4", f.address)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(conn, text); err != nil {
		f.Fatal(err)
	}
	return bufio.NewReadWriter(bufio.NewReader(conn), bufio.NewWriterSize(conn, 0))
}

// answer reads the status of an answer, or 0 if the connection ends instead.
func (f *clientsFixture) answer(from *bufio.ReadWriter) (status int, body string) {
	f.Helper()
	got, err := http.ReadResponse(from.Reader, nil)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		f.Fatal("neither an answer nor an end")
	}
	if err != nil {
		return 0, ""
	}
	defer got.Body.Close()
	raw, _ := io.ReadAll(got.Body)
	return got.StatusCode, string(raw)
}

// echoBody answers with the request's method, path and body.
func echoBody(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	fmt.Fprintf(w, "%s %s %s", r.Method, r.URL.Path, raw)
}

func TestConnectionsThatSayNothing(t *testing.T) {
	t.Parallel()

	t.Run("end soon, as do those that stop in their headers", func(t *testing.T) {
		t.Parallel()
		f := serveClients(t, echoBody, func(_ *clients, s *http.Server) { s.ReadHeaderTimeout = 50 * time.Millisecond })
		for _, begun := range []string{"", "GET / HT", "GET / HTTP/1.1\r\nHost: a\r\nX-Slow: "} {
			if status, _ := f.answer(f.dial(begun)); status != 0 && status != http.StatusBadRequest && status != http.StatusRequestTimeout {
				t.Errorf("%q: %d", begun, status)
			}
		}
	})

	t.Run("keep nobody out, however many they are", func(t *testing.T) {
		t.Parallel()
		f := serveClients(t, echoBody, func(cs *clients, _ *http.Server) { cs.mostWaiting = 20 })
		var idle []*bufio.ReadWriter
		for range 200 {
			idle = append(idle, f.dial("GET / HTTP/1.1\r\n"))
		}
		for i := range 20 {
			status, body := f.answer(f.dial(fmt.Sprintf("GET /%d HTTP/1.1\r\nHost: a\r\n\r\n", i)))
			if status != 200 || body != fmt.Sprintf("GET /%d ", i) {
				t.Errorf("%d %q", status, body)
			}
		}
		if _, err := idle[0].ReadByte(); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("the connection that waited longest: %v", err)
		}
		f.clients.mu.Lock()
		defer f.clients.mu.Unlock()
		if n := f.clients.waiting.Len(); n > 21 {
			t.Errorf("%d connections wait", n)
		}
	})

	t.Run("with headers that are too large are refused", func(t *testing.T) {
		t.Parallel()
		f := serveClients(t, echoBody, nil)
		for name, header := range map[string]string{
			"one":  "X-Large: " + strings.Repeat("x", 60<<10) + "\r\n\r\n",
			"many": strings.Repeat("X-Many: x\r\n", 10_000) + "\r\n",
			"path": "",
		} {
			path := "/"
			if name == "path" {
				path, header = "/"+strings.Repeat("x", 60<<10), "\r\n"
			}
			conn := f.dial("")
			_, _ = io.WriteString(conn, "GET "+path+" HTTP/1.1\r\nHost: a\r\n"+header) // the server may stop reading
			_ = conn.Flush()
			if status, _ := f.answer(conn); status != http.StatusRequestHeaderFieldsTooLarge && status != 0 {
				t.Errorf("%s: %d", name, status)
			}
		}
	})
}

func TestBodies(t *testing.T) {
	t.Parallel()
	const head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n"
	readError := make(chan error, 2)
	read := func(_ http.ResponseWriter, r *http.Request) {
		_, err := io.Copy(io.Discard, r.Body)
		readError <- err
	}

	t.Run("that pause too long are given up, whether the handler reads them or not", func(t *testing.T) {
		t.Parallel()
		short := func(cs *clients, _ *http.Server) { cs.bodyPause = 50 * time.Millisecond }
		f := serveClients(t, read, short)
		f.answer(f.dial(head + "half"))
		if err := <-readError; !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("the handler read: %v", err)
		}
		unread := serveClients(t, func(http.ResponseWriter, *http.Request) {}, short)
		conn := unread.dial(head + "half")
		unread.answer(conn)
		if _, err := conn.ReadByte(); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("the connection of a body that nobody reads: %v", err)
		}
	})

	t.Run("that come byte by byte are given up in the end", func(t *testing.T) {
		t.Parallel()
		ended := make(chan error, 1)
		f := serveClients(t, func(_ http.ResponseWriter, r *http.Request) {
			_, err := io.Copy(io.Discard, r.Body)
			ended <- err
		}, func(cs *clients, _ *http.Server) { cs.bodyLimit = 300 * time.Millisecond })
		conn, tick := f.dial(head), time.NewTicker(10*time.Millisecond)
		defer tick.Stop()
		for err := error(nil); err == nil; <-tick.C {
			if _, err = conn.WriteString("x"); err == nil {
				err = conn.Flush()
			}
		}
		if err := <-ended; !errors.Is(err, os.ErrDeadlineExceeded) && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("the handler read: %v", err)
		}
	})

	t.Run("that have been read leave no deadline that would end a stream", func(t *testing.T) {
		t.Parallel()
		f := serveClients(t, func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			select {
			case <-r.Context().Done():
				http.Error(w, "cut", http.StatusTeapot)
			case <-time.After(500 * time.Millisecond):
			}
		}, func(cs *clients, s *http.Server) {
			cs.bodyPause, cs.bodyLimit, s.ReadHeaderTimeout = 100*time.Millisecond, 100*time.Millisecond, 100*time.Millisecond
		})
		for _, request := range []string{
			"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab",
		} {
			if status, body := f.answer(f.dial(request)); status != 200 {
				t.Errorf("%q: %d %s", request, status, body)
			}
		}
	})
}

func TestRequestsThatTwoServersReadDifferently(t *testing.T) {
	t.Parallel()
	f := serveClients(t, echoBody, nil)
	const post = "POST / HTTP/1.1\r\nHost: a\r\n"
	for name, c := range map[string]struct {
		request string
		want    []string // the bodies of the answers, or their statuses if they are no 200
	}{
		"two lengths":              {post + "Content-Length: 3\r\nContent-Length: 5\r\n\r\nabcde", []string{"400"}},
		"two lengths in one":       {post + "Content-Length: 3, 5\r\n\r\nabcde", []string{"400"}},
		"a signed length":          {post + "Content-Length: +3\r\n\r\nabc", []string{"400"}},
		"a length in hexadecimal":  {post + "Content-Length: 0x3\r\n\r\nabc", []string{"400"}},
		"an unknown encoding":      {post + "Transfer-Encoding: xchunked\r\n\r\nabc", []string{"501"}},
		"two encodings":            {post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n", []string{"501"}},
		"a space before the colon": {post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", []string{"400"}},
		"a header over two lines":  {"GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c: d\r\nTransfer-Encoding\r\n : chunked\r\n\r\n", []string{"400"}},
		"no host":                  {"GET / HTTP/1.1\r\n\r\n", []string{"400"}},
		"two hosts":                {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", []string{"400"}},
		"a wrong size of a chunk":  {post + "Transfer-Encoding: chunked\r\n\r\n-1\r\nabc\r\n0\r\n\r\n", []string{"400"}},
		// A length beside chunks is left out of account, and no request follows on that connection.
		"a length beside chunks": {
			post + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n" +
				"3\r\nabc\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n",
			[]string{"POST / abc"},
		},
		"two requests in one write": {
			"POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET /2 HTTP/1.1\r\nHost: a\r\n\r\n",
			[]string{"POST /1 abc", "GET /2 "},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := *f
			g.T = t
			conn := g.dial(c.request)
			for _, want := range c.want {
				status, body := g.answer(conn)
				if status != 200 {
					body = fmt.Sprint(status)
				}
				if body != want {
					t.Errorf("%q, want %q", body, want)
				}
			}
			if len(c.want) == 2 {
				return // the connection is kept
			}
			if status, body := g.answer(conn); status != 0 {
				t.Errorf("then %d %q", status, body)
			}
		})
	}
}

func TestStopWithClientsThatKeepWaiting(t *testing.T) {
	t.Parallel()
	working, stuck := make(chan struct{}), make(chan struct{}, 2)
	f := serveClients(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/work": // a request that works is waited for
			stuck <- struct{}{}
			<-working
			_, _ = io.WriteString(w, "done")
		case "/download": // by a client that does not read
			stuck <- struct{}{}
			for err := error(nil); err == nil; {
				_, err = w.Write(make([]byte, 1<<20))
			}
		default:
			echoBody(w, r)
		}
	}, nil)
	f.dial("")
	f.dial("GET / HTTP/1.1\r\nHost:")
	f.dial("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf")
	f.dial("GET /download HTTP/1.1\r\nHost: a\r\n\r\n")
	kept := f.dial("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
	f.answer(kept)
	work := f.dial("GET /work HTTP/1.1\r\nHost: a\r\n\r\n")
	<-stuck
	<-stuck

	begun := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), grace)
	defer cancel()
	cutting, down := make(chan struct{}), make(chan error, 1)
	go func() { f.clients.cutWaiting(ctx); close(cutting) }()
	go func() { down <- f.http.Shutdown(ctx) }()
	go func() {
		time.Sleep(stopPause + stopPause/2) // longer than a client may keep the server waiting
		close(working)
	}()
	if status, body := f.answer(work); status != 200 || body != "done" {
		t.Errorf("the request that worked: %d %q", status, body)
	}
	if err := <-down; err != nil {
		t.Errorf("after %s: %v", time.Since(begun), err)
	}
	if took := time.Since(begun); took > 3*time.Second {
		t.Errorf("it took %s", took)
	}
	cancel()
	<-cutting
}
