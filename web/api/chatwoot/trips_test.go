package chatwoot_test

import (
	"strings"
	"testing"

	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/apitest"
	"github.com/parleydesk/parley/web/api/chatwoot"
)

// TestTrips counts the round trips of a request to the database. Each costs as much as a small query, because it wakes
// two processes. The numbers may fall and must not rise.
func TestTrips(t *testing.T) {
	t.Parallel()
	var trips *dbtest.Trips
	w := apitest.NewFixture(t, apitest.New(t, chatwoot.Routes, func(c *api.Config) {
		c.Pool, trips = dbtest.CountTrips(t, c.Pool)
		c.Desk = dbtest.Desk(t, c.Pool, nil)
	}))
	if _, err := w.Server.Pool.Exec(t.Context(), "UPDATE conversations SET assignee_id = $1", w.Agent.ID); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		what string
		want int
		how  []string
	}{
		{"a conversation", 2, []string{"GET", co, ""}},
		{"the list of conversations", 3, []string{"GET", cs + "?status=all", ""}},
		{"the list of conversations by labels", 2, []string{"GET", cs + "?status=all&labels[]=none", ""}},
		{"the ninth page of the list", 3, []string{"GET", cs + "?status=all&page=9", ""}},
		{"the list by a cursor", 3, []string{"GET", cs + "?status=all&limit=1", ""}},
		{"a new message", 8, []string{"POST", ms, `{"content": "Checking now"}`}},
		{"a conversation whose last message is neither the contact's nor the assignee's", 3, []string{"GET", co, ""}},
		{"a customer's message", 9, []string{"POST", ms, `{"content": "Thanks", "message_type": "incoming"}`}},
		{"a change of status", 10, []string{"POST", co + "/toggle_status", ""}},
	} {
		do := func() { w.Do(t, apitest.Admin, row.how[0], row.how[1], row.how[2]).Want(200) }
		do()
		trips.Take()
		do()
		if made := trips.Take(); len(made) != row.want {
			t.Errorf("%s: %d round trips, want %d:\n\t%s", row.what, len(made), row.want, strings.Join(made, "\n\t"))
		}
	}
}
