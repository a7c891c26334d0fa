package chatwoot

import (
	"slices"

	"github.com/parleydesk/parley/web/api"
)

// peopleRoutes are those of inboxes, of who works in them, and of what an account sets.
func (s *surface) peopleRoutes() []api.Route {
	return slices.Concat(
		s.inboxRoutes(),
		s.inboxMemberRoutes(),
		s.agentRoutes(),
		s.teamRoutes(),
		s.botRoutes(),
		s.webhookRoutes(),
		s.authRoutes(),
		s.notificationRoutes(),
		s.accountRoutes(),
		s.integrationRoutes(),
	)
}
