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

// Live is the stream of pokes that keeps pages up to date.
func Live(account int64) string { return Account(account) + "/live" }

// Canned finds canned replies for the composer.
func Canned(account int64) string { return Account(account) + "/canned" }

// Uploads takes files for a message that is being written.
func Uploads(account int64) string { return Account(account) + "/uploads" }

// Upload is one such file.
func Upload(account int64, key string) string { return Uploads(account) + "/" + key }

// Contacts is the list of contacts.
func Contacts(account int64) string { return Account(account) + "/contacts" }

// Contact is one contact.
func Contact(account, contact int64) string { return Contacts(account) + "/" + id(contact) }

// ContactImports takes files of contacts.
func ContactImports(account int64) string { return Contacts(account) + "/imports" }

// ContactImport is one file of contacts.
func ContactImport(account, file int64) string { return ContactImports(account) + "/" + id(file) }

// ContactImportFailures are the rows that an import refused, as a file.
func ContactImportFailures(account, file int64) string {
	return ContactImport(account, file) + "/failures"
}

// ContactMuting mutes a contact, or no longer.
func ContactMuting(account, contact int64) string { return Contact(account, contact) + "/muting" }

// ContactAttributes sets an attribute of a contact.
func ContactAttributes(account, contact int64) string {
	return Contact(account, contact) + "/attributes"
}

// ContactNotes takes a note about a contact.
func ContactNotes(account, contact int64) string { return Contact(account, contact) + "/notes" }

// ContactNoteDeletion deletes a note about a contact.
func ContactNoteDeletion(account, contact, note int64) string {
	return ContactNotes(account, contact) + "/" + id(note) + "/deletion"
}

// Search is the search page.
func Search(account int64) string { return Account(account) + "/search" }

// Notifications lists what a user was notified of.
func Notifications(account int64) string { return Account(account) + "/notifications" }

// NotificationsReading marks notifications as read.
func NotificationsReading(account int64) string { return Notifications(account) + "/reading" }

// Notification marks one notification as read and leads to its subject.
func Notification(account, notification int64) string {
	return Notifications(account) + "/" + id(notification)
}

// File is an attachment's bytes. The key is the permission; the name is there to be read.
func File(key, name string) string { return "/files/" + key + "/" + url.PathEscape(name) }

// Thumb is an image's small version.
func Thumb(key string) string { return "/files/" + key + "/thumb" }

// Avatar is a picture of a user, contact, inbox or bot.
func Avatar(hash string) string { return "/avatars/" + hash }

// SecurityTxt says where to report a vulnerability.
const SecurityTxt = "/.well-known/security.txt"

// Survey asks a customer how a conversation went.
func Survey(conversationUUID string) string { return "/survey/responses/" + conversationUUID }

// Invitation is where an invited person chooses a password.
func Invitation(token string) string { return "/invitations/" + token }

// PasswordReset is where a user chooses a new password.
func PasswordReset(token string) string { return "/password-resets/" + token }

// The pages outside any account.
const (
	Login  = "/login"
	Logout = "/logout"
	Setup  = "/setup"
	Docs   = "/api/docs"
)

// A user's own pages.
const (
	Profile              = "/profile"
	ProfileAvailability  = Profile + "/availability"
	ProfileDevices       = Profile + "/devices"
	ProfileEmail         = Profile + "/email"
	ProfileLook          = Profile + "/look"
	ProfileNotifications = Profile + "/notifications"
	ProfilePassword      = Profile + "/password"
	ProfilePicture       = Profile + "/picture"
)

// Reference is the page about a dialect of the API.
func Reference(dialect string) string { return Docs + "/" + dialect }

// OpenAPI is a dialect's OpenAPI document.
func OpenAPI(dialect string) string { return "/api/openapi/" + dialect + ".json" }

// LoginLink signs a user in, once. Chatwoot's clients take the address and the token from it, and sign in by them.
func LoginLink(email, token string) string {
	return "/app/login?" + url.Values{"email": {email}, "sso_auth_token": {token}}.Encode()
}
