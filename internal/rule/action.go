package rule

import (
	"context"
	"slices"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
)

// ActionType is one kind of action. The API's validation, the editors of rules and macros and Execute all read this
// one row.
type ActionType struct {
	// Name is the action's name in the API and in the database.
	Name string
	// Field is the input that an editor shows.
	Field Field
	// Label is the action's name on a page.
	Label string
	// Do runs the action on a conversation that the transaction has locked.
	Do func(ctx context.Context, t *desk.Tx, conversationID int64, a Action, why Cause) error
}

// Field is the value that an action or a condition takes: how a form asks for it, and what it chooses from.
type Field string

// The fields.
const (
	FieldNone       Field = "none"
	FieldText       Field = "text"
	FieldWebAddress Field = "web address"
	FieldAddresses  Field = "mail addresses"
	FieldTeamMail   Field = "mail to teams"
	FieldFiles      Field = "files"
	FieldAgent      Field = "agent"
	FieldTeam       Field = "team"
	FieldInbox      Field = "inbox"
	FieldLabels     Field = "labels"
	FieldStatus     Field = "status"
	FieldPriority   Field = "priority"
	FieldDirection  Field = "message type"
	FieldYesNo      Field = "yes or no"
)

// Fields are all of them.
func Fields() []Field {
	return []Field{
		FieldNone, FieldText, FieldWebAddress, FieldAddresses, FieldTeamMail, FieldFiles, FieldAgent, FieldTeam,
		FieldInbox, FieldLabels, FieldStatus, FieldPriority, FieldDirection, FieldYesNo,
	}
}

// Numeric reports whether the field's values are ids, which JSON holds as numbers.
func (f Field) Numeric() bool { return f == FieldAgent || f == FieldTeam || f == FieldInbox }

// Written reports whether the field is text that a reader will see, which an editor keeps when the kind of action
// changes.
func (f Field) Written() bool { return f == FieldText || f == FieldTeamMail }

// Uploaded reports whether the action can be set through the API only, so that no editor offers it.
func (a ActionType) Uploaded() bool { return a.Field == FieldFiles }

// ActionTypes are the actions of rules and macros, in the order in which editors offer them.
func ActionTypes() []ActionType {
	return []ActionType{
		{"assign_agent", FieldAgent, "Assign to", assignAgent},
		{"remove_assigned_agent", FieldNone, "Assign to nobody", unassign},
		{"assign_team", FieldTeam, "Give to team", assignTeam},
		{"remove_assigned_team", FieldNone, "Take from its team", removeTeam},
		{"add_label", FieldLabels, "Add labels", addLabels},
		{"remove_label", FieldLabels, "Remove labels", removeLabels},
		{"change_priority", FieldPriority, "Set priority", setPriority},
		{"change_status", FieldStatus, "Set status", changeStatus},
		{"resolve_conversation", FieldNone, "Resolve", setStatus(db.ConversationStatusResolved)},
		{"open_conversation", FieldNone, "Open", setStatus(db.ConversationStatusOpen)},
		{"pending_conversation", FieldNone, "Set pending", setStatus(db.ConversationStatusPending)},
		{"snooze_conversation", FieldNone, "Snooze until they write", setStatus(db.ConversationStatusSnoozed)},
		{"mute_conversation", FieldNone, "Mute the contact", mute},
		{"send_message", FieldText, "Send a message", sendMessage},
		{"add_private_note", FieldText, "Add a note", addNote},
		{"send_attachment", FieldFiles, "Send files", sendFiles},
		{"send_email_to_team", FieldTeamMail, "Mail a team", mailTeam},
		{"send_email_transcript", FieldAddresses, "Mail the conversation to", mailTranscript},
		{"send_webhook_event", FieldWebAddress, "Call a webhook", sendWebhook},
	}
}

// FindAction finds a kind of action by its name.
func FindAction(name string) (ActionType, bool) {
	all := ActionTypes()
	i := slices.IndexFunc(all, func(a ActionType) bool { return a.Name == name })
	if i < 0 {
		return ActionType{}, false
	}
	return all[i], true
}
