-- name: InsertPasswordReset :exec
INSERT INTO password_resets (token_hash, user_id, expires_at) VALUES (@token_hash, @user_id, @expires_at);

-- FindPasswordReset finds a reset by its link, unless it was used or has expired.
-- name: FindPasswordReset :one
SELECT r.user_id, u.name, u.email FROM password_resets r JOIN users u ON u.id = r.user_id
WHERE r.token_hash = @token_hash AND r.used_at IS NULL AND r.expires_at > @now::timestamptz;

-- UsePasswordReset marks a link as used. It returns no row if it was used already.
-- name: UsePasswordReset :one
UPDATE password_resets SET used_at = @now::timestamptz
WHERE token_hash = @token_hash AND used_at IS NULL AND expires_at > @now::timestamptz RETURNING user_id;

-- DeletePasswordResets deletes a user's links to a new password (password_resets_user_idx).
-- name: DeletePasswordResets :exec
DELETE FROM password_resets WHERE user_id = @user_id AND used_at IS NULL;
