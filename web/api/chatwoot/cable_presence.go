package chatwoot

import (
	"context"
	"maps"
	"strconv"

	"github.com/parleydesk/parley/db"
)

// online is who is there, by id: members with what they say of themselves, contacts.
type online struct {
	users    map[string]string
	contacts map[string]string
}

// presenceJSON is the data of presence.update. A contact is not told of others'.
type presenceJSON struct {
	AccountID int64             `json:"account_id"`
	Users     map[string]string `json:"users"`
	Contacts  map[string]string `json:"contacts,omitzero"`
}

// tellOnline tells who is online: everybody when that has changed, else those who asked.
func (r *room) tellOnline(ctx context.Context) error {
	since := r.c.s.a.Now().Add(-db.OnlineFor)
	members, err := r.c.s.q.ListPresentMembers(ctx, r.account, since)
	if err != nil {
		return err
	}
	contacts, err := r.c.s.q.ListPresentContacts(ctx, r.account, since)
	if err != nil {
		return err
	}
	now := online{map[string]string{}, map[string]string{}}
	for _, m := range members {
		now.users[strconv.FormatInt(m.UserID, 10)] = string(m.Availability)
	}
	for _, id := range contacts {
		now.contacts[strconv.FormatInt(id, 10)] = string(db.AvailabilityOnline)
	}
	team, guests := r.askers(!maps.Equal(now.users, r.online.users), !maps.Equal(now.contacts, r.online.contacts))
	r.online = now
	if len(team) > 0 {
		if err := (telling{"presence.update", presenceJSON{r.account, now.users, now.contacts}, team}).push(); err != nil {
			return err
		}
	}
	if len(guests) == 0 {
		return nil
	}
	return telling{"presence.update", presenceJSON{r.account, now.users, nil}, guests}.push()
}

// askers are the members and the contacts who are to be told, and have not asked any more.
func (r *room) askers(users, contacts bool) (team, guests []*subscription) {
	r.c.mu.Lock()
	defer r.c.mu.Unlock()
	for sub := range r.subs {
		_, asked := r.curious[sub]
		switch {
		case sub.userID != 0 && (asked || users || contacts):
			team = append(team, sub)
		case sub.userID == 0 && (asked || users):
			guests = append(guests, sub)
		}
	}
	clear(r.curious)
	return team, guests
}
