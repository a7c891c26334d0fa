-- name: InsertPasswordReset :exec
INSERT INTO password_resets (token_hash, user_id, expires_at) VALUES (@token_hash, @user_id, @expires_at);

-- FindPasswordReset reads a reset by its link; used or ended ones are not found.
-- name: FindPasswordReset :one
SELECT r.user_id, u.name, u.email FROM password_resets r JOIN users u ON u.id = r.user_id
WHERE r.token_hash = @token_hash AND r.used_at IS NULL AND r.expires_at > @now::timestamptz;

-- UsePasswordReset spends a link; no row if it was spent.
-- name: UsePasswordReset :one
UPDATE password_resets SET used_at = @now::timestamptz
WHERE token_hash = @token_hash AND used_at IS NULL AND expires_at > @now::timestamptz RETURNING user_id;

-- DeletePasswordResets ends the links to a new password that a user has (password_resets_user_idx).
-- name: DeletePasswordResets :exec
DELETE FROM password_resets WHERE user_id = @user_id AND used_at IS NULL;
