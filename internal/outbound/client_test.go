package outbound_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/parleydesk/parley/internal/outbound"
)

// here permits the loopback servers of these tests.
func here(timeout time.Duration) *http.Client {
	return outbound.NewGuard(netip.MustParsePrefix("127.0.0.1/32")).Client(timeout)
}

// rawServer accepts connections and gives each to talk. It closes them when the test ends.
func rawServer(t *testing.T, talk func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				talk(conn)
			}()
		}
	}()
	return "http://" + listener.Addr().String()
}

func timedOut(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout() || errors.Is(err, os.ErrDeadlineExceeded)
}

func TestAHostileAnswer(t *testing.T) {
	t.Parallel()

	t.Run("that never begins, or stops in its head, is given up", func(t *testing.T) {
		t.Parallel()
		for _, said := range []string{"", "HTTP/1.1 200 OK\r\nX-Slow: "} {
			address := rawServer(t, func(conn net.Conn) {
				_, _ = io.WriteString(conn, said)
				_, _ = io.Copy(io.Discard, conn)
			})
			answer, err := here(100*time.Millisecond).Post(address, "text/plain", nil)
			if err == nil {
				_ = answer.Body.Close()
			}
			if !timedOut(err) {
				t.Errorf("after %q: %v", said, err)
			}
		}
	})

	t.Run("that stops in its body is given up", func(t *testing.T) {
		t.Parallel()
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "one byte, and then ")
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}))
		defer s.Close()
		answer, err := here(200 * time.Millisecond).Get(s.URL)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = answer.Body.Close() }()
		if _, err := io.ReadAll(answer.Body); !timedOut(err) {
			t.Errorf("the body: %v", err)
		}
	})

	t.Run("with an endless head, or endless early answers, is refused", func(t *testing.T) {
		t.Parallel()
		for name, endless := range map[string][2]string{
			"head":          {"HTTP/1.1 200 OK\r\n", "X-More: " + strings.Repeat("x", 1000) + "\r\n"},
			"early answers": {"", "HTTP/1.1 103 Early Hints\r\nLink: " + strings.Repeat("x", 1000) + "\r\n\r\n"},
		} {
			address := rawServer(t, func(conn net.Conn) {
				_, err := io.WriteString(conn, endless[0])
				for err == nil {
					_, err = io.WriteString(conn, endless[1])
				}
			})
			answer, err := here(time.Minute).Get(address)
			if err == nil {
				_ = answer.Body.Close()
			}
			if err == nil || timedOut(err) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})

	t.Run("that is compressed is not asked for and not blown up", func(t *testing.T) {
		t.Parallel()
		var bomb bytes.Buffer
		z := gzip.NewWriter(&bomb)
		if _, err := z.Write(make([]byte, 64<<20)); err != nil || z.Close() != nil {
			t.Fatal(err)
		}
		asked := make(chan string, 1)
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked <- r.Header.Get("Accept-Encoding")
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(bomb.Bytes())
		}))
		defer s.Close()
		answer, err := here(time.Minute).Get(s.URL)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = answer.Body.Close() }()
		n, err := io.Copy(io.Discard, answer.Body)
		if accept := <-asked; err != nil || n != int64(bomb.Len()) || accept != "" {
			t.Errorf("%d bytes of %d, %v; asked for %q", n, bomb.Len(), err, accept)
		}
	})

	t.Run("that leads in circles, or to another scheme, is refused, and no redirect tells where it came from", func(t *testing.T) {
		t.Parallel()
		var turns int
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			turns++
			if from := r.Header.Get("Referer"); from != "" {
				t.Errorf("told %q", from)
			}
			http.Redirect(w, r, r.URL.Path, http.StatusFound)
		}))
		defer s.Close()
		for _, to := range []string{"file:///etc/passwd", "gopher://127.0.0.1:25/", "ftp://127.0.0.1/"} {
			away := httptest.NewServer(http.RedirectHandler(to, http.StatusFound))
			answer, err := here(time.Minute).Get(away.URL)
			away.Close()
			if err == nil {
				_ = answer.Body.Close()
				t.Errorf("led to %s", to)
			}
		}
		answer, err := here(time.Minute).Get(s.URL + "/signed?key=secret")
		if err == nil {
			_ = answer.Body.Close()
		}
		if err == nil || turns > 7 {
			t.Errorf("%d turns, %v", turns, err)
		}
	})
}

func TestTheServersThatTheAdministratorChose(t *testing.T) {
	t.Parallel()

	t.Run("may be in a private network", func(t *testing.T) {
		t.Parallel()
		s := httptest.NewServer(http.NotFoundHandler())
		defer s.Close()
		answer, err := (&http.Client{Transport: outbound.OwnTransport(time.Minute)}).Get(s.URL)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
	})

	t.Run("are given up when no byte moves", func(t *testing.T) {
		t.Parallel()
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/begun" {
				_ = http.NewResponseController(w).Flush()
			}
			<-r.Context().Done()
		}))
		defer s.Close()
		client := &http.Client{Transport: outbound.OwnTransport(100 * time.Millisecond)}
		for _, path := range []string{"/silent", "/begun"} {
			answer, err := client.Get(s.URL + path)
			if err == nil {
				_, err = io.ReadAll(answer.Body)
				_ = answer.Body.Close()
			}
			if !timedOut(err) {
				t.Errorf("%s: %v", path, err)
			}
		}
	})
}
