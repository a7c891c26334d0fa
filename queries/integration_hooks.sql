-- ListIntegrationHooks lists the external services that an account uses. There are few.
-- name: ListIntegrationHooks :many
SELECT * FROM integration_hooks WHERE account_id = @account_id ORDER BY id;

-- LockIntegrationHook locks an integration for a change.
-- name: LockIntegrationHook :one
SELECT * FROM integration_hooks WHERE account_id = @account_id AND id = @id FOR NO KEY UPDATE;

-- name: InsertIntegrationHook :one
INSERT INTO integration_hooks (account_id, app_id, inbox_id, enabled, settings)
    VALUES (@account_id, @app_id, sqlc.narg('inbox_id'), @enabled, @settings)
RETURNING *;

-- name: UpdateIntegrationHook :one
UPDATE integration_hooks SET enabled = @enabled, settings = @settings, updated_at = @updated_at
WHERE account_id = @account_id AND id = @id
RETURNING *;

-- name: DeleteIntegrationHook :execrows
DELETE FROM integration_hooks WHERE account_id = @account_id AND id = @id;

-- ListTranslationHooks lists the translation providers that an account has enabled. The first one translates.
-- name: ListTranslationHooks :many
SELECT * FROM integration_hooks
WHERE account_id = @account_id AND enabled AND app_id IN ('google_translate', 'deepl', 'libretranslate', 'apertium')
ORDER BY id;
