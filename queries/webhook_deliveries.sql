-- InsertDelivery waits in its lane until StartQueuedDeliveries starts it. Twice is once.
-- name: InsertDelivery :exec
INSERT INTO webhook_deliveries (account_id, receiver, url, event_id, event_name, lane, body, created_at, give_up_at)
VALUES (@account_id, @receiver, @url, @event_id, @event_name, @lane, @body, @created_at, @give_up_at)
ON CONFLICT ON CONSTRAINT webhook_deliveries_once DO NOTHING;

-- InsertLostDelivery keeps an event whose body could not be made, so that someone sees it.
-- name: InsertLostDelivery :exec
INSERT INTO webhook_deliveries (account_id, receiver, event_id, event_name, lane, state, last_error, created_at, finished_at)
VALUES (@account_id, @receiver, @event_id, @event_name, @lane, 'failed', @last_error, @created_at::timestamptz, @created_at::timestamptz)
ON CONFLICT ON CONSTRAINT webhook_deliveries_once DO NOTHING;

-- LockDeliveryQueues holds lanes until commit, so that whoever ends a delivery and whoever adds one after it see each other.
-- Taken in one order by everyone.
-- name: LockDeliveryQueues :exec
SELECT pg_advisory_xact_lock(k) FROM (SELECT DISTINCT unnest(@keys::bigint[]) AS k ORDER BY 1) keys;

-- StartQueuedDeliveries starts the first unfinished delivery of each lane, unless it has begun (webhook_deliveries_lane_idx).
-- One that has failed for too long to hold its lane does not count. Called with the lanes locked. A try that is started needs a job.
-- name: StartQueuedDeliveries :many
UPDATE webhook_deliveries d SET state = 'pending', next_try_at = @now::timestamptz
FROM (SELECT DISTINCT unnest(@receivers::text[]) AS receiver, unnest(@lanes::text[]) AS lane) l
CROSS JOIN LATERAL (
    SELECT w.id, w.state FROM webhook_deliveries w
    WHERE w.account_id = @account_id AND w.receiver = l.receiver AND w.lane = l.lane AND w.state IN ('waiting', 'pending')
      AND (w.state = 'waiting' OR w.holds_until IS NULL OR w.holds_until > @now::timestamptz)
    ORDER BY w.id LIMIT 1) first
WHERE d.account_id = @account_id AND d.id = first.id AND first.state = 'waiting'
RETURNING d.id, d.attempts;

-- ClaimDelivery begins a try: until the lease ends nobody else makes the same one. The first try says until when the
-- delivery may hold its lane. None if that try has been made, is being made, or is not due. The event has no number once
-- it is deleted, and until the sequencer has given it one.
-- name: ClaimDelivery :one
UPDATE webhook_deliveries d SET next_try_at = @lease::timestamptz, holds_until = COALESCE(d.holds_until, @holds_until::timestamptz)
WHERE d.account_id = @account_id AND d.id = @id AND d.state = 'pending' AND d.attempts = @attempts AND d.next_try_at <= @now::timestamptz
RETURNING sqlc.embed(d), (SELECT e.number FROM events e WHERE e.account_id = d.account_id AND e.id = d.event_id) AS event_number;

-- name: GetDelivery :one
SELECT * FROM webhook_deliveries WHERE account_id = @account_id AND id = @id;

-- EndTry notes how a try ended. holds_until is now for a delivery that leaves its lane. None if another has ended it.
-- name: EndTry :one
UPDATE webhook_deliveries SET state = @state, attempts = attempts + 1, last_status = sqlc.narg('last_status'), last_error = @last_error,
    next_try_at = sqlc.narg('next_try_at'), finished_at = sqlc.narg('finished_at'),
    holds_until = COALESCE(sqlc.narg('holds_until'), holds_until)
WHERE account_id = @account_id AND id = @id AND state = 'pending' AND attempts = @attempts
RETURNING *;

-- name: InsertAttempt :exec
INSERT INTO webhook_attempts (account_id, delivery_id, status, error, excerpt, millis, created_at)
VALUES (@account_id, @delivery_id, sqlc.narg('status'), @error, @excerpt, @millis, @created_at);

-- ListAttempts is the log of one delivery's tries, oldest first (webhook_attempts_delivery_idx).
-- name: ListAttempts :many
SELECT * FROM webhook_attempts WHERE account_id = @account_id AND delivery_id = @delivery_id ORDER BY id;

-- ListDeliveries is the log of what a receiver was sent, newest first (webhook_deliveries_log_idx).
-- name: ListDeliveries :many
SELECT * FROM webhook_deliveries
WHERE account_id = @account_id AND receiver = @receiver AND id < @before_id
ORDER BY id DESC LIMIT @page_size;

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

