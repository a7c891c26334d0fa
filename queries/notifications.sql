-- ListNotifications lists a user's notifications, newest first, by page or after a position in that order
-- (notifications_user_idx). It leaves out read and snoozed ones unless they are asked for.
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

-- CountNotifications counts the notifications that ListNotifications lists, and the unread ones among them.
-- name: CountNotifications :one
SELECT count(*) AS count, count(*) FILTER (WHERE read_at IS NULL) AS unread_count FROM notifications
WHERE account_id = @account_id AND user_id = @user_id
  AND (@with_read::bool OR read_at IS NULL) AND (@with_snoozed::bool OR snoozed_until IS NULL);

-- CountUnreadNotifications counts a user's unread notifications (notifications_unread_idx).
-- name: CountUnreadNotifications :one
SELECT count(*) FROM notifications WHERE account_id = @account_id AND user_id = @user_id AND read_at IS NULL;

-- SetNotification changes one of a user's own notifications.
-- name: SetNotification :one
UPDATE notifications SET read_at = sqlc.narg('read_at'), snoozed_until = sqlc.narg('snoozed_until')
WHERE account_id = @account_id AND id = @id AND user_id = @user_id
RETURNING *;

-- name: GetNotification :one
SELECT * FROM notifications WHERE account_id = @account_id AND id = @id AND user_id = @user_id;

-- ReadAllNotifications marks all notifications of a user as read (notifications_unread_idx).
-- name: ReadAllNotifications :exec
UPDATE notifications SET read_at = @at::timestamptz WHERE account_id = @account_id AND user_id = @user_id AND read_at IS NULL;

-- name: DeleteNotification :execrows
DELETE FROM notifications WHERE account_id = @account_id AND id = @id AND user_id = @user_id;

-- DeleteNotifications deletes a user's notifications, all of them or the read ones (notifications_user_idx).
-- name: DeleteNotifications :exec
DELETE FROM notifications WHERE account_id = @account_id AND user_id = @user_id AND (NOT @read_only::bool OR read_at IS NOT NULL);

-- InsertWebhookNotifications notifies an account's administrators that a webhook was paused, once for the delivery that
-- caused it. It returns the users it notified.
-- name: InsertWebhookNotifications :many
INSERT INTO notifications (account_id, user_id, kind, webhook_id, event_id, last_activity_at, created_at)
SELECT m.account_id, m.user_id, 'webhook_paused', @webhook_id::bigint, @event_id::bigint, @at::timestamptz, @at::timestamptz
FROM memberships m WHERE m.account_id = @account_id AND m.role = 'administrator' AND m.deactivated_at IS NULL
ON CONFLICT DO NOTHING
RETURNING user_id;

-- DeleteFormerMemberNotifications deletes some notifications of a former member (notifications_user_idx).
-- name: DeleteFormerMemberNotifications :execrows
DELETE FROM notifications WHERE (account_id, id) IN (
    SELECT n.account_id, n.id FROM notifications n WHERE n.account_id = @account_id AND n.user_id = @user_id LIMIT @most);

-- ListNotificationsForPage lists a user's notifications for their page, newest first, by keyset, each with its subject
-- if the user still sees that. It leaves out snoozed ones (notifications_user_idx, the rest by key).
-- name: ListNotificationsForPage :many
SELECT sqlc.embed(n), c.display_id, c.subject, ct.name AS contact_name, i.hue AS inbox_hue, i.kind AS inbox_kind,
    m.kind AS message_kind, m.private, COALESCE(left(m.content, 300), '')::text AS excerpt, u.name AS user_name, w.name AS webhook_name, w.url AS webhook_url
FROM notifications n
LEFT JOIN conversations c ON c.account_id = n.account_id AND c.id = n.conversation_id
    AND visible(c.inbox_id, c.team_id, @sees_all::bool, @inbox_ids::bigint[], @team_ids::bigint[])
LEFT JOIN contacts ct ON ct.account_id = c.account_id AND ct.id = c.contact_id
LEFT JOIN inboxes i ON i.account_id = c.account_id AND i.id = c.inbox_id
LEFT JOIN messages m ON m.account_id = c.account_id AND m.id = n.message_id
LEFT JOIN users u ON n.actor_kind = 'user' AND u.id = n.actor_id
LEFT JOIN webhooks w ON w.account_id = n.account_id AND w.id = n.webhook_id
WHERE n.account_id = @account_id AND n.user_id = @user_id AND (n.last_activity_at, n.id) < (@before_at::timestamptz, @before_id::bigint)
  AND (n.snoozed_until IS NULL OR n.snoozed_until <= @now::timestamptz)
