package desk

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/channel"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/job"
)

// maxInboxText is the longest greeting and out-of-office message, in characters.
const maxInboxText = 10000

// UpdateInbox changes an inbox: change edits a copy of its row, which is checked and stored, except for what never
// changes (kind, identifier, HMAC key). Administrators only. It records no event if nothing changed, and returns
// pgx.ErrNoRows if there is no such inbox, or it is being deleted.
func (t *Tx) UpdateInbox(ctx context.Context, inboxID int64, change func(*db.Inbox) error) (db.Inbox, error) {
	if err := t.requireAdmin(); err != nil {
		return db.Inbox{}, err
	}
	inbox, err := t.q.LockInbox(ctx, t.Account(), inboxID)
	if err != nil {
		return inbox, err
	}
	if inbox.ArchivedAt != nil {
		return inbox, fault.NotFound
	}
	inbox, changed, err := t.setInbox(ctx, inbox, change)
	if err != nil || len(changed) == 0 {
		return inbox, err
	}
	return inbox, t.record(ctx, InboxUpdated, subject{inboxID: inbox.ID}, Data{Changed: changed})
}

// setInbox stores the inbox as change leaves it, and returns what changed.
func (t *Tx) setInbox(ctx context.Context, before db.Inbox, change func(*db.Inbox) error) (db.Inbox, map[string][2]any, error) {
	i := before
	if err := change(&i); err != nil {
		return before, nil, err
	}
	i.Name = strings.TrimSpace(i.Name)
	if err := t.checkInbox(ctx, i); err != nil {
		return before, nil, err
	}
	changed := inboxChanges(before, i)
	if len(changed) == 0 {
		return before, nil, nil
	}
	row, err := t.q.UpdateInbox(ctx, db.UpdateInboxParams{
		AccountID: i.AccountID, ID: i.ID, Name: i.Name, HmacMandatory: i.HmacMandatory, WebhookUrl: i.WebhookUrl, WebhookSecret: i.WebhookSecret,
		Address: i.Address, AvatarHash: i.AvatarHash, AgentBotID: i.AgentBotID, GreetingEnabled: i.GreetingEnabled,
		GreetingMessage:      i.GreetingMessage,
		EnableAutoAssignment: i.EnableAutoAssignment, AutoAssignmentConfig: object(i.AutoAssignmentConfig),
		EnableEmailCollect: i.EnableEmailCollect,
		CsatSurveyEnabled:  i.CsatSurveyEnabled, CsatConfig: object(i.CsatConfig), WorkingHoursEnabled: i.WorkingHoursEnabled,
		WorkingHours:       i.WorkingHours,
		OutOfOfficeMessage: i.OutOfOfficeMessage, Timezone: i.Timezone, AllowMessagesAfterResolved: i.AllowMessagesAfterResolved,
		LockToSingleConversation: i.LockToSingleConversation, SenderNameType: i.SenderNameType, BusinessName: i.BusinessName,
		AdditionalAttributes: object(
			i.AdditionalAttributes,
		), Settings: db.SealedJSON(object(json.RawMessage(i.Settings))), UpdatedAt: t.Now,
	})
	return row, changed, takenAddress(err, i.Kind)
}

// takenAddress translates a unique violation: another inbox has the address.
func takenAddress(err error, k db.InboxKind) error {
	switch {
	case !db.IsDuplicate(err, "inboxes_account_id_kind_address_key"):
		return err
	case channel.Of(k).Own == channel.MailAddress:
		return fault.Field("email", "Email has already been taken")
	}
	return fault.Field("phone_number", "Phone number has already been taken")
}

func (t *Tx) checkInbox(ctx context.Context, i db.Inbox) error {
	if err := checkInboxName(i.Name); err != nil {
		return err
	}
	for field, text := range map[string]string{"greeting_message": i.GreetingMessage, "out_of_office_message": i.OutOfOfficeMessage} {
		if utf8.RuneCountInString(text) > maxInboxText {
			return fault.Field(field, fmt.Sprintf("%s is too long (maximum is %d characters)", sentence(field), maxInboxText))
		}
	}
	if i.BusinessName != nil && utf8.RuneCountInString(*i.BusinessName) > 255 {
		return fault.Field("business_name", "Business name is too long (maximum is 255 characters)")
	}
	if _, err := time.LoadLocation(i.Timezone); err != nil || i.Timezone == "" || i.Timezone == "Local" {
		return fault.Field("timezone", "Timezone is not included in the list")
	}
	if i.SenderNameType != "friendly" && i.SenderNameType != "professional" {
		return fault.Field("sender_name_type", "Sender name type is not included in the list")
	}
	if i.AgentBotID == nil {
		return nil
	}
	_, err := t.q.GetAgentBot(ctx, i.AccountID, *i.AgentBotID)
	return err
}

// sentence turns greeting_message into "Greeting message".
func sentence(field string) string {
	s := strings.ReplaceAll(field, "_", " ")
	return strings.ToUpper(s[:1]) + s[1:]
}

