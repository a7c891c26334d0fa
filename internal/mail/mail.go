// Package mail is the e-mail channel: it reads mailboxes and mails, and turns a mail into a message of a conversation.
// It stores a mail's raw bytes first, so that every later step can be repeated.
//
// Not here: the verbs (desk), the bytes (blob), what is harmless HTML (htmlsafe).
package mail

import (
	"errors"
	"time"
)

// Mail is a parsed mail, in valid UTF-8 without NUL, with lines that end in "\n". The HTML is the sender's and not safe
// to show.
type Mail struct {
	From    Address // zero if no sender can be read
	To, Cc  []Address
	ReplyTo []Address
	// Original is the author of a mail of which a group put its own address into From. It is zero for most mails.
	Original Address `json:",omitzero"`
	Subject  string
	Date     time.Time // zero if absent or unreadable; senders can invent any year

	MessageID  string   // without its angle brackets; "" when absent
	InReplyTo  []string // ids, as above
	References []string // oldest first

	// Automatic reports whether a program wrote the mail (Auto-Submitted, a bounce, a list, bulk). Such a mail must not
	// get an automatic reply.
	Automatic bool
	// List reports whether a mailing list distributed the mail.
	List bool `json:",omitzero"`

	Text, QuotedText string // the reply, and the quoted tail below it
	HTML, QuotedHTML string // the same of the HTML body; "" when there is none
	Files            []File
}

// Address is the name and the e-mail address of a person or a program. Email is in lower case.
type Address struct{ Name, Email string }

// File is an attachment, or a picture in the HTML body.
type File struct {
	Name        string // from the sender; unsafe
	ContentType string // as declared by the sender
	ContentID   string // what cid: in the HTML refers to; "" for most
	Inline      bool
	Content     []byte
}

// ErrUnreadable is the kind of all errors of Parse: the bytes are not a readable mail, and trying again does not help.
var ErrUnreadable = errors.New("the mail cannot be read")

const (
	// MaxBytes is the largest mail that is accepted. Most servers accept half of it.
	MaxBytes = 64 << 20
	// maxParts and maxBoundaries bound the work that a few bytes of MIME can cause: the parser recurses once for each
	// boundary.
	maxParts      = 1000
	maxBoundaries = 100
	maxHeader     = 512 << 10
	maxReferences = 100
	maxAddresses  = 200
	maxID         = 500
	// maxText is ten times the longest content of a message.
	maxText = 2 << 20
)
