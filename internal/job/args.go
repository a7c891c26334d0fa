package job

import (
	"time"

	"github.com/riverqueue/river"
)

// ReactEvents handles a range of an account's numbered events (package react). The sequencer inserts it in the
// transaction that numbers them.
type ReactEvents struct {
	AccountID int64 `json:"account_id"`
	First     int64 `json:"first"`
	Last      int64 `json:"last"`
}

// Kind names the job.
func (ReactEvents) Kind() string { return "react_events" }

// DeliverWebhook tries a webhook delivery once, after Tries earlier tries. It does nothing if another job has made
// that try.
type DeliverWebhook struct {
	AccountID  int64 `json:"account_id"`
	DeliveryID int64 `json:"delivery_id"`
	Tries      int32 `json:"tries"`
}

// Kind names the job.
func (DeliverWebhook) Kind() string { return "deliver_webhook" }

// InsertOpts puts calls to other servers into a queue of their own.
func (DeliverWebhook) InsertOpts() river.InsertOpts { return river.InsertOpts{Queue: QueueOutgoing} }

// HandleLostDelivery handles a webhook delivery that was given up. It is inserted in the transaction that gives up.
type HandleLostDelivery struct {
	AccountID  int64 `json:"account_id"`
	DeliveryID int64 `json:"delivery_id"`
}

// Kind names the job.
func (HandleLostDelivery) Kind() string { return "follow_lost_delivery" }

// ReplayWebhook sends deliveries that have ended once more, with the same ids.
type ReplayWebhook struct {
	AccountID   int64   `json:"account_id"`
	DeliveryIDs []int64 `json:"delivery_ids"`
}

// Kind names the job.
func (ReplayWebhook) Kind() string { return "replay_webhook" }

// ResumeWebhook starts the waiting deliveries of a webhook that is no longer paused.
type ResumeWebhook struct {
	AccountID int64 `json:"account_id"`
	WebhookID int64 `json:"webhook_id"`
}

// Kind names the job.
func (ResumeWebhook) Kind() string { return "resume_webhook" }

// MendWebhooks starts deliveries that wait although nothing is before them, or whose job was lost.
type MendWebhooks struct{}

// Kind names the job.
func (MendWebhooks) Kind() string { return "mend_webhooks" }

// SendRuleWebhook makes the webhook delivery that an automation rule or a macro asks for.
type SendRuleWebhook struct {
	AccountID int64  `json:"account_id"`
	RuleID    int64  `json:"rule_id"`
	MacroID   int64  `json:"macro_id,omitempty"`
	EventID   int64  `json:"event_id"`
	EventName string `json:"event_name"`
	URL       string `json:"url"`
}

// Kind names the job.
func (SendRuleWebhook) Kind() string { return "send_rule_webhook" }

// SendPush sends a notification to one device of its user. It is inserted in the transaction that notifies them.
type SendPush struct {
	AccountID      int64 `json:"account_id"`
	NotificationID int64 `json:"notification_id"`
	SubscriptionID int64 `json:"subscription_id"`
}

// Kind names the job.
func (SendPush) Kind() string { return "send_push" }

// InsertOpts puts calls to other servers into a queue of their own. What has not arrived after some minutes is not
// worth a push any more.
func (SendPush) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueueOutgoing, MaxAttempts: 5}
}

// RunMacro runs a macro's actions on conversations as the user who started it.
type RunMacro struct {
	AccountID  int64   `json:"account_id"`
	MacroID    int64   `json:"macro_id"`
	UserID     int64   `json:"user_id"`
	DisplayIDs []int64 `json:"display_ids"`
}

// Kind names the job.
func (RunMacro) Kind() string { return "run_macro" }

// AutoResolve resolves conversations that have been quiet for as long as their account sets.
type AutoResolve struct{}

// Kind names the job.
func (AutoResolve) Kind() string { return "auto_resolve" }

// FoldCounts folds the differences of conversation_counts.
type FoldCounts struct{}

// Kind names the job.
func (FoldCounts) Kind() string { return "fold_counts" }

// WakeSnoozed opens conversations whose snooze has ended.
type WakeSnoozed struct{}

// Kind names the job.
func (WakeSnoozed) Kind() string { return "wake_snoozed" }

// SweepOld deletes expired rows: idempotency keys, sessions, uploads without a message, delivery logs.
type SweepOld struct{}

// Kind names the job.
func (SweepOld) Kind() string { return "sweep_old" }

// FetchAvatar fetches a contact's picture from an address. It gives up after a few tries: a dead address stays dead.
type FetchAvatar struct {
	AccountID int64  `json:"account_id"`
	ContactID int64  `json:"contact_id"`
	URL       string `json:"url"`
}

