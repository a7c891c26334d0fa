// Package link holds every URL of ours as a function, so that a page, a mail and a test never spell one.
// It imports nothing of ours. Absolute URLs are made by joining the configured base URL in front.
package link

import (
	"net/url"
	"strconv"
)

func id(n int64) string { return strconv.FormatInt(n, 10) }

// Account is the start of everything in an account.
func Account(account int64) string { return "/accounts/" + id(account) }

// Conversations is the inbox page.
func Conversations(account int64) string { return Account(account) + "/conversations" }

// NewConversation is where somebody writes first.
func NewConversation(account int64) string { return Conversations(account) + "/new" }

// Conversation is one conversation, by its display id.
func Conversation(account, display int64) string { return Conversations(account) + "/" + id(display) }

// Message is a message's place in its conversation.
func Message(account, display, message int64) string {
	return Conversation(account, display) + "#message-" + id(message)
}

// Messages takes the composer's post.
func Messages(account, display int64) string { return Conversation(account, display) + "/messages" }

// Contacts is the list of contacts.
func Contacts(account int64) string { return Account(account) + "/contacts" }

// Contact is one contact.
func Contact(account, contact int64) string { return Contacts(account) + "/" + id(contact) }

// Search is the search page.
func Search(account int64) string { return Account(account) + "/search" }

// Notifications is what a user was told.
func Notifications(account int64) string { return Account(account) + "/notifications" }

// Settings is a settings page, by its name.
func Settings(account int64, page string) string { return Account(account) + "/settings/" + page }

// File is an attachment's bytes. The key is the permission; the name is there to be read.
func File(key, name string) string { return "/files/" + key + "/" + url.PathEscape(name) }

// Thumb is an image's small version.
func Thumb(key string) string { return "/files/" + key + "/thumb" }

// Avatar is a picture of a user, contact, inbox or bot.
func Avatar(hash string) string { return "/avatars/" + hash }

// Survey asks a customer how a conversation went.
func Survey(conversationUUID string) string { return "/survey/responses/" + conversationUUID }

// Invitation is where an invited person chooses a password.
func Invitation(token string) string { return "/invitations/" + token }

// PasswordReset is where a user chooses a new password.
func PasswordReset(token string) string { return "/password-resets/" + token }

// The pages outside any account.
const (
	Login   = "/login"
	Logout  = "/logout"
	Setup   = "/setup"
	Profile = "/profile"
	Docs    = "/api/docs"
)

// Reference is the page about a dialect of the API.
func Reference(dialect string) string { return Docs + "/" + dialect }

// OpenAPI is a dialect's OpenAPI document.
func OpenAPI(dialect string) string { return "/api/openapi/" + dialect + ".json" }

// LoginLink signs a user in, once.
func LoginLink(token string) string { return "/login-links/" + token }
