package views

import (
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/views/ui"
)

// List is one page of the conversation list.
type List struct {
	AccountID int64
	Filter    Filter
	Rows      []db.ListConversationRowsByIDRow
	// Counts is nil where the filter would make counting expensive.
	Counts *db.ConversationCounts
	// Older is the cursor of the next page, if there is one; Further is set on all pages but the first.
	Older   string
	Further bool
	// Current is the number of the conversation that is open beside the list.
	Current int64
	Me      int64
	Now     time.Time
	Bulk    Bulk
}

// Start is shown in place of a thread while no conversation is open.
type Start struct {
	Admin          bool
	Inboxes        int
	Inbox, Members string
}

// ListTitle is a list's title.
func ListTitle(f Filter) string {
	title := "Conversations"
	if f.Status != "all" {
		title = statusWord(db.ConversationStatus(f.Status)) + " conversations"
	}
	switch f.View {
	case "mine":
		return title + " of mine"
	case "unassigned":
		return title + " of nobody"
	case "mentions":
		return title + " that mention me"
	case "following":
		return title + " that I follow"
	}
	return title
}

// writeFirst is where a new conversation begins, with the inbox that the list shows.
func writeFirst(l List) string {
	to := link.NewConversation(l.AccountID)
	if l.Filter.InboxID != 0 {
		to = link.With(to, "inbox", idOrNone(l.Filter.InboxID))
	}
	return to
}

func dropLabel(f Filter) Filter { f.Label = ""; return f }

func dropText(f Filter) Filter { f.Text = ""; return f }

func statusOptions() []ui.Option {
	return []ui.Option{
		{Value: "open", Label: "Open"},
		{Value: "pending", Label: "Pending"},
		{Value: "snoozed", Label: "Snoozed"},
		{Value: "resolved", Label: "Resolved"},
		{Value: "all", Label: "All"},
	}
}

func countOf(n db.ConversationCounts, view string) int64 {
	switch view {
	case "mine":
		return n.Mine
	case "unassigned":
		return n.Unassigned
	}
	return n.All
}

func emptyTitle(f Filter) string {
	if f.Text != "" || f.Label != "" {
		return "Nothing found"
	}
	switch f.Status {
	case "open":
		return "All clear"
	case "all":
		return "No conversations yet"
	}
	return "Nothing " + f.Status
}

func emptyWords(f Filter) string {
	switch {
	case f.Text != "" || f.Label != "":
		return "No conversation here fits. Drop a part of the filter, or look at all statuses."
	case f.Status == "open":
		return "Nothing is open here. New messages appear by themselves."
	}
	return ""
}
