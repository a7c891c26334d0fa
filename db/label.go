package db

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

var (
	labelTitle = regexp.MustCompile(`^[\p{L}\p{N}_-]+$`)
	labelColor = regexp.MustCompile(`^#[0-9a-fA-F]{3}([0-9a-fA-F]{3})?$`)
)

// LabelTitle is a title in the form in which it is stored.
func LabelTitle(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// Invalid returns by column what is wrong with a label.
func (l Label) Invalid() map[string]string {
	invalid := map[string]string{}
	switch {
	case l.Title == "":
		invalid["title"] = "Title can't be blank"
	case !labelTitle.MatchString(l.Title):
		invalid["title"] = "Title is invalid"
	case utf8.RuneCountInString(l.Title) > 255:
		invalid["title"] = "Title is too long (maximum is 255 characters)"
	}
	if utf8.RuneCountInString(l.Description) > 20_000 {
		invalid["description"] = "Description is too long (maximum is 20000 characters)"
	}
	if !labelColor.MatchString(l.Color) {
		invalid["color"] = "Color is invalid"
	}
	return invalid
}
