package cable

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
	// pingInterval is how often a client gets a ping. It reconnects after six seconds without one.
	pingInterval = 3 * time.Second
	// ioTimeout is how long a client may take to read one frame or to answer a ping.
	ioTimeout = 10 * time.Second
	// maxIdlePulses is how many pulses a connection without a subscription is kept.
	maxIdlePulses = 2
	// A client that is further behind is disconnected: it reconnects and reads by the API what it missed.
	maxQueued      = 1024
	maxQueuedBytes = 8 << 20
	// What a client may send. An identifier has some hundred bytes, and a client writes every 20 seconds.
	maxFrame         = 16 << 10
	framesPerSecond  = 5
	frameBurst       = 50
	maxSubscriptions = 20
	// maxPerCredential is how many subscriptions one credential may have on all its connections to this process.
	maxPerCredential = 500
)

// conn is the connection of one client. Its reader keeps the subscriptions; feeds push frames to it.
type conn struct {
	server *Server
	slot   *connSlot
	ws     *websocket.Conn
	out    chan []byte
	// waiting is how many bytes are in out.
	waiting atomic.Int64
	ctx     context.Context
	end     context.CancelCauseFunc

	mu   sync.Mutex
	subs map[string]*subscription // by identifier
}

func newConn(c *Server, ws *websocket.Conn, slot *connSlot) *conn {
	ctx, end := context.WithCancelCause(context.Background())
	return &conn{
		server: c,
		slot:   slot,
		ws:     ws,
		out:    make(chan []byte, maxQueued),
		ctx:    ctx,
		end:    end,
		subs:   map[string]*subscription{},
	}
}

var (
	errLeft    = errors.New("the client has left")
	errSlow    = errors.New("the client is too slow")
	errTooFast = errors.New("the client says too much")
	errIdle    = errors.New("the client listens to nothing")
)

// serve runs the connection until it ends, and then leaves all its subscriptions.
func (c *conn) serve() {
	c.ws.SetReadLimit(maxFrame)
	c.push(welcomeFrame)
	var others sync.WaitGroup
	others.Go(c.write)
	others.Go(c.keepAlive)
	c.end(c.read())
	others.Wait()
	for _, sub := range c.subscriptions() {
		c.server.leave(sub)
	}
}

func (c *conn) subscriptions() []*subscription {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Collect(maps.Values(c.subs))
}

// push queues a frame without waiting. A client with a full queue is disconnected.
func (c *conn) push(frame []byte) {
	if c.waiting.Add(int64(len(frame))) <= maxQueuedBytes {
		select {
		case c.out <- frame:
			return
		default:
		}
	}
	c.end(errSlow)
	go func() { _ = c.ws.CloseNow() }() // a frame may be stuck in a write
}

// write sends the queued frames, and a ping every few seconds, until the connection ends.
func (c *conn) write() {
	defer func() { _ = c.ws.CloseNow() }()
	beat := time.NewTicker(pingInterval)
	defer beat.Stop()
	for {
		var err error
		select {
		case <-c.ctx.Done():
			c.sendFarewell()
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

// send has a context of its own: the connection's would end it before the last frame.
func (c *conn) send(frame []byte) error {
	ctx, cancel := context.WithTimeout(context.Background(), ioTimeout)
	defer cancel()
	return c.ws.Write(ctx, websocket.MessageText, frame)
}

// leave says why the connection ends, to a client that still listens.
func (c *conn) sendFarewell() {
	cause := context.Cause(c.ctx)
	var bye disconnect
	switch {
	case errors.As(cause, &bye):
		if c.send(bye.encode()) == nil {
			_ = c.ws.Close(websocket.StatusGoingAway, bye.reason)
		}
	case errors.Is(cause, errTooFast), errors.Is(cause, errIdle):
		_ = c.ws.Close(websocket.StatusPolicyViolation, cause.Error())
	}
}

// keepAlive ends the connection when the client no longer answers, has no subscription, or the server stops.
func (c *conn) keepAlive() {
	idle := 0
	for {
		select {
		case <-c.ctx.Done():
			return
		case <-c.server.a.Closing:
			c.end(disconnect{"server_restart", true})
			return
		case <-time.After(c.server.a.Pulse):
		}
		if idle++; len(c.subscriptions()) > 0 {
			idle = 0
		}
		if idle == maxIdlePulses {
			c.end(errIdle)
			return
		}
		ctx, cancel := context.WithTimeout(c.ctx, ioTimeout)
		err := c.ws.Ping(ctx)
		cancel()
		if err != nil {
			c.end(errLeft)
			return
		}
	}
}

// command is a frame that a client sends.
type command struct {
	Command    string `json:"command"`
	Identifier string `json:"identifier"`
	Data       string `json:"data"`
}

// read carries out the client's commands until the connection ends, and returns why. It ignores what it cannot read.
func (c *conn) read() error {
	allowed := limit.NewLimiter(framesPerSecond, frameBurst)
	for {
		kind, raw, err := c.ws.Read(context.Background())
		if err != nil {
			return errLeft
		}
		if !allowed.Allow() {
			return errTooFast
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

// subscribe confirms or rejects a subscription. It ignores one that the connection has already.
func (c *conn) subscribe(identifier string) error {
	c.mu.Lock()
	_, had := c.subs[identifier]
	full := len(c.subs) >= maxSubscriptions
	c.mu.Unlock()
	if had {
		return nil
	}
	ctx, cancel := context.WithTimeout(c.ctx, ioTimeout)
	defer cancel()
	quoted := jsonText(identifier)
	sub, err := c.server.authenticate(ctx, identifier)
	if err == nil && sub != nil {
		c.slot.markAuthenticated()
	}
	if err == nil && sub != nil && !full {
		sub.conn, sub.identifier = c, quoted
		err = c.server.join(ctx, sub)
	}
	if err == nil && (sub == nil || full) || errors.Is(err, errTooMany) {
		c.push(rejectFrame(quoted))
		return nil
	}
	if err != nil {
		if c.ctx.Err() == nil {
			c.server.a.Logger.Warn("a realtime subscription failed", "error", err)
		}
		return disconnect{"server_restart", true} // the database is down: the client reconnects
	}
	c.mu.Lock()
	c.subs[identifier] = sub
	c.mu.Unlock()
	return nil
}

func (c *conn) unsubscribe(identifier string) {
	c.mu.Lock()
	sub := c.subs[identifier]
	delete(c.subs, identifier)
	c.mu.Unlock()
	if sub != nil {
		c.server.leave(sub)
	}
}

// perform carries out the one action of the channel: update_presence asks who is online.
func (c *conn) perform(sent command) {
	c.mu.Lock()
	sub := c.subs[sent.Identifier]
	c.mu.Unlock()
	var data struct {
		Action string `json:"action"`
	}
	if sub != nil && json.Unmarshal([]byte(sent.Data), &data) == nil && data.Action == "update_presence" {
		c.server.requestPresence(sub)
	}
}

// revoke ends a subscription whose credential is no longer valid, and with the last one the connection.
func (c *conn) revoke(sub *subscription) {
	c.mu.Lock()
	for identifier, s := range c.subs {
		if s == sub {
			delete(c.subs, identifier)
		}
	}
	last := len(c.subs) == 0
	c.mu.Unlock()
	c.server.leave(sub)
	if last {
		c.end(disconnect{"unauthorized", false})
		return
	}
	c.push(rejectFrame(sub.identifier))
}
