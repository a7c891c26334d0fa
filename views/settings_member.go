package views

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/views/ui"
)

// Invite is the form of an invitation as it was filled in.
type Invite struct {
	Open        bool
	Name, Email string
	Role        db.Role
	InboxIDs    []int64
	// Mailed is the address to which the link goes by mail; empty where there is no mail server.
	Mailed  string
	Invalid fault.Fields
}

// passOn says what to do with the link.
func (i Invite) passOn() string {
	if i.Mailed != "" {
		return "It goes by mail to " + i.Mailed + "; here it is to send it yourself as well."
	}
	return "Send this link to them yourself."
}

// Members is what the page of members shows.
type Members struct {
	Team    []db.ListMembersForSettingsRow
	Invited []db.ListInvitationsRow
	Inboxes []db.ListInboxNamesRow
	Invite  Invite
	// Link is a new link, which only this page shows.
	Link string
}

func roleOptions() []ui.Option {
	return []ui.Option{{Value: string(db.RoleAgent), Label: "Agent"}, {Value: string(db.RoleAdministrator), Label: "Administrator"}}
}

func roleName(r db.Role) string {
	if r == db.RoleAdministrator {
		return "Administrator"
	}
	return "Agent"
}

// inboxNames are the inboxes of a member, as far as a table has room.
func inboxNames(ids []int64, all []db.ListInboxNamesRow) string {
	var names string
	n := 0
	for _, i := range all {
		if !slices.Contains(ids, i.ID) {
			continue
		}
		if n++; n <= 3 {
			if names != "" {
				names += ", "
			}
			names += i.Name
		}
	}
	if n > 3 {
		return names + fmt.Sprintf(" and %d more", n-3)
	}
	return names
}

func membersLead(m Members) string {
	active := 0
	for _, r := range m.Team {
		if r.Membership.DeactivatedAt == nil {
			active++
		}
	}
	text := plural(active, "person", "people")
	if n := len(m.Invited); n > 0 {
		text += " and " + plural(n, "invitation", "invitations")
	}
	return text + ". Administrators see everything, agents the inboxes and teams that they work in."
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

func memberPresence(m db.Membership, now time.Time) string {
	if m.DeactivatedAt != nil {
		return ""
	}
	if m.Availability == db.AvailabilityOnline && !db.Online(m.ActiveAt, now) {
		return "away"
	}
	return presence(m.Availability)
}

// Member is what a colleague's page shows.
type Member struct {
	Row     db.GetMemberForSettingsRow
	Inboxes []db.ListInboxNamesRow
	Invalid fault.Fields
	Link    string
}

func (m Member) url(f Frame) templ.SafeURL {
	return templ.SafeURL(link.Setting(f.AccountID, "members", m.Row.User.ID))
}

func (m Member) act(f Frame, act link.Act) templ.SafeURL {
	return templ.SafeURL(link.SettingAct(f.AccountID, "members", m.Row.User.ID, act))
}
