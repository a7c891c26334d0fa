-- ListCableMembers reads what some members of an account may see, and the tokens by which they connect. Like GetScope
-- it returns no row for strangers and deactivated members, nor in a suspended account.
-- name: ListCableMembers :many
SELECT u.id, u.pubsub_token, m.role,
    ARRAY(SELECT im.inbox_id FROM inbox_members im WHERE im.account_id = m.account_id AND im.user_id = m.user_id)::bigint[] AS inbox_ids,
    ARRAY(SELECT tm.team_id FROM team_members tm WHERE tm.account_id = m.account_id AND tm.user_id = m.user_id)::bigint[] AS team_ids
FROM memberships m JOIN users u ON u.id = m.user_id JOIN accounts a ON a.id = m.account_id
WHERE m.account_id = @account_id AND m.user_id = ANY(@user_ids::bigint[]) AND m.deactivated_at IS NULL AND a.status = 'active';

-- GetCableContact finds the contact who connects with a token (contact_inboxes_pubsub_key). It returns no row if the
-- inbox requires a proof of identity and the address has none.
-- name: GetCableContact :one
SELECT ci.* FROM contact_inboxes ci
JOIN accounts a ON a.id = ci.account_id
JOIN inboxes i ON i.account_id = ci.account_id AND i.id = ci.inbox_id
WHERE ci.pubsub_token = @pubsub_token AND a.status = 'active' AND (ci.hmac_verified OR NOT i.hmac_mandatory);

-- ListCableContacts reads some connected contacts anew: they may have been merged into others, or deleted.
-- name: ListCableContacts :many
SELECT ci.* FROM contact_inboxes ci
JOIN accounts a ON a.id = ci.account_id
JOIN inboxes i ON i.account_id = ci.account_id AND i.id = ci.inbox_id
WHERE ci.account_id = @account_id AND ci.id = ANY(@ids::bigint[]) AND a.status = 'active' AND (ci.hmac_verified OR NOT i.hmac_mandatory);

-- ListCableConversations finds conversations by their numbers (conversations_display_key).
-- name: ListCableConversations :many
SELECT id FROM conversations WHERE account_id = @account_id AND display_id = ANY(@display_ids::bigint[])
    ORDER BY display_id DESC LIMIT @most;
