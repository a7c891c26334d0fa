-- InsertEvent records what a verb did, in its transaction; the sequencer numbers it after commit.
-- name: InsertEvent :one
INSERT INTO events (account_id, kind, actor_kind, actor_id, conversation_id, message_id, contact_id, inbox_id, team_id, data, created_at)
VALUES (@account_id, @kind, @actor_kind, sqlc.narg('actor_id'), sqlc.narg('conversation_id'), sqlc.narg('message_id'),
    sqlc.narg('contact_id'),
    sqlc.narg('inbox_id'), sqlc.narg('team_id'), @data, @created_at)
RETURNING id;

-- TrySequence takes the sequencer's lock for this transaction and reports whether it got it.
-- name: TrySequence :one
SELECT pg_try_advisory_xact_lock(724531001)::bool;

-- NumberEvents numbers the committed events that have no number, for each account without gaps, in the order of ids.
-- Within a conversation that is the order in which they happened, because a verb takes ids under the conversation's
-- lock. The caller holds the sequencer's lock. It returns each account's new range.
-- name: NumberEvents :many
WITH fresh AS (
    SELECT e.account_id, e.id, row_number() OVER (PARTITION BY e.account_id ORDER BY e.id) AS step
    FROM (SELECT account_id, id FROM events WHERE number IS NULL ORDER BY id LIMIT @most) e
), counts AS (
    SELECT account_id, count(*) AS n FROM fresh GROUP BY account_id
), counters AS (
    INSERT INTO event_counters AS c (account_id, number) SELECT account_id, n FROM counts
    ON CONFLICT (account_id) DO UPDATE SET number = c.number + EXCLUDED.number
    RETURNING c.account_id, c.number
), numbered AS (
    UPDATE events e SET number = k.number - n.n + f.step
    FROM fresh f JOIN counts n USING (account_id) JOIN counters k USING (account_id)
    WHERE e.account_id = f.account_id AND e.id = f.id
    RETURNING e.account_id, e.number
)
SELECT account_id, min(number)::bigint AS first, max(number)::bigint AS last FROM numbered GROUP BY account_id ORDER BY account_id;

-- ListEventRange reads events by number, for reactions (events_number_key).
-- name: ListEventRange :many
SELECT * FROM events WHERE account_id = @account_id AND number BETWEEN @first::bigint AND @last::bigint ORDER BY number;

-- ListEvents is the change feed: numbered events after a number that the reader may see, in order
-- (events_number_key). Events about no conversation go to everyone in the account.
-- name: ListEvents :many
SELECT * FROM events
WHERE account_id = @account_id AND number > @after::bigint
  AND (inbox_id IS NULL OR visible(inbox_id, team_id, @sees_all::bool, @inbox_ids::bigint[], @team_ids::bigint[]))
ORDER BY number LIMIT @page_size;

-- GetEventNumber returns the number of an account's newest event, or 0 if it has none, for a follower that begins
-- there.
-- name: GetEventNumber :one
SELECT COALESCE((SELECT number FROM event_counters WHERE account_id = @account_id), 0)::bigint;

-- GetEvent reads an event, for the jobs that react to it.
-- name: GetEvent :one
SELECT * FROM events WHERE account_id = @account_id AND id = @id;

-- GetMessageEvent finds the event of a new message among its conversation's latest events (events_conversation_idx).
-- name: GetMessageEvent :one
SELECT * FROM events WHERE account_id = @account_id AND conversation_id = @conversation_id::bigint
    AND message_id = @message_id::bigint AND kind = 'message.created'
ORDER BY id DESC LIMIT 1;

-- name: InsertEventCounter :exec
INSERT INTO event_counters (account_id) VALUES (@account_id);
