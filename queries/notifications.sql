-- ListNotifications lists a user's notifications of conversations that they see, newest first, by page or after a
-- position in that order (notifications_user_idx, conversations by key). It leaves out read and snoozed ones unless they
-- are asked for.
-- name: ListNotifications :many
SELECT n.* FROM notifications n
WHERE n.account_id = @account_id AND n.user_id = @user_id AND n.conversation_id IS NOT NULL
  AND (n.last_activity_at, n.id) < (@before::timestamptz, @before_id::bigint)
  AND (@with_read::bool OR n.read_at IS NULL) AND (@with_snoozed::bool OR n.snoozed_until IS NULL)
  AND (@sees_all::bool OR (SELECT visible(c.inbox_id, c.team_id, false, @inbox_ids::bigint[], @team_ids::bigint[])
      FROM conversations c WHERE c.account_id = n.account_id AND c.id = n.conversation_id))
ORDER BY n.last_activity_at DESC, n.id DESC LIMIT @most OFFSET @skip;

-- ListOldNotifications is ListNotifications with the oldest first.
-- name: ListOldNotifications :many
SELECT n.* FROM notifications n
WHERE n.account_id = @account_id AND n.user_id = @user_id AND n.conversation_id IS NOT NULL
  AND (n.last_activity_at, n.id) > (@after::timestamptz, @after_id::bigint)
  AND (@with_read::bool OR n.read_at IS NULL) AND (@with_snoozed::bool OR n.snoozed_until IS NULL)
  AND (@sees_all::bool OR (SELECT visible(c.inbox_id, c.team_id, false, @inbox_ids::bigint[], @team_ids::bigint[])
      FROM conversations c WHERE c.account_id = n.account_id AND c.id = n.conversation_id))
ORDER BY n.last_activity_at, n.id LIMIT @most OFFSET @skip;

-- CountNotifications counts the notifications that ListNotifications lists, and the unread ones among them.
-- name: CountNotifications :one
SELECT count(*) AS count, count(*) FILTER (WHERE n.read_at IS NULL) AS unread_count FROM notifications n
WHERE n.account_id = @account_id AND n.user_id = @user_id AND n.conversation_id IS NOT NULL
  AND (@with_read::bool OR n.read_at IS NULL) AND (@with_snoozed::bool OR n.snoozed_until IS NULL)
  AND (@sees_all::bool OR (SELECT visible(c.inbox_id, c.team_id, false, @inbox_ids::bigint[], @team_ids::bigint[])
      FROM conversations c WHERE c.account_id = n.account_id AND c.id = n.conversation_id));

-- CountUnreadNotifications counts the unread notifications of conversations that a user sees, snoozed or not
-- (notifications_unread_idx, conversations by key).
-- name: CountUnreadNotifications :one
SELECT count(*) FROM notifications n
WHERE n.account_id = @account_id AND n.user_id = @user_id AND n.read_at IS NULL AND n.conversation_id IS NOT NULL
  AND (@sees_all::bool OR (SELECT visible(c.inbox_id, c.team_id, false, @inbox_ids::bigint[], @team_ids::bigint[])
      FROM conversations c WHERE c.account_id = n.account_id AND c.id = n.conversation_id));

-- SetNotification changes one of a user's own notifications.
-- name: SetNotification :one
UPDATE notifications SET read_at = sqlc.narg('read_at'), snoozed_until = sqlc.narg('snoozed_until')
WHERE account_id = @account_id AND id = @id AND user_id = @user_id
RETURNING *;

-- GetNotification reads one of a user's own, if they see the conversation that it is about.
-- name: GetNotification :one
SELECT n.* FROM notifications n
JOIN conversations c ON c.account_id = n.account_id AND c.id = n.conversation_id
WHERE n.account_id = @account_id AND n.id = @id AND n.user_id = @user_id
  AND visible(c.inbox_id, c.team_id, @sees_all::bool, @inbox_ids::bigint[], @team_ids::bigint[]);

-- ReadAllNotifications marks all notifications of a user as read (notifications_unread_idx).
-- name: ReadAllNotifications :exec
UPDATE notifications SET read_at = @at::timestamptz WHERE account_id = @account_id AND user_id = @user_id AND read_at IS NULL;

-- ReadConversationNotifications marks all of a user's notifications of conversations as read (notifications_unread_idx).
-- name: ReadConversationNotifications :exec
UPDATE notifications SET read_at = @at::timestamptz
WHERE account_id = @account_id AND user_id = @user_id AND read_at IS NULL AND conversation_id IS NOT NULL;

-- name: DeleteNotification :execrows
DELETE FROM notifications WHERE account_id = @account_id AND id = @id AND user_id = @user_id;

-- DeleteNotifications deletes a user's notifications of conversations, all of them or the read ones
-- (notifications_user_idx).
-- name: DeleteNotifications :exec
DELETE FROM notifications
WHERE account_id = @account_id AND user_id = @user_id AND conversation_id IS NOT NULL AND (NOT @read_only::bool OR read_at IS NOT NULL);

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

