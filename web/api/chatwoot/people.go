package chatwoot

import (
	"slices"

	"github.com/parleydesk/parley/web/api"
)

// peopleRoutes are those of inboxes, of who works in them, and of what an account sets.
func (h *handlers) peopleRoutes() []api.Route {
	return slices.Concat(
		h.inboxRoutes(),
		h.inboxMemberRoutes(),
		h.agentRoutes(),
		h.teamRoutes(),
		h.botRoutes(),
		h.webhookRoutes(),
		h.authRoutes(),
		h.notificationRoutes(),
		h.accountRoutes(),
		h.integrationRoutes(),
	)
}
