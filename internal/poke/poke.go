// Package poke is the word that verbs leave for open pages: something changed, look for yourself.
//
// Not here: how it gets there (internal/live), and what changed.
package poke

// Poke tells open pages that something changed; they fetch it for themselves, with their own rights. A lost poke
// costs a moment of staleness, nothing else.
type Poke struct {
	AccountID int64
	// Topic is noun:id, such as conversation:42 (the display id) or contact:7, or a word: members, live.Resync.
	Topic string
	// InboxID and TeamID say who may hear of it; InboxID 0 is everyone in the account.
	InboxID int64
	TeamID  int64
}
