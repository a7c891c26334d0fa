-- name: InsertUser :one
INSERT INTO users (name, email, password_hash, confirmed_at)
    VALUES (@name, @email, sqlc.narg('password_hash'), sqlc.narg('confirmed_at')) RETURNING *;

-- GetUser reads a user, for their own profile.
-- name: GetUser :one
SELECT * FROM users WHERE id = @id;

-- GetMessageAuthor reads the author of a message, who may have left the account.
-- name: GetMessageAuthor :one
SELECT u.id, u.name, u.display_name, u.email, u.avatar_hash, m.availability, m.auto_offline, m.active_at
FROM users u LEFT JOIN memberships m ON m.user_id = u.id AND m.account_id = @account_id
WHERE u.id = @id;

-- SetUserName renames a user.
-- name: SetUserName :one
UPDATE users SET name = @name, updated_at = now() WHERE id = @id RETURNING *;

-- InsertInvitedUser adds a user without a password, or finds the user who has the address.
-- name: InsertInvitedUser :one
INSERT INTO users AS u (name, email) VALUES (@name, @email)
ON CONFLICT (email) DO UPDATE SET email = u.email
RETURNING *;

-- LockUser locks a user for their own changes.
-- name: LockUser :one
SELECT * FROM users WHERE id = @id FOR NO KEY UPDATE;

-- UpdateUser writes every column that users can change themselves. A new password closes their realtime connections.
-- name: UpdateUser :one
UPDATE users SET name = @name, display_name = sqlc.narg('display_name'), email = @email, password_hash = sqlc.narg('password_hash'),
    avatar_hash = sqlc.narg('avatar_hash'), phone_number = sqlc.narg('phone_number'), message_signature = sqlc.narg('message_signature'),
    ui_settings = @ui_settings, confirmed_at = sqlc.narg('confirmed_at'), updated_at = now(),
    pubsub_token = CASE WHEN password_hash IS DISTINCT FROM sqlc.narg('password_hash')::text
    THEN encode(uuid_send(gen_random_uuid()), 'hex') ELSE pubsub_token END
WHERE id = @id
RETURNING *;

-- SetUserPassword also confirms the address: the link was sent there, or an administrator has confirmed it.
-- name: SetUserPassword :exec
UPDATE users SET password_hash = @password_hash::text, pubsub_token = encode(uuid_send(gen_random_uuid()), 'hex'),
    confirmed_at = COALESCE(confirmed_at, now()), updated_at = now() WHERE id = @id;

-- SetProfile writes a user's profile, which all of their accounts share.
-- name: SetProfile :exec
UPDATE users SET name = @name, display_name = sqlc.narg('display_name'),
    message_signature = sqlc.narg('message_signature'), updated_at = now()
WHERE id = @id;

-- SetUserEmail changes the address with which a user signs in. It is unique over all accounts, and not confirmed.
-- name: SetUserEmail :exec
UPDATE users SET email = @email, confirmed_at = CASE WHEN email = @email THEN confirmed_at END, updated_at = now() WHERE id = @id;

-- SetUserPicture sets a user's picture, or none.
-- name: SetUserPicture :exec
UPDATE users SET avatar_hash = sqlc.narg('avatar_hash'), updated_at = now() WHERE id = @id;

-- name: GetUserByEmail :one
SELECT * FROM users WHERE email = @email;

-- GetUserForSignIn reads the user with an address, if they work in any account.
-- name: GetUserForSignIn :one
SELECT u.* FROM users u
WHERE u.email = @email AND EXISTS (
    SELECT 1 FROM memberships m JOIN accounts a ON a.id = m.account_id
    WHERE m.user_id = u.id AND m.deactivated_at IS NULL AND a.status = 'active');
