package db

// Public reports whether the contact may see the message.
func (m Message) Public() bool { return !m.Private && m.Kind != MessageKindActivity }

// Text is the content, or nothing.
func (m Message) Text() string {
	if m.Content == nil {
		return ""
	}
	return *m.Content
}

// rank orders the states of a message that is on its way or has arrived.
func (d Delivery) rank() int {
	switch d {
	case DeliveryQueued:
		return 0
	case DeliverySent:
		return 1
	case DeliveryReceived:
		return 2
	case DeliveryDelivered:
		return 3
	case DeliveryRead:
		return 4
	}
	return 5 // failed and expired end it
}

// After reports whether a message that stands at d may be reported to be at next. On its way it only moves forward. It
// can fail at any time, even when it has been read: a bounce comes late. What has failed or expired is left by news of
// its arrival alone, so that a late "sent" never hides a failure; to try it again is desk.Tx.Retry.
func (d Delivery) After(next Delivery) bool {
	switch d {
	case DeliveryFailed, DeliveryExpired:
		return next == d || next == DeliveryDelivered || next == DeliveryRead
	}
	return next.rank() >= d.rank()
}
