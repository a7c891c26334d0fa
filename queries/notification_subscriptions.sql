-- UpsertNotificationSubscription stores a device for a user, and takes it over from another one (by identifier).
-- name: UpsertNotificationSubscription :one
INSERT INTO notification_subscriptions (user_id, kind, identifier, attributes, created_at, updated_at)
VALUES (@user_id, @kind, @identifier, @attributes, @at, @at)
ON CONFLICT (identifier) DO UPDATE
SET user_id = EXCLUDED.user_id, kind = EXCLUDED.kind, attributes = EXCLUDED.attributes, updated_at = EXCLUDED.updated_at
RETURNING *;

-- DeleteOldestNotificationSubscriptions keeps a user's newest subscriptions (notification_subscriptions_user_idx).
-- name: DeleteOldestNotificationSubscriptions :exec
DELETE FROM notification_subscriptions s WHERE s.id IN (
    SELECT o.id FROM notification_subscriptions o WHERE o.user_id = @user_id ORDER BY o.updated_at DESC, o.id DESC OFFSET @keep::int);

-- ListNotificationSubscriptions lists a user's devices (notification_subscriptions_user_idx).
-- name: ListNotificationSubscriptions :many
SELECT * FROM notification_subscriptions WHERE user_id = @user_id ORDER BY id;

-- name: DeleteNotificationSubscription :exec
DELETE FROM notification_subscriptions WHERE id = @id AND user_id = @user_id;

-- ListPushTargets lists the devices on which new notifications are pushed: of users who want their kind pushed, as long
-- as they have not read it (by key; notification_subscriptions_user_idx).
-- name: ListPushTargets :many
SELECT n.id AS notification_id, s.id AS subscription_id FROM notifications n
JOIN memberships m ON m.account_id = n.account_id AND m.user_id = n.user_id
JOIN notification_subscriptions s ON s.user_id = n.user_id
WHERE n.account_id = @account_id AND n.id = ANY (@ids::bigint[]) AND n.read_at IS NULL AND n.kind = ANY (m.push_notifications)
ORDER BY n.id, s.id;

-- GetPush reads a notification of a conversation that is about to be pushed to a device, if its user still wants that, has
-- not read it, and may see the conversation (by keys).
-- name: GetPush :one
SELECT sqlc.embed(n), sqlc.embed(s), c.display_id, i.name AS inbox_name, a.name AS account_name FROM notifications n
JOIN accounts a ON a.id = n.account_id AND a.status = 'active'
JOIN memberships m ON m.account_id = n.account_id AND m.user_id = n.user_id AND m.deactivated_at IS NULL
JOIN notification_subscriptions s ON s.id = @subscription_id AND s.user_id = n.user_id
JOIN conversations c ON c.account_id = n.account_id AND c.id = n.conversation_id
JOIN inboxes i ON i.account_id = c.account_id AND i.id = c.inbox_id
WHERE n.account_id = @account_id AND n.id = @notification_id AND n.read_at IS NULL AND n.kind = ANY (m.push_notifications)
  AND (m.role = 'administrator'
    OR EXISTS (SELECT 1 FROM inbox_members im WHERE im.account_id = m.account_id AND im.inbox_id = c.inbox_id AND im.user_id = m.user_id)
    OR EXISTS (SELECT 1 FROM team_members tm WHERE tm.account_id = m.account_id AND tm.team_id = c.team_id AND tm.user_id = m.user_id));
