package views

import "regexp"

// mentioned is a colleague named in a note, in the form in which all three APIs write it.
var mentioned = regexp.MustCompile(`\[@([^\]\[]{1,200})\]\(mention://(?:user|team)/\d{1,18}/[^)\s]*\)`)

// plainMentions shows names where there is no room for more.
func plainMentions(text string) string { return mentioned.ReplaceAllString(text, "@$1") }

// boldMentions lets names stand out in what is Markdown.
func boldMentions(text string) string { return mentioned.ReplaceAllString(text, "**@$1**") }
