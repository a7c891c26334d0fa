package db

import (
	"context"
	"strings"
)

// ConversationCounts are the counts of a list's tabs. They ignore the filter's assignee.
type ConversationCounts struct{ Mine, Unassigned, All int64 }

// Assigned is how many have an assignee.
func (c ConversationCounts) Assigned() int64 { return c.All - c.Unassigned }

// CountConversations counts for a filter: from the stored counts where they can answer, which is for statuses, one
// inbox and a team; otherwise by counting the rows.
func (q *Queries) CountConversations(ctx context.Context, s Scope, f ConversationFilter) (ConversationCounts, error) {
	var n ConversationCounts
	f.Assignee = AnyAssignee
	if f.isCounted() {
		statuses := f.Statuses
		if len(statuses) == 0 {
			statuses = AllConversationStatusValues()
		}
		p := SumConversationCountsParams{
			AccountID: s.AccountID, Me: s.UserID, Statuses: texts(statuses), TeamID: f.TeamID,
			SeesAll: s.SeesAll, InboxIds: s.InboxIDs, TeamIds: s.TeamIDs,
		}
		if len(f.InboxIDs) == 1 {
			p.InboxID = &f.InboxIDs[0]
		}
		row, err := q.SumConversationCounts(ctx, p)
		n = ConversationCounts{Mine: row.MineCount, Unassigned: row.UnassignedCount, All: row.AllCount}
		if s.UserID == 0 {
			n.Mine = 0 // user 0 is no one, with a count of their own
		}
		return n, err
	}
	b := &builder{}
	me := b.arg(s.UserID)
	sql := "SELECT count(*) FILTER (WHERE c.assignee_id = " + me + "::bigint), count(*) FILTER (WHERE c.assignee_id IS NULL), count(*)" +
		" FROM conversations c WHERE " + strings.Join(b.where(s, f), " AND ")
	err := q.db.QueryRow(ctx, sql, b.args...).Scan(&n.Mine, &n.Unassigned, &n.All)
	return n, err
}

// isCounted reports whether the stored counts can answer for the filter.
func (f ConversationFilter) isCounted() bool {
	return len(f.InboxIDs) <= 1 && f.ContactID == nil && len(f.Labels) == 0 && f.Text == "" && f.SourceID == "" &&
		f.ActiveSince == nil && f.PublicSince == nil &&
		!f.Unattended && !f.Unread && !f.NotArchived && f.FollowedBy == nil && f.Mentioning == nil && f.Where == nil
}
