package views

import "github.com/parleydesk/parley/db"

// plainMentions shows a mention as "@Name", for plain text.
func plainMentions(text string) string { return db.ReplaceMentions(text, "@$1") }
