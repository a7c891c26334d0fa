package api

import "github.com/parleydesk/parley/db"

// Inboxes returns the page of the inboxes which the caller sees that the call asks for, ordered by name.
func Inboxes(c *Call, q *db.Queries) ([]db.Inbox, error) {
	scope := c.Scope()
	return Page(c, func(p Position) ([]db.Inbox, error) {
		return q.ListInboxes(c.Ctx(), db.ListInboxesParams{
			AccountID: scope.AccountID, SeesAll: scope.SeesAll, InboxIds: scope.InboxIDs, AfterName: p.Name, AfterID: p.ID, Most: p.Most,
		})
	}, func(i db.Inbox) (string, int64) { return i.Name, i.ID })
}
