package api

import "github.com/parleydesk/parley/db"

// CannedReplies returns the page of the account's canned replies that the call asks for, ordered by short code.
func CannedReplies(c *Call, q *db.Queries) ([]db.CannedReply, error) {
	return Page(c, func(p Position) ([]db.CannedReply, error) {
		return q.ListAllCannedReplies(c.Ctx(), db.ListAllCannedRepliesParams{
			AccountID: c.Account(), AfterName: p.Name, AfterID: p.ID, PageSize: p.Most,
		})
	}, func(r db.CannedReply) (string, int64) { return r.ShortCode, r.ID })
}
