package db

import "strings"

// Who is the contact's name, or else an address of theirs.
func (c Contact) Who() string { return contactName(c.Name, c.Email, c.PhoneNumber) }

// Who is the name of the conversation's contact.
func (r ListConversationRowsByIDRow) Who() string {
	return contactName(r.ContactName, r.ContactEmail, r.ContactPhone)
}

func contactName(name string, email, phone *string) string {
	switch {
	case strings.TrimSpace(name) != "":
		return name
	case email != nil && *email != "":
		return *email
	case phone != nil && *phone != "":
		return *phone
	}
	return "Unknown contact"
}

// Unread reports whether the contact has written a message that the viewer has not read. Without a read mark of their
// own, the team's counts.
func (r ListConversationRowsByIDRow) Unread() bool {
	return r.LastIncomingID != nil && *r.LastIncomingID > r.mark()
}

// News is how many messages are unread, where it is known: 0 if the team has read them and only the viewer has not.
func (r ListConversationRowsByIDRow) News() int32 {
	if r.mark() > r.AgentsReadUpTo {
		return 0
	}
	return r.UnreadCount
}

func (r ListConversationRowsByIDRow) mark() int64 {
	if r.ReadUpTo != nil {
		return *r.ReadUpTo
	}
	return r.AgentsReadUpTo
}

// Failed reports whether the last message could not be delivered.
func (r ListConversationRowsByIDRow) Failed() bool {
	return r.LastDelivery != nil && (*r.LastDelivery == DeliveryFailed || *r.LastDelivery == DeliveryExpired)
}

// ReadTo is how far the viewer has read the open conversation. Without a read mark of their own, the team's counts.
func (r GetOpenConversationRow) ReadTo() int64 {
	if r.ReadUpTo != nil {
		return *r.ReadUpTo
	}
	return r.Conversation.AgentsReadUpTo
}

// Subject is the conversation's subject, if it has one.
func (r GetOpenConversationRow) Subject() string {
	if r.Conversation.Subject != "" {
		return r.Conversation.Subject
	}
	return "Conversation with " + r.Contact.Who()
}