-- ListStalledQueues are lanes in which something waits and nothing that may hold it is before it. All accounts.
-- name: ListStalledQueues :many
SELECT DISTINCT w.account_id, w.receiver, w.lane FROM webhook_deliveries w
WHERE w.state = 'waiting' AND NOT EXISTS (
    SELECT 1 FROM webhook_deliveries p
    WHERE p.account_id = w.account_id AND p.receiver = w.receiver AND p.lane = w.lane AND p.state = 'pending'
      AND (p.holds_until IS NULL OR p.holds_until > @now::timestamptz))
LIMIT @most;

-- ReopenDeliveries makes deliveries that ended wait again, under the ids they had.
-- name: ReopenDeliveries :many
UPDATE webhook_deliveries SET state = 'waiting', attempts = 0, next_try_at = NULL, finished_at = NULL, holds_until = NULL,
    give_up_at = @give_up_at
WHERE account_id = @account_id AND id = ANY (@ids::bigint[]) AND state IN ('delivered', 'failed', 'dropped') AND body <> ''
RETURNING receiver, lane;

-- ListPendingDeliveries are the tries of a receiver that need a job again when its pause has ended.
-- name: ListPendingDeliveries :many
UPDATE webhook_deliveries SET next_try_at = @now::timestamptz
WHERE account_id = @account_id AND receiver = @receiver AND state = 'pending'
RETURNING id, attempts;

-- DropPausedDeliveries gives up what has waited for a paused webhook for longer than any delivery is tried.
-- name: DropPausedDeliveries :execrows
UPDATE webhook_deliveries d SET state = 'dropped', finished_at = @now::timestamptz, last_error = 'The webhook was paused for too long'
FROM webhooks w
WHERE w.paused_at IS NOT NULL AND d.account_id = w.account_id AND d.receiver = 'webhook:' || w.id
  AND d.state IN ('waiting', 'pending') AND d.give_up_at < @now::timestamptz;

-- CountDeliveries counts what a receiver was sent since a moment, by how it ended, for the head of its log
-- (webhook_deliveries_log_idx).
-- name: CountDeliveries :one
SELECT count(*) FILTER (WHERE state = 'delivered') AS delivered, count(*) FILTER (WHERE state IN ('failed', 'dropped')) AS failed,
    count(*) FILTER (WHERE state IN ('waiting', 'pending')) AS waiting
FROM (SELECT state FROM webhook_deliveries
    WHERE account_id = @account_id AND receiver = @receiver AND created_at > @since::timestamptz ORDER BY id DESC LIMIT 10000) d;

-- ListUndeliveredEvents is what the receiver of an inbox's events has not taken of a conversation yet, in the order of the
-- events: those that are pending are tried, those that wait follow the last of them (webhook_deliveries_lane_idx).
-- name: ListUndeliveredEvents :many
SELECT d.event_name, d.state, d.last_error, e.message_id
FROM webhook_deliveries d JOIN events e ON e.account_id = d.account_id AND e.id = d.event_id
WHERE d.account_id = @account_id AND d.receiver = @receiver AND d.lane = @lane AND d.state IN ('waiting', 'pending')
ORDER BY d.id LIMIT @most;

-- DropDeliveries ends what a receiver that is gone would still have got (webhook_deliveries_lane_idx).
-- name: DropDeliveries :exec
UPDATE webhook_deliveries SET state = 'dropped', finished_at = @at::timestamptz, last_error = 'The webhook was deleted'
WHERE account_id = @account_id AND receiver = @receiver AND state IN ('waiting', 'pending');

-- GetReceiverDelivery reads one delivery of a receiver.
-- name: GetReceiverDelivery :one
SELECT * FROM webhook_deliveries WHERE account_id = @account_id AND id = @id AND receiver = @receiver;

-- ListDeliveriesToReplay are the ids of a receiver's deliveries that have ended, among those that are asked
-- for (primary key).
-- name: ListDeliveriesToReplay :many
SELECT id FROM webhook_deliveries
WHERE account_id = @account_id AND receiver = @receiver AND id = ANY (@ids::bigint[]) AND state IN ('delivered', 'failed', 'dropped')
ORDER BY id;

-- ListFailedDeliveries are the ids of a receiver's deliveries that were given up, the oldest first (webhook_deliveries_failed_idx).
-- name: ListFailedDeliveries :many
SELECT id FROM webhook_deliveries
WHERE account_id = @account_id AND receiver = @receiver AND state IN ('failed', 'dropped') AND body <> ''
ORDER BY id LIMIT @most;
