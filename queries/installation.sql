-- LockInstallation lets one first run happen at a time.
-- name: LockInstallation :one
SELECT * FROM installation FOR UPDATE;

-- name: GetInstallation :one
SELECT * FROM installation;

-- NeedsSetUp reports whether the installation still needs its first run: it has no account, made by the page, a command
-- or the platform API, and the first run was never completed.
-- name: NeedsSetUp :one
SELECT (set_up_at IS NULL AND NOT EXISTS (SELECT 1 FROM accounts))::boolean AS needed FROM installation;

-- name: SetInstallationSetUp :exec
UPDATE installation SET set_up_at = @at::timestamptz;

-- SetPushKeys stores the keys of pushes, unless another process has made them first.
-- name: SetPushKeys :exec
UPDATE installation SET push_public_key = @public, push_private_key = @private WHERE push_public_key = '';
