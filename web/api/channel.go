package api

import (
	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/channel"
)

// Channel returns an inbox's kind as Chatwoot and Ndoto name it.
func Channel(k db.InboxKind) string { return channel.Of(k).Class }
