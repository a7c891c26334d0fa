// Package channel holds what is true of each kind of inbox, one row a kind. Pages, the APIs and the desk read it here
// instead of asking for the kind.
//
// Not here: the settings of one inbox (db.Inbox), and the sending and receiving of a channel, which each have a
// package of their own (internal/mail is the first).
package channel

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/parleydesk/parley/db"
)

// NoSender is why a message has failed in an inbox whose kind nothing sends for.
const NoSender = "No sender is set up for this inbox"

// Kind is one kind of inbox.
type Kind struct {
	Inbox db.InboxKind
	// Name is its name on a page, Icon its picture.
	Name string
	Icon string
	// Class is its name in Chatwoot's family of APIs, Key in Qlara's.
	Class string
	Key   string

	// Source makes the source_id of a new contact on the channel.
	Source Source
	// ContactBegins is true if only the contact can begin a conversation, as a visitor of a website does.
	ContactBegins bool
	// Own is the form of the inbox's own address, and Required the field that a new inbox cannot be without.
	Own      AddressForm
	Required Field

	// AtPosting is the delivery state of our public message once it is stored: sent where the channel takes it from
	// here, queued where a job sends it, and failed where nothing sends.
	AtPosting db.Delivery
	// Limits bound what one message to the contact may hold.
	Limits Limits
	// Window is how long after the contact's last message we may write freely; 0 means without end. WindowSetting is
	// true if an inbox may set its own.
	Window        time.Duration
	WindowSetting bool

	// Bridge is true if another program connects the channel: it posts what contacts write, takes our messages by
	// webhook or by reading, and reports their delivery.
	Bridge bool
	// Mail is true if a conversation has a subject and a message has addresses and HTML.
	Mail bool
	// Browser is true if the contact reads in a page of ours: it shows surveys and forms, and the listed kinds of
	// files.
	Browser bool
	// Verified is true if a contact's program can prove who they are by an HMAC.
	Verified bool
	// ReadReceipts is true if the channel reports that a contact has read a message.
	ReadReceipts bool

	// Settings are the channel's own fields in Chatwoot's API, besides the columns that every inbox has.
	Settings []Setting
}

// AddressForm is the form of an inbox's own address on its channel.
type AddressForm string

// The forms of an address.
const (
	NoAddress   AddressForm = "none"
	MailAddress AddressForm = "e-mail address"
	PhoneNumber AddressForm = "phone number"
	AnyAddress  AddressForm = "any"
)

// What a message may hold on any channel, by the contract of the main API.
const (
	MaxText  = 150_000
	MaxFiles = 15
)

const day = 24 * time.Hour

// Field is a field of Chatwoot's API and its name in a sentence.
type Field struct{ Name, Label string }

// Limits bound what one message may hold: characters and files.
type Limits struct{ Text, Files int }

// Of returns the row of a kind. A test makes sure that every kind has one; without a row it could do nothing.
func Of(kind db.InboxKind) Kind {
	if i := slices.IndexFunc(kinds, func(k Kind) bool { return k.Inbox == kind }); i >= 0 {
		return kinds[i]
	}
	return Kind{Inbox: kind, AtPosting: db.DeliveryFailed}
}

// Sends reports whether a message that we write reaches the contact.
func (k Kind) Sends() bool { return k.AtPosting != db.DeliveryFailed }

// ReplyWindow is how long after the contact's last message we may write freely; 0 means without end. setting is the
// inbox's own, in hours.
func (k Kind) ReplyWindow(setting string) time.Duration {
	if !k.WindowSetting {
		return k.Window
	}
	hours, err := strconv.ParseFloat(setting, 64)
	if err != nil || hours <= 0 {
		return 0
	}
	return time.Duration(hours * float64(time.Hour))
}

// WindowHours is the reply window that an inbox's additional attributes set, in hours; empty for none.
func WindowHours(attributes json.RawMessage) string {
	var set struct {
		Hours json.Number `json:"agent_reply_time_window"`
	}
	if json.Unmarshal(attributes, &set) != nil {
		return ""
	}
	return set.Hours.String()
}

// CanReply reports whether we may write freely at now.
func (k Kind) CanReply(setting string, lastIncoming *time.Time, now time.Time) bool {
	window := k.ReplyWindow(setting)
	return window == 0 || lastIncoming != nil && now.Sub(*lastIncoming) < window
}

// Obstacle is why a freely written message does not reach the contact at now; empty where it does.
func (k Kind) Obstacle(setting string, lastIncoming *time.Time, now time.Time) string {
	switch {
	case !k.Sends():
		return NoSender
	case k.CanReply(setting, lastIncoming, now):
		return ""
	}
	hours := strconv.FormatFloat(k.ReplyWindow(setting).Hours(), 'f', -1, 64)
	return "The " + hours + "-hour window has ended. Send a template."
}
