package auth

import (
	"context"
	"net/netip"
	"time"

	"github.com/parleydesk/parley/db"
)

// How often signing in may fail within a window, for one e-mail address and from one network. Tries are counted in
// the database, so that the limits hold across replicas.
const (
	tryWindow          = 15 * time.Minute
	triesPerOwner      = 10 // for one e-mail address from one network
	triesPerNetwork    = 100
	triesBeforeDelay   = 50 // for one e-mail address from everywhere
	maxDelay           = 2 * time.Second
	delayPerFurtherTry = 50 * time.Millisecond
	postsPerNetwork    = 100
)

// Try counts a try before it is made and returns how long to wait, if there were too many. Without an e-mail address,
// or with one that cannot be any, it counts for the network only: otherwise all such tries would share a limit.
func Try(ctx context.Context, q *db.Queries, now time.Time, email, address string) (time.Duration, error) {
	network := Network(address)
	wait, err := count(ctx, q, now, "address:"+network, triesPerNetwork)
	if err != nil || wait > 0 || email == "" {
		return wait, err
	}
	wait, err = count(ctx, q, now, ownerKey(email, network), triesPerOwner)
	if err != nil || wait > 0 {
		return wait, err
	}
	n, err := add(ctx, q, now, emailKey(email))
	if err != nil {
		return 0, err
	}
	return 0, pause(ctx, delay(n))
}

// delay slows down an address that is tried from many networks.
func delay(tries int32) time.Duration {
	return min(time.Duration(max(tries-triesBeforeDelay, 0))*delayPerFurtherTry, maxDelay)
}

func pause(ctx context.Context, d time.Duration) error {
	if d == 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Post counts what someone who is not signed in sends to a page, apart from sign-ins, and returns how long to wait,
// if it is too much from one network.
func Post(ctx context.Context, q *db.Queries, now time.Time, page, address string) (time.Duration, error) {
	return count(ctx, q, now, page+":"+Network(address), postsPerNetwork)
}

// MayMailReset counts a mail with a link to a new password that someone asked for, and reports whether it is to be
// sent: five in a window are.
func MayMailReset(ctx context.Context, q *db.Queries, now time.Time, email string) (bool, error) {
	n, err := add(ctx, q, now, "reset:"+email)
	return n <= 5, err
}

func count(ctx context.Context, q *db.Queries, now time.Time, key string, most int32) (time.Duration, error) {
	n, err := add(ctx, q, now, key)
	if err != nil || n <= most {
		return 0, err
	}
	now = now.UTC()
	return now.Truncate(tryWindow).Add(tryWindow).Sub(now), nil
}

// add counts one more in this window and returns how many there have been.
func add(ctx context.Context, q *db.Queries, now time.Time, key string) (int32, error) {
	return q.AddSignInAttempt(ctx, key, now.UTC().Truncate(tryWindow))
}

// ForgetTries resets the count of someone who signed in.
func ForgetTries(ctx context.Context, q *db.Queries, email, address string) error {
	return q.ForgetSignInAttempts(ctx, []string{ownerKey(email, Network(address)), emailKey(email)})
}

func emailKey(email string) string { return "email:" + email }

func ownerKey(email, network string) string { return "owner:" + email + " " + network }

// Network is the network of an address: an IPv6 client has 2⁶⁴ addresses, and would count as that many clients.
func Network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil || ip.Unmap().Is4() {
		return address
	}
	p, _ := ip.WithZone("").Prefix(64) // 64 fits
	return p.String()
}
