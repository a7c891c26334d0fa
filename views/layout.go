package views

import (
	"time"

	"github.com/a-h/templ"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/link"
)

// Frame is what the shell of an account's page shows beside its content.
type Frame struct {
	Title string
	// Section is the mark in the rail: inbox, search, contacts, notifications, reports or settings.
	Section   string
	AccountID int64
	Me        db.GetViewerRow
	Sidebar   []db.ListSidebarItemsRow
	// Unread is how many notifications the viewer has not read, counted up to 100.
	Unread int64
	// Now is in the account's time zone.
	Now   time.Time
	Look  Look
	Flash string
	// Mark is the state of the account that the page shows, for its event line.
	Mark string
}

// Look is how the reader wants pages to look, as their cookies say: "" is the default.
type Look struct{ Theme, Density, Keys, Context string }

// shape is how the body of a page is laid out.
type shape struct {
	// layout is "" for the desk, "page" beside the sidebar, "plain" beside the rail alone.
	layout string
	// view is what a narrow screen shows of the desk: list or thread.
	view string
	skip string
}

// Component is a templ component.
type Component = templ.Component

// railLink is one link of the rail.
type railLink struct {
	section, href, name, icon, key string
	wide                           bool
}

func railLinks(f Frame) []railLink {
	return []railLink{
		{"inbox", link.Conversations(f.AccountID), "Inbox", "inbox", "g i", false},
		{"search", link.Search(f.AccountID), "Search", "search", "g s", false},
		{"contacts", link.Contacts(f.AccountID), "Contacts", "users", "g c", false},
	}
}

// settingsHome is the first page of the settings that the viewer can change.
func settingsHome(f Frame) string {
	if f.Me.Role == db.RoleAdministrator {
		return link.Settings(f.AccountID, "members")
	}
	return link.Settings(f.AccountID, "access-tokens")
}
