-- AddSignInAttempt counts a try before it is made, so that tries at the same time, here and on other replicas, cannot
-- pass the limit together. Returns how many there have been in the window, this one included.
-- name: AddSignInAttempt :one
INSERT INTO sign_in_attempts AS a (key, window_at, attempts) VALUES (@key, @window_at, 1)
ON CONFLICT (key, window_at) DO UPDATE SET attempts = a.attempts + 1
RETURNING attempts;

-- ForgetSignInAttempts lets a user who got in start anew.
-- name: ForgetSignInAttempts :exec
DELETE FROM sign_in_attempts WHERE key = ANY(@keys::text[]);
