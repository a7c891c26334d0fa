package shape

import (
	"encoding/json"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/web/api"
)

// ContactInbox is where a contact can be reached.
type ContactInbox struct {
	SourceID string    `json:"source_id"`
	Inbox    SlimInbox `json:"inbox"`
	// Proposal is what was said at the address by the public client API, and is not the contact's: nothing proves it.
	Proposal *db.Proposal `json:"proposal,omitempty"`
}

// SlimInbox is an inbox as a part of another resource.
type SlimInbox struct {
	ID          int64   `json:"id"`
	AvatarURL   string  `json:"avatar_url"`
	ChannelID   int64   `json:"channel_id"`
	Name        string  `json:"name"`
	ChannelType string  `json:"channel_type"`
	Provider    *string `json:"provider"`
}

// SlimInbox writes the inbox's own id as channel_id: there is no table of channels.
func (w Writer) SlimInbox(id int64, name string, kind db.InboxKind, avatar *string) SlimInbox {
	return SlimInbox{ID: id, AvatarURL: w.Avatar(avatar), ChannelID: id, Name: name, ChannelType: api.Channel(kind)}
}

// RawInbox is an inbox with its columns alone, as the answer to a new contact has it.
type RawInbox struct {
	ID                         int64           `json:"id"`
	ChannelID                  int64           `json:"channel_id"`
	AccountID                  int64           `json:"account_id"`
	Name                       string          `json:"name"`
	CreatedAt                  string          `json:"created_at"`
	UpdatedAt                  string          `json:"updated_at"`
	ChannelType                string          `json:"channel_type"`
	EnableAutoAssignment       bool            `json:"enable_auto_assignment"`
	GreetingEnabled            bool            `json:"greeting_enabled"`
	GreetingMessage            string          `json:"greeting_message"`
	EmailAddress               *string         `json:"email_address"`
	WorkingHoursEnabled        bool            `json:"working_hours_enabled"`
	OutOfOfficeMessage         string          `json:"out_of_office_message"`
	Timezone                   string          `json:"timezone"`
	EnableEmailCollect         bool            `json:"enable_email_collect"`
	CsatSurveyEnabled          bool            `json:"csat_survey_enabled"`
	AllowMessagesAfterResolved bool            `json:"allow_messages_after_resolved"`
	AutoAssignmentConfig       json.RawMessage `json:"auto_assignment_config"`
	LockToSingleConversation   bool            `json:"lock_to_single_conversation"`
	PortalID                   *int64          `json:"portal_id"`
	SenderNameType             string          `json:"sender_name_type"`
	BusinessName               *string         `json:"business_name"`
	CsatConfig                 json.RawMessage `json:"csat_config"`
}

// RawInboxOf writes an inbox as a bare row.
func RawInboxOf(i db.Inbox) *RawInbox {
	return &RawInbox{
		ID:                         i.ID,
		ChannelID:                  i.ID,
		AccountID:                  i.AccountID,
		Name:                       i.Name,
		CreatedAt:                  ISO(i.CreatedAt),
		UpdatedAt:                  ISO(i.UpdatedAt),
		ChannelType:                api.Channel(i.Kind),
		EnableAutoAssignment:       i.EnableAutoAssignment,
		GreetingEnabled:            i.GreetingEnabled,
		GreetingMessage:            i.GreetingMessage,
		WorkingHoursEnabled:        i.WorkingHoursEnabled,
		OutOfOfficeMessage:         i.OutOfOfficeMessage,
		Timezone:                   i.Timezone,
		EnableEmailCollect:         i.EnableEmailCollect,
		CsatSurveyEnabled:          i.CsatSurveyEnabled,
		AllowMessagesAfterResolved: i.AllowMessagesAfterResolved,
		AutoAssignmentConfig:       i.AutoAssignmentConfig,
		LockToSingleConversation:   i.LockToSingleConversation,
		SenderNameType:             i.SenderNameType,
		BusinessName:               i.BusinessName,
		CsatConfig:                 i.CsatConfig,
	}
}
