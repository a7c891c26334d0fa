package views

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/views/ui"
)

// DeliveryLog is a page of a receiver's deliveries. Path is the page that shows it.
type DeliveryLog struct {
	Path      string
	Rows      []db.WebhookDelivery
	Day       db.CountDeliveriesRow
	First     bool
	Before    int64
	CanReplay bool
}

func (l DeliveryLog) lead() string {
	if l.Day.Delivered+l.Day.Failed+l.Day.Waiting == 0 {
		return "Nothing was sent in the last 24 hours."
	}
	return fmt.Sprintf(
		"Last 24 hours: %s delivered, %s failed, %s waiting.", ui.Thousands(l.Day.Delivered), ui.Thousands(l.Day.Failed),
		ui.Thousands(l.Day.Waiting),
	)
}

// deliveryResult is how a delivery stands, and what its receiver answered last.
func deliveryResult(d db.WebhookDelivery) string {
	word := ""
	switch {
	case d.State == db.DeliveryStateDropped:
		return "Dropped"
	case d.State == db.DeliveryStateFailed:
		word = "Failed"
	case d.State == db.DeliveryStatePending && d.Attempts > 0:
		word = "Retrying"
	case d.State != db.DeliveryStateDelivered:
		return "Waiting"
	default:
		word = "Delivered"
	}
	if d.LastStatus != nil {
		word += " · " + strconv.Itoa(int(*d.LastStatus))
	}
	return word
}

// deliveryReason is why a delivery has not arrived, and what happens next.
func deliveryReason(d db.WebhookDelivery, now time.Time) string {
	switch {
	case d.State == db.DeliveryStateWaiting && d.QueueKey != "":
		subject, _, _ := strings.Cut(d.QueueKey, ":")
		return "Waits for an earlier event of the " + subject
	case d.State == db.DeliveryStatePending && d.Attempts > 0 && d.NextTryAt != nil && d.NextTryAt.After(now):
		return d.LastError + ". Next try: " + ui.Clock(*d.NextTryAt, now)
	}
	return d.LastError
}

func deliveryLook(d db.WebhookDelivery) (state, icon string) {
	switch d.State {
	case db.DeliveryStateDelivered:
		return "ok", "check"
	case db.DeliveryStateFailed:
		return "failed", "triangle-alert"
	case db.DeliveryStateDropped:
		return "", "x"
	}
	return "pending", "clock"
}

func ended(d db.WebhookDelivery) bool {
	return d.Body != "" && (d.State == db.DeliveryStateDelivered || d.State == db.DeliveryStateFailed || d.State == db.DeliveryStateDropped)
}

func (l DeliveryLog) newest() templ.SafeURL {
	if l.First {
		return ""
	}
	return templ.SafeURL(link.At(l.Path, "log"))
}

func (l DeliveryLog) older() templ.SafeURL {
	if l.Before == 0 {
		return ""
	}
	return templ.SafeURL(link.At(link.With(l.Path, "before", strconv.FormatInt(l.Before, 10)), "log"))
}
