-- InsertPlatformApp adds an application that manages users and accounts, for the command line.
-- name: InsertPlatformApp :one
INSERT INTO platform_apps (name) VALUES (@name) RETURNING *;

-- Grant lets an application manage a user, an account or a bot. Granting twice changes nothing.
-- name: Grant :exec
INSERT INTO platform_grants (platform_app_id, kind, object_id) VALUES (@platform_app_id, @kind, @object_id) ON CONFLICT DO NOTHING;

-- name: IsGranted :one
SELECT EXISTS (SELECT 1 FROM platform_grants WHERE platform_app_id = @platform_app_id AND kind = @kind AND object_id = @object_id);

-- DeleteGrants deletes all grants for an object that was deleted.
-- name: DeleteGrants :exec
DELETE FROM platform_grants WHERE kind = @kind AND object_id = @object_id;

-- ListGrantedAccounts lists the accounts that an application may manage, by id.
-- name: ListGrantedAccounts :many
SELECT a.* FROM platform_grants g JOIN accounts a ON a.id = g.object_id
WHERE g.platform_app_id = @platform_app_id AND g.kind = 'account' AND a.id > @after_id::bigint ORDER BY a.id LIMIT @most;

-- ListGrantedBots lists the bots that an application may manage, by id.
-- name: ListGrantedBots :many
SELECT b.* FROM platform_grants g JOIN agent_bots b ON b.id = g.object_id
WHERE g.platform_app_id = @platform_app_id AND g.kind = 'bot' AND b.id > @after_id::bigint ORDER BY b.id LIMIT @most;

-- FindBotByID finds a bot by its id alone: the platform API's paths name no account.
-- name: FindBotByID :one
SELECT * FROM agent_bots WHERE id = @id;

-- SetUserAttributes sets the attributes that a platform app keeps of a user.
-- name: SetUserAttributes :one
UPDATE users SET custom_attributes = @custom_attributes, updated_at = now() WHERE id = @id RETURNING *;

-- ForgetPassword deletes the password of a removed user, so that nobody can sign in with it.
-- name: ForgetPassword :exec
UPDATE users SET password_hash = NULL, pubsub_token = encode(uuid_send(gen_random_uuid()), 'hex'), updated_at = now() WHERE id = @id;

-- SetAccountPlan writes the columns of an account that platform apps alone can change.
-- name: SetAccountPlan :one
UPDATE accounts SET status = @status, features = @features, limits = @limits, updated_at = now() WHERE id = @id RETURNING *;

-- RetireAccount hides an account. A job deletes its data.
-- name: RetireAccount :execrows
UPDATE accounts SET status = 'deleted', updated_at = now() WHERE id = @id AND status <> 'deleted';

-- RetireWebhooks deletes a retired account's webhooks and clears the URLs of its inboxes and bots, so that nothing is sent
-- any more.
-- name: RetireWebhooks :exec
WITH hooks AS (DELETE FROM webhooks w WHERE w.account_id = @account_id),
    bots AS (UPDATE agent_bots b SET outgoing_url = '' WHERE b.account_id = @account_id)
UPDATE inboxes SET webhook_url = '' WHERE inboxes.account_id = @account_id;

-- RetireRules disables a retired account's automation rules.
-- name: RetireRules :exec
UPDATE automation_rules SET active = false WHERE account_id = @account_id AND active;

-- ListAccountUsers lists the memberships of an account by user.
-- name: ListAccountUsers :many
SELECT * FROM memberships WHERE account_id = @account_id AND deactivated_at IS NULL AND user_id > @after_id::bigint
    ORDER BY user_id LIMIT @most;

-- InsertLoginLink adds a link that signs its user in once.
-- name: InsertLoginLink :exec
INSERT INTO login_links (token_hash, user_id, expires_at) VALUES (@token_hash, @user_id, @expires_at);

-- UseLoginLink uses a link of the user with this address up. It returns no row if the link was used or has expired, or if
-- its user has another address, or no account any more.
-- name: UseLoginLink :one
DELETE FROM login_links l WHERE l.token_hash = @token_hash AND l.expires_at > @now::timestamptz
    AND EXISTS (SELECT 1 FROM users u WHERE u.id = l.user_id AND u.email = @email)
    AND EXISTS (SELECT 1 FROM memberships m JOIN accounts a ON a.id = m.account_id WHERE m.user_id = l.user_id
        AND m.deactivated_at IS NULL AND a.status = 'active')
RETURNING user_id;
