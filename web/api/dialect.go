package api

import (
	"net/http"
	"time"

	"github.com/parleydesk/parley/db"
)

// Dialect describes how one REST dialect differs from the others.
type Dialect struct {
	Name string
	// Prefixes are the paths that belong to this dialect, including unknown paths below them.
	Prefixes []string
	// Formats are the path prefixes below which a path may end in .json, which changes nothing.
	Formats []string
	// OtherOrigins are the path prefixes that pages of other sites may call from a browser.
	OtherOrigins []string
	// Credential returns the token that a request carries, or "".
	Credential func(r *http.Request) string
	// Passwords reports whether HTTP Basic with a user's e-mail address and password is accepted as well.
	Passwords bool
	// Fits reports whether what a request sends beside its token, such as a uid, belongs to the token. If it is nil, the
	// token alone is enough.
	Fits func(r *http.Request, row db.AuthenticateRow) bool
	// Failure returns the status and the JSON body of an error. If the body is nil, none is written.
	Failure func(f Failure) (status int, body any)
	// PerMinute and Burst are how many requests a token may make in a minute and in a second; 0 is no limit.
	PerMinute int
	Burst     int
}

// Kind is what went wrong, independent of a dialect's status and sentence for it.
type Kind string

// The kinds of failure. Those of the second group are about the token.
const (
	Malformed   Kind = "malformed"
	Invalid     Kind = "invalid"
	NotFound    Kind = "not_found"
	NotAllowed  Kind = "not_allowed"
	Conflict    Kind = "conflict"
	TooLarge    Kind = "too_large"
	Unsupported Kind = "unsupported"
	WrongMethod Kind = "wrong_method"
	TooMany     Kind = "too_many"
	Upstream    Kind = "upstream"
	Internal    Kind = "internal"

	NoToken    Kind = "no_token"
	BadToken   Kind = "bad_token"
	NotForBots Kind = "not_for_bots"
	NotMember  Kind = "not_member"
	Suspended  Kind = "suspended"
)

// Failure is an error with what an answer says about it. A handler returns one where the contract defines a status and a
// sentence; failureOf makes one of every other error.
type Failure struct {
	Kind Kind
	// Status is the usual status of the kind. A dialect may answer with another.
	Status   int
	Sentence string
	// Fields are the messages about single input fields, by name; nil if the failure is about the whole input.
	Fields map[string]string
	// Body, if not nil, replaces the body that Dialect.Failure returns.
	Body any
	// Request is the request that failed.
	Request *http.Request
	// RetryAfter is how long the client should wait before it tries again; 0 sends no header.
	RetryAfter time.Duration

	cause error
}

func (f Failure) Error() string { return f.Sentence }

// Unwrap returns the error behind the failure, if there is one.
func (f Failure) Unwrap() error { return f.cause }

// Refuse returns a failure with a status and a sentence that the contract defines.
func Refuse(status int, sentence string) Failure {
	return Failure{Kind: kindOf(status), Status: status, Sentence: sentence}
}

// Unprocessable returns a failure with 422 for input that no field alone is to blame for.
func Unprocessable(sentence string) error { return Refuse(http.StatusUnprocessableEntity, sentence) }

// RefuseWith returns a failure with a status and a body that the contract defines; a nil body sends the status alone.
func RefuseWith(status int, body any) Failure {
	return Failure{Kind: kindOf(status), Status: status, Body: body}
}

func kindOf(status int) Kind {
	switch status {
	case http.StatusBadRequest:
		return Malformed
	case http.StatusUnauthorized, http.StatusForbidden:
		return NotAllowed
	case http.StatusNotFound:
		return NotFound
	case http.StatusMethodNotAllowed:
		return WrongMethod
	case http.StatusConflict:
		return Conflict
	case http.StatusRequestEntityTooLarge:
		return TooLarge
	case http.StatusUnsupportedMediaType:
		return Unsupported
	case http.StatusTooManyRequests:
		return TooMany
	case http.StatusBadGateway, http.StatusGatewayTimeout:
		return Upstream
	}
	if status >= 500 {
		return Internal
	}
	return Invalid
}
