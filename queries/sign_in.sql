-- AddSignInAttempt counts a try before it is made, so that tries at the same time, here and on other replicas, cannot
-- pass the limit together. Returns how many there have been in the window, this one included.
-- name: AddSignInAttempt :one
INSERT INTO sign_in_attempts AS a (key, window_at, attempts) VALUES (@key, @window_at, 1)
ON CONFLICT (key, window_at) DO UPDATE SET attempts = a.attempts + 1
RETURNING attempts;

-- ForgetSignInAttempts lets a user who got in begin anew.
-- name: ForgetSignInAttempts :exec
DELETE FROM sign_in_attempts WHERE key = @key;

-- name: DeleteOldSignInAttempts :execrows
DELETE FROM sign_in_attempts WHERE window_at < @before;

-- GetUserForSignIn finds who has an address, if they work in any account.
-- name: GetUserForSignIn :one
SELECT u.* FROM users u
WHERE u.email = @email AND EXISTS (
    SELECT 1 FROM memberships m JOIN accounts a ON a.id = m.account_id
    WHERE m.user_id = u.id AND m.deactivated_at IS NULL AND a.status = 'active');
