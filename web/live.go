package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/live"
	"github.com/parleydesk/parley/internal/poke"
)

// How often an event line reads again how far its reader sees.
const rights = 30 * time.Second

// events is the line over which pages hear what has changed, as names of topics: they fetch what they show of it, with
// their own rights. It ends when the browser goes, when the bus hangs up, and when the reader is no member any more.
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
	// What happened before this moment is not tracked, so the page looks at everything once.
	if err := line.sign("stale"); err != nil {
		return nil
	}
	beat, look := time.NewTicker(a.beat), time.NewTicker(rights)
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
			scope, err := a.q.GetScope(ctx, v.Scope.AccountID, v.ID)
			if err != nil {
				return nil // no member any more; or the database is away, and the browser asks again
			}
			v.Scope = scope.Scope(v.Scope.AccountID, v.ID)
		}
	}
}

// topics are the names of a poke and of those that wait behind it. What the reader may not see is passed over, and what
// no page shows.
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
	l := eventLine{w, http.NewResponseController(w)}
	_ = l.control.SetWriteDeadline(time.Time{}) // a line has no end in time; a recorder in a test has no deadline
	w.WriteHeader(http.StatusOK)
	return l
}

// send says what has changed.
func (l eventLine) send(topics []string) error {
	if len(topics) == 0 {
		return nil
	}
	return l.write("data: " + strings.Join(topics, " ") + "\n\n")
}

// sign sends an event that is about the line itself.
func (l eventLine) sign(name string) error { return l.write("event: " + name + "\ndata: 1\n\n") }

func (l eventLine) write(text string) error {
	if _, err := l.w.Write([]byte(text)); err != nil {
		return err
	}
	return l.control.Flush()
}
