-- LockUser holds a user's row, for their own changes to it.
-- name: LockUser :one
SELECT * FROM users WHERE id = @id FOR NO KEY UPDATE;

-- UpdateUser writes all that a user changes of themselves. A new password ends the realtime connections.
-- name: UpdateUser :one
UPDATE users SET name = @name, display_name = sqlc.narg('display_name'), email = @email, password_hash = sqlc.narg('password_hash'),
    avatar_hash = sqlc.narg('avatar_hash'), phone_number = sqlc.narg('phone_number'), message_signature = sqlc.narg('message_signature'),
    ui_settings = @ui_settings, confirmed_at = sqlc.narg('confirmed_at'), updated_at = now(),
    pubsub_token = CASE WHEN password_hash IS DISTINCT FROM sqlc.narg('password_hash')::text THEN encode(uuid_send(gen_random_uuid()), 'hex') ELSE pubsub_token END
WHERE id = @id
RETURNING *;

-- SetPresence is a member's own availability in an account; null leaves a part as it is.
-- name: SetPresence :execrows
UPDATE memberships SET availability = COALESCE(sqlc.narg('availability'), availability),
    auto_offline = COALESCE(sqlc.narg('auto_offline'), auto_offline), updated_at = now()
WHERE account_id = @account_id AND user_id = @user_id AND deactivated_at IS NULL;

-- name: DeleteAccessToken :execrows
DELETE FROM access_tokens WHERE id = @id;

-- DeleteSignIn ends the token that a sign-in gave: those that a user made for a program do not expire, and stay.
-- name: DeleteSignIn :execrows
DELETE FROM access_tokens WHERE id = @id AND kind = 'user' AND expires_at IS NOT NULL;

-- DeleteOtherSignIns ends the tokens of a user's other sign-ins: the password is a new one (access_tokens_user_idx).
-- name: DeleteOtherSignIns :exec
DELETE FROM access_tokens WHERE user_id = @user_id::bigint AND kind = 'user' AND expires_at IS NOT NULL AND id <> @id;
