package cable

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/live"
	"github.com/parleydesk/parley/internal/poke"
)

const (
	batchSize = 200
	// lookInterval is how often a feed looks at everything without a poke: pokes can be lost, and rights and presence
	// end without one.
	lookInterval = 15 * time.Second
	// presenceDelay gathers the clients that connect at once into one broadcast of who is online.
	presenceDelay = 300 * time.Millisecond
	// maxTries is how often an event may fail before it is skipped.
	maxTries = 3
)

// accountFeed reads the log of an account for all its subscriptions in this process: each event once, its JSON made
// once. One goroutine does so, in the order of the log.
type accountFeed struct {
	server  *Server
	account int64
	ctx     context.Context
	stop    context.CancelFunc
	wake    chan struct{}

	// under the server's lock
	subs         map[*subscription]struct{}
	wantPresence map[*subscription]struct{}   // who asked for it
	known        map[int64]notificationStates // by user: the notifications that were sent

	// used by the goroutine alone
	number         int64 // of the last event that was sent
	pending        pendingWork
	failed         int
	online         onlinePresence
	presenceSentAt time.Time
}

// pendingWork is what a feed has to look at.
type pendingWork struct {
	log, rights, online bool
	users               map[int64]bool // whose notifications have changed
}

func newAccountFeed(c *Server, account, number int64) *accountFeed {
	ctx, stop := context.WithCancel(context.Background())
	return &accountFeed{
		server:       c,
		account:      account,
		ctx:          ctx,
		stop:         stop,
		wake:         make(chan struct{}, 1),
		subs:         map[*subscription]struct{}{},
		wantPresence: map[*subscription]struct{}{},
		known:        map[int64]notificationStates{},
		number:       number,
		pending: pendingWork{
			log:   true,
			users: map[int64]bool{},
		},
	}
}

