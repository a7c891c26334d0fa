package auth

import (
	"context"
	"net/netip"
	"time"

	"github.com/parleydesk/parley/db"
)

// How often proving a password may fail within a window, for one e-mail address and from one network. Tries are counted
// in the database, so they hold across replicas.
const (
	tryWindow       = 15 * time.Minute
	triesPerEmail   = 10
	triesPerNetwork = 100
	postsPerNetwork = 100
)

// Try counts a try before it is made and tells how long to wait, if it is one too many. Without an e-mail address, as
// where the one that was given cannot be any, it counts for its network alone: nobody's tries are everyone's.
func Try(ctx context.Context, q *db.Queries, now time.Time, email, address string) (time.Duration, error) {
	wait, err := count(ctx, q, now, "address:"+Network(address), triesPerNetwork)
	if err != nil || email == "" {
		return wait, err
	}
	owner, err := count(ctx, q, now, emailKey(email), triesPerEmail)
	return max(wait, owner), err
}

// Post counts what someone who has not signed in sends to a page, apart from tries to sign in, and tells how long to
// wait, if it is too much from one network.
func Post(ctx context.Context, q *db.Queries, now time.Time, page, address string) (time.Duration, error) {
	return count(ctx, q, now, page+":"+Network(address), postsPerNetwork)
}

func count(ctx context.Context, q *db.Queries, now time.Time, key string, most int32) (time.Duration, error) {
	now = now.UTC()
	window := now.Truncate(tryWindow)
	n, err := q.AddSignInAttempt(ctx, key, window)
	if err != nil || n <= most {
		return 0, err
	}
	return window.Add(tryWindow).Sub(now), nil
}

// ForgetTries lets someone who got in begin anew.
func ForgetTries(ctx context.Context, q *db.Queries, email string) error {
	return q.ForgetSignInAttempts(ctx, emailKey(email))
}

func emailKey(email string) string { return "email:" + email }

// Network is whom an address stands for: an IPv6 client has 2⁶⁴ of them, and would be as many callers.
func Network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil || ip.Unmap().Is4() {
		return address
	}
	p, _ := ip.WithZone("").Prefix(64) // 64 fits
	return p.String()
}
