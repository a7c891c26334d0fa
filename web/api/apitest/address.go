package apitest

import (
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/web/api"
)

// Addresses calls every route as an agent who sees the conversation by its team and does not work in its inbox. No answer
// may hold the contact's address there, and no call may make one: who knows a source_id can write as the contact.
func Addresses(t *testing.T, mount func(*echo.Echo, *api.API), table func(*api.API) []api.Route, rows map[string]Row) {
	b := New(t, mount)
	for _, r := range table(b.API) {
		row := rows[r.Method+" "+r.Path]
		if r.Policy == api.Public || r.Policy == api.Platform || r.Policy == api.Key {
			continue
		}
		t.Run(r.Method+" "+r.Path, func(t *testing.T) {
			w := NewFixture(t, b)
			if row.Make != nil {
				row.Make(t, w)
			}
			w.ShowByTeam(t)
			before := w.Addresses(t)
			got := w.Do(t, Outside, r.Method, r.Path+row.Query, row.Body)
			for _, a := range before {
				if strings.Contains(got.Body.String(), a.SourceID) || strings.Contains(got.Body.String(), a.PubsubToken) {
					t.Errorf("the answer holds the address %s: %s", a.SourceID, got.Body)
				}
			}
			if after := w.Addresses(t); len(after) > len(before) {
				t.Errorf("there is a new address: %s", got.Body)
			}
		})
	}
}

// ShowByTeam lets the agent outside of the inbox see the conversation by its team.
func (f *Fixture) ShowByTeam(t testing.TB) {
	t.Helper()
	for query, arguments := range map[string][]any{
		"INSERT INTO team_members (account_id, team_id, user_id) VALUES ($1, $2, $3)": {f.Account.ID, f.Team.ID, f.Outside.ID},
		"UPDATE conversations SET team_id = $2 WHERE account_id = $1 AND id = $3":     {f.Account.ID, f.Team.ID, f.Conversation.ID},
	} {
		if _, err := f.Server.Pool.Exec(t.Context(), query, arguments...); err != nil {
			t.Fatal(err)
		}
	}
}

// Addresses are the contact's addresses on the fixture's inbox.
func (f *Fixture) Addresses(t testing.TB) (found []db.ContactInbox) {
	t.Helper()
	rows, err := db.New(f.Server.Pool).ListContactInboxes(t.Context(), db.ListContactInboxesParams{
		AccountID:  f.Account.ID,
		ContactIds: []int64{f.Contact.ID},
		InboxIds:   []int64{f.Inbox.ID},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		found = append(found, row.ContactInbox)
	}
	return found
}
