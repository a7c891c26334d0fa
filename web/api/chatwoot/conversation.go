package chatwoot

import (
	"context"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

// conversations returns the JSON of rows with their last messages, in their order. It makes another query if a last
// message is from anyone but the contact or the assignee, and one if there are attachments.
func (h *handlers) conversations(
	ctx context.Context,
	q *db.Queries,
	scope db.Scope,
	rows []db.ConversationDetail,
	last []db.Message,
) ([]shape.Conversation, error) {
	list := make([]shape.Conversation, 0, len(rows))
	if len(rows) == 0 {
		return list, nil
	}
	messages, err := withSenders(ctx, q, scope.AccountID, rows, last)
	if err != nil {
		return nil, err
	}
	files, err := h.attachmentsOf(ctx, q, scope.AccountID, messages)
	if err != nil {
		return nil, err
	}
	byID := make(map[int64]*db.MessageDetail, len(messages))
	for i := range messages {
		byID[messages[i].ID] = &messages[i]
	}
	view := func(c *db.ConversationDetail, id *int64) *shape.EventMessage {
		if id == nil || byID[*id] == nil {
			return nil
		}
		return h.shape.EventMessage(byID[*id], c, files[*id])
	}
	for i := range rows {
		c := &rows[i]
		if !scope.Sees(c.InboxID, nil) { // seen through the team: hide the source_id, with which one can write as the contact
			c.SourceID = ""
		}
		last := view(c, c.LastMessageID)
		talk := last
		if last == nil || c.LastTalkID == nil || *c.LastTalkID != last.ID {
			talk = view(c, c.LastTalkID)
		}
		list = append(list, h.shape.Conversation(c, scope, last, talk))
	}
	return list, nil
}

// readConversations reads conversations by their ids, in any order, and their last messages.
func readConversations(
	ctx context.Context,
	q *db.Queries,
	accountID int64,
	ids []int64,
) (rows []db.ConversationDetail, last []db.Message, err error) {
	b := q.Batch()
	db.Into2(b, &rows, (*db.Queries).ListConversationDetails, accountID, ids)
	db.Into2(b, &last, (*db.Queries).ListLastMessages, accountID, ids)
	return rows, last, b.Run(ctx)
}

// withSenders adds the senders to the last messages of conversations. It also reads a message that arrived between the
// two reads.
func withSenders(
	ctx context.Context,
	q *db.Queries,
	accountID int64,
	rows []db.ConversationDetail,
	last []db.Message,
) ([]db.MessageDetail, error) {
	had := make(map[int64]*db.Message, len(last))
	for i := range last {
		had[last[i].ID] = &last[i]
	}
	messages := make([]db.MessageDetail, 0, len(last))
	var missing []int64
	for i := range rows {
		c := &rows[i]
		for n, id := range []*int64{c.LastMessageID, c.LastTalkID} {
			if id == nil || (n == 1 && c.LastMessageID != nil && *id == *c.LastMessageID) {
				continue
			}
			if m := had[*id]; m == nil {
				missing = append(missing, *id)
			} else if d, known := c.Detail(*m); known {
				messages = append(messages, d)
			} else {
				missing = append(missing, *id)
			}
		}
	}
	if len(missing) == 0 {
		return messages, nil
	}
	rest, err := q.ListMessageDetails(ctx, accountID, padded(missing))
	return append(messages, db.DetailsOf(rest)...), err
}

// padded repeats an id until there are ten. For fewer ids PostgreSQL estimates its generic plan, which assumes ten, as
// more expensive than a custom one. It would then plan each time, which takes five times as long as the query.
func padded(ids []int64) []int64 {
	for len(ids) < 10 {
		ids = append(ids, ids[0])
	}
	return ids
}

// oneConversation reads a conversation by its display id and returns its JSON.
func (h *handlers) oneConversation(
	ctx context.Context,
	q *db.Queries,
	scope db.Scope,
	displayID int64,
) (shape.Conversation, error) {
	var row db.ConversationDetail
	var last []db.Message
	b := q.Batch()
	db.Into(b, &row, (*db.Queries).GetConversationDetail, db.GetConversationDetailParams{
		AccountID: scope.AccountID,
		DisplayID: displayID,
		SeesAll:   scope.SeesAll,
		InboxIds:  scope.InboxIDs,
		TeamIds:   scope.TeamIDs,
	})
	db.Into2(b, &last, (*db.Queries).ListLastMessagesByDisplay, scope.AccountID, displayID)
	if err := b.Run(ctx); err != nil {
		return shape.Conversation{}, err
	}
	return only(h.conversations(ctx, q, scope, []db.ConversationDetail{row}, last))
}
