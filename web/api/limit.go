package api

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/parleydesk/parley/internal/auth"
)

// limits holds one bucket for each token, or for each address if there is no token. It is kept in memory, so the limit
// holds for each replica separately.
type limits struct {
	mu      sync.Mutex
	buckets map[bucketKey]*bucket
	swept   time.Time
}

type bucketKey struct {
	dialect string
	token   int64
	address string
}

// bucket limits the requests of a minute and, if the dialect has a Burst, of a second.
type bucket struct {
	minute, second *rate.Limiter
	used           time.Time
}

func newLimits() *limits { return &limits{buckets: map[bucketKey]*bucket{}} }

// take returns the bucket of k and makes it if necessary. It drops buckets that were not used for ten minutes: those are
// full again.
func (l *limits) take(k bucketKey, perMinute, burst int, now time.Time) *bucket {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Sub(l.swept) > time.Minute {
		for k, b := range l.buckets {
			if now.Sub(b.used) > 10*time.Minute {
				delete(l.buckets, k)
			}
		}
		l.swept = now
	}
	b := l.buckets[k]
	if b == nil {
		b = &bucket{minute: rate.NewLimiter(rate.Limit(float64(perMinute)/60), perMinute)}
		if burst > 0 {
			b.second = rate.NewLimiter(rate.Limit(burst), burst)
		}
		l.buckets[k] = b
	}
	b.used = now
	return b
}

// limit counts the call and sets the headers about the limit. It returns a failure if the limit is exceeded.
func (a *API) limit(c *Call) error {
	perMinute, burst := c.dialect.PerMinute, c.dialect.Burst
	if a.RateLimit != 0 {
		perMinute, burst = a.RateLimit, 0
	}
	if perMinute <= 0 {
		return nil
	}
	now := a.Now()
	key := bucketKey{dialect: c.dialect.Name, token: c.Token.ID}
	if key.token == 0 {
		key.address = auth.Network(c.RealIP())
	}
	b := a.limits.take(key, perMinute, burst, now)
	wait := b.allow(now, perMinute, burst)
	left := max(b.minute.TokensAt(now), 0)
	h := c.Response().Header()
	// The bucket of the minute is full again at this time.
	full := now.Add(time.Duration((float64(perMinute) - left) / float64(perMinute) * float64(time.Minute)))
	h["X-RateLimit-Limit"] = []string{strconv.Itoa(perMinute)}
	h["X-RateLimit-Remaining"] = []string{strconv.Itoa(int(left))}
	h["X-RateLimit-Reset"] = []string{strconv.FormatInt(full.Unix()+1, 10)}
	if wait == 0 {
		return nil
	}
	return TooManyRequests(max(wait, time.Second))
}

// TooManyRequests refuses a call that may be made again after wait.
func TooManyRequests(wait time.Duration) error {
	return Failure{
		Kind:       TooMany,
		Status:     http.StatusTooManyRequests,
		Sentence:   "Too many requests. Please try again later",
		RetryAfter: wait,
	}
}

// allow takes one request from the bucket and returns 0, or returns how long to wait until there is one.
func (b *bucket) allow(now time.Time, perMinute, burst int) time.Duration {
	if b.second != nil && !b.second.AllowN(now, 1) {
		return time.Duration((1 - b.second.TokensAt(now)) / float64(burst) * float64(time.Second))
	}
	if !b.minute.AllowN(now, 1) {
		return time.Duration((1 - b.minute.TokensAt(now)) / float64(perMinute) * float64(time.Minute))
	}
	return 0
}
