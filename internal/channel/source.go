package channel

import (
	"strings"

	"github.com/google/uuid"

	"github.com/parleydesk/parley/db"
)

// Source makes the source_id by which a new contact is known on a channel. Where the contact has no address there,
// missing says so: what is written to them would go nowhere.
type Source func(c db.Contact) (id, missing string)

// byID is for channels on which we give the names.
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

// byDigits is a phone number without its plus.
func byDigits(c db.Contact) (id, missing string) {
	id, missing = byPhone(c)
	return strings.TrimPrefix(id, "+"), missing
}

// given is for channels whose names for people are known only once they have written.
func given(db.Contact) (id, missing string) {
	return "", "The contact must write first on this channel, or their source_id be given"
}
