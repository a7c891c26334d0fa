package job

import "github.com/riverqueue/river"

// ReactEvents follows up a range of an account's numbered events (package react). Inserted by the sequencer, in the
// transaction that numbers them.
type ReactEvents struct {
	AccountID int64 `json:"account_id"`
	First     int64 `json:"first"`
	Last      int64 `json:"last"`
}

// Kind names the job.
func (ReactEvents) Kind() string { return "react_events" }

// DeliverWebhook sends one webhook delivery.
type DeliverWebhook struct {
	AccountID  int64 `json:"account_id"`
	DeliveryID int64 `json:"delivery_id"`
}

// Kind names the job.
func (DeliverWebhook) Kind() string { return "deliver_webhook" }

// InsertOpts puts calls to other servers into a queue of their own.
func (DeliverWebhook) InsertOpts() river.InsertOpts { return river.InsertOpts{Queue: QueueOutgoing} }

// FoldCounts folds the differences of conversation_counts.
type FoldCounts struct{}

// Kind names the job.
func (FoldCounts) Kind() string { return "fold_counts" }

// WakeSnoozed opens conversations whose snooze has ended.
type WakeSnoozed struct{}

// Kind names the job.
func (WakeSnoozed) Kind() string { return "wake_snoozed" }

// SweepOld deletes what has had its time: idempotency keys, sessions, uploads without a message, delivery logs.
type SweepOld struct{}

// Kind names the job.
func (SweepOld) Kind() string { return "sweep_old" }
