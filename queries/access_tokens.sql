-- DeleteBotTokens deletes all access tokens of a bot (access_tokens_account_idx).
-- name: DeleteBotTokens :exec
DELETE FROM access_tokens WHERE account_id = @account_id::bigint AND bot_id = @bot_id::bigint;

-- DeleteUserTokens deletes all access tokens of a user (access_tokens_user_idx).
-- name: DeleteUserTokens :exec
DELETE FROM access_tokens WHERE user_id = @user_id::bigint;

-- name: DeleteAccessToken :execrows
DELETE FROM access_tokens WHERE id = @id;

-- DeleteSignIn deletes the token that a sign-in created. Tokens that a user created for a program never expire and are
-- kept.
-- name: DeleteSignIn :execrows
DELETE FROM access_tokens WHERE id = @id AND kind = 'user' AND expires_at IS NOT NULL;

-- DeleteOtherSignIns deletes the tokens of a user's other sign-ins after a change of the password
-- (access_tokens_user_idx).
-- name: DeleteOtherSignIns :exec
DELETE FROM access_tokens WHERE user_id = @user_id::bigint AND kind = 'user' AND expires_at IS NOT NULL AND id <> @id;

-- ListOwnTokens reads a user's access tokens, without their secrets, newest first (access_tokens_user_idx).
-- name: ListOwnTokens :many
SELECT id, name, hint, last_used_on, expires_at, created_at FROM access_tokens WHERE user_id = @user_id::bigint
    AND kind = 'user' ORDER BY id DESC;

-- name: DeleteOwnToken :execrows
DELETE FROM access_tokens WHERE user_id = @user_id::bigint AND kind = 'user' AND id = @id;

-- name: InsertAccessToken :one
INSERT INTO access_tokens (token_hash, kind, account_id, user_id, bot_id, platform_app_id, name, hint, expires_at)
VALUES (@token_hash, @kind, sqlc.narg('account_id'), sqlc.narg('user_id'), sqlc.narg('bot_id'),
    sqlc.narg('platform_app_id'), @name, @hint, sqlc.narg('expires_at'))
RETURNING *;

-- Authenticate checks a token and reads its owner and what they may see. Every call of the REST APIs costs this one
-- read (by the unique hash, then by primary keys). account_id is the account in the path; 0 takes the token's own, or
-- the first of which its user is a member. No row means that there is no such token or that it has expired. A null
-- account_status means that there is no such account, and a null role that the user is not a member of it.
-- name: Authenticate :one
SELECT t.id, t.kind, t.name, t.hint, t.last_used_on, t.account_id AS own_account_id, t.user_id, t.bot_id, t.platform_app_id,
    a.id AS account_id, a.status AS account_status, u.name AS user_name, u.email AS user_email, m.role, b.name AS bot_name,
    ARRAY(SELECT im.inbox_id FROM inbox_members im WHERE im.account_id = a.id AND im.user_id = t.user_id)::bigint[] AS inbox_ids,
    ARRAY(SELECT tm.team_id FROM team_members tm WHERE tm.account_id = a.id AND tm.user_id = t.user_id)::bigint[] AS team_ids
FROM access_tokens t
LEFT JOIN accounts a ON a.id = COALESCE(NULLIF(@account_id::bigint, 0), t.account_id,
    (SELECT first.account_id FROM memberships first JOIN accounts there ON there.id = first.account_id AND there.status <> 'deleted'
     WHERE first.user_id = t.user_id AND first.deactivated_at IS NULL ORDER BY first.account_id LIMIT 1)) AND a.status <> 'deleted'
LEFT JOIN users u ON u.id = t.user_id
LEFT JOIN memberships m ON m.account_id = a.id AND m.user_id = t.user_id AND m.deactivated_at IS NULL
LEFT JOIN agent_bots b ON b.account_id = t.account_id AND b.id = t.bot_id
WHERE t.token_hash = @token_hash AND (t.expires_at IS NULL OR t.expires_at > now());

-- TouchToken records that a token was used, at most once a day. It runs after the answer.
-- name: TouchToken :exec
UPDATE access_tokens SET last_used_on = @today::date WHERE id = @id AND last_used_on IS DISTINCT FROM @today::date;
