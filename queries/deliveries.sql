-- TakeCursor locks how far a follower of an account's events has come; none if another process is following now.
-- name: TakeCursor :one
SELECT number FROM event_cursors WHERE account_id = @account_id AND follower = @follower FOR NO KEY UPDATE SKIP LOCKED;

-- InsertCursor lets a follower begin before an account's first event.
-- name: InsertCursor :exec
INSERT INTO event_cursors (account_id, follower) VALUES (@account_id, @follower) ON CONFLICT DO NOTHING;

-- BeginCursors lets a follower begin with the first events that are numbered while it exists: what was there before,
-- such as imported history, is not told. Called with the sequencer's lock held; accounts that are gone are passed over.
-- name: BeginCursors :exec
INSERT INTO event_cursors (account_id, follower, number)
SELECT x.account_id, @follower, x.number
FROM (SELECT unnest(@account_ids::bigint[]) AS account_id, unnest(@numbers::bigint[]) AS number) x JOIN accounts a ON a.id = x.account_id
ON CONFLICT DO NOTHING;

-- name: GetCursor :one
SELECT number FROM event_cursors WHERE account_id = @account_id AND follower = @follower;

-- name: SetCursor :exec
UPDATE event_cursors SET number = @number WHERE account_id = @account_id AND follower = @follower;

-- ListWebhookReceivers are the account's webhooks, for the fan-out. Paused ones too: what they miss waits for them.
-- name: ListWebhookReceivers :many
SELECT * FROM webhooks WHERE account_id = @account_id ORDER BY id;

-- ListHookedInboxes are the inboxes with a webhook URL of their own, and those that a bot works in.
-- name: ListHookedInboxes :many
SELECT id, webhook_url, agent_bot_id FROM inboxes
WHERE account_id = @account_id AND (webhook_url <> '' OR agent_bot_id IS NOT NULL) ORDER BY id;

-- ListHookedBots are the bots with an outgoing URL.
-- name: ListHookedBots :many
SELECT id FROM agent_bots WHERE account_id = @account_id AND outgoing_url <> '' ORDER BY id;

-- ListBotConversations tells which of some conversations a bot has been assigned to.
-- name: ListBotConversations :many
SELECT id, assignee_bot_id FROM conversations
WHERE account_id = @account_id AND id = ANY (@ids::bigint[]) AND assignee_bot_id IS NOT NULL;

-- InsertDelivery waits in its lane until PromoteLanes starts it. Twice is once.
-- name: InsertDelivery :exec
INSERT INTO webhook_deliveries (account_id, receiver, url, event_id, event_name, lane, body, created_at, give_up_at)
VALUES (@account_id, @receiver, @url, @event_id, @event_name, @lane, @body, @created_at, @give_up_at)
ON CONFLICT ON CONSTRAINT webhook_deliveries_once DO NOTHING;

-- InsertLostDelivery keeps an event whose body could not be made, so that somebody sees it.
-- name: InsertLostDelivery :exec
INSERT INTO webhook_deliveries (account_id, receiver, event_id, event_name, lane, state, last_error, created_at, finished_at)
VALUES (@account_id, @receiver, @event_id, @event_name, @lane, 'failed', @last_error, @created_at::timestamptz, @created_at::timestamptz)
ON CONFLICT ON CONSTRAINT webhook_deliveries_once DO NOTHING;

-- LockLanes holds lanes until commit, so that whoever ends a delivery and whoever adds one after it see each other.
-- Taken in one order by everybody.
-- name: LockLanes :exec
SELECT pg_advisory_xact_lock(k) FROM (SELECT DISTINCT unnest(@keys::bigint[]) AS k ORDER BY 1) keys;

-- PromoteLanes starts the first unfinished delivery of each lane, unless it has begun (webhook_deliveries_lane_idx).
-- Called with the lanes locked. A try that is started needs a job.
-- name: PromoteLanes :many
UPDATE webhook_deliveries d SET state = 'pending', next_try_at = @now::timestamptz
FROM (SELECT DISTINCT unnest(@receivers::text[]) AS receiver, unnest(@lanes::text[]) AS lane) l
CROSS JOIN LATERAL (
    SELECT w.id, w.state FROM webhook_deliveries w
    WHERE w.account_id = @account_id AND w.receiver = l.receiver AND w.lane = l.lane AND w.state IN ('waiting', 'pending')
    ORDER BY w.id LIMIT 1) first
WHERE d.account_id = @account_id AND d.id = first.id AND first.state = 'waiting'
RETURNING d.id, d.attempts;

-- ClaimDelivery begins a try: until the lease ends nobody else makes the same one. None if that try has been made, is
-- being made, or is not due.
-- name: ClaimDelivery :one
UPDATE webhook_deliveries SET next_try_at = @lease::timestamptz
WHERE account_id = @account_id AND id = @id AND state = 'pending' AND attempts = @attempts AND next_try_at <= @now::timestamptz
RETURNING *;

-- name: GetDelivery :one
SELECT * FROM webhook_deliveries WHERE account_id = @account_id AND id = @id;

-- EndTry notes how a try ended. None if another has ended it.
-- name: EndTry :one
UPDATE webhook_deliveries SET state = @state, attempts = attempts + 1, last_status = sqlc.narg('last_status'), last_error = @last_error,
    next_try_at = sqlc.narg('next_try_at'), finished_at = sqlc.narg('finished_at')
WHERE account_id = @account_id AND id = @id AND state = 'pending' AND attempts = @attempts
RETURNING *;

