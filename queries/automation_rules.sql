-- ListAutomationRules are an account's rules, the oldest first; an account has few (by primary key).
-- name: ListAutomationRules :many
SELECT * FROM automation_rules WHERE account_id = @account_id AND id > @after_id::bigint ORDER BY id LIMIT @page_size;

-- name: GetAutomationRule :one
SELECT * FROM automation_rules WHERE account_id = @account_id AND id = @id;

-- name: InsertAutomationRule :one
INSERT INTO automation_rules (account_id, name, description, event_name, conditions, actions, active)
VALUES (@account_id, @name, @description, @event_name, @conditions, @actions, @active) RETURNING *;

-- name: UpdateAutomationRule :one
UPDATE automation_rules SET name = @name, description = @description, event_name = @event_name, conditions = @conditions, actions = @actions,
    active = @active, updated_at = now()
WHERE account_id = @account_id AND id = @id RETURNING *;

-- name: DeleteAutomationRule :execrows
DELETE FROM automation_rules WHERE account_id = @account_id AND id = @id;

-- KeepAttachments keeps uploads that a rule or a macro sends from being swept away with those that nobody used.
-- name: KeepAttachments :exec
UPDATE attachments SET meta = meta || '{"kept": true}' WHERE account_id = @account_id AND key = ANY (@keys::text[]) AND message_id IS NULL;

-- ListAttachmentsByKey are the files of rules and macros (the unique key).
-- name: ListAttachmentsByKey :many
SELECT * FROM attachments WHERE account_id = @account_id AND key = ANY (@keys::text[]) ORDER BY id;
