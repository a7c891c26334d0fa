-- InsertDelivery adds a delivery, once for each event and receiver. It waits in its queue until StartQueuedDeliveries
-- starts it.
-- name: InsertDelivery :exec
INSERT INTO webhook_deliveries (account_id, receiver, url, event_id, event_name, lane, body, created_at, give_up_at)
VALUES (@account_id, @receiver, @url, @event_id, @event_name, @lane, @body, @created_at, @give_up_at)
ON CONFLICT ON CONSTRAINT webhook_deliveries_once DO NOTHING;

-- InsertLostDelivery adds a delivery whose body could not be made, so that the log shows it.
-- name: InsertLostDelivery :exec
INSERT INTO webhook_deliveries (account_id, receiver, event_id, event_name, lane, state, last_error, created_at, finished_at)
VALUES (@account_id, @receiver, @event_id, @event_name, @lane, 'failed', @last_error, @created_at::timestamptz, @created_at::timestamptz)
ON CONFLICT ON CONSTRAINT webhook_deliveries_once DO NOTHING;

-- LockDeliveryQueues locks queues, so that a transaction which ends a delivery and one which adds the next see each
-- other. All transactions lock in the same order.
-- name: LockDeliveryQueues :exec
SELECT pg_advisory_xact_lock(k) FROM (SELECT DISTINCT unnest(@keys::bigint[]) AS k ORDER BY 1) keys;

-- StartQueuedDeliveries starts the first unfinished delivery of each queue, unless it was started before
-- (webhook_deliveries_lane_idx). It skips deliveries that have failed for so long that they no longer hold up their
-- queue. The caller holds the locks of LockDeliveryQueues, and enqueues a job for each attempt that is started.
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

-- ClaimDelivery begins an attempt: until the lease ends no other process can make the same one. The first attempt
-- decides until when the delivery may hold up its queue. It returns no row if the attempt was made, is being made, or
-- is not due. The event's number is null until the sequencer sets it, and after the event is deleted.
-- name: ClaimDelivery :one
UPDATE webhook_deliveries d SET next_try_at = @lease::timestamptz, holds_until = COALESCE(d.holds_until, @holds_until::timestamptz)
WHERE d.account_id = @account_id AND d.id = @id AND d.state = 'pending' AND d.attempts = @attempts AND d.next_try_at <= @now::timestamptz
RETURNING sqlc.embed(d), (SELECT e.number FROM events e WHERE e.account_id = d.account_id AND e.id = d.event_id) AS event_number;

-- name: GetDelivery :one
SELECT * FROM webhook_deliveries WHERE account_id = @account_id AND id = @id;

-- EndTry records how an attempt ended. holds_until is now for a delivery that no longer holds up its queue. It returns
-- no row if another process has ended the attempt.
-- name: EndTry :one
UPDATE webhook_deliveries SET state = @state, attempts = attempts + 1, last_status = sqlc.narg('last_status'), last_error = @last_error,
    next_try_at = sqlc.narg('next_try_at'), finished_at = sqlc.narg('finished_at'),
    holds_until = COALESCE(sqlc.narg('holds_until'), holds_until)
WHERE account_id = @account_id AND id = @id AND state = 'pending' AND attempts = @attempts
RETURNING *;

-- name: InsertAttempt :exec
INSERT INTO webhook_attempts (account_id, delivery_id, status, error, excerpt, millis, created_at)
VALUES (@account_id, @delivery_id, sqlc.narg('status'), @error, @excerpt, @millis, @created_at);

-- ListAttempts lists the attempts of a delivery, oldest first (webhook_attempts_delivery_idx).
-- name: ListAttempts :many
SELECT * FROM webhook_attempts WHERE account_id = @account_id AND delivery_id = @delivery_id ORDER BY id;

-- ListDeliveries lists the deliveries to a receiver, newest first (webhook_deliveries_log_idx).
-- name: ListDeliveries :many
SELECT * FROM webhook_deliveries
WHERE account_id = @account_id AND receiver = @receiver AND id < @before_id
ORDER BY id DESC LIMIT @page_size;

-- HastenDeliveries makes a receiver's next attempts due now, because it answers again. It leaves attempts that have
-- begun.
-- name: HastenDeliveries :many
UPDATE webhook_deliveries SET next_try_at = @now::timestamptz
WHERE (account_id, id) IN (
    SELECT w.account_id, w.id FROM webhook_deliveries w
    WHERE w.account_id = @account_id AND w.receiver = @receiver AND w.state = 'pending' AND w.next_try_at > @after::timestamptz
    ORDER BY w.id LIMIT @most FOR NO KEY UPDATE SKIP LOCKED)
RETURNING id, attempts;

