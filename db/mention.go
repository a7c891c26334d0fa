package db

import "regexp"

var mention = regexp.MustCompile(`\[@([^\]\[]{1,200})\]\(mention://(?:user|team)/\d{1,18}/[^)\s]*\)`)

// ReplaceMentions replaces each mention in a message's text by a template, in which $1 is the name.
func ReplaceMentions(text, template string) string { return mention.ReplaceAllString(text, template) }
