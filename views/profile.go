package views

import (
	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
)

// Profile is what the viewer's own page shows; User, Email and Membership are as the forms were filled in.
type Profile struct {
	User       db.User
	Membership db.Membership
	Email      string
	// PushKey is the public key by which browsers subscribe to pushes.
	PushKey string
	Invalid fault.Fields
}

func roleWords(r db.Role) string {
	if r == db.RoleAdministrator {
		return "an administrator"
	}
	return "an agent"
}

func orWord(s, usual string) string {
	if s == "" {
		return usual
	}
	return s
}

// pushLabel says what a kind of notification is about.
func pushLabel(kind string) string {
	switch kind {
	case db.NoticeCreated:
		return "New conversations in my inboxes"
	case db.NoticeAssigned:
		return "Conversations assigned to me"
	case db.NoticeMention:
		return "Mentions of me"
	case db.NoticeParticipating:
		return "New messages in conversations that I follow"
	}
	return "New messages in conversations assigned to me"
}

func pushHint(kind string) string {
	if kind == db.NoticeCreated {
		return "Lists them under the bell, too."
	}
	return ""
}
