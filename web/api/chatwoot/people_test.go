package chatwoot_test

import (
	"testing"

	"github.com/parleydesk/parley/web/api/apitest"
)

func peopleRows(t testing.TB) map[string]apitest.Row {
	return apitest.Join(
		t,
		inboxRows(),
		agentRows(),
		teamRows(),
		botRows(),
		webhookRows(),
		authRows(),
		notificationRows(),
		accountRows(),
	)
}
