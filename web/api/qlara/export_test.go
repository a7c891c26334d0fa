package qlara

import (
	"time"

	"github.com/parleydesk/parley/web/api"
)

// Impatient returns the table with no time for the list of users.
func Impatient(a *api.API) []api.Route {
	s := &handlers{a: a, q: a.Q, patience: time.Nanosecond}
	return s.conversationRoutes(gateway + "/inbox/conversations")
}
