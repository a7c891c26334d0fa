package ui

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// DomID names the element of one thing on a page: DomID("message", 9101) is
// "message-9101".
func DomID(noun string, id int64) string {
	return noun + "-" + strconv.FormatInt(id, 10)
}

// Plural counts in words: Plural(1, "reply", "replies") is "1 reply".
func Plural(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Thousands(n) + " " + many
}

// Thousands writes a figure with commas, 1,204.
func Thousands(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "−", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// Bytes writes the size of a file for people: 84 KB, 6.2 MB.
func Bytes(n int64) string {
	size, unit := float64(n), "B"
	for _, next := range []string{"KB", "MB", "GB", "TB"} {
		if size < 1000 {
			break
		}
		size, unit = size/1000, next
	}
	if unit == "B" || size >= 9.95 {
		return fmt.Sprintf("%.0f %s", size, unit)
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", size), ".0") + " " + unit
}

// Initials gives the one or two letters that stand for a name in an avatar: the
// first of its first and of its last word. An address counts as one word.
func Initials(name string) string {
	name, _, _ = strings.Cut(strings.TrimSpace(name), "@")
	var letters []string
	for _, word := range strings.Fields(name) {
		first, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(word, func(r rune) bool { return !unicode.IsLetter(r) }))
		if first != utf8.RuneError {
			letters = append(letters, string(unicode.ToUpper(first)))
		}
	}
	switch len(letters) {
	case 0:
		return ""
	case 1:
		return letters[0]
	default:
		return letters[0] + letters[len(letters)-1]
	}
}

// Moment is a time in full, with its zone, for titles and screen readers.
func Moment(t, now time.Time) string {
	return t.In(now.Location()).Format("Monday 2 January 2006, 15:04 MST")
}

// Ago is a time as lists show it: minutes and hours within a day, then the day.
// It reads in the zone of now, so a handler passes now in the reader's.
func Ago(t, now time.Time) string {
	t = t.In(now.Location())
	gone := now.Sub(t)
	switch {
	case gone < time.Minute:
		return "now"
	case gone < time.Hour:
		return strconv.Itoa(int(gone.Minutes())) + " min"
	case gone < 24*time.Hour:
		return strconv.Itoa(int(gone.Hours())) + " h"
	}
	switch days := daysBetween(t, now); {
	case days <= 1:
		return "Yesterday"
	case days < 7:
		return t.Format("Mon")
	case t.Year() == now.Year():
		return t.Format("2 Jan")
	default:
		return t.Format("2 Jan 2006")
	}
}

// Clock is a time as messages show it: the hour, with the day once it is another.
func Clock(t, now time.Time) string {
	t = t.In(now.Location())
	switch days := daysBetween(t, now); {
	case days == 0:
		return t.Format("15:04")
	case days > 0 && days < 7:
		return t.Format("Mon 15:04")
	case t.Year() == now.Year():
		return t.Format("2 Jan, 15:04")
	default:
		return t.Format("2 Jan 2006, 15:04")
	}
}

// daysBetween counts midnights, not spans of 24 hours.
func daysBetween(t, now time.Time) int {
	day := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
	return int(day(now).Sub(day(t)).Hours() / 24)
}

// lowerFirst begins a label in the middle of a sentence.
func lowerFirst(label string) string {
	first, size := utf8.DecodeRuneInString(label)
	return string(unicode.ToLower(first)) + label[size:]
}
