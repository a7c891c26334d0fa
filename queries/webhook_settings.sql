-- ListWebhooks lists an account's webhooks of the main dialect in the order in which they were made, after one of
-- them, each with its inbox's name.
-- name: ListWebhooks :many
SELECT sqlc.embed(w), i.name AS inbox_name
FROM webhooks w LEFT JOIN inboxes i ON i.account_id = w.account_id AND i.id = w.inbox_id
WHERE w.account_id = @account_id AND w.dialect = 'chatwoot' AND w.id > @after_id::bigint
ORDER BY w.id LIMIT @most;

-- LockWebhook holds a webhook of a dialect for the rest of the sitting.
-- name: LockWebhook :one
SELECT * FROM webhooks WHERE account_id = @account_id AND id = @id AND dialect = @dialect FOR NO KEY UPDATE;

-- name: InsertWebhook :one
INSERT INTO webhooks (account_id, dialect, url, name, inbox_id, subscriptions, secret)
VALUES (@account_id, @dialect, @url, @name, sqlc.narg('inbox_id'), @subscriptions, @secret)
RETURNING *;

-- name: UpdateWebhook :one
UPDATE webhooks SET url = @url, name = @name, inbox_id = sqlc.narg('inbox_id'), subscriptions = @subscriptions, updated_at = @updated_at
WHERE account_id = @account_id AND id = @id
RETURNING *;

-- name: DeleteWebhook :execrows
DELETE FROM webhooks WHERE account_id = @account_id AND id = @id AND dialect = @dialect;

-- DropDeliveries ends what a receiver that is gone would still have got (webhook_deliveries_lane_idx).
-- name: DropDeliveries :exec
UPDATE webhook_deliveries SET state = 'dropped', finished_at = @at::timestamptz, last_error = 'The webhook was deleted'
WHERE account_id = @account_id AND receiver = @receiver AND state IN ('waiting', 'pending');

-- GetReceiversDelivery reads one delivery of a receiver.
-- name: GetReceiversDelivery :one
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
