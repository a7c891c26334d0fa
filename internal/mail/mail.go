// Package mail is the e-mail channel: it reads mailboxes and mails, and turns a mail
// into a message of a conversation. A mail's raw bytes are stored before anything is
// made of them, so whatever fails later can be done again.
//
// Not here: the verbs (desk), the bytes (blob), what is harmless HTML (htmlsafe).
package mail

import (
	"errors"
	"time"
)

// Mail is one parsed mail, in valid UTF-8 without NUL, with lines ended by "\n". The
// HTML is as the sender wrote it: it is not safe to show.
type Mail struct {
	From    Address // zero when there is no readable sender
	To, Cc  []Address
	ReplyTo []Address
	// Original is who wrote to a group that put its own address into From; zero for most.
	Original Address `json:",omitzero"`
	Subject  string
	Date     time.Time // zero when absent or unreadable; any year a sender can invent

	MessageID  string   // without its angle brackets; "" when absent
	InReplyTo  []string // ids, as above
	References []string // oldest first

	// Automatic says that a machine wrote it (Auto-Submitted, a bounce, a list, bulk):
	// never answer it automatically.
	Automatic bool
	// List says that a mailing list distributed it.
	List bool `json:",omitzero"`

	Text, QuotedText string // the reply, and the quoted tail below it
	HTML, QuotedHTML string // the same of the HTML body; "" when there is none
	Files            []File
}

// Address is a person's or a program's. Email is lower case.
type Address struct{ Name, Email string }

// File is an attachment, or a picture that the HTML body shows in place.
type File struct {
	Name        string // as sent; unsafe
	ContentType string // as declared; a hint
	ContentID   string // what cid: in the HTML refers to; "" for most
	Inline      bool
	Content     []byte
}

// ErrUnreadable is what Parse's errors are: nothing can be made of these bytes, today
// or when tried again.
var ErrUnreadable = errors.New("the mail cannot be read")

const (
	// MaxBytes is the largest mail that is taken; most servers stop at half of it.
	MaxBytes = 64 << 20
	// maxParts and maxBoundaries bound the work that a few bytes of MIME can cause:
	// the parser recurses once for each boundary it is told of.
	maxParts      = 1000
	maxBoundaries = 100
	maxHeader     = 512 << 10
	maxReferences = 100
	maxAddresses  = 200
	maxID         = 500
	// maxText is ten times what a message may hold.
	maxText = 2 << 20
)
