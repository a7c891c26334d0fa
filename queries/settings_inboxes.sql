-- ListInboxOverview lists an account's inboxes for its settings, by name, with how many people work in each
-- (accounts have few inboxes: the primary key's account is enough).
-- name: ListInboxOverview :many
SELECT sqlc.embed(i), (
    SELECT count(*) FROM inbox_members im JOIN memberships m ON m.account_id = im.account_id AND m.user_id = im.user_id AND m.deactivated_at IS NULL
    WHERE im.account_id = i.account_id AND im.inbox_id = i.id)::bigint AS members
FROM inboxes i
WHERE i.account_id = @account_id AND i.archived_at IS NULL
ORDER BY lower(i.name), i.id;

-- CountDeliveries counts what a receiver was sent since a moment, by how it ended, for the head of its log
-- (webhook_deliveries_log_idx).
-- name: CountDeliveries :one
SELECT count(*) FILTER (WHERE state = 'delivered') AS delivered, count(*) FILTER (WHERE state IN ('failed', 'dropped')) AS failed,
    count(*) FILTER (WHERE state IN ('waiting', 'pending')) AS waiting
FROM (SELECT state FROM webhook_deliveries
    WHERE account_id = @account_id AND receiver = @receiver AND created_at > @since::timestamptz ORDER BY id DESC LIMIT 10000) d;
