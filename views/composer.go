package views

import (
	"time"

	"github.com/google/uuid"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/channel"
)

// Composer is the form at the foot of a thread.
type Composer struct {
	Open db.GetOpenConversationRow
	// Mode is reply or note; each keeps its own text.
	Mode        string
	Reply, Note string
	Uploads     []db.Attachment
	// Obstacle is why a reply would not reach the contact, or "".
	Obstacle string
	// Invalid is what is wrong with the form; Newer is set where a newer message has arrived.
	Invalid string
	Newer   bool
	// Once identifies this form, so that sending it twice posts once.
	Once string
}

// NewComposer is an empty form.
func NewComposer(open db.GetOpenConversationRow, now time.Time) Composer {
	window := channel.WindowHours(open.Inbox.AdditionalAttributes)
	obstacle := channel.Of(open.Inbox.Kind).Obstacle(window, open.Conversation.LastIncomingAt, now)
	return Composer{Open: open, Mode: "reply", Once: uuid.NewString(), Obstacle: obstacle}
}

func (c Composer) note() bool { return c.Mode == "note" }

func (c Composer) text() string {
	if c.note() {
		return c.Note
	}
	return c.Reply
}

// other is the mode that is hidden, and its text.
func (c Composer) other() (mode, text string) {
	if c.note() {
		return "reply", c.Reply
	}
	return "note", c.Note
}

func (c Composer) label() string {
	if c.note() {
		return "Note"
	}
	return "Reply"
}

// obstacleHint says what happens to a reply in spite of the obstacle.
func obstacleHint(c Composer) string {
	if c.Obstacle == channel.NoSender {
		return ". A reply stays here and reaches nobody; notes work as ever."
	}
	return ""
}

func sendWord(c Composer) string {
	if c.Newer {
		return "Send anyway"
	}
	return "Send"
}
