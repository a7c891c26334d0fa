// Package poke is the signal from verbs to open pages: something changed, look for yourself.
//
// Not here: how it gets there (internal/live), and what changed.
package poke

// Poke tells open pages that something changed; they fetch it themselves, with their own rights. If one is lost, a
// page is out of date until the next.
type Poke struct {
	AccountID int64
	// Topic is noun:id, such as conversation:42 (the display id) or contact:7, or a word: members, live.Resync.
	Topic string
	// InboxID and TeamID say who may receive it; with InboxID 0 everyone in the account.
	InboxID int64
	TeamID  int64
}
