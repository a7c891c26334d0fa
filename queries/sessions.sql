-- FindSession finds a session by its token. Every request of a browser runs it.
-- name: FindSession :one
SELECT data FROM sessions WHERE token_hash = @token_hash AND expires_at > now();

-- name: UpsertSession :exec
INSERT INTO sessions (token_hash, user_id, data, expires_at) VALUES (@token_hash, sqlc.narg('user_id'), @data, @expires_at)
ON CONFLICT (token_hash) DO UPDATE SET user_id = EXCLUDED.user_id, data = EXCLUDED.data, expires_at = EXCLUDED.expires_at;

-- name: DeleteSession :exec
DELETE FROM sessions WHERE token_hash = @token_hash;

-- DeleteUserSessions signs a user out everywhere, after a new password or a deactivation.
-- name: DeleteUserSessions :exec
DELETE FROM sessions WHERE user_id = @user_id::bigint;
