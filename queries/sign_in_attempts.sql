-- AddSignInAttempt counts an attempt before the password is checked, so that parallel attempts, on this and on other
-- replicas, cannot exceed the limit together. It returns the number of attempts in the window, with this one.
-- name: AddSignInAttempt :one
INSERT INTO sign_in_attempts AS a (key, window_at, attempts) VALUES (@key, @window_at, 1)
ON CONFLICT (key, window_at) DO UPDATE SET attempts = a.attempts + 1
RETURNING attempts;

-- ForgetSignInAttempts deletes the attempts of a user who has signed in.
-- name: ForgetSignInAttempts :exec
DELETE FROM sign_in_attempts WHERE key = ANY(@keys::text[]);