-- ListNotificationsForPage lists a user's notifications for their page, newest first, by keyset, each with its subject,
-- which the user must still see. It leaves out snoozed ones (notifications_user_idx, the rest by key).
-- name: ListNotificationsForPage :many
SELECT sqlc.embed(n), c.display_id, c.subject, ct.name AS contact_name, i.hue AS inbox_hue, i.kind AS inbox_kind,
    m.kind AS message_kind, m.private, COALESCE(left(m.content, 300), '')::text AS excerpt, u.name AS user_name,
    w.name AS webhook_name, w.url AS webhook_url
FROM notifications n
LEFT JOIN conversations c ON c.account_id = n.account_id AND c.id = n.conversation_id
LEFT JOIN contacts ct ON ct.account_id = c.account_id AND ct.id = c.contact_id
LEFT JOIN inboxes i ON i.account_id = c.account_id AND i.id = c.inbox_id
LEFT JOIN messages m ON m.account_id = c.account_id AND m.id = n.message_id
LEFT JOIN users u ON n.actor_kind = 'user' AND u.id = n.actor_id
LEFT JOIN webhooks w ON w.account_id = n.account_id AND w.id = n.webhook_id
WHERE n.account_id = @account_id AND n.user_id = @user_id AND (n.last_activity_at, n.id) < (@before_at::timestamptz, @before_id::bigint)
  AND (n.snoozed_until IS NULL OR n.snoozed_until <= @now::timestamptz)
  AND (n.webhook_id IS NOT NULL OR visible(c.inbox_id, c.team_id, @sees_all::bool, @inbox_ids::bigint[], @team_ids::bigint[]))
ORDER BY n.last_activity_at DESC, n.id DESC LIMIT @page_size;

-- CountUnreadNotificationsForPage counts the unread notifications for the bell, up to the most that it shows
-- (notifications_unread_idx, conversations by key).
-- name: CountUnreadNotificationsForPage :one
SELECT count(*) FROM (
    SELECT 1 FROM notifications n WHERE n.account_id = @account_id AND n.user_id = @user_id AND n.read_at IS NULL
      AND (n.snoozed_until IS NULL OR n.snoozed_until <= @now::timestamptz)
      AND (@sees_all::bool OR n.webhook_id IS NOT NULL
          OR (SELECT visible(c.inbox_id, c.team_id, false, @inbox_ids::bigint[], @team_ids::bigint[])
          FROM conversations c WHERE c.account_id = n.account_id AND c.id = n.conversation_id))
    LIMIT 100) AS unread;

-- GetNotificationTarget reads to what one of a user's own notifications leads, if they see that.
-- name: GetNotificationTarget :one
SELECT n.webhook_id, n.message_id, c.display_id, m.kind AS message_kind
FROM notifications n
LEFT JOIN conversations c ON c.account_id = n.account_id AND c.id = n.conversation_id
LEFT JOIN messages m ON m.account_id = n.account_id AND m.id = n.message_id
WHERE n.account_id = @account_id AND n.id = @id AND n.user_id = @user_id
  AND (n.webhook_id IS NOT NULL OR visible(c.inbox_id, c.team_id, @sees_all::bool, @inbox_ids::bigint[], @team_ids::bigint[]));

-- ReadNotification marks one of a user's own notifications as read. It changes no row if it was read or is another
-- user's.
-- name: ReadNotification :execrows
UPDATE notifications SET read_at = @at::timestamptz WHERE account_id = @account_id AND id = @id AND user_id = @user_id AND read_at IS NULL;

-- ReadNotifications marks a user's notifications about a conversation as read.
-- name: ReadNotifications :execrows
UPDATE notifications SET read_at = @at::timestamptz
WHERE account_id = @account_id AND user_id = @user_id AND conversation_id = @conversation_id::bigint AND read_at IS NULL;

-- LockNotified locks the conversations of notifications that are about to be inserted, in the order of their ids. It
-- waits for whoever marks one of them as read.
-- name: LockNotified :exec
SELECT 1 FROM conversations WHERE account_id = @account_id AND id = ANY (@ids::bigint[]) ORDER BY id FOR SHARE;

