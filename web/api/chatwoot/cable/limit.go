package cable

import (
	"net/http"
	"sync"
	"time"

	"github.com/parleydesk/parley/web/api"
)

const (
	// maxConnections is how many connections one process keeps. Each takes some 50 KB.
	maxConnections = 10_000
	// maxAnonymousPerNetwork is how many connections of one network may have no subscription yet. After a restart all
	// clients of an office reconnect at once.
	maxAnonymousPerNetwork = 200
)

// connLimit counts connections, those without a subscription by network too.
type connLimit struct {
	maxOpen, maxAnonymous int

	mu        sync.Mutex
	open      int
	anonymous map[string]int // by network: connections without a subscription
}

func newConnLimit() *connLimit {
	return &connLimit{maxOpen: maxConnections, maxAnonymous: maxAnonymousPerNetwork, anonymous: map[string]int{}}
}

// connSlot is one counted connection.
type connSlot struct {
	limit         *connLimit
	network       string
	authenticated bool
}

// acquire counts a new connection, or refuses it where there are too many.
func (l *connLimit) acquire(network string) (*connSlot, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.open >= l.maxOpen:
		return nil, api.Failure{
			Kind:       api.Internal,
			Status:     http.StatusServiceUnavailable,
			Sentence:   "Too many realtime connections. Please try again later",
			RetryAfter: 10 * time.Second,
		}
	case l.anonymous[network] >= l.maxAnonymous:
		return nil, api.Failure{
			Kind:       api.TooMany,
			Status:     http.StatusTooManyRequests,
			Sentence:   "Too many connections without a subscription. Please try again later",
			RetryAfter: 10 * time.Second,
		}
	}
	l.open++
	l.anonymous[network]++
	return &connSlot{limit: l, network: network}, nil
}

// markAuthenticated notes that the connection has shown a valid credential.
func (s *connSlot) markAuthenticated() {
	s.limit.mu.Lock()
	defer s.limit.mu.Unlock()
	s.dropAnonymous()
}

// dropAnonymous removes the connection from its network's count. The caller holds the lock.
func (s *connSlot) dropAnonymous() {
	if s.authenticated {
		return
	}
	s.authenticated = true
	if s.limit.anonymous[s.network]--; s.limit.anonymous[s.network] == 0 {
		delete(s.limit.anonymous, s.network)
	}
}

func (s *connSlot) release() {
	s.limit.mu.Lock()
	defer s.limit.mu.Unlock()
	s.dropAnonymous()
	s.limit.open--
}