// Kind names the job.
func (FetchAvatar) Kind() string { return "fetch_avatar" }

// InsertOpts puts calls to other servers into a queue of their own.
func (FetchAvatar) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueueOutgoing, MaxAttempts: 3}
}

// MakeThumbnail makes the small version of a stored picture. It is inserted in the transaction that refers to the
// picture, so that no picture is forgotten. A picture that cannot be read is given up at once.
type MakeThumbnail struct {
	Hash string `json:"hash"`
}

// Kind names the job.
func (MakeThumbnail) Kind() string { return "make_thumbnail" }

// InsertOpts puts the decoding of pictures into a queue of its own, which takes one at a time.
func (MakeThumbnail) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueuePictures, MaxAttempts: 3}
}

// ImportContacts imports an uploaded file of contacts.
type ImportContacts struct {
	AccountID int64 `json:"account_id"`
	ImportID  int64 `json:"import_id"`
}

// Kind names the job.
func (ImportContacts) Kind() string { return "import_contacts" }

// ExportContacts writes a file of contacts.
type ExportContacts struct {
	AccountID int64 `json:"account_id"`
	ImportID  int64 `json:"import_id"`
}

// Kind names the job.
func (ExportContacts) Kind() string { return "export_contacts" }

// ReplaceLabel replaces a label's title on everything that carries it, or removes it where To is empty.
type ReplaceLabel struct {
	AccountID int64  `json:"account_id"`
	From      string `json:"from"`
	To        string `json:"to"`
}

// Kind names the job.
func (ReplaceLabel) Kind() string { return "replace_label" }

// DeleteMessage deletes a message whose time has come, as the user who deleted it. It does nothing if they took that
// back.
type DeleteMessage struct {
	AccountID      int64 `json:"account_id"`
	ConversationID int64 `json:"conversation_id"`
	MessageID      int64 `json:"message_id"`
	UserID         int64 `json:"user_id"`
}

// Kind names the job.
func (DeleteMessage) Kind() string { return "delete_message" }

// DeleteInbox deletes a hidden inbox with its conversations.
type DeleteInbox struct {
	AccountID int64 `json:"account_id"`
	InboxID   int64 `json:"inbox_id"`
}

// Kind names the job.
func (DeleteInbox) Kind() string { return "delete_inbox" }

// ReleaseAssignee unassigns the conversations of a user who has left the account.
type ReleaseAssignee struct {
	AccountID int64 `json:"account_id"`
	UserID    int64 `json:"user_id"`
}

// Kind names the job.
func (ReleaseAssignee) Kind() string { return "release_assignee" }

// SendOutgoingMail sends an outgoing mail, try after try until it has ended. It does nothing for one that has ended.
type SendOutgoingMail struct {
	OutgoingMailID int64 `json:"letter_id"`
}

// Kind names the job.
func (SendOutgoingMail) Kind() string { return "send_letter" }

// InsertOpts gives mails a queue of their own: a mail server that hangs delays nothing else.
func (SendOutgoingMail) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueueOutgoingMails}
}

// MailPasswordLink orders a mail with a password link for the user of an address. It is a job even for an unknown
// address, so that the request takes as long for every address.
type MailPasswordLink struct {
	Email string `json:"email"`
}

// Kind names the job.
func (MailPasswordLink) Kind() string { return "mail_password_link" }

// NotifyWebhookPaused notifies an account's administrators that a webhook was paused after the delivery of an event.
// It is inserted in the transaction that pauses it.
type NotifyWebhookPaused struct {
	AccountID int64     `json:"account_id"`
	WebhookID int64     `json:"webhook_id"`
	EventID   int64     `json:"event_id"`
	PausedAt  time.Time `json:"paused_at"`
}

// Kind names the job.
func (NotifyWebhookPaused) Kind() string { return "tell_paused" }

// ShowUndelivered pokes open pages when the receiver of an inbox's events begins to fail or works again: they show
// which messages are undelivered.
type ShowUndelivered struct {
	AccountID int64 `json:"account_id"`
	EventID   int64 `json:"event_id"`
}

// Kind names the job.
func (ShowUndelivered) Kind() string { return "show_undelivered" }

// DeleteAccount deletes the data of a hidden account, and then the account.
type DeleteAccount struct {
	AccountID int64 `json:"account_id"`
}

// Kind names the job.
func (DeleteAccount) Kind() string { return "delete_account" }

// SweepBlobs deletes files that nothing refers to any more, a part of the store each hour.
type SweepBlobs struct{}

// Kind names the job.
func (SweepBlobs) Kind() string { return "sweep_blobs" }