// requestPresence notes that a subscription asks who is online. The caller holds the server's lock.
func (f *accountFeed) requestPresence(sub *subscription) {
	f.wantPresence[sub] = struct{}{}
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

func (f *accountFeed) run() {
	pokes := f.server.a.Live.Subscribe(f.account)
	defer pokes.Close()
	look := time.NewTicker(lookInterval)
	defer look.Stop()
	for {
		var again <-chan time.Time
		if err := f.handlePending(); err != nil && f.ctx.Err() == nil {
			f.server.a.Logger.Warn("the realtime channel is interrupted", "account", f.account, "error", err)
			again = time.After(time.Second)
		} else if f.pending.online {
			again = time.After(presenceDelay)
		}
		select {
		case <-f.ctx.Done():
			return
		case p, on := <-pokes.C:
			if !on {
				return // the server stops
			}
			f.notePoke(p)
			for range len(pokes.C) {
				if p, on := <-pokes.C; on {
					f.notePoke(p)
				}
			}
		case <-f.wake:
			f.pending.online = true
		case <-look.C:
			f.pending.log, f.pending.rights, f.pending.online = true, true, true
		case <-again:
		}
	}
}

// notePoke adds what a poke is about to the pending work.
func (f *accountFeed) notePoke(p poke.Poke) {
	switch p.Topic {
	case live.Numbered:
		f.pending.log = true
	case live.Here:
		f.pending.online = true
	case "members":
		f.pending.rights, f.pending.online = true, true
	case live.Resync:
		f.pending.log, f.pending.rights, f.pending.online = true, true, true
		for _, sub := range f.subscriptions() {
			f.pending.users[sub.userID] = true
		}
	}
	if user, ok := strings.CutPrefix(p.Topic, "notifications:"); ok {
		if id, err := strconv.ParseInt(user, 10, 64); err == nil {
			f.pending.users[id], f.pending.rights = true, true
		}
	}
}

func (f *accountFeed) subscriptions() []*subscription {
	f.server.mu.Lock()
	defer f.server.mu.Unlock()
	return slices.Collect(maps.Keys(f.subs))
}

// handlePending does the pending work. What fails stays pending.
func (f *accountFeed) handlePending() (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	ctx, cancel := context.WithTimeout(f.ctx, time.Minute)
	defer cancel()
	if err := f.readLog(ctx); err != nil {
		return err
	}
	if f.pending.rights {
		if _, err := f.refreshRights(ctx); err != nil {
			return err
		}
		f.pending.rights = false
	}
	for user := range f.pending.users {
		if err := f.broadcastNotifications(ctx, user); err != nil {
			return err
		}
		delete(f.pending.users, user)
	}
	if !f.pending.online || time.Since(f.presenceSentAt) < presenceDelay {
		return nil
	}
	if err := f.broadcastPresence(ctx); err != nil {
		return err
	}
	f.pending.online, f.presenceSentAt = false, time.Now()
	return nil
}

// readLog broadcasts the new events. Rights are read after the events: who lost access before an event must not get it.
func (f *accountFeed) readLog(ctx context.Context) error {
	for f.pending.log {
		events, err := f.server.q.ListEventRange(ctx, db.ListEventRangeParams{
			AccountID: f.account,
			First:     f.number + 1,
			Last:      f.number + batchSize,
		})
		if err != nil {
			return err
		}
		if len(events) > 0 {
			if err := f.broadcastEvents(ctx, events); err != nil {
				return err
			}
		}
		f.pending.log = len(events) == batchSize
	}
	return nil
}

func (f *accountFeed) broadcastEvents(ctx context.Context, events []db.Event) error {
	subs, err := f.refreshRights(ctx)
	if err != nil {
		return err
	}
	f.pending.rights = false
	t := newEncoder(f.server.maker, f.server.q, f.account, subs)
	for _, e := range events {
		if f.failed >= maxTries {
			f.server.a.Logger.Error("an event cannot be sent", "account", f.account, "event", e.ID, "kind", e.Kind)
			f.failed, f.number = 0, *e.Number
			continue
		}
		f.failed++ // until it is sent
		all, err := t.encode(ctx, e)
		if err != nil && !db.IsNone(err) { // none: its subject was deleted
			return err
		}
		for _, one := range all {
			if err := one.send(); err != nil {
				return err
			}
		}
		f.failed, f.number = 0, *e.Number
	}
	return nil
}

// refreshRights reads again what each subscription may see, revokes those that may see nothing, and returns the others.
func (f *accountFeed) refreshRights(ctx context.Context) ([]*subscription, error) {
	subs := f.subscriptions()
	var users, addresses []int64
	for _, sub := range subs {
		if sub.userID != 0 {
			users = append(users, sub.userID)
		} else {
			addresses = append(addresses, sub.address.ID)
		}
	}
	members, contacts := map[int64]db.ListCableMembersRow{}, map[int64]db.ContactInbox{}
	if len(users) > 0 {
		rows, err := f.server.q.ListCableMembers(ctx, f.account, distinct(users))
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			members[row.ID] = row
		}
	}
	if len(addresses) > 0 {
		rows, err := f.server.q.ListCableContacts(ctx, f.account, distinct(addresses))
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			contacts[row.ID] = row
		}
	}
	return slices.DeleteFunc(subs, func(sub *subscription) bool {
		if sub.userID != 0 {
			row, there := members[sub.userID]
			if there && row.PubsubToken == sub.token {
				had := sub.scope
				if sub.scope = scopeOf(f.account, row); !reflect.DeepEqual(had, sub.scope) {
					f.pending.users[sub.userID] = true // notifications of conversations that they no longer see are deleted
				}
				return false
			}
		} else if row, there := contacts[sub.address.ID]; there && row.PubsubToken == sub.token {
			sub.address = row
			return false
		}
		sub.conn.revoke(sub)
		return true
	}), nil
}

func distinct(ids []int64) []int64 { return slices.Compact(slices.Sorted(slices.Values(ids))) }
