package link

import (
	"slices"
	"strconv"
	"strings"
)

// FromChatwoot is our page of what an address of Chatwoot's dashboard shows, which is given without "/app/" before it: a
// conversation or a contact, whatever list it was opened from, or else the account's conversations.
func FromChatwoot(path string) string {
	parts := strings.Split(path, "/")
	// after is the number that follows a name in the path, or 0.
	after := func(name string) int64 {
		at := slices.Index(parts, name)
		if at < 0 || at+1 == len(parts) {
			return 0
		}
		n, err := strconv.ParseInt(parts[at+1], 10, 64)
		if err != nil || n < 0 {
			return 0
		}
		return n
	}
	account := after("accounts")
	switch conversation, contact := after("conversations"), after("contacts"); {
	case account == 0:
		return "/"
	case conversation != 0:
		return Conversation(account, conversation)
	case contact != 0:
		return Contact(account, contact)
	}
	return Conversations(account)
}
