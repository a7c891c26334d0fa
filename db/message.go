package db

// Public reports whether the contact may see the message.
func (m Message) Public() bool { return !m.Private && m.Kind != MessageKindActivity }

// Text is the content, "" where there is none.
func (m Message) Text() string {
	if m.Content == nil {
		return ""
	}
	return *m.Content
}

// rank orders the delivery states of a message on its way.
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
	return 5 // failed and expired are final
}

// After reports whether a message in state d may go on to next. On its way it only moves forward. It can fail at any
// time, even after it has been read: a bounce comes late. A failed or expired one changes only when it arrived after
// all, so that a late "sent" never hides a failure. To send it again is desk.Tx.Retry.
func (d Delivery) After(next Delivery) bool {
	switch d {
	case DeliveryFailed, DeliveryExpired:
		return next == d || next == DeliveryDelivered || next == DeliveryRead
	}
	return next.rank() >= d.rank()
}
