package shape

import (
	"encoding/json"
	"strconv"
	"time"
)

// isoLayout is ISO 8601 in UTC with milliseconds.
const isoLayout = "2006-01-02T15:04:05.000Z"

// ISO writes a time as a raw column has it.
func ISO(t time.Time) string { return t.UTC().Format(isoLayout) }

// ISOPtr is ISO for a time that may be missing.
func ISOPtr(t *time.Time) *string {
	if t == nil {
		return nil
	}
	s := ISO(*t)
	return &s
}

// Unix is a time in whole seconds, rounded down. A missing one is 0, as in Chatwoot.
func Unix(t *time.Time) int64 {
	if t == nil {
		return 0
	}
	return t.Unix()
}

// UnixMicros is a time in seconds with six decimals, as updated_at of a conversation is written.
func UnixMicros(t time.Time) json.Number {
	b := make([]byte, 0, 20)
	b = strconv.AppendInt(b, t.Unix(), 10)
	b = append(b, '.')
	micros := t.Nanosecond() / 1000
	for d := 100000; d > 0; d /= 10 {
		b = append(b, byte('0'+micros/d%10))
	}
	return json.Number(b)
}

// AvailableName is the display name of a user, or their name where they have none.
func AvailableName(name string, display *string) string {
	if display != nil && *display != "" {
		return *display
	}
	return name
}

// NilIfEmpty is a text that is null when it is empty.
func NilIfEmpty(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// Deref is a text, or "" for nil.
func Deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// NonEmpty is an object, or nil where it has no keys.
func NonEmpty(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 || string(raw) == "{}" {
		return nil
	}
	return raw
}
