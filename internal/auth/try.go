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
)

// Try counts a try before it is made and tells how long to wait, if it is one too many. Without an e-mail address, as
// where the one that was given cannot be any, it counts for its network alone: nobody's tries are everybody's.
func Try(ctx context.Context, q *db.Queries, now time.Time, email, address string) (time.Duration, error) {
	now = now.UTC()
	window := now.Truncate(tryWindow)
	type bound struct {
		key  string
		most int32
	}
	bounds := []bound{{"address:" + Network(address), triesPerNetwork}}
	if email != "" {
		bounds = append(bounds, bound{emailKey(email), triesPerEmail})
	}
	wait := time.Duration(0)
	for _, b := range bounds {
		n, err := q.AddSignInAttempt(ctx, b.key, window)
		if err != nil {
			return 0, err
		}
		if n > b.most {
			wait = window.Add(tryWindow).Sub(now)
		}
	}
	return wait, nil
}

// ForgetTries lets somebody who got in begin anew.
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
