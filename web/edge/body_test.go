package edge_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/web/edge"
)

const megabyte = 1 << 20

// bodies is an echo whose handler reads a body of at most 8 MB, tells its size, and goes on until it is let go.
func bodies(t *testing.T) (e *echo.Echo, inside chan int, letGo chan struct{}) {
	t.Helper()
	e, inside, letGo = echo.New(), make(chan int), make(chan struct{})
	edge.Install(e, edge.Config{Logger: slog.New(slog.DiscardHandler)})
	e.POST("/", func(c echo.Context) error {
		raw, err := edge.ReadBody(c, 8*megabyte)
		if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
			return echo.NewHTTPError(http.StatusRequestEntityTooLarge)
		}
		if err != nil {
			return err
		}
		inside <- len(raw)
		<-letGo
		return c.NoContent(http.StatusNoContent)
	})
	return e, inside, letGo
}

func send(ctx context.Context, e *echo.Echo, body io.Reader) int {
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/", body)
	r.ContentLength = -1
	rec := httptest.NewRecorder()
	e.ServeHTTP(rec, r)
	return rec.Code
}

func TestBodiesShareTheMemory(t *testing.T) {
	t.Parallel()

	t.Run("a large body waits until another request is over, and a small one does not", func(t *testing.T) {
		t.Parallel()
		e, inside, letGo := bodies(t)
		done := make(chan int, 4)
		for range 3 { // of which two have room
			go func() { done <- send(t.Context(), e, bytes.NewReader(make([]byte, 8*megabyte))) }()
		}
		<-inside
		<-inside
		go func() { done <- send(t.Context(), e, strings.NewReader("small")) }()
		if n := <-inside; n != 5 {
			t.Fatalf("a body of %d bytes came in while there was no room", n)
		}
		letGo <- struct{}{} // whichever it is
		letGo <- struct{}{}
		letGo <- struct{}{}
		if n := <-inside; n != 8*megabyte {
			t.Fatalf("%d bytes", n)
		}
		letGo <- struct{}{}
		for range 4 {
			if code := <-done; code != http.StatusNoContent {
				t.Errorf("status %d", code)
			}
		}
	})

	t.Run("whoever leaves while waiting gives up the place", func(t *testing.T) {
		t.Parallel()
		e, inside, letGo := bodies(t)
		done := make(chan int, 2)
		for range 2 {
			go func() { done <- send(t.Context(), e, bytes.NewReader(make([]byte, 8*megabyte))) }()
			<-inside
		}
		ctx, leave := context.WithCancel(t.Context())
		left := make(chan int, 1)
		arrived := &signalReader{Reader: bytes.NewReader(make([]byte, 8*megabyte)), end: make(chan struct{})}
		go func() { left <- send(ctx, e, arrived) }()
		<-arrived.end
		leave()
		if code := <-left; code != http.StatusServiceUnavailable {
			t.Errorf("who left gets %d", code)
		}
		close(letGo)
		<-done
		<-done
	})

	t.Run("what is too large is refused before it is in memory", func(t *testing.T) {
		t.Parallel()
		e, _, _ := bodies(t)
		if code := send(t.Context(), e, io.LimitReader(zeros{}, 1<<40)); code != http.StatusRequestEntityTooLarge {
			t.Errorf("status %d", code)
		}
	})

	t.Run("it comes as it was sent", func(t *testing.T) {
		t.Parallel()
		e := echo.New()
		edge.Install(e, edge.Config{Logger: slog.New(slog.DiscardHandler)})
		for _, size := range []int{0, 1, 16 << 10, 16<<10 + 1, megabyte} {
			want := bytes.Repeat([]byte("abc"), size/3+1)[:size]
			var got []byte
			e.POST("/", func(c echo.Context) (err error) {
				got, err = edge.ReadBody(c, megabyte)
				return err
			})
			if send(t.Context(), e, bytes.NewReader(want)); !bytes.Equal(got, want) {
				t.Errorf("%d bytes came as %d", size, len(got))
			}
		}
	})
}

// signalReader closes end once it has been read to its end.
type signalReader struct {
	io.Reader
	end chan struct{}
}

func (r *signalReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err == io.EOF {
		close(r.end)
	}
	return n, err
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

func TestFieldsShareTheMemory(t *testing.T) {
	t.Parallel()
	e := echo.New()
	edge.Install(e, edge.Config{Logger: slog.New(slog.DiscardHandler)})
	inside, letGo := make(chan struct{}), make(chan struct{})
	e.POST("/", func(c echo.Context) error {
		left := int64(2 * megabyte)
		raw, err := edge.ReadField(c, c.Request().Body, 2*megabyte, &left)
		if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
			return echo.NewHTTPError(http.StatusRequestEntityTooLarge)
		}
		if err != nil {
			return err
		}
		if left != int64(2*megabyte-len(raw)) {
			t.Errorf("%d bytes are left after %d", left, len(raw))
		}
		inside <- struct{}{}
		<-letGo
		return c.NoContent(http.StatusNoContent)
	})
	if code := send(t.Context(), e, io.LimitReader(zeros{}, 1<<40)); code != http.StatusRequestEntityTooLarge {
		t.Errorf("endless fields: %d", code)
	}
	done := make(chan int, 6)
	for range 5 { // of which four have room
		go func() { done <- send(t.Context(), e, bytes.NewReader(make([]byte, megabyte))) }()
	}
	for range 4 {
		<-inside
	}
	go func() { done <- send(t.Context(), e, strings.NewReader("small")) }()
	<-inside
	close(letGo)
	<-inside
	for range 6 {
		if code := <-done; code != http.StatusNoContent {
			t.Errorf("status %d", code)
		}
	}
}