// inboxChanges returns the columns that differ. Of secrets it holds only that they changed, not their values.
func inboxChanges(a, b db.Inbox) map[string][2]any {
	changed := map[string][2]any{}
	note := func(name string, before, after any) {
		if !reflect.DeepEqual(comparableJSON(before), comparableJSON(after)) {
			changed[name] = [2]any{before, after}
		}
	}
	note("name", a.Name, b.Name)
	note("hmac_mandatory", a.HmacMandatory, b.HmacMandatory)
	note("webhook_url", a.WebhookUrl, b.WebhookUrl)
	note("address", a.Address, b.Address)
	note("avatar_hash", a.AvatarHash, b.AvatarHash)
	note("agent_bot_id", a.AgentBotID, b.AgentBotID)
	note("greeting_enabled", a.GreetingEnabled, b.GreetingEnabled)
	note("greeting_message", a.GreetingMessage, b.GreetingMessage)
	note("enable_auto_assignment", a.EnableAutoAssignment, b.EnableAutoAssignment)
	note("auto_assignment_config", a.AutoAssignmentConfig, b.AutoAssignmentConfig)
	note("enable_email_collect", a.EnableEmailCollect, b.EnableEmailCollect)
	note("csat_survey_enabled", a.CsatSurveyEnabled, b.CsatSurveyEnabled)
	note("csat_config", a.CsatConfig, b.CsatConfig)
	note("working_hours_enabled", a.WorkingHoursEnabled, b.WorkingHoursEnabled)
	note("working_hours", a.WorkingHours, b.WorkingHours)
	note("out_of_office_message", a.OutOfOfficeMessage, b.OutOfOfficeMessage)
	note("timezone", a.Timezone, b.Timezone)
	note("allow_messages_after_resolved", a.AllowMessagesAfterResolved, b.AllowMessagesAfterResolved)
	note("lock_to_single_conversation", a.LockToSingleConversation, b.LockToSingleConversation)
	note("sender_name_type", a.SenderNameType, b.SenderNameType)
	note("business_name", a.BusinessName, b.BusinessName)
	note("additional_attributes", a.AdditionalAttributes, b.AdditionalAttributes)
	if a.WebhookSecret != b.WebhookSecret {
		changed["webhook_secret"] = [2]any{}
	}
	if !reflect.DeepEqual(comparableJSON(json.RawMessage(a.Settings)), comparableJSON(json.RawMessage(b.Settings))) {
		changed["settings"] = [2]any{}
	}
	return changed
}

// comparableJSON decodes JSON, so that two spellings of one value are equal.
func comparableJSON(v any) any {
	raw, ok := v.(json.RawMessage)
	if !ok {
		return v
	}
	d := json.NewDecoder(bytes.NewReader(object(raw)))
	d.UseNumber()
	var out any
	if d.Decode(&out) != nil {
		return string(raw)
	}
	return out
}

// DeleteInbox hides an inbox at once and orders the job that deletes it with its conversations. Administrators only.
// fault.NotFound if there is none, or it is being deleted.
func (t *Tx) DeleteInbox(ctx context.Context, inboxID int64) error {
	if err := t.requireAdmin(); err != nil {
		return err
	}
	n, err := t.q.RetireInbox(ctx, db.RetireInboxParams{At: t.Now, AccountID: t.Account(), ID: inboxID})
	if err := fault.Found(n, err); err != nil {
		return err
	}
	if err := t.record(ctx, InboxRetired, subject{inboxID: inboxID}, Data{}); err != nil {
		return err
	}
	t.poke("members", 0, nil)
	return t.Enqueue(ctx, job.DeleteInbox{AccountID: t.Account(), InboxID: inboxID})
}

// bite is how many conversations one transaction of a long job changes.
const bite = 50

// ClearInbox does what DeleteInbox ordered: it deletes an inbox's conversations, some in each transaction, and then
// the inbox. It may be called again after an interruption.
func (d *Desk) ClearInbox(ctx context.Context, accountID, inboxID int64) error {
	for {
		left := 0
		err := d.Do(ctx, System(accountID), func(t *Tx) error {
			inbox, err := t.q.LockInbox(ctx, accountID, inboxID)
			if err != nil || inbox.ArchivedAt == nil {
				return err
			}
			ids, err := t.q.ListInboxConversationIDs(
				ctx,
				db.ListInboxConversationIDsParams{AccountID: accountID, InboxID: inboxID, Most: bite},
			)
			if err != nil {
				return err
			}
			left = len(ids)
			slices.Sort(ids)
			for _, id := range ids {
				if err := t.DeleteConversation(ctx, id); err != nil && !db.IsNone(err) {
					return err
				}
			}
			if left > 0 {
				return nil
			}
			if err := t.record(ctx, InboxDeleted, subject{inboxID: inboxID}, Data{}); err != nil {
				return err
			}
			return t.q.DeleteInbox(ctx, accountID, inboxID)
		})
		if db.IsNone(err) {
			return nil
		}
		if err != nil || left == 0 {
			return err
		}
	}
}
