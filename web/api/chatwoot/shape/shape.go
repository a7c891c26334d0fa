// Package shape writes rows as Chatwoot's JSON: people, messages, conversations, contacts, inboxes. The REST answers,
// the webhooks and the realtime channel all take their shapes from here.
//
// Not here: reading rows (a shape is given all that it shows) and the shapes that one resource alone has, which stand
// beside its handlers.
package shape

import (
	"net/url"
	"path"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/link"
)

// Writer is what a shape needs beside its rows: the address that links begin with, and the clock, for who is online.
type Writer struct {
	Base string
	Now  func() time.Time
}

// Avatar is the address of a picture, or "" for none.
func (w Writer) Avatar(hash *string) string {
	if hash == nil || *hash == "" {
		return ""
	}
	return w.Base + link.Avatar(*hash)
}

// ContactAvatar is the address of a contact's picture: one stored here, or the address that was given. A stored picture
// keeps the name that it came with: bridges compare it with theirs, and would send the picture with every message.
func (w Writer) ContactAvatar(hash, address *string) string {
	a := w.Avatar(hash)
	switch {
	case address == nil:
		return a
	case a == "":
		return *address
	}
	if u, err := url.Parse(*address); err == nil {
		if name := path.Base(u.Path); name != "." && name != "/" {
			return a + "/" + url.PathEscape(name)
		}
	}
	return a
}

// Presence is what others see of a user who may no longer be a member. A member with autoOffline is online only while
// connected.
func (w Writer) Presence(set *db.Availability, autoOffline *bool, activeAt *time.Time) string {
	if set == nil || autoOffline == nil || *autoOffline && !db.Online(activeAt, w.Now()) {
		return string(db.AvailabilityOffline)
	}
	return string(*set)
}

// Availability is what others see of a member.
func (w Writer) Availability(set db.Availability, autoOffline bool, activeAt *time.Time) string {
	return w.Presence(&set, &autoOffline, activeAt)
}

// ContactStatus is online while a contact is connected.
func (w Writer) ContactStatus(seen *time.Time) string {
	if db.Online(seen, w.Now()) {
		return string(db.AvailabilityOnline)
	}
	return string(db.AvailabilityOffline)
}
