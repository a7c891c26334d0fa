package chatwoot

import (
	"strconv"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/web/api"
)

func (h *handlers) unreadCountRoutes() []api.Route {
	return []api.Route{api.Get(conversationsPath+"/unread_counts", api.Member, h.unreadCounts)}
}

// unreadCounts counts the open conversations with unread messages, by inbox, label and team.
func (h *handlers) unreadCounts(c *api.Call) error {
	scope := c.Scope()
	rows, err := h.q.CountUnreadConversations(c.Ctx(), db.CountUnreadConversationsParams{
		AccountID: scope.AccountID, SeesAll: scope.SeesAll, InboxIds: scope.InboxIDs, TeamIds: scope.TeamIDs,
	})
	if err != nil {
		return err
	}
	groups := map[string]map[string]int64{"inboxes": {}, "labels": {}, "teams": {}}
	for _, r := range rows {
		groups[r.Kind][strconv.FormatInt(r.ID, 10)] = r.N
	}
	return c.Answer(map[string]any{"payload": groups})
}