-- ListStalledDeliveries lists attempts that are long overdue, because their job was lost, of all accounts.
-- name: ListStalledDeliveries :many
SELECT d.account_id, d.id, d.attempts FROM webhook_deliveries d
WHERE d.state = 'pending' AND d.next_try_at < @due::timestamptz
  AND NOT EXISTS (SELECT 1 FROM webhooks w WHERE w.account_id = d.account_id AND d.receiver = 'webhook:' || w.id
      AND w.paused_at IS NOT NULL)
ORDER BY d.next_try_at LIMIT @most;

-- ListStalledQueues lists queues in which a delivery waits although no earlier one may hold it up, of all accounts.
-- name: ListStalledQueues :many
SELECT DISTINCT w.account_id, w.receiver, w.lane FROM webhook_deliveries w
WHERE w.state = 'waiting' AND NOT EXISTS (
    SELECT 1 FROM webhook_deliveries p
    WHERE p.account_id = w.account_id AND p.receiver = w.receiver AND p.lane = w.lane AND p.state = 'pending'
      AND (p.holds_until IS NULL OR p.holds_until > @now::timestamptz))
LIMIT @most;

-- ReopenDeliveries puts deliveries that have ended back into their queue, under the same ids.
-- name: ReopenDeliveries :many
UPDATE webhook_deliveries SET state = 'waiting', attempts = 0, next_try_at = NULL, finished_at = NULL, holds_until = NULL,
    give_up_at = @give_up_at
WHERE account_id = @account_id AND id = ANY (@ids::bigint[]) AND state IN ('delivered', 'failed', 'dropped') AND body <> ''
RETURNING receiver, lane;

-- ListPendingDeliveries lists the attempts of a receiver that need a job again after a pause.
-- name: ListPendingDeliveries :many
UPDATE webhook_deliveries SET next_try_at = @now::timestamptz
WHERE account_id = @account_id AND receiver = @receiver AND state = 'pending'
RETURNING id, attempts;

-- DropPausedDeliveries gives up the deliveries that have waited for a paused webhook longer than any delivery is tried.
-- name: DropPausedDeliveries :execrows
UPDATE webhook_deliveries d SET state = 'dropped', finished_at = @now::timestamptz, last_error = 'The webhook was paused for too long'
FROM webhooks w
WHERE w.paused_at IS NOT NULL AND d.account_id = w.account_id AND d.receiver = 'webhook:' || w.id
  AND d.state IN ('waiting', 'pending') AND d.give_up_at < @now::timestamptz;

-- CountDeliveries counts the deliveries to a receiver since the given time by state, for the head of its log
-- (webhook_deliveries_log_idx).
-- name: CountDeliveries :one
SELECT count(*) FILTER (WHERE state = 'delivered') AS delivered, count(*) FILTER (WHERE state IN ('failed', 'dropped')) AS failed,
    count(*) FILTER (WHERE state IN ('waiting', 'pending')) AS waiting
FROM (SELECT state FROM webhook_deliveries
    WHERE account_id = @account_id AND receiver = @receiver AND created_at > @since::timestamptz ORDER BY id DESC LIMIT 10000) d;

-- ListUndeliveredEvents lists the events of a conversation that the receiver of its inbox has not taken, in order, whether
-- they are being tried or wait (webhook_deliveries_lane_idx).
-- name: ListUndeliveredEvents :many
SELECT d.event_name, d.state, d.last_error, e.message_id
FROM webhook_deliveries d JOIN events e ON e.account_id = d.account_id AND e.id = d.event_id
WHERE d.account_id = @account_id AND d.receiver = @receiver AND d.lane = @lane AND d.state IN ('waiting', 'pending')
ORDER BY d.id LIMIT @most;

-- DropDeliveries gives up the unfinished deliveries to a receiver that was deleted (webhook_deliveries_lane_idx).
-- name: DropDeliveries :exec
UPDATE webhook_deliveries SET state = 'dropped', finished_at = @at::timestamptz, last_error = 'The webhook was deleted'
WHERE account_id = @account_id AND receiver = @receiver AND state IN ('waiting', 'pending');

-- GetReceiverDelivery reads a delivery to a receiver.
-- name: GetReceiverDelivery :one
SELECT * FROM webhook_deliveries WHERE account_id = @account_id AND id = @id AND receiver = @receiver;

-- ListDeliveriesToReplay returns those of the ids that are of a receiver's ended deliveries (primary key).
-- name: ListDeliveriesToReplay :many
SELECT id FROM webhook_deliveries
WHERE account_id = @account_id AND receiver = @receiver AND id = ANY (@ids::bigint[]) AND state IN ('delivered', 'failed', 'dropped')
ORDER BY id;

-- ListFailedDeliveries lists the ids of a receiver's deliveries that were given up, oldest first
-- (webhook_deliveries_failed_idx).
-- name: ListFailedDeliveries :many
SELECT id FROM webhook_deliveries
WHERE account_id = @account_id AND receiver = @receiver AND state IN ('failed', 'dropped') AND body <> ''
ORDER BY id LIMIT @most;
