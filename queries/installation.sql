-- LockInstallation lets one first run happen at a time.
-- name: LockInstallation :one
SELECT * FROM installation FOR UPDATE;

-- name: GetInstallation :one
SELECT * FROM installation;

-- name: SetInstallationSetUp :exec
UPDATE installation SET set_up_at = @at::timestamptz;
