package channel

import (
	"strings"

	"github.com/google/uuid"

	"github.com/parleydesk/parley/db"
)

// Source makes the source_id of a new contact on a channel. missing names the field that the contact lacks to have an
// address there.
type Source func(c db.Contact) (id, missing string)

// byID is for channels on which Parley assigns the ids.
func byID(db.Contact) (id, missing string) { return uuid.NewString(), "" }

func byMail(c db.Contact) (id, missing string) {
	if c.Email == nil {
		return "", "The contact has no e-mail address"
	}
	return *c.Email, ""
}

func byPhone(c db.Contact) (id, missing string) {
	if c.PhoneNumber == nil {
		return "", "The contact has no phone number"
	}
	return *c.PhoneNumber, ""
}

// byDigits uses the phone number without its plus.
func byDigits(c db.Contact) (id, missing string) {
	id, missing = byPhone(c)
	return strings.TrimPrefix(id, "+"), missing
}

// given is for channels whose ids of people are known only once they have written.
func given(db.Contact) (id, missing string) {
	return "", "The contact must write first on this channel, or their source_id be given"
}
