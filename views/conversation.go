package views

import (
	"strconv"
	"time"

	"github.com/a-h/templ"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/views/ui"
)

// ConversationPane is everything that a page shows of an open conversation.
type ConversationPane struct {
	Open     db.GetOpenConversationRow
	Head     Head
	Thread   Thread
	Composer Composer
	Details  Details
}

// Head is what stands above the thread.
type Head struct {
	Open       db.GetOpenConversationRow
	Assignable []db.ListAssignableRow
	// Macros are those that the viewer can run.
	Macros []db.ListMacroNamesRow
	Filter Filter
	Me     int64
	Admin  bool
	Now    time.Time
	// OutOfBand is set where it is sent along with the answer to another form.
	OutOfBand bool
}

func topicOf(o db.GetOpenConversationRow) string {
	return "conversation:" + strconv.FormatInt(o.Conversation.DisplayID, 10)
}

// urlOf is the address of a page about an open conversation.
func urlOf(o db.GetOpenConversationRow, page func(account, display int64) string) string {
	return page(o.Conversation.AccountID, o.Conversation.DisplayID)
}

func idText(p *int64) string {
	if p == nil {
		return "0"
	}
	return strconv.FormatInt(*p, 10)
}

func assigneeValue(o db.GetOpenConversationRow) string {
	if o.Conversation.AssigneeID == nil {
		return ""
	}
	return strconv.FormatInt(*o.Conversation.AssigneeID, 10)
}

// assignees are the viewer first, then everybody who sees the conversation, and nobody.
func assignees(h Head) []ui.Option {
	var all []ui.Option
	known := h.Open.Conversation.AssigneeID == nil
	add := func(p db.ListAssignableRow, group string) {
		mine := h.Open.Conversation.AssigneeID != nil && *h.Open.Conversation.AssigneeID == p.ID
		known = known || mine
		all = append(all, ui.Option{
			Value: strconv.FormatInt(p.ID, 10), Label: p.Name, Group: group, Initials: ui.Initials(p.Name), Hue: ui.Hue(p.ID),
			Presence: present(p, h.Now), Chosen: mine,
		})
	}
	for _, p := range h.Assignable {
		if p.ID == h.Me {
			add(p, "Me")
		}
	}
	for _, p := range h.Assignable {
		if p.ID != h.Me {
			add(p, "People")
		}
	}
	if !known && h.Open.AssigneeName != nil { // a colleague who no longer sees it or was deactivated
		all = append(all, ui.Option{
			Value:    assigneeValue(h.Open),
			Label:    *h.Open.AssigneeName,
			Group:    "Now",
			Initials: ui.Initials(*h.Open.AssigneeName),
			Chosen:   true,
		})
	}
	nobody := ui.Option{Value: "", Label: "Nobody", Group: "Nobody", Chosen: h.Open.Conversation.AssigneeID == nil}
	if h.Open.BotName != nil {
		nobody.More = *h.Open.BotName + " has it"
	}
	return append(all, nobody)
}

func snooze(until, label, when string) ui.Act {
	return ui.Act{Label: label, More: when, Icon: "alarm-clock", Submit: true, Attrs: templ.Attributes{"name": "until", "value": until}}
}

// sends makes a menu item post to another address than its form's.
func sends(to, name, value string) templ.Attributes {
	a := templ.Attributes{"formaction": to, "hx-post": to}
	if name != "" {
		a["name"], a["value"] = name, value
	}
	return a
}
