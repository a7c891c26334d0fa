package views

import (
	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/views/ui"
)

func hasSidebarItem(all []db.ListSidebarItemsRow, kind string) bool {
	for _, p := range all {
		if p.Section == kind {
			return true
		}
	}
	return false
}

func sidebarFilter(p db.ListSidebarItemsRow) Filter {
	f := Filter{View: "all", Status: "open"}
	switch p.Section {
	case "inbox":
		f.InboxID = p.ID
	case "team":
		f.TeamID = p.ID
	case "label":
		f.Label = p.Name
	}
	return f
}

func sidebarIcon(p db.ListSidebarItemsRow) string {
	switch p.Section {
	case "inbox":
		return channelIcon(db.InboxKind(p.Kind))
	case "team":
		return "users-round"
	}
	return "tag"
}

func sidebarHue(p db.ListSidebarItemsRow) int {
	if p.Section == "label" {
		return ui.HueOf(p.Color)
	}
	return int(p.Hue)
}

func sidebarCount(p db.ListSidebarItemsRow) int64 {
	if p.Section == "label" {
		return -1
	}
	return p.OpenCount
}
