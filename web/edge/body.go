package edge

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/sync/semaphore"
)

const (
	// smallBody is what a request may have in memory without being counted.
	smallBody = 16 << 10
	// allBodies is how many bytes of larger bodies may be in memory at a time, and allForms how many of the fields of
	// multipart forms. What a request decodes from them takes several times as much.
	allBodies = 16 << 20
	allForms  = 8 << 20
	// bodyWait is how long a request waits for its share.
	bodyWait = 10 * time.Second
)

// shares bound the bodies in memory of all requests together.
type shares struct{ bodies, forms *semaphore.Weighted }

func newShares() *shares {
	return &shares{bodies: semaphore.NewWeighted(allBodies), forms: semaphore.NewWeighted(allForms)}
}

const keyShare = "edge share"

// share is what one request has of the shares.
type share struct {
	of            *shares
	bodies, forms int64
}

// hold gives the share of a request back when it is over.
func (s *shares) hold(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		mine := &share{of: s}
		c.Set(keyShare, mine)
		defer func() {
			s.bodies.Release(mine.bodies)
			s.forms.Release(mine.forms)
		}()
		return next(c)
	}
}

// ReadBody reads a request's whole body, of at most limit bytes; *http.MaxBytesError if it is larger. A large body waits on
// the disk until all of it has arrived, so that slow clients take no memory, and then for its share of the memory.
func ReadBody(c echo.Context, limit int64) ([]byte, error) {
	r := c.Request()
	if r.ContentLength > limit {
		return nil, &http.MaxBytesError{Limit: limit}
	}
	head, err := io.ReadAll(io.LimitReader(r.Body, min(smallBody, limit)+1))
	if err != nil {
		return nil, err
	}
	if int64(len(head)) > limit {
		return nil, &http.MaxBytesError{Limit: limit}
	}
	if len(head) <= smallBody {
		return head, nil
	}
	f, err := os.CreateTemp("", "parley-body-")
	if err != nil {
		return nil, err
	}
	_ = os.Remove(f.Name()) // where the system allows it, so that a crash leaves nothing
	defer func() {
		_ = f.Close()
		_ = os.Remove(f.Name())
	}()
	size, err := io.Copy(f, io.MultiReader(bytes.NewReader(head), io.LimitReader(r.Body, limit+1-int64(len(head)))))
	if err != nil {
		return nil, err
	}
	if size > limit {
		return nil, &http.MaxBytesError{Limit: limit}
	}
	if mine, ok := c.Get(keyShare).(*share); ok {
		if err := take(c, mine.of.bodies, size, &mine.bodies); err != nil {
			return nil, err
		}
	}
	raw := make([]byte, size)
	if _, err := f.ReadAt(raw, 0); err != nil {
		return nil, err
	}
	return raw, nil
}

// ReadField reads a field of a multipart form. The form's fields may have most bytes together, of which left are left;
// *http.MaxBytesError if they have more. The fields of a small form are not counted; others wait for their share once.
func ReadField(c echo.Context, field io.Reader, most int64, left *int64) ([]byte, error) {
	var text bytes.Buffer
	for {
		n, err := io.CopyN(&text, field, 4<<10)
		if *left -= n; *left < 0 {
			return nil, &http.MaxBytesError{Limit: most}
		}
		if err == io.EOF {
			return text.Bytes(), nil
		}
		if err != nil {
			return nil, err
		}
		if mine, ok := c.Get(keyShare).(*share); ok && most-*left > smallBody && mine.forms == 0 {
			if err := take(c, mine.of.forms, most, &mine.forms); err != nil {
				return nil, err
			}
		}
	}
}

// take waits until size bytes of s are free, and notes them in held.
func take(c echo.Context, s *semaphore.Weighted, size int64, held *int64) error {
	ctx, cancel := context.WithTimeout(c.Request().Context(), bodyWait)
	defer cancel()
	if err := s.Acquire(ctx, size); err != nil {
		c.Response().Header().Set("Retry-After", "5")
		return echo.NewHTTPError(http.StatusServiceUnavailable, "Too many large requests at once. Please try again.")
	}
	*held += size
	return nil
}
