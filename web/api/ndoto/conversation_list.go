package ndoto

import (
	"net/http"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/filter"
)

const perPage = 25

type countsJSON struct {
	All        int64 `json:"all_count"`
	Mine       int64 `json:"mine_count"`
	Unassigned int64 `json:"unassigned_count"`
	Assigned   int64 `json:"assigned_count"`
}

// listFilter reads the query. The counts ignore its assignee.
func (h *handlers) listFilter(c *api.Call) (db.ConversationFilter, db.ConversationOrder, error) {
	var in struct {
		Status       api.Text    `json:"status"`
		AssigneeType api.Text    `json:"assignee_type"`
		Labels       api.Strings `json:"labels"`
		InboxID      api.IDs     `json:"inbox_id"`
		TeamID       api.ID      `json:"team_id"`
		Q            api.Text    `json:"q"`
		Sort         api.Text    `json:"sort"`
	}
	if err := readQuery(c, &in); err != nil {
		return db.ConversationFilter{}, 0, err
	}
	f := db.ConversationFilter{InboxIDs: in.InboxID.Some(), TeamID: in.TeamID.Ptr(), Labels: in.Labels.Values, Text: in.Q.Value}
	order, ok := map[string]db.ConversationOrder{
		"": db.ByActivityDesc, "last_activity_at": db.ByActivityDesc, "updated_at": db.ByActivityDesc, "created_at": db.ByCreatedDesc,
	}[in.Sort.Value]
	if !ok {
		return f, 0, api.Refuse(http.StatusBadRequest, "sort must be created_at, updated_at or last_activity_at")
	}
	switch status := db.ConversationStatus(in.Status.Value); {
	case status == "":
		f.Statuses = []db.ConversationStatus{db.ConversationStatusOpen}
	case status.Valid():
		f.Statuses = []db.ConversationStatus{status}
	case status != "all":
		return f, 0, api.Refuse(http.StatusBadRequest, "status must be open, resolved, pending, snoozed or all")
	}
	switch in.AssigneeType.Value {
	case "", "all":
	case "me":
		f.Assignee = db.AssignedToMe
	case "unassigned":
		f.Assignee = db.AssignedToNobody
	case "assigned":
		f.Assignee = db.AssignedToAnyone
	default:
		return f, 0, api.Refuse(http.StatusBadRequest, "assignee_type must be me, unassigned, assigned or all")
	}
	return f, order, nil
}

type conversationListJSON struct {
	Data struct {
		Meta    countsJSON         `json:"meta"`
		Payload []conversationJSON `json:"payload"`
	} `json:"data"`
}

func (h *handlers) listConversations(c *api.Call) error {
	f, order, err := h.listFilter(c)
	if err != nil {
		return err
	}
	return h.answerConversations(c, f, order)
}

// filterConversations accepts Chatwoot's conditions, and answers as the list does, newest activity first.
func (h *handlers) filterConversations(c *api.Call) error {
	where, err := filter.Conversations(h.a, c)
	if err != nil {
		return err
	}
	return h.answerConversations(c, db.ConversationFilter{Where: where}, db.ByActivityDesc)
}

func (h *handlers) answerConversations(c *api.Call, f db.ConversationFilter, order db.ConversationOrder) error {
	l, number, err := api.ConversationPage(c, f, order, perPage)
	if err != nil {
		return err
	}
	counts, listed, err := h.a.CountedConversations(c, l, number)
	if err != nil {
		return err
	}
	var out conversationListJSON
	out.Data.Meta = countsJSON{counts.All, counts.Mine, counts.Unassigned, counts.Assigned()}
	if out.Data.Payload, err = h.shown(c, listed); err != nil {
		return err
	}
	return c.Answer(out)
}

// shown reads the conversations of a page in their order.
func (h *handlers) shown(c *api.Call, listed []db.ListedConversation) ([]conversationJSON, error) {
	ids := make([]int64, len(listed))
	for i, l := range listed {
		ids[i] = l.ID
	}
	rows, err := h.q.ListConversationDetails(c.Ctx(), c.Account(), ids)
	if err != nil {
		return nil, err
	}
	api.InOrder(rows, ids, func(c *db.ConversationDetail) int64 { return c.ID })
	shapes := make([]conversationJSON, len(rows))
	for i, r := range rows {
		shapes[i] = conversationShape(r)
	}
	return shapes, nil
}

func (h *handlers) countConversations(c *api.Call) error {
	f, _, err := h.listFilter(c)
	if err != nil {
		return err
	}
	counts, err := h.q.CountConversations(c.Ctx(), c.Scope(), f)
	if err != nil {
		return err
	}
	return c.Answer(struct {
		Meta countsJSON `json:"meta"`
	}{countsJSON{counts.All, counts.Mine, counts.Unassigned, counts.Assigned()}})
}
