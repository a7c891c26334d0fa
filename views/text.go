package views

import (
	"strings"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/channel"
	"github.com/parleydesk/parley/internal/link"
)

// picture is the address of a picture, if there is one.
func picture(hash *string) string {
	if hash == nil || *hash == "" {
		return ""
	}
	return link.Avatar(*hash)
}

// presence is a member's availability, as an avatar shows it.
func presence(a db.Availability) string {
	switch a {
	case db.AvailabilityOnline:
		return "online"
	case db.AvailabilityBusy:
		return "busy"
	}
	return "away"
}

// present is a colleague's availability: as they set it or, where they leave it to us, whether they have a page open.
func present(p db.ListAssignableRow, now time.Time) string {
	if p.Availability != db.AvailabilityOnline {
		return presence(p.Availability)
	}
	if !db.Online(p.ActiveAt, now) {
		return "away"
	}
	return "online"
}

// channelIcon is the icon of an inbox's kind.
func channelIcon(kind db.InboxKind) string { return channel.Of(kind).Icon }

// statusWord, statusIcon and statusState are a status as text, icon and color.
func statusWord(s db.ConversationStatus) string {
	switch s {
	case db.ConversationStatusResolved:
		return "Resolved"
	case db.ConversationStatusPending:
		return "Pending"
	case db.ConversationStatusSnoozed:
		return "Snoozed"
	}
	return "Open"
}

func statusIcon(s db.ConversationStatus) string {
	switch s {
	case db.ConversationStatusResolved:
		return "circle-check"
	case db.ConversationStatusPending:
		return "clock"
	case db.ConversationStatusSnoozed:
		return "alarm-clock"
	}
	return "circle-dot"
}

func statusState(s db.ConversationStatus) string {
	if s == db.ConversationStatusResolved {
		return ""
	}
	return string(s)
}

// firstWord is the short form of a name.
func firstWord(name string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(name), " ")
	return first
}

func text(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}

// wakes is when a snooze ends, as short text.
func wakes(t, now time.Time) string {
	t = t.In(now.Location())
	switch {
	case t.Year() == now.Year() && t.YearDay() == now.YearDay():
		return t.Format("15:04")
	case t.Sub(now) < 6*24*time.Hour:
		return t.Format("Mon 15:04")
	}
	return t.Format("2 Jan")
}
