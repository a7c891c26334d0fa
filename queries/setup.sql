-- LockInstallation lets one first run happen at a time.
-- name: LockInstallation :one
SELECT * FROM installation FOR UPDATE;

-- name: GetInstallation :one
SELECT * FROM installation;

-- name: SetInstallationSetUp :exec
UPDATE installation SET set_up_at = @at::timestamptz;

-- name: InsertAccessToken :one
INSERT INTO access_tokens (token_hash, kind, account_id, user_id, bot_id, platform_app_id, name, hint, expires_at)
VALUES (@token_hash, @kind, sqlc.narg('account_id'), sqlc.narg('user_id'), sqlc.narg('bot_id'), sqlc.narg('platform_app_id'), @name, @hint, sqlc.narg('expires_at'))
RETURNING *;

-- name: GetUserByEmail :one
SELECT * FROM users WHERE email = @email;
