package cable

import (
	"context"
	"maps"
	"strconv"

	"github.com/parleydesk/parley/db"
)

// onlinePresence is who is online, by id: members with their availability, and contacts.
type onlinePresence struct {
	users    map[string]string
	contacts map[string]string
}

// presenceEvent is the payload of presence.update. Contacts get it without other contacts.
type presenceEvent struct {
	AccountID int64             `json:"account_id"`
	Users     map[string]string `json:"users"`
	Contacts  map[string]string `json:"contacts,omitzero"`
}

// broadcastPresence sends who is online: to all when that has changed, else to those who asked.
func (f *accountFeed) broadcastPresence(ctx context.Context) error {
	since := f.server.a.Now().Add(-db.OnlineFor)
	members, err := f.server.q.ListPresentMembers(ctx, f.account, since)
	if err != nil {
		return err
	}
	contacts, err := f.server.q.ListPresentContacts(ctx, f.account, since)
	if err != nil {
		return err
	}
	now := onlinePresence{map[string]string{}, map[string]string{}}
	for _, m := range members {
		now.users[strconv.FormatInt(m.UserID, 10)] = string(m.Availability)
	}
	for _, id := range contacts {
		now.contacts[strconv.FormatInt(id, 10)] = string(db.AvailabilityOnline)
	}
	usersChanged, contactsChanged := !maps.Equal(now.users, f.online.users), !maps.Equal(now.contacts, f.online.contacts)
	toMembers, toContacts := f.presenceReceivers(usersChanged, contactsChanged)
	f.online = now
	if len(toMembers) > 0 {
		event := broadcast{"presence.update", presenceEvent{f.account, now.users, now.contacts}, toMembers}
		if err := event.send(); err != nil {
			return err
		}
	}
	if len(toContacts) == 0 {
		return nil
	}
	return broadcast{"presence.update", presenceEvent{f.account, now.users, nil}, toContacts}.send()
}

// presenceReceivers are the members and contacts to send presence to. It clears who asked.
func (f *accountFeed) presenceReceivers(usersChanged, contactsChanged bool) (members, contacts []*subscription) {
	f.server.mu.Lock()
	defer f.server.mu.Unlock()
	for sub := range f.subs {
		_, asked := f.wantPresence[sub]
		switch {
		case sub.userID != 0 && (asked || usersChanged || contactsChanged):
			members = append(members, sub)
		case sub.userID == 0 && (asked || usersChanged):
			contacts = append(contacts, sub)
		}
	}
	clear(f.wantPresence)
	return members, contacts
}
