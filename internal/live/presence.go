package live

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/poke"
)

// Here is the topic that means: someone came online. That someone went offline shows by their signs of life ending.
const Here = "presence"

// signs is how often those who are connected to this process are recorded as online, by one statement for members and
// one for contacts. db.OnlineFor leaves room for a late one.
const signs = 15 * time.Second

// Client is a member of an account (UserID) or one of its contacts (ContactID).
type Client struct {
	AccountID int64
	UserID    int64
	ContactID int64
}

// Presence records who is connected to this process, in the database, where all replicas see it.
type Presence struct {
	q   *db.Queries
	bus *Bus
	log *slog.Logger
	now func() time.Time

	mu   sync.Mutex
	here map[Client]int // how many connections
}

// NewPresence makes a Presence. It records who connects, and who stays connected once Run runs; now is a time that
// replicas share: see db.Clock.
func NewPresence(pool *pgxpool.Pool, bus *Bus, logger *slog.Logger, now func() time.Time) *Presence {
	return &Presence{q: db.New(pool), bus: bus, log: logger, now: now, here: map[Client]int{}}
}

// Enter records that someone has connected. They are online until leave is called, which may be done once.
func (p *Presence) Enter(ctx context.Context, who Client) (leave func(), err error) {
	p.mu.Lock()
	p.here[who]++
	first := p.here[who] == 1
	p.mu.Unlock()
	leave = func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.here[who]--; p.here[who] == 0 {
			delete(p.here, who)
		}
	}
	if !first {
		return leave, nil
	}
	if err := p.note(ctx, []Client{who}); err != nil {
		leave()
		return nil, err
	}
	p.bus.Publish([]poke.Poke{{AccountID: who.AccountID, Topic: Here}})
	return leave, nil
}

// Run records signs of life of those who are connected until ctx ends.
func (p *Presence) Run(ctx context.Context) error {
	for pause(ctx, signs) {
		if err := p.note(ctx, p.everybody()); err != nil && ctx.Err() == nil {
			p.log.Warn("who is online cannot be noted", "error", err)
		}
	}
	return nil
}

func (p *Presence) everybody() []Client {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := make([]Client, 0, len(p.here))
	for who := range p.here {
		all = append(all, who)
	}
	return all
}

// note records that these clients are online now.
func (p *Presence) note(ctx context.Context, people []Client) error {
	members, contacts := db.TouchMembersParams{At: p.now()}, db.TouchContactsParams{At: p.now()}
	for _, who := range people {
		if who.UserID != 0 {
			members.AccountIds, members.UserIds = append(members.AccountIds, who.AccountID), append(members.UserIds, who.UserID)
		} else {
			contacts.AccountIds, contacts.ContactIds = append(contacts.AccountIds, who.AccountID), append(contacts.ContactIds, who.ContactID)
		}
	}
	if len(members.UserIds) > 0 {
		if err := p.q.TouchMembers(ctx, members); err != nil {
			return err
		}
	}
	if len(contacts.ContactIds) == 0 {
		return nil
	}
	return p.q.TouchContacts(ctx, contacts)
}