ORDER BY n.last_activity_at DESC, n.id DESC LIMIT @page_size;

-- CountUnreadNotificationsForPage counts the unread notifications for the bell, up to the most that it shows
-- (notifications_unread_idx).
-- name: CountUnreadNotificationsForPage :one
SELECT count(*) FROM (
    SELECT 1 FROM notifications WHERE account_id = @account_id AND user_id = @user_id AND read_at IS NULL
      AND (snoozed_until IS NULL OR snoozed_until <= @now::timestamptz)
    LIMIT 100) AS unread;

-- GetNotificationTarget reads to what one of a user's own notifications leads.
-- name: GetNotificationTarget :one
SELECT n.webhook_id, n.message_id, c.display_id, m.kind AS message_kind
FROM notifications n
LEFT JOIN conversations c ON c.account_id = n.account_id AND c.id = n.conversation_id
LEFT JOIN messages m ON m.account_id = n.account_id AND m.id = n.message_id
WHERE n.account_id = @account_id AND n.id = @id AND n.user_id = @user_id;

-- ReadNotification marks one of a user's own notifications as read. It changes no row if it was read or is another
-- user's.
-- name: ReadNotification :execrows
UPDATE notifications SET read_at = @at::timestamptz WHERE account_id = @account_id AND id = @id AND user_id = @user_id AND read_at IS NULL;

-- ReadNotifications marks a user's notifications about a conversation as read.
-- name: ReadNotifications :execrows
UPDATE notifications SET read_at = @at::timestamptz
WHERE account_id = @account_id AND user_id = @user_id AND conversation_id = @conversation_id::bigint AND read_at IS NULL;

-- InsertNotifications notifies users about conversations, one for each row of the arrays, if the user may see the
-- conversation and its contact is not blocked; 0 stands for null. With fold, it replaces an unread notification of the
-- same kind about the same conversation. It returns the users it notified.
-- name: InsertNotifications :many
WITH want AS (
    SELECT unnest(@user_ids::bigint[]) AS user_id, unnest(@conversation_ids::bigint[]) AS conversation_id, unnest(@message_ids::bigint[]) AS message_id,
        unnest(@event_ids::bigint[]) AS event_id, unnest(@kinds::text[]) AS kind, unnest(@actor_kinds::text[]) AS actor_kind,
        unnest(@actor_ids::bigint[]) AS actor_id, unnest(@ats::timestamptz[]) AS at, unnest(@folds::bool[]) AS fold
), told AS (
    SELECT w.user_id, w.conversation_id, w.message_id, w.event_id, w.kind, w.actor_kind, w.actor_id, w.at, w.fold FROM want w
    JOIN memberships m ON m.account_id = @account_id AND m.user_id = w.user_id
    JOIN conversations c ON c.account_id = @account_id AND c.id = w.conversation_id
    JOIN contacts k ON k.account_id = c.account_id AND k.id = c.contact_id
    WHERE m.deactivated_at IS NULL AND NOT k.blocked
      AND (m.role = 'administrator'
        OR EXISTS (SELECT 1 FROM inbox_members i WHERE i.account_id = m.account_id AND i.inbox_id = c.inbox_id AND i.user_id = m.user_id)
        OR EXISTS (SELECT 1 FROM team_members t WHERE t.account_id = m.account_id AND t.team_id = c.team_id AND t.user_id = m.user_id))
), gone AS (
    DELETE FROM notifications n USING told
    WHERE told.fold AND n.account_id = @account_id AND n.user_id = told.user_id AND n.conversation_id = told.conversation_id
      AND n.kind = told.kind AND n.read_at IS NULL AND n.event_id < told.event_id
)
INSERT INTO notifications (account_id, user_id, kind, conversation_id, message_id, event_id, actor_kind, actor_id, last_activity_at, created_at)
SELECT @account_id, told.user_id, told.kind, told.conversation_id, NULLIF(told.message_id, 0), told.event_id, told.actor_kind::actor_kind, NULLIF(told.actor_id, 0), told.at, told.at
FROM told
ON CONFLICT DO NOTHING
RETURNING user_id;
