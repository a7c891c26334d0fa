package chatwoot

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"
	limit "golang.org/x/time/rate"
)

const (
	// cableBeat is how often a client hears that the line is alive; it connects anew after six seconds of silence.
	cableBeat = 3 * time.Second
	// cablePatience is how long a client may take for one frame, and for its sign of life.
	cablePatience = 10 * time.Second
	// cableIdle is how many pulses a client may be there without a subscription: whoever has shown nothing holds no line.
	cableIdle = 2
	// A client that is further behind than this is let go: it connects anew, and reads what it missed by the API.
	cableBacklog      = 1024
	cableBacklogBytes = 8 << 20
	// What a client may send: an identifier is some hundred bytes, and it speaks every 20 seconds.
	cableLongest       = 16 << 10
	cablePerSecond     = 5
	cableBurst         = 50
	cableSubscriptions = 20
	// cableOfOne is how many subscriptions one credential may have, on all its connections to this process.
	cableOfOne = 500
)

// cableConn is one client's connection. Its reader knows the subscriptions; whoever has something for it to hear pushes.
type cableConn struct {
	cable *cable
	place *guest
	ws    *websocket.Conn
	out   chan []byte
	// waiting is how many bytes are in out.
	waiting atomic.Int64
	ctx     context.Context
	end     context.CancelCauseFunc

	mu   sync.Mutex
	subs map[string]*subscription // by identifier
}

func newCableConn(c *cable, ws *websocket.Conn, place *guest) *cableConn {
	ctx, end := context.WithCancelCause(context.Background())
	return &cableConn{cable: c, place: place, ws: ws, out: make(chan []byte, cableBacklog), ctx: ctx, end: end, subs: map[string]*subscription{}}
}

var (
	errLeft  = errors.New("the client has left")
	errSlow  = errors.New("the client is too slow")
	errNoise = errors.New("the client says too much")
	errIdle  = errors.New("the client listens to nothing")
)

// serve returns when the connection has ended, and nothing of it is left.
func (c *cableConn) serve() {
	c.ws.SetReadLimit(cableLongest)
	c.push(welcomeFrame)
	var others sync.WaitGroup
	others.Go(c.write)
	others.Go(c.pulse)
	c.end(c.read())
	others.Wait()
	for _, sub := range c.list() {
		c.cable.part(sub)
	}
}

func (c *cableConn) list() []*subscription {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Collect(maps.Values(c.subs))
}

// push never waits.
func (c *cableConn) push(frame []byte) {
	if c.waiting.Add(int64(len(frame))) <= cableBacklogBytes {
		select {
		case c.out <- frame:
			return
		default:
		}
	}
	c.end(errSlow)
	go func() { _ = c.ws.CloseNow() }() // a frame may be stuck on its way
}

// write sends what was pushed, and a ping every few seconds. It ends the connection.
func (c *cableConn) write() {
	defer func() { _ = c.ws.CloseNow() }()
	beat := time.NewTicker(cableBeat)
	defer beat.Stop()
	for {
		var err error
		select {
		case <-c.ctx.Done():
			c.part()
			return
		case frame := <-c.out:
			c.waiting.Add(-int64(len(frame)))
			err = c.send(frame)
		case now := <-beat.C:
			err = c.send(pingFrame(now))
		}
		if err != nil && c.ctx.Err() == nil {
			c.end(errLeft)
			return
		}
	}
}

// send does not end with the connection's context: that would cut the line before a farewell.
func (c *cableConn) send(frame []byte) error {
	ctx, cancel := context.WithTimeout(context.Background(), cablePatience)
	defer cancel()
	return c.ws.Write(ctx, websocket.MessageText, frame)
}

// part says why the connection ends, to a client that still listens.
func (c *cableConn) part() {
	cause := context.Cause(c.ctx)
	var bye farewell
	switch {
	case errors.As(cause, &bye):
		if c.send(bye.frame()) == nil {
			_ = c.ws.Close(websocket.StatusGoingAway, bye.reason)
		}
	case errors.Is(cause, errNoise), errors.Is(cause, errIdle):
		_ = c.ws.Close(websocket.StatusPolicyViolation, cause.Error())
	}
}

