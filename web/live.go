package web

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/live"
	"github.com/parleydesk/parley/internal/poke"
)

// events streams what has changed, as names of topics. Pages read what they show of it, with the reader's own rights.
// The stream ends when the browser closes it, when the server stops, and soon after the reader has signed out or is no
// longer a member.
func (a *App) events(c echo.Context) error {
	ctx, v := c.Request().Context(), viewerOf(c)
	pokes := a.live.Subscribe(v.Scope.AccountID)
	defer pokes.Close()
	leave, err := a.presence.Enter(ctx, live.Client{AccountID: v.Scope.AccountID, UserID: v.ID})
	if err != nil {
		return err
	}
	defer leave()
	line := lineTo(c)
	// Unless nothing has changed since the page was read, it reads everything once more.
	if after := c.QueryParam("after"); after == "" || after != a.live.Mark(v.Scope.AccountID) {
		if err := line.sign("stale"); err != nil {
			return nil
		}
	} else if err := line.sign("beat"); err != nil {
		return nil
	}
	beat, look := time.NewTicker(a.beat), time.NewTicker(a.look)
	defer beat.Stop()
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case p, on := <-pokes.C:
			if !on {
				return nil
			}
			if err := line.send(topics(p, v.Scope, pokes.C)); err != nil {
				return nil // the browser left
			}
		case <-beat.C:
			if err := line.sign("beat"); err != nil {
				return nil
			}
		case <-look.C:
			if v.Scope, err = a.scopeNow(ctx, c, v); err != nil {
				return nil // or the database is down: the browser asks again
			}
		}
	}
}

// scopeNow reads again what the reader may see. It fails once their session has ended.
func (a *App) scopeNow(ctx context.Context, c echo.Context, v *viewer) (db.Scope, error) {
	cookie, err := c.Cookie(a.sessions.Cookie.Name)
	if err != nil {
		return db.Scope{}, err
	}
	if _, err := a.q.FindSession(ctx, auth.HashToken(cookie.Value)); err != nil {
		return db.Scope{}, err
	}
	scope, err := a.q.GetScope(ctx, v.Scope.AccountID, v.ID)
	return scope.Scope(v.Scope.AccountID, v.ID), err
}

// topics are the names of a poke and of those that wait behind it, without those that the reader may not see and
// those that no page shows.
func topics(p poke.Poke, s db.Scope, more <-chan poke.Poke) []string {
	var names []string
	take := func(p poke.Poke) {
		var team *int64
		if p.TeamID != 0 {
			team = &p.TeamID
		}
		if p.InboxID != 0 && !s.Sees(p.InboxID, team) || slices.Contains(names, p.Topic) || p.Topic == live.Here || p.Topic == live.Numbered {
			return
		}
		names = append(names, p.Topic)
	}
	take(p)
	for range len(more) {
		if p, on := <-more; on {
			take(p)
		}
	}
	return names
}

// eventLine writes server-sent events.
type eventLine struct {
	w       *echo.Response
	control *http.ResponseController
}

func lineTo(c echo.Context) eventLine {
	w := c.Response()
	h := w.Header()
	h.Set(echo.HeaderContentType, "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	return eventLine{w, http.NewResponseController(w)}
}

// send sends the topics that have changed.
func (l eventLine) send(topics []string) error {
	if len(topics) == 0 {
		return nil
	}
	return l.write("data: " + strings.Join(topics, " ") + "\n\n")
}

// sign sends an event about the stream itself.
func (l eventLine) sign(name string) error { return l.write("event: " + name + "\ndata: 1\n\n") }

// writePause is how long a browser may take to read an event, which then waits in the system's buffers.
const writePause = 30 * time.Second

func (l eventLine) write(text string) error {
	_ = l.control.SetWriteDeadline(time.Now().Add(writePause)) // a test's recorder cannot set one
	if _, err := l.w.Write([]byte(text)); err != nil {
		return err
	}
	return l.control.Flush()
}
