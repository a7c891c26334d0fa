package chatwoot

import (
	"context"
	"fmt"
	"maps"
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
	cableBatch = 200
	// cableLook is how often a room looks without a poke: for who may listen no longer, who has left, and for what a
	// lost poke would have told.
	cableLook = 15 * time.Second
	// cableRest lets those who come in one moment be told together who is online.
	cableRest = 300 * time.Millisecond
	// cableTries is how often an event may fail before it is passed over.
	cableTries = 3
)

// room reads an account's log for all who listen to the account in this process: each event once, its JSON made once.
// One goroutine does so, in the order of the log.
type room struct {
	c       *cable
	account int64
	ctx     context.Context
	stop    context.CancelFunc
	wake    chan struct{}

	// under the cable's lock
	subs    map[*subscription]struct{}
	curious map[*subscription]struct{} // who asked who is online
	told    map[int64]notices          // by user: the notifications that they know of

	// the loop's own
	number  int64 // of the last event that was told
	todo    todo
	failed  int
	online  online
	greeted time.Time
}

// todo is what a room has heard that it should look at.
type todo struct {
	log, rights, online bool
	users               map[int64]bool // whose notifications have changed
}

func newRoom(c *cable, account, number int64) *room {
	ctx, stop := context.WithCancel(context.Background())
	return &room{
		c: c, account: account, ctx: ctx, stop: stop, wake: make(chan struct{}, 1), subs: map[*subscription]struct{}{},
		curious: map[*subscription]struct{}{}, told: map[int64]notices{}, number: number, todo: todo{log: true, users: map[int64]bool{}},
	}
}

// asks notes, under the cable's lock, that a subscription wants to know who is online.
func (r *room) asks(sub *subscription) {
	r.curious[sub] = struct{}{}
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

func (r *room) run() {
	pokes := r.c.s.a.Live.Subscribe(r.account)
	defer pokes.Close()
	look := time.NewTicker(cableLook)
	defer look.Stop()
	for {
		var again <-chan time.Time
		if err := r.work(); err != nil && r.ctx.Err() == nil {
			r.c.s.a.Logger.Warn("the realtime channel is interrupted", "account", r.account, "error", err)
			again = time.After(time.Second)
		} else if r.todo.online {
			again = time.After(cableRest)
		}
		select {
		case <-r.ctx.Done():
			return
		case p, on := <-pokes.C:
			if !on {
				return // the server stops, and every connection with it
			}
			r.hear(p)
			for range len(pokes.C) {
				if p, on := <-pokes.C; on {
					r.hear(p)
				}
			}
		case <-r.wake:
			r.todo.online = true
		case <-look.C:
			r.todo.log, r.todo.rights, r.todo.online = true, true, true
		case <-again:
		}
	}
}

// hear notes what a poke is about.
func (r *room) hear(p poke.Poke) {
	switch p.Topic {
	case live.Numbered:
		r.todo.log = true
	case live.Here:
		r.todo.online = true
	case "members":
		r.todo.rights, r.todo.online = true, true
	case live.Resync:
		r.todo.log, r.todo.rights, r.todo.online = true, true, true
		for _, sub := range r.list() {
			r.todo.users[sub.userID] = true
		}
	}
	if user, ok := strings.CutPrefix(p.Topic, "notifications:"); ok {
		if id, err := strconv.ParseInt(user, 10, 64); err == nil {
			r.todo.users[id], r.todo.rights = true, true
		}
	}
}

func (r *room) list() []*subscription {
	r.c.mu.Lock()
	defer r.c.mu.Unlock()
	return slices.Collect(maps.Keys(r.subs))
}

// work does all that is to be done. What fails is to be done still.
func (r *room) work() (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	ctx, cancel := context.WithTimeout(r.ctx, time.Minute)
	defer cancel()
	if err := r.followLog(ctx); err != nil {
		return err
	}
	if r.todo.rights {
		if _, err := r.entitled(ctx); err != nil {
			return err
		}
		r.todo.rights = false
	}
	for user := range r.todo.users {
		if err := r.notify(ctx, user); err != nil {
			return err
		}
		delete(r.todo.users, user)
	}
	if !r.todo.online || time.Since(r.greeted) < cableRest {
		return nil
	}
	if err := r.tellOnline(ctx); err != nil {
		return err
	}
	r.todo.online, r.greeted = false, time.Now()
	return nil
}

// followLog tells the events that are new. Rights are read after the events: whoever was shut out before something
// happened does not hear of it.
func (r *room) followLog(ctx context.Context) error {
	for r.todo.log {
		events, err := r.c.s.q.ListEventRange(ctx, db.ListEventRangeParams{AccountID: r.account, First: r.number + 1, Last: r.number + cableBatch})
		if err != nil {
			return err
		}
		if len(events) > 0 {
			if err := r.tell(ctx, events); err != nil {
				return err
			}
		}
		r.todo.log = len(events) == cableBatch
	}
	return nil
}

func (r *room) tell(ctx context.Context, events []db.Event) error {
	subs, err := r.entitled(ctx)
	if err != nil {
		return err
	}
	r.todo.rights = false
	t := newTeller(r.c.hook, r.c.s.q, r.account, subs)
	for _, e := range events {
		if r.failed >= cableTries {
			r.c.s.a.Logger.Error("an event cannot be told", "account", r.account, "event", e.ID, "kind", e.Kind)
			r.failed, r.number = 0, *e.Number
			continue
		}
		r.failed++ // until it is told
		all, err := t.tellings(ctx, e)
		if err != nil && !db.IsNone(err) { // none: what it was about is gone
			return err
		}
		for _, one := range all {
			if err := one.push(); err != nil {
				return err
			}
		}
		r.failed, r.number = 0, *e.Number
	}
	return nil
}

// entitled reads how far everybody sees now, ends the subscriptions of those who may listen no longer, and returns the
// others.
func (r *room) entitled(ctx context.Context) ([]*subscription, error) {
	subs := r.list()
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
		rows, err := r.c.s.q.ListCableMembers(ctx, r.account, distinct(users))
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			members[row.ID] = row
		}
	}
	if len(addresses) > 0 {
		rows, err := r.c.s.q.ListCableContacts(ctx, r.account, distinct(addresses))
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
				sub.scope = cableScope(r.account, row)
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
