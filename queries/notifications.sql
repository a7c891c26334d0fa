-- ListNotifications lists what a user was told, the newest first, a page of it or what comes after a place in that
-- order (notifications_user_idx). Left out unless wanted: what was read, what is snoozed.
-- name: ListNotifications :many
SELECT * FROM notifications
WHERE account_id = @account_id AND user_id = @user_id AND (last_activity_at, id) < (@before::timestamptz, @before_id::bigint)
  AND (@with_read::bool OR read_at IS NULL) AND (@with_snoozed::bool OR snoozed_until IS NULL)
ORDER BY last_activity_at DESC, id DESC LIMIT @most OFFSET @skip;

-- ListOldNotifications is ListNotifications with the oldest first.
-- name: ListOldNotifications :many
SELECT * FROM notifications
WHERE account_id = @account_id AND user_id = @user_id AND (last_activity_at, id) > (@after::timestamptz, @after_id::bigint)
  AND (@with_read::bool OR read_at IS NULL) AND (@with_snoozed::bool OR snoozed_until IS NULL)
ORDER BY last_activity_at, id LIMIT @most OFFSET @skip;

-- CountNotifications counts what ListNotifications lists, and what of it is unread.
-- name: CountNotifications :one
SELECT count(*) AS count, count(*) FILTER (WHERE read_at IS NULL) AS unread_count FROM notifications
WHERE account_id = @account_id AND user_id = @user_id
  AND (@with_read::bool OR read_at IS NULL) AND (@with_snoozed::bool OR snoozed_until IS NULL);

-- CountUnreadNotifications is the number beside the bell (notifications_unread_idx).
-- name: CountUnreadNotifications :one
SELECT count(*) FROM notifications WHERE account_id = @account_id AND user_id = @user_id AND read_at IS NULL;

-- SetNotification changes one of a user's own notifications.
-- name: SetNotification :one
UPDATE notifications SET read_at = sqlc.narg('read_at'), snoozed_until = sqlc.narg('snoozed_until')
WHERE account_id = @account_id AND id = @id AND user_id = @user_id
RETURNING *;

-- name: GetNotification :one
SELECT * FROM notifications WHERE account_id = @account_id AND id = @id AND user_id = @user_id;

-- ReadAllNotifications marks everything as read that a user was told (notifications_unread_idx).
-- name: ReadAllNotifications :exec
UPDATE notifications SET read_at = @at::timestamptz WHERE account_id = @account_id AND user_id = @user_id AND read_at IS NULL;

-- name: DeleteNotification :execrows
DELETE FROM notifications WHERE account_id = @account_id AND id = @id AND user_id = @user_id;

-- DeleteNotifications deletes what a user was told, all of it or what they have read (notifications_user_idx).
-- name: DeleteNotifications :exec
DELETE FROM notifications WHERE account_id = @account_id AND user_id = @user_id AND (NOT @read_only::bool OR read_at IS NOT NULL);

-- InsertWebhookNotifications tells an account's administrators that a webhook was paused, once for the delivery that
-- was the last straw. Returns who was told.
-- name: InsertWebhookNotifications :many
INSERT INTO notifications (account_id, user_id, kind, webhook_id, event_id, last_activity_at, created_at)
SELECT m.account_id, m.user_id, 'webhook_paused', @webhook_id::bigint, @event_id::bigint, @at::timestamptz, @at::timestamptz
FROM memberships m WHERE m.account_id = @account_id AND m.role = 'administrator' AND m.deactivated_at IS NULL
ON CONFLICT DO NOTHING
RETURNING user_id;

-- ListWebhookNames are what some webhooks are called, for those who were told of them.
-- name: ListWebhookNames :many
SELECT id, name, url FROM webhooks WHERE account_id = @account_id AND id = ANY (@ids::bigint[]);
