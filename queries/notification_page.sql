-- ListNotices reads what a user was told for the page of notifications, the newest first, keyset paged: each with what it
-- is about, as far as they still see it (notifications_user_idx, the rest by key). What is put off is not there yet.
-- name: ListNotices :many
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

-- CountNotices is the number beside the bell, no further than pages show it (notifications_unread_idx).
-- name: CountNotices :one
SELECT count(*) FROM (
    SELECT 1 FROM notifications WHERE account_id = @account_id AND user_id = @user_id AND read_at IS NULL
      AND (snoozed_until IS NULL OR snoozed_until <= @now::timestamptz)
    LIMIT 100) AS unread;

-- GetNotice reads where one of a user's own notifications leads to.
-- name: GetNotice :one
SELECT n.webhook_id, n.message_id, c.display_id, m.kind AS message_kind
FROM notifications n
LEFT JOIN conversations c ON c.account_id = n.account_id AND c.id = n.conversation_id
LEFT JOIN messages m ON m.account_id = n.account_id AND m.id = n.message_id
WHERE n.account_id = @account_id AND n.id = @id AND n.user_id = @user_id;

-- ReadNotice marks one of a user's own notifications as read; 0 if it was, or is not theirs.
-- name: ReadNotice :execrows
UPDATE notifications SET read_at = @at::timestamptz WHERE account_id = @account_id AND id = @id AND user_id = @user_id AND read_at IS NULL;
