package db

import "strings"

// Who is what a contact is called: by name, else by an address.
func (c Contact) Who() string { return contactName(c.Name, c.Email, c.PhoneNumber) }

// Who is what the card's contact is called.
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

// Unread reports whether the contact has written something that the viewer has not read; without a mark of their own
// the team's counts.
func (r ListConversationRowsByIDRow) Unread() bool {
	return r.LastIncomingID != nil && *r.LastIncomingID > r.mark()
}

// News is how many messages that is, where it is known: 0 if the team has read them and only the viewer has not.
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

// ReadTo is how far the viewer has read the open conversation; without a mark of their own, the team.
func (r GetOpenConversationRow) ReadTo() int64 {
	if r.ReadUpTo != nil {
		return *r.ReadUpTo
	}
	return r.Conversation.AgentsReadUpTo
}

// Subject is what the conversation is about, if anybody said so.
func (r GetOpenConversationRow) Subject() string {
	if r.Conversation.Subject != "" {
		return r.Conversation.Subject
	}
	return "Conversation with " + r.Contact.Who()
}
