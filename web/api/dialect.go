package api

import (
	"net/http"
	"time"

	"github.com/parleydesk/parley/db"
)

// Dialect is what one REST dialect does in its own way.
type Dialect struct {
	Name string
	// Prefixes are the paths under which every answer is this dialect's, unknown paths too.
	Prefixes []string
	// OtherOrigins are the paths that pages of other sites may call from a browser.
	OtherOrigins []string
	// Credential reads the token that a request carries, or nothing.
	Credential func(r *http.Request) string
	// Passwords tells that HTTP Basic with a user's e-mail address and password is taken as well.
	Passwords bool
	// Fits tells whether what a request says beside its token belongs to the token; nil asks for no more than the token.
	Fits func(r *http.Request, row db.AuthenticateRow) bool
	// Failure gives the status and the JSON body of an error. A nil body is an empty one.
	Failure func(f Failure) (status int, body any)
	// PerMinute is how many requests a token may make in a minute, Burst how many of them in a second; 0 is no limit.
	PerMinute int
	Burst     int
}

// Kind says what went wrong, whatever words and status a dialect has for it.
type Kind string

// The kinds of failure. The second group comes from the token.
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

// Failure is what went wrong with a call. A handler returns one where the contract has a status and a sentence of
// its own; every other error is turned into one.
type Failure struct {
	Kind Kind
	// Status is the usual one for the kind; a dialect may have another.
	Status   int
	Sentence string
	// Fields is what was wrong with the input, by name; nil where the failure is about the whole.
	Fields map[string]string
	// Body, if not nil, is the answer as it is, for contracts with a shape of their own.
	Body any
	// Request is what was asked.
	Request *http.Request
	// RetryAfter is when to come back, for TooMany.
	RetryAfter time.Duration

	cause error
}

func (f Failure) Error() string { return f.Sentence }

// Unwrap gives what was behind a failure that is ours.
func (f Failure) Unwrap() error { return f.cause }

// Refuse is a failure with a status and a sentence of the contract's own.
func Refuse(status int, sentence string) Failure {
	return Failure{Kind: kindOf(status), Status: status, Sentence: sentence}
}

// RefuseWith is a failure whose body is the contract's own too.
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
