package chatwoot

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/link"
)

// isoLayout is a time of the raw columns: ISO 8601 in UTC with milliseconds.
const isoLayout = "2006-01-02T15:04:05.000Z"

func iso(t time.Time) string { return t.UTC().Format(isoLayout) }

func isoPtr(t *time.Time) *string {
	if t == nil {
		return nil
	}
	s := iso(*t)
	return &s
}

// unix is a time of the views: whole seconds, rounded down; absent is 0, because null was cast to a number there.
func unix(t *time.Time) int64 {
	if t == nil {
		return 0
	}
	return t.Unix()
}

// stamp is updated_at of a conversation: seconds with microseconds behind the point.
func stamp(t time.Time) json.Number {
	b := make([]byte, 0, 20)
	b = strconv.AppendInt(b, t.Unix(), 10)
	b = append(b, '.')
	micros := t.Nanosecond() / 1000
	for d := 100000; d > 0; d /= 10 {
		b = append(b, byte('0'+micros/d%10))
	}
	return json.Number(b)
}

func availableName(name string, display *string) string {
	if display != nil && *display != "" {
		return *display
	}
	return name
}

// avatar is the address of a picture, or "" for none.
func (h *handlers) avatar(hash *string) string {
	if hash == nil || *hash == "" {
		return ""
	}
	return h.a.BaseURL + link.Avatar(*hash)
}

// contactStatus tells whether a contact is connected.
func (h *handlers) contactStatus(seen *time.Time) string {
	if db.Online(seen, h.a.Now()) {
		return string(db.AvailabilityOnline)
	}
	return string(db.AvailabilityOffline)
}

// availability is what others see of a member.
func (h *handlers) availability(set db.Availability, autoOffline bool, activeAt *time.Time) string {
	return presence(h.a.Now(), &set, &autoOffline, activeAt)
}