-- InsertNotifications notifies users about conversations, one for each row of the arrays, if the user may see the
-- conversation; 0 stands for null. It notifies of a new conversation those who asked for that, and of a blocked
-- contact's conversation only those who are mentioned. A user has one notification of a conversation: that of the newest
-- event replaces the one before, under a new id (notifications_conversation_key). It is read already if the user has
-- seen the conversation since. It returns the new ones.
-- name: InsertNotifications :many
WITH want AS (
    SELECT unnest(@user_ids::bigint[]) AS user_id, unnest(@conversation_ids::bigint[]) AS conversation_id,
        unnest(@message_ids::bigint[]) AS message_id,
        unnest(@event_ids::bigint[]) AS event_id, unnest(@kinds::text[]) AS kind, unnest(@actor_kinds::text[]) AS actor_kind,
        unnest(@actor_ids::bigint[]) AS actor_id, unnest(@ats::timestamptz[]) AS at
), allowed AS (
    SELECT DISTINCT ON (w.user_id, w.conversation_id) w.user_id, w.conversation_id, w.message_id, w.event_id, w.kind,
        w.actor_kind, w.actor_id, w.at,
        CASE WHEN w.message_id = 0 AND r.at >= w.at OR w.message_id > 0 AND r.up_to >= w.message_id THEN r.at END AS read_at
    FROM want w
    JOIN memberships m ON m.account_id = @account_id AND m.user_id = w.user_id
    JOIN conversations c ON c.account_id = @account_id AND c.id = w.conversation_id
    JOIN contacts k ON k.account_id = c.account_id AND k.id = c.contact_id
    LEFT JOIN read_marks r ON r.account_id = c.account_id AND r.user_id = w.user_id AND r.conversation_id = c.id
    WHERE m.deactivated_at IS NULL AND (NOT k.blocked OR w.kind = 'conversation_mention')
      AND (w.kind <> 'conversation_creation' OR w.kind = ANY (m.email_notifications || m.push_notifications))
      AND (m.role = 'administrator'
        OR EXISTS (SELECT 1 FROM inbox_members i WHERE i.account_id = m.account_id AND i.inbox_id = c.inbox_id AND i.user_id = m.user_id)
        OR EXISTS (SELECT 1 FROM team_members t WHERE t.account_id = m.account_id AND t.team_id = c.team_id AND t.user_id = m.user_id))
    ORDER BY w.user_id, w.conversation_id, w.event_id DESC
)
INSERT INTO notifications AS had (account_id, user_id, kind, conversation_id, message_id, event_id, actor_kind,
    actor_id, read_at, last_activity_at, created_at)
SELECT @account_id, allowed.user_id, allowed.kind, allowed.conversation_id, NULLIF(allowed.message_id, 0),
    allowed.event_id, allowed.actor_kind::actor_kind, NULLIF(allowed.actor_id, 0),
    allowed.read_at, allowed.at, allowed.at
FROM allowed
ON CONFLICT (account_id, conversation_id, user_id) DO UPDATE
SET id = EXCLUDED.id, kind = EXCLUDED.kind, message_id = EXCLUDED.message_id, event_id = EXCLUDED.event_id,
    actor_kind = EXCLUDED.actor_kind,
    actor_id = EXCLUDED.actor_id, read_at = EXCLUDED.read_at, snoozed_until = NULL,
    last_activity_at = EXCLUDED.last_activity_at, created_at = EXCLUDED.created_at
WHERE had.event_id < EXCLUDED.event_id
RETURNING *;

-- ListNotificationMessages reads the message that each of some notifications shows the beginning of, with who sent it:
-- the first of a new conversation; the last incoming one of an assigned conversation, or else the last outgoing one; in
-- every other case the message of the event (by key; messages_thread_idx).
-- name: ListNotificationMessages :many
SELECT n.id AS notification_id, m.id AS message_id, COALESCE(left(m.content, 2000), '')::text AS content, m.attachment_count AS attachments,
    COALESCE(s.user_name, s.contact_name, s.bot_name, '')::text AS sender_name
FROM notifications n
JOIN conversations c ON c.account_id = n.account_id AND c.id = n.conversation_id
JOIN messages m ON m.account_id = n.account_id AND m.id = CASE n.kind
    WHEN 'conversation_creation' THEN (SELECT f.id FROM messages f
        WHERE f.account_id = n.account_id AND f.conversation_id = n.conversation_id AND f.kind <> 'activity' ORDER BY f.id LIMIT 1)
    WHEN 'conversation_assignment' THEN COALESCE(c.last_incoming_id, (SELECT o.id FROM messages o
        WHERE o.account_id = n.account_id AND o.conversation_id = n.conversation_id AND o.kind = 'outgoing' ORDER BY o.id DESC LIMIT 1))
    ELSE n.message_id END
JOIN message_senders s ON s.account_id = m.account_id AND s.message_id = m.id
WHERE n.account_id = @account_id AND n.id = ANY (@ids::bigint[]);

-- WakeNotifications ends the snoozes that are due: those notifications are unread and the newest again
-- (notifications_snoozed_idx).
-- name: WakeNotifications :many
UPDATE notifications SET snoozed_until = NULL, read_at = NULL, last_activity_at = @now::timestamptz
WHERE (account_id, id) IN (
    SELECT n.account_id, n.id FROM notifications n WHERE n.snoozed_until <= @now::timestamptz ORDER BY n.snoozed_until LIMIT @most)
RETURNING *;
