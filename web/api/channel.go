package api

import (
	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/channel"
)

// Channel is an inbox's kind in the words of Chatwoot's family.
func Channel(k db.InboxKind) string { return channel.Of(k).Class }
