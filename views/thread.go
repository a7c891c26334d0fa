package views

import (
	"strconv"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/link"
)

// Thread is a part of a conversation's messages, oldest first.
type Thread struct {
	AccountID int64
	Open      db.GetOpenConversationRow
	Rows      []db.ListThreadRow
	Files     map[int64][]db.Attachment
	// Late are messages that the program behind the inbox has not accepted yet, each with the reason.
	Late map[int64]string
	// Older is the address of the messages before these, if there are any.
	Older string
	// Earlier is set where these are such messages; Later where there are newer ones than these.
	Earlier, Later bool
	// NewFrom is the first message that was unread when the page opened.
	NewFrom int64
	Filter  Filter
	Me      int64
	Admin   bool
	Now     time.Time
}

// group is one message, or several changes in a row.
type group struct {
	first   int64
	message *db.ListThreadRow
	events  []db.Message
}

func grouped(t Thread) (all []group) {
	rows := t.Rows
	if t.Older != "" || t.Earlier { // a group that began before this part would be cut, and is on the page already
		for len(rows) > 0 && rows[0].Message.Kind == db.MessageKindActivity && hasTalk(rows) && t.Older != "" {
			rows = rows[1:]
		}
	}
	for i := range rows {
		r := &rows[i]
		if r.Message.Kind != db.MessageKindActivity {
			all = append(all, group{first: r.Message.ID, message: r})
			continue
		}
		if n := len(all); n > 0 && all[n-1].events != nil {
			all[n-1].events = append(all[n-1].events, r.Message)
			continue
		}
		all = append(all, group{first: r.Message.ID, events: []db.Message{r.Message}})
	}
	return all
}

func hasTalk(rows []db.ListThreadRow) bool {
	for _, r := range rows {
		if r.Message.Kind != db.MessageKindActivity {
			return true
		}
	}
	return false
}

// unreadAbove is the address of the first unread message where it stands above those that are loaded, or "".
func (t Thread) unreadAbove() string {
	if t.Older == "" || t.Later || len(t.Rows) == 0 || t.Rows[0].Message.ID <= t.Open.ReadTo() {
		return ""
	}
	conversation := link.Conversation(t.AccountID, t.Open.Conversation.DisplayID)
	return link.With(conversation, "at", strconv.FormatInt(t.Open.ReadTo()+1, 10))
}
