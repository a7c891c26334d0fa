package db

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

// IsText reports whether PostgreSQL can store s as text.
func IsText(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// maxURL is the largest number of bytes in a URL that a user can store.
const maxURL = 2048

// WebURL parses an http or https URL with a host, and reports whether s is one that can be stored. Whether Parley may call
// it is decided when it does (internal/outbound).
func WebURL(s string) (*url.URL, bool) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || len(s) > maxURL || !IsText(s) {
		return nil, false
	}
	return u, true
}
