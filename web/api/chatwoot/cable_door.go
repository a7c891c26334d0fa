package chatwoot

import (
	"net/http"
	"sync"
	"time"

	"github.com/parleydesk/parley/web/api"
)

const (
	// cableConnections is how many connections one process keeps: each holds some 50 KB.
	cableConnections = 10_000
	// cableStrangers is how many connections of one network may be there before they have shown a credential: an office
	// has as many that come back at once after a restart, each for a moment.
	cableStrangers = 200
)

// door counts who is connected.
type door struct {
	most, strangers int

	mu     sync.Mutex
	open   int
	nobody map[string]int // by network: who has shown nothing yet
}

func newDoor() *door {
	return &door{most: cableConnections, strangers: cableStrangers, nobody: map[string]int{}}
}

// guest is a connection's place at the door.
type guest struct {
	d       *door
	network string
	known   bool
}

// enter lets a connection in, or tells that there are too many.
func (d *door) enter(network string) (*guest, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.open >= d.most:
		return nil, api.Failure{Kind: api.Internal, Status: http.StatusServiceUnavailable, Sentence: "Too many realtime connections. Please try again later", RetryAfter: 10 * time.Second}
	case d.nobody[network] >= d.strangers:
		return nil, api.Failure{Kind: api.TooMany, Status: http.StatusTooManyRequests, Sentence: "Too many connections without a subscription. Please try again later", RetryAfter: 10 * time.Second}
	}
	d.open++
	d.nobody[network]++
	return &guest{d: d, network: network}, nil
}

// introduce notes that the connection has shown a credential.
func (g *guest) introduce() {
	g.d.mu.Lock()
	defer g.d.mu.Unlock()
	g.forget()
}

// forget counts the connection no longer among its network's strangers.
func (g *guest) forget() {
	if g.known {
		return
	}
	g.known = true
	if g.d.nobody[g.network]--; g.d.nobody[g.network] == 0 {
		delete(g.d.nobody, g.network)
	}
}

func (g *guest) leave() {
	g.d.mu.Lock()
	defer g.d.mu.Unlock()
	g.forget()
	g.d.open--
}
