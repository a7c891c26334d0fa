package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
)

// TypingInput is what a client sends while its user types, and when they stop.
type TypingInput struct {
	Status  Text `json:"typing_status"`
	Private Bool `json:"is_private"`
}

// Apply tells the others in the conversation. It ignores a status other than on and off.
func (in TypingInput) Apply(ctx context.Context, t *desk.Tx, conversationID int64) error {
	if in.Status.Value != "on" && in.Status.Value != "off" {
		return nil
	}
	return t.Typing(ctx, conversationID, in.Status.Value == "on", in.Private.Value)
}

// ToggleTyping handles the route with which the caller says that they type in the conversation in the path.
func (a *API) ToggleTyping(c *Call) error {
	var in TypingInput
	if err := c.Read(&in); err != nil {
		return err
	}
	return a.ChangeConversation(c, func(ctx context.Context, t *desk.Tx, conversation db.Conversation) (any, error) {
		return Empty(), in.Apply(ctx, t, conversation.ID)
	})
}

// ConversationPage returns the page of a list of conversations that the call asks for, and its number. The number is 0 if
// the page follows a cursor. The page has usual conversations if the client sends no limit.
func ConversationPage(
	c *Call, f db.ConversationFilter, o db.ConversationOrder, usual int,
) (l db.ConversationList, number int, err error) {
	l = db.ConversationList{Scope: c.Scope(), Filter: f, Order: o, Page: db.ConversationPage{Size: c.Limit(usual, maxConversations)}}
	var order db.ConversationOrder
	follows, err := c.Cursor(&order, &l.Page.After)
	if err != nil {
		return l, 0, err
	}
	if follows && (order != o || !o.Fits(l.Page.After)) {
		return l, 0, Refuse(http.StatusUnprocessableEntity, "The cursor is not one of this list")
	}
	if follows {
		return l, 0, nil
	}
	return l, c.PageNumber(), nil
}

// maxConversations is the largest limit for a page of conversations.
const maxConversations = 100

// CountedConversations reads a page of ConversationPage and the counts of its whole list in one round trip. If the list
// goes on, the Link header says where.
func (a *API) CountedConversations(
	c *Call, l db.ConversationList, number int,
) (n db.ConversationCounts, listed []db.ListedConversation, err error) {
	b := a.Q.Batch()
	db.Into2(b, &n, (*db.Queries).CountConversations, l.Scope, l.Filter)
	listed, err = a.readPage(c, b, l, number)
	return n, listed, err
}

// ListedConversations is CountedConversations without the counts.
func (a *API) ListedConversations(c *Call, l db.ConversationList, number int) ([]db.ListedConversation, error) {
	return a.readPage(c, a.Q.Batch(), l, number)
}

func (a *API) readPage(c *Call, b *db.Batch, l db.ConversationList, number int) (listed []db.ListedConversation, err error) {
	if number == 0 {
		db.Into(b, &listed, (*db.Queries).ListConversationIDs, l)
	} else {
		a.Pages.Into(b, &listed, l, number)
	}
	if err := b.Run(c.Ctx()); err != nil {
		return nil, err
	}
	if len(listed) == l.Page.Size {
		err = c.Next(l.Order, listed[len(listed)-1].Position)
	}
	return listed, err
}

// InOrder sorts rows that were read by ids into the order of the ids. Rows may be missing, because they were deleted
// meanwhile.
func InOrder[T any](rows []T, ids []int64, id func(*T) int64) {
	index := make(map[int64]int, len(ids))
	for i, id := range ids {
		index[id] = i
	}
	slices.SortFunc(rows, func(a, b T) int { return index[id(&a)] - index[id(&b)] })
}
