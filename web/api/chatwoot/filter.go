package chatwoot

import (
	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
	"github.com/parleydesk/parley/web/api/filter"
)

func (h *handlers) filterRoutes() []api.Route {
	return []api.Route{api.Post(conversationsPath+"/filter", api.Member, h.filterConversations)}
}

// filterConversations handles POST conversations/filter. Newest activity comes first. Unlike the list's, the envelope
// has neither data nor assigned_count.
func (h *handlers) filterConversations(c *api.Call) error {
	where, err := filter.Conversations(h.a, c)
	if err != nil {
		return err
	}
	f := db.ConversationFilter{Where: where}
	counts, ids, err := h.countedPage(c, f, db.ByActivityDesc, false)
	if err != nil {
		return err
	}
	list, err := h.conversationsByID(c.Ctx(), c.Scope(), ids)
	if err != nil {
		return err
	}
	return c.Answer(struct {
		Meta    threeCountsJSON      `json:"meta"`
		Payload []shape.Conversation `json:"payload"`
	}{threeCounts(counts), list})
}

// threeCountsJSON has the counts in the answers of filter and search.
type threeCountsJSON struct {
	Mine       int64 `json:"mine_count"`
	Unassigned int64 `json:"unassigned_count"`
	All        int64 `json:"all_count"`
}

func threeCounts(n db.ConversationCounts) threeCountsJSON {
	return threeCountsJSON{n.Mine, n.Unassigned, n.All}
}