-- name: InsertAttempt :exec
INSERT INTO webhook_attempts (account_id, delivery_id, status, error, excerpt, millis, created_at)
VALUES (@account_id, @delivery_id, sqlc.narg('status'), @error, @excerpt, @millis, @created_at);

-- ListAttempts is the log of one delivery's tries, oldest first (webhook_attempts_delivery_idx).
-- name: ListAttempts :many
SELECT * FROM webhook_attempts WHERE account_id = @account_id AND delivery_id = @delivery_id ORDER BY id;

-- name: GetWebhook :one
SELECT * FROM webhooks WHERE account_id = @account_id AND id = @id;

-- NoteWebhookFailure counts a try that failed, and pauses a webhook that has failed often and for long.
-- name: NoteWebhookFailure :one
UPDATE webhooks SET failures = failures + 1, failing_since = COALESCE(failing_since, @now::timestamptz),
    paused_at = CASE WHEN paused_at IS NULL AND failures + 1 >= @most::int AND failing_since <= @since::timestamptz THEN @now::timestamptz ELSE paused_at END,
    paused_reason = CASE WHEN paused_at IS NULL AND failures + 1 >= @most::int AND failing_since <= @since::timestamptz THEN @reason ELSE paused_reason END
WHERE account_id = @account_id AND id = @id
RETURNING paused_at;

-- NoteWebhookSuccess ends a row of failures; tells whether there was one.
-- name: NoteWebhookSuccess :execrows
UPDATE webhooks SET failures = 0, failing_since = NULL WHERE account_id = @account_id AND id = @id AND failing_since IS NOT NULL;

-- RotateWebhook gives a webhook a new secret; the one before signs as well until EndRotations.
-- name: RotateWebhook :one
UPDATE webhooks SET previous_secret = secret, secret = @secret, rotated_at = @now::timestamptz, updated_at = @now::timestamptz
WHERE account_id = @account_id AND id = @id RETURNING *;

-- EndRotations forgets secrets that were replaced before a moment. All accounts.
-- name: EndRotations :execrows
UPDATE webhooks SET previous_secret = NULL, rotated_at = NULL WHERE rotated_at < @before::timestamptz;

-- ListDeliveries is the log of what a receiver was sent, newest first (webhook_deliveries_log_idx).
-- name: ListDeliveries :many
SELECT * FROM webhook_deliveries
WHERE account_id = @account_id AND receiver = @receiver AND id < @before_id
ORDER BY id DESC LIMIT @page_size;

-- ResumeWebhook ends a pause; what waits is started by the job of the same name.
-- name: ResumeWebhook :execrows
UPDATE webhooks SET paused_at = NULL, paused_reason = '', failures = 0, failing_since = NULL WHERE account_id = @account_id AND id = @id;

-- HastenDeliveries makes a receiver's next tries due now: it answers again. Those under way are left alone.
-- name: HastenDeliveries :many
UPDATE webhook_deliveries SET next_try_at = @now::timestamptz
WHERE (account_id, id) IN (
    SELECT w.account_id, w.id FROM webhook_deliveries w
    WHERE w.account_id = @account_id AND w.receiver = @receiver AND w.state = 'pending' AND w.next_try_at > @after::timestamptz
    ORDER BY w.id LIMIT @most FOR NO KEY UPDATE SKIP LOCKED)
RETURNING id, attempts;

-- ListStalledDeliveries are tries that nobody made although they were long due: their job was lost. All accounts.
-- name: ListStalledDeliveries :many
SELECT d.account_id, d.id, d.attempts FROM webhook_deliveries d
WHERE d.state = 'pending' AND d.next_try_at < @due::timestamptz
  AND NOT EXISTS (SELECT 1 FROM webhooks w WHERE w.account_id = d.account_id AND d.receiver = 'webhook:' || w.id AND w.paused_at IS NOT NULL)
ORDER BY d.next_try_at LIMIT @most;

-- ListStalledLanes are lanes in which something waits and nothing is before it. All accounts.
-- name: ListStalledLanes :many
SELECT DISTINCT w.account_id, w.receiver, w.lane FROM webhook_deliveries w
WHERE w.state = 'waiting' AND NOT EXISTS (
    SELECT 1 FROM webhook_deliveries p
    WHERE p.account_id = w.account_id AND p.receiver = w.receiver AND p.lane = w.lane AND p.state = 'pending')
LIMIT @most;

-- ReopenDeliveries makes deliveries that ended wait again, under the ids they had.
-- name: ReopenDeliveries :many
UPDATE webhook_deliveries SET state = 'waiting', attempts = 0, next_try_at = NULL, finished_at = NULL, give_up_at = @give_up_at
WHERE account_id = @account_id AND id = ANY (@ids::bigint[]) AND state IN ('delivered', 'failed', 'dropped') AND body <> ''
RETURNING receiver, lane;

-- ListPendingOf are the tries of a receiver that need a job again when its pause has ended.
-- name: ListPendingOf :many
UPDATE webhook_deliveries SET next_try_at = @now::timestamptz
WHERE account_id = @account_id AND receiver = @receiver AND state = 'pending'
RETURNING id, attempts;

-- DropPausedDeliveries gives up what has waited for a paused webhook for longer than any delivery is tried.
-- name: DropPausedDeliveries :execrows
UPDATE webhook_deliveries d SET state = 'dropped', finished_at = @now::timestamptz, last_error = 'The webhook was paused for too long'
FROM webhooks w
WHERE w.paused_at IS NOT NULL AND d.account_id = w.account_id AND d.receiver = 'webhook:' || w.id
  AND d.state IN ('waiting', 'pending') AND d.give_up_at < @now::timestamptz;
