package api

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/parleydesk/parley/internal/auth"
)

// limits holds one bucket for each token, or for each address where there is no token. In memory: a second replica
// has its own, so the figure is per replica.
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

// bucket holds what may be asked in a minute and, where a dialect bounds that too, in a second.
type bucket struct {
	minute, second *rate.Limiter
	used           time.Time
}

func newLimits() *limits { return &limits{buckets: map[bucketKey]*bucket{}} }

// take finds or makes a bucket; those that nobody has used for ten minutes are full again and go.
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

// limit counts the call and tells the caller in headers where they stand; beyond the limit the call ends here.
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
	// Reset is when the minute's bucket is full again, in Unix seconds.
	full := now.Add(time.Duration((float64(perMinute) - left) / float64(perMinute) * float64(time.Minute)))
	h["X-RateLimit-Limit"] = []string{strconv.Itoa(perMinute)}
	h["X-RateLimit-Remaining"] = []string{strconv.Itoa(int(left))}
	h["X-RateLimit-Reset"] = []string{strconv.FormatInt(full.Unix()+1, 10)}
	if wait == 0 {
		return nil
	}
	return Failure{Kind: TooMany, Status: http.StatusTooManyRequests, Sentence: "Too many requests. Please try again later", RetryAfter: max(wait, time.Second)}
}

// allow takes one call from the bucket, or tells how long to wait for it.
func (b *bucket) allow(now time.Time, perMinute, burst int) time.Duration {
	if b.second != nil && !b.second.AllowN(now, 1) {
		return time.Duration((1 - b.second.TokensAt(now)) / float64(burst) * float64(time.Second))
	}
	if !b.minute.AllowN(now, 1) {
		return time.Duration((1 - b.minute.TokensAt(now)) / float64(perMinute) * float64(time.Minute))
	}
	return 0
}
