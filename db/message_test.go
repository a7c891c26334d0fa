package db_test

import (
	"slices"
	"testing"

	"github.com/parleydesk/parley/db"
)

// TestDeliveryAfter holds every step from one state to another.
func TestDeliveryAfter(t *testing.T) {
	t.Parallel()
	const (
		queued, sent, received = db.DeliveryQueued, db.DeliverySent, db.DeliveryReceived
		delivered, read        = db.DeliveryDelivered, db.DeliveryRead
		failed, expired        = db.DeliveryFailed, db.DeliveryExpired
	)
	reached := map[db.Delivery][]db.Delivery{
		queued:    {queued, sent, received, delivered, read, failed, expired},
		sent:      {sent, received, delivered, read, failed, expired},
		received:  {received, delivered, read, failed, expired},
		delivered: {delivered, read, failed, expired},
		read:      {read, failed, expired}, // a bounce may come after the receipt
		failed:    {failed, delivered, read},
		expired:   {expired, delivered, read},
	}
	for _, from := range db.AllDeliveryValues() {
		for _, to := range db.AllDeliveryValues() {
			if want := slices.Contains(reached[from], to); from.After(to) != want {
				t.Errorf("from %s to %s: %v, want %v", from, to, !want, want)
			}
		}
	}
}
