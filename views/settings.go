package views

import (
	"github.com/parleydesk/parley/db"
)

// settingsLink is one page of the settings' menu.
type settingsLink struct {
	page, name, icon string
	// everybody is set for pages that agents have too.
	everybody bool
}

type settingsGroup struct {
	id, name string
	links    []settingsLink
}

// settingsMenu is the settings that the viewer can change.
func settingsMenu(f Frame) []settingsGroup {
	all := []settingsGroup{
		{"g-account", "Account", []settingsLink{
			{"members", "Team members", "user-round", false},
			{"teams", "Teams", "users-round", false},
			{"account", "Account", "building-2", false},
			{"translation", "Translation", "languages", false},
		}},
		{"g-work", "Conversations", []settingsLink{
			{"inboxes", "Inboxes", "inbox", false},
			{"labels", "Labels", "tag", false},
			{"canned-replies", "Canned replies", "message-square-text", true},
			{"macros", "Macros", "play", true},
			{"automation", "Automation", "zap", false},
		}},
		{"g-developers", "Developers", []settingsLink{
			{"webhooks", "Webhooks", "webhook", false},
			{"agent-bots", "Agent bots", "bot", false},
			{"access-tokens", "Access tokens", "key-round", true},
			{"attributes", "Attributes", "list", false},
		}},
	}
	var shown []settingsGroup
	for _, g := range all {
		mine := settingsGroup{g.id, g.name, nil}
		for _, p := range g.links {
			if p.everybody || f.Me.Role == db.RoleAdministrator {
				mine.links = append(mine.links, p)
			}
		}
		if len(mine.links) > 0 {
			shown = append(shown, mine)
		}
	}
	return shown
}
