package db

// Public tells whether the contact may see the message.
func (m Message) Public() bool { return !m.Private && m.Kind != MessageKindActivity }

// Text is the content, or nothing.
func (m Message) Text() string {
	if m.Content == nil {
		return ""
	}
	return *m.Content
}

// rank orders deliveries: states only move forward, save that a failed one may be queued again by Retry.
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
	return 1
}

// After tells whether a message that stands at d may move to next. Failed and expired can be left and reached from
// any state but read; the others only move forward.
func (d Delivery) After(next Delivery) bool {
	if d == DeliveryFailed || d == DeliveryExpired {
		return true
	}
	if next == DeliveryFailed || next == DeliveryExpired {
		return true
	}
	return next.rank() >= d.rank()
}
