package api

import "github.com/parleydesk/parley/db"

// CannedReplies returns the page of the account's canned replies that the call asks for, the oldest first.
func CannedReplies(c *Call, q *db.Queries) ([]db.CannedReply, error) {
	return PageByID(c, MaxUncut, func(p Position) ([]db.CannedReply, error) {
		return q.ListCannedRepliesByID(c.Ctx(), db.ListCannedRepliesByIDParams{AccountID: c.Account(), AfterID: p.ID, PageSize: p.Most})
	}, func(r db.CannedReply) int64 { return r.ID })
}
