package ui

import (
	"github.com/a-h/templ"
)

// Act describes a button or a link that looks like one.
type Act struct {
	Label string
	// Kind is how loud it is: "", "primary" (one on a page), "quiet", "note", "danger".
	Kind string
	// Size is "", "small" or "large".
	Size string
	Icon string
	// Submit makes it send its form; otherwise scripts or popovertarget give it work.
	Submit bool
	// Key presses it from the keyboard, in the notation of data-key: "e", "Shift+A", "g i".
	Key string
	// More is said after the label to those who cannot see what stands beside it.
	More  string
	Attrs templ.Attributes
}

func buttonType(submit bool) string {
	if submit {
		return "submit"
	}
	return "button"
}

func iconFor(size string) int {
	if size == "small" {
		return 14
	}
	return 16
}
