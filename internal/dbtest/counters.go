package dbtest

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Counters fails the test if a denormalised column or a counter differs from the rows that it is computed from. They
// agree whenever no transaction is running.
func Counters(t testing.TB, pool *pgxpool.Pool) {
	t.Helper()
	for what, query := range counters() {
		rows, err := pool.Query(context.Background(), query)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		different, err := pgx.CollectRows(rows, pgx.RowToMap)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if len(different) > 0 {
			t.Errorf("%s: %d times, such as %v", what, len(different), different[0])
		}
	}
}

// counters returns queries for rows that break a rule.
func counters() map[string]string {
	return map[string]string{
		"a kept figure of a conversation differs from its messages": `
			SELECT c.id, c.last_message_id, m.message, c.last_talk_id, m.talk, c.last_public_id, m.public, c.last_incoming_id, m.incoming,
			       c.unread_count, m.unread, c.last_activity_at, m.activity
			FROM conversations c JOIN LATERAL (
				SELECT max(id) AS message, max(id) FILTER (WHERE kind <> 'activity') AS talk,
				       max(id) FILTER (WHERE kind <> 'activity' AND NOT private) AS public,
				       max(id) FILTER (WHERE kind = 'incoming') AS incoming,
				       count(*) FILTER (WHERE kind = 'incoming' AND deleted_at IS NULL AND id > c.agents_read_up_to) AS unread,
				       max(created_at) AS activity
				FROM messages m WHERE m.account_id = c.account_id AND m.conversation_id = c.id) m ON m.message IS NOT NULL
			WHERE (c.last_message_id, c.last_talk_id, c.last_public_id, c.last_incoming_id, c.unread_count, c.last_activity_at)
			      IS DISTINCT FROM (m.message, m.talk, m.public, m.incoming, m.unread, m.activity)`,
		"a kept time differs from its message": `
			SELECT c.id FROM conversations c
			LEFT JOIN messages p ON p.account_id = c.account_id AND p.id = c.last_public_id
			LEFT JOIN messages i ON i.account_id = c.account_id AND i.id = c.last_incoming_id
			WHERE (c.last_public_at, c.last_incoming_at) IS DISTINCT FROM (p.created_at, i.created_at)`,
		"the counts beside the views differ from the conversations": `
			WITH kept AS (
				SELECT account_id, status, assignee_id, inbox_id, team_id, sum(n) AS n FROM conversation_counts
				GROUP BY 1, 2, 3, 4, 5 HAVING sum(n) <> 0),
			counted AS (
				SELECT account_id, status, COALESCE(assignee_id, 0) AS assignee_id, inbox_id, COALESCE(team_id, 0) AS team_id,
				       count(*) AS n
				FROM conversations GROUP BY 1, 2, 3, 4, 5
				UNION ALL SELECT account_id, status, -1, inbox_id, COALESCE(team_id, 0), count(*)
				FROM conversations GROUP BY 1, 2, 4, 5)
			SELECT account_id, status::text, assignee_id, inbox_id, team_id, kept.n AS kept, counted.n AS counted
			FROM kept FULL JOIN counted USING (account_id, status, assignee_id, inbox_id, team_id)
			WHERE kept.n IS DISTINCT FROM counted.n`,
		"a message's attachments are not all there": `
			SELECT m.id, m.attachment_count FROM messages m
			WHERE deleted_at IS NULL AND attachment_count <>
			      (SELECT count(*) FROM attachments a WHERE a.account_id = m.account_id AND a.message_id = m.id)`,
		"a conversation's number was given without being counted": `
			SELECT c.id, c.display_id FROM account_counters a JOIN conversations c USING (account_id)
			WHERE c.display_id > a.conversations`,
		"an event's number is missing": `
			SELECT account_id, count(*), count(DISTINCT number), min(number), max(number) FROM events WHERE number IS NOT NULL
			GROUP BY account_id HAVING max(number) - min(number) + 1 <> count(*) OR count(DISTINCT number) <> count(*)`,
		"the last event's number is not the counter's": `
			SELECT c.account_id, c.number FROM event_counters c
			WHERE c.number <> COALESCE((SELECT max(number) FROM events e WHERE e.account_id = c.account_id), c.number)`,
	}
}
