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
	Invalid    fault.Fields
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
