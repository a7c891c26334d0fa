package views

import "regexp"

// mentioned is a colleague named in a note, in the form in which all three APIs write it.
var mentioned = regexp.MustCompile(`\[@([^\]\[]{1,200})\]\(mention://(?:user|team)/\d{1,18}/[^)\s]*\)`)

// plainMentions shows a mention as "@Name", for plain text.
func plainMentions(text string) string { return mentioned.ReplaceAllString(text, "@$1") }