// pulse ends the connection of a client that is gone without a word or listens to nothing, and all when the server stops.
func (c *cableConn) pulse() {
	idle := 0
	for {
		select {
		case <-c.ctx.Done():
			return
		case <-c.cable.s.a.Closing:
			c.end(farewell{"server_restart", true})
			return
		case <-time.After(c.cable.s.a.Pulse):
		}
		if idle++; len(c.list()) > 0 {
			idle = 0
		}
		if idle == cableIdle {
			c.end(errIdle)
			return
		}
		ctx, cancel := context.WithTimeout(c.ctx, cablePatience)
		err := c.ws.Ping(ctx)
		cancel()
		if err != nil {
			c.end(errLeft)
			return
		}
	}
}

// command is what a client sends.
type command struct {
	Command    string `json:"command"`
	Identifier string `json:"identifier"`
	Data       string `json:"data"`
}

// read does what the client says until the connection ends, and returns why. What makes no sense is passed over.
func (c *cableConn) read() error {
	allowed := limit.NewLimiter(cablePerSecond, cableBurst)
	for {
		kind, raw, err := c.ws.Read(context.Background())
		if err != nil {
			return errLeft
		}
		if !allowed.Allow() {
			return errNoise
		}
		var sent command
		if kind != websocket.MessageText || !utf8.Valid(raw) || json.Unmarshal(raw, &sent) != nil {
			continue
		}
		switch sent.Command {
		case "subscribe":
			err = c.subscribe(sent.Identifier)
		case "unsubscribe":
			c.unsubscribe(sent.Identifier)
		case "message":
			c.perform(sent)
		}
		if err != nil {
			return err
		}
	}
}

// subscribe confirms, or rejects. One that stands already is left as it is.
func (c *cableConn) subscribe(identifier string) error {
	c.mu.Lock()
	_, had := c.subs[identifier]
	full := len(c.subs) >= cableSubscriptions
	c.mu.Unlock()
	if had {
		return nil
	}
	ctx, cancel := context.WithTimeout(c.ctx, cablePatience)
	defer cancel()
	quoted := jsonText(identifier)
	sub, err := c.cable.recognise(ctx, identifier)
	if err == nil && sub != nil {
		c.place.introduce()
	}
	if err == nil && sub != nil && !full {
		sub.conn, sub.identifier = c, quoted
		err = c.cable.join(ctx, sub)
	}
	if err == nil && (sub == nil || full) || errors.Is(err, errCrowded) {
		c.push(rejectFrame(quoted))
		return nil
	}
	if err != nil {
		if c.ctx.Err() == nil {
			c.cable.s.a.Logger.Warn("a realtime subscription failed", "error", err)
		}
		return farewell{"server_restart", true} // the database is away: the client comes back
	}
	c.mu.Lock()
	c.subs[identifier] = sub
	c.mu.Unlock()
	return nil
}

func (c *cableConn) unsubscribe(identifier string) {
	c.mu.Lock()
	sub := c.subs[identifier]
	delete(c.subs, identifier)
	c.mu.Unlock()
	if sub != nil {
		c.cable.part(sub)
	}
}

// perform is an action of the channel. There is one: the client is there, and would like to know who else is.
func (c *cableConn) perform(sent command) {
	c.mu.Lock()
	sub := c.subs[sent.Identifier]
	c.mu.Unlock()
	var data struct {
		Action string `json:"action"`
	}
	if sub != nil && json.Unmarshal([]byte(sent.Data), &data) == nil && data.Action == "update_presence" {
		c.cable.greet(sub)
	}
}

// revoke ends a subscription whose credential is good no longer, and the connection with its last one.
func (c *cableConn) revoke(sub *subscription) {
	c.mu.Lock()
	for identifier, s := range c.subs {
		if s == sub {
			delete(c.subs, identifier)
		}
	}
	last := len(c.subs) == 0
	c.mu.Unlock()
	c.cable.part(sub)
	if last {
		c.end(farewell{"unauthorized", false})
		return
	}
	c.push(rejectFrame(sub.identifier))
}
