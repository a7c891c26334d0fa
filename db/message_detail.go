package db

// MessageDetail is a message with its sender, as the APIs show it.
type MessageDetail struct {
	Message
	Sender MessageSender
}

// messageDetailRow is the row of a query that reads messages with their senders.
type messageDetailRow interface {
	~struct {
		Message       Message
		MessageSender MessageSender
	}
}

// DetailOf converts the row of such a query: sqlc gives each query a type of its own.
func DetailOf[R messageDetailRow](row R) MessageDetail {
	r := struct {
		Message       Message
		MessageSender MessageSender
	}(row)
	return MessageDetail{Message: r.Message, Sender: r.MessageSender}
}

// DetailsOf converts the rows of such a query.
func DetailsOf[R messageDetailRow](rows []R) []MessageDetail {
	details := make([]MessageDetail, len(rows))
	for i := range rows {
		details[i] = DetailOf(rows[i])
	}
	return details
}

// Detail adds the sender to a message of the conversation if the row has the sender: no one, the contact or the
// assignee.
func (c *ConversationDetail) Detail(m Message) (detail MessageDetail, known bool) {
	detail = MessageDetail{Message: m, Sender: MessageSender{AccountID: m.AccountID, MessageID: m.ID}}
	if m.SenderKind == nil || m.SenderID == nil {
		return detail, true
	}
	sender := &detail.Sender
	switch {
	case *m.SenderKind == SenderKindContact && *m.SenderID == c.ContactID:
		sender.ContactName = &c.ContactName
		sender.ContactEmail = c.ContactEmail
		sender.ContactPhoneNumber = c.ContactPhoneNumber
		sender.ContactIdentifier = c.ContactIdentifier
		sender.ContactBlocked = &c.ContactBlocked
		sender.ContactAdditionalAttributes = c.ContactAdditionalAttributes
		sender.ContactCustomAttributes = c.ContactCustomAttributes
		sender.ContactAvatarHash = c.ContactAvatarHash
		sender.ContactAvatarUrl = c.ContactAvatarUrl
		return detail, true
	case *m.SenderKind == SenderKindUser && c.AssigneeID != nil && *m.SenderID == *c.AssigneeID:
		sender.UserName = c.AssigneeName
		sender.UserDisplayName = c.AssigneeDisplayName
		sender.UserEmail = c.AssigneeEmail
		sender.UserAvatarHash = c.AssigneeAvatarHash
		sender.UserAvailability = c.AssigneeAvailability
		sender.UserAutoOffline = c.AssigneeAutoOffline
		sender.UserActiveAt = c.AssigneeActiveAt
		return detail, true
	}
	return detail, false
}
