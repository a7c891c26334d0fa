-- LockAccount holds an account for a change of its settings.
-- name: LockAccount :one
SELECT * FROM accounts WHERE id = @id AND status <> 'deleted' FOR NO KEY UPDATE;

-- UpdateAccount writes what an administrator changes of an account.
-- name: UpdateAccount :one
UPDATE accounts SET name = @name, locale = @locale, time_zone = @time_zone, domain = sqlc.narg('domain'), support_email = sqlc.narg('support_email'),
    settings = @settings, custom_attributes = @custom_attributes, updated_at = @updated_at
WHERE id = @id
RETURNING *;

-- ListIntegrationHooks lists the external services that an account uses; there are few.
-- name: ListIntegrationHooks :many
SELECT * FROM integration_hooks WHERE account_id = @account_id ORDER BY id;

-- LockIntegrationHook holds one for a change.
-- name: LockIntegrationHook :one
SELECT * FROM integration_hooks WHERE account_id = @account_id AND id = @id FOR NO KEY UPDATE;

-- name: InsertIntegrationHook :one
INSERT INTO integration_hooks (account_id, app_id, inbox_id, enabled, settings) VALUES (@account_id, @app_id, sqlc.narg('inbox_id'), @enabled, @settings)
RETURNING *;

-- name: UpdateIntegrationHook :one
UPDATE integration_hooks SET enabled = @enabled, settings = @settings, updated_at = @updated_at
WHERE account_id = @account_id AND id = @id
RETURNING *;

-- name: DeleteIntegrationHook :execrows
DELETE FROM integration_hooks WHERE account_id = @account_id AND id = @id;
