-- LockAccount locks an account for a change of its settings.
-- name: LockAccount :one
SELECT * FROM accounts WHERE id = @id AND status <> 'deleted' FOR NO KEY UPDATE;

-- UpdateAccount writes what an administrator changes of an account.
-- name: UpdateAccount :one
UPDATE accounts SET name = @name, locale = @locale, time_zone = @time_zone, domain = sqlc.narg('domain'), support_email = sqlc.narg('support_email'),
    settings = @settings, custom_attributes = @custom_attributes, updated_at = @updated_at
WHERE id = @id
RETURNING *;

-- name: GetAccountName :one
SELECT name FROM accounts WHERE id = @id;

-- GetAccountSettings reads an account's settings.
-- name: GetAccountSettings :one
SELECT settings FROM accounts WHERE id = @id;

-- ListAutoResolvers lists the accounts that resolve conversations without activity.
-- name: ListAutoResolvers :many
SELECT id, settings FROM accounts WHERE status = 'active' AND settings->>'auto_resolve_after' ~ '^[1-9][0-9]*$' ORDER BY id;

-- name: InsertAccount :one
INSERT INTO accounts (name, locale, time_zone) VALUES (@name, @locale, @time_zone) RETURNING *;

-- name: InsertAccountCounters :exec
INSERT INTO account_counters (account_id) VALUES (@account_id);

-- name: GetAccount :one
SELECT * FROM accounts WHERE id = @id;
