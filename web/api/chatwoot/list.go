package chatwoot

import (
	"context"
	"net/http"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

const (
	perPage = 25
	// maxPerPage is the largest page with limit and updated_within.
	maxPerPage = 100
	maxUnpaged = 1000
)

// listInput is the query of the list of conversations and of its counts.
type listInput struct {
	Status           api.Strings `json:"status"`
	AssigneeType     api.Text    `json:"assignee_type"`
	InboxID          api.IDs     `json:"inbox_id"`
	TeamID           api.ID      `json:"team_id"`
	Labels           api.Strings `json:"labels"`
	ConversationType api.Text    `json:"conversation_type"`
	Q                api.Text    `json:"q"`
	SourceID         api.Text    `json:"source_id"`
	UpdatedWithin    api.ID      `json:"updated_within"`
	SortBy           api.Text    `json:"sort_by"`
}

type countsJSON struct {
	Mine       int64 `json:"mine_count"`
	Assigned   int64 `json:"assigned_count"`
	Unassigned int64 `json:"unassigned_count"`
	All        int64 `json:"all_count"`
}

func countsOf(n db.ConversationCounts) countsJSON {
	return countsJSON{n.Mine, n.Assigned(), n.Unassigned, n.All}
}

type conversationListJSON struct {
	Data struct {
		Meta    countsJSON           `json:"meta"`
		Payload []shape.Conversation `json:"payload"`
	} `json:"data"`
}

// listConversations handles GET conversations. Its counts ignore assignee_type and paging.
func (h *handlers) listConversations(c *api.Call) error {
	var in listInput
	if err := c.ReadQuery(&in); err != nil {
		return err
	}
	f, err := h.listFilter(c, in)
	if err != nil {
		return err
	}
	counts, ids, err := h.countedPage(c, f, orderOf(in.SortBy.Value), in.UpdatedWithin.Set)
	if err != nil {
		return err
	}
	var out conversationListJSON
	out.Data.Meta = countsOf(counts)
	if out.Data.Payload, err = h.conversationsByID(c.Ctx(), c.Scope(), ids); err != nil {
		return err
	}
	return c.Answer(out)
}

// countConversations handles GET conversations/meta.
func (h *handlers) countConversations(c *api.Call) error {
	var in listInput
	if err := c.ReadQuery(&in); err != nil {
		return err
	}
	f, err := h.listFilter(c, in)
	if err != nil {
		return err
	}
	counts, err := h.q.CountConversations(c.Ctx(), c.Scope(), f)
	if err != nil {
		return err
	}
	return c.Answer(struct {
		Meta countsJSON `json:"meta"`
	}{countsOf(counts)})
}

// listFilter reads the query. By the contract an unknown team answers 404. Clients send 0 for no team and no inbox.
func (h *handlers) listFilter(c *api.Call, in listInput) (db.ConversationFilter, error) {
	f := db.ConversationFilter{
		InboxIDs: in.InboxID.Some(),
		TeamID:   in.TeamID.Ptr(),
		Labels:   in.Labels.Values,
		Text:     in.Q.Value,
		SourceID: in.SourceID.Value,
	}
	var err error
	if f.Text == "" {
		if f.Statuses, err = statusesOf(in.Status.Values); err != nil {
			return f, err
		}
	}
	if f.TeamID != nil {
		if _, err := h.q.GetTeam(c.Ctx(), c.Account(), *f.TeamID); err != nil {
			return f, err
		}
	}
	switch in.AssigneeType.Value {
	case "me":
		f.Assignee = db.AssignedToMe
	case "unassigned":
		f.Assignee = db.AssignedToNobody
	case "assigned":
		f.Assignee = db.AssignedToAnyone
	}
	me := c.Scope().UserID
	switch in.ConversationType.Value {
	case "mention":
		f.Mentioning = &me
	case "participating":
		f.FollowedBy = &me
	case "unattended":
		f.Unattended = true
	}
	if in.UpdatedWithin.Set {
		since := h.a.Now().Add(-time.Duration(min(max(in.UpdatedWithin.Value, 0), 1e9)) * time.Second)
		f.ActiveSince = &since
	}
	return f, nil
}

// statusesOf reads a status filter. If it is absent it means open; all means no filter.
func statusesOf(values []string) ([]db.ConversationStatus, error) {
	if len(values) == 0 {
		return []db.ConversationStatus{db.ConversationStatusOpen}, nil
	}
	var statuses []db.ConversationStatus
	for _, w := range values {
		if w == "all" {
			return nil, nil
		}
		status := db.ConversationStatus(w)
		if !status.Valid() {
			return nil, api.Refuse(http.StatusUnprocessableEntity, "Status must be open, resolved, pending, snoozed or all")
		}
		statuses = append(statuses, status)
	}
	return statuses, nil
}

// orderOf reads sort_by, with its old names. An unknown order is that of the newest activity.
func orderOf(word string) db.ConversationOrder {
	switch word {
	case "last_activity_at_asc":
		return db.ByActivityAsc
	case "created_at_desc", "sort_on_created_at":
		return db.ByCreatedDesc
	case "created_at_asc":
		return db.ByCreatedAsc
	case "priority_desc", "sort_on_priority":
		return db.ByPriorityDesc
	case "priority_asc":
		return db.ByPriorityAsc
	case "waiting_since_asc", "sort_on_waiting_since":
		return db.ByWaitingAsc
	case "waiting_since_desc":
		return db.ByWaitingDesc
	case "priority_desc_created_at_asc":
		return db.ByPriorityDescCreatedAsc
	}
	return db.ByActivityDesc
}

// countedPage reads the requested page with the counts of the whole list. With unpaged it returns all, up to a limit.
func (h *handlers) countedPage(
	c *api.Call, f db.ConversationFilter, o db.ConversationOrder, unpaged bool,
) (db.ConversationCounts, []db.ListedConversation, error) {
	l, number, err := api.ConversationPage(c, f, o, perPage)
	if err != nil {
		return db.ConversationCounts{}, nil, err
	}
	if unpaged {
		l.Page.Size, number = maxUnpaged, 0
	}
	return h.a.CountedConversations(c, l, number)
}

// conversationsByID reads the conversations of a page in their order.
func (h *handlers) conversationsByID(ctx context.Context, scope db.Scope, ids []db.ListedConversation) ([]shape.Conversation, error) {
	if len(ids) == 0 {
		return []shape.Conversation{}, nil
	}
	wanted := make([]int64, len(ids))
	for i, l := range ids {
		wanted[i] = l.ID
	}
	rows, last, err := readConversations(ctx, h.q, scope.AccountID, wanted)
	if err != nil {
		return nil, err
	}
	api.InOrder(rows, wanted, func(c *db.ConversationDetail) int64 { return c.ID })
	return h.conversations(ctx, h.q, scope, rows, last)
}
