-- GetHooked reads what a webhook's body says about a conversation, in one go: each optional part is all null.
-- name: GetHooked :one
SELECT sqlc.embed(c), sqlc.embed(k), sqlc.embed(ci), i.name AS inbox_name, i.kind AS inbox_kind, i.address AS inbox_address,
    i.additional_attributes AS inbox_attributes, a.name AS account_name,
    u.id AS user_id, u.name AS user_name, u.display_name AS user_display_name, u.email AS user_email, u.avatar_hash AS user_avatar,
    m.availability AS user_availability, m.auto_offline AS user_auto_offline, m.active_at AS user_active_at,
    b.name AS bot_name, b.description AS bot_description, b.avatar_hash AS bot_avatar, b.outgoing_url AS bot_url, b.bot_type AS bot_type,
    t.name AS team_name, t.description AS team_description, t.allow_auto_assign AS team_auto_assign
FROM conversations c
JOIN contacts k ON k.account_id = c.account_id AND k.id = c.contact_id
JOIN contact_inboxes ci ON ci.account_id = c.account_id AND ci.id = c.contact_inbox_id
JOIN inboxes i ON i.account_id = c.account_id AND i.id = c.inbox_id
JOIN accounts a ON a.id = c.account_id
LEFT JOIN users u ON u.id = c.assignee_id
LEFT JOIN memberships m ON m.account_id = c.account_id AND m.user_id = c.assignee_id
LEFT JOIN agent_bots b ON b.account_id = c.account_id AND b.id = c.assignee_bot_id
LEFT JOIN teams t ON t.account_id = c.account_id AND t.id = c.team_id
WHERE c.account_id = @account_id AND c.id = @id;

-- GetHookedUser reads who wrote a message or types, even if they have left since.
-- name: GetHookedUser :one
SELECT u.id, u.name, u.display_name, u.email, u.avatar_hash, m.availability, m.auto_offline, m.active_at
FROM users u LEFT JOIN memberships m ON m.user_id = u.id AND m.account_id = @account_id
WHERE u.id = @id;

-- name: GetAccountName :one
SELECT name FROM accounts WHERE id = @id;
