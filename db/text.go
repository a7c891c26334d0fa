package db

import (
	"strings"
	"unicode/utf8"
)

// IsText reports whether PostgreSQL can store s as text.
func IsText(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }
