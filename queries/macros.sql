-- ListMacros lists the macros that a user may use, their own and the account's, by name. An account has few (by primary
-- key).
-- name: ListMacros :many
SELECT * FROM macros WHERE account_id = @account_id AND (visibility = 'global' OR created_by_id = @user_id::bigint)
ORDER BY lower(name), id LIMIT @page_size;

-- ListMacrosByID is ListMacros for the APIs, the oldest first, after an id (primary key).
-- name: ListMacrosByID :many
SELECT * FROM macros WHERE account_id = @account_id AND (visibility = 'global' OR created_by_id = @user_id::bigint)
  AND id > @after_id::bigint
ORDER BY id LIMIT @page_size;

-- name: InsertMacro :one
INSERT INTO macros (account_id, name, visibility, actions, created_by_id, updated_by_id)
VALUES (@account_id, @name, @visibility, @actions, @user_id::bigint, @user_id::bigint) RETURNING *;

-- name: UpdateMacro :one
UPDATE macros SET name = @name, visibility = @visibility, actions = @actions, updated_by_id = @user_id::bigint, updated_at = now()
WHERE account_id = @account_id AND id = @id RETURNING *;

-- name: DeleteMacro :execrows
DELETE FROM macros WHERE account_id = @account_id AND id = @id;

-- ListMacroAuthors lists the users who created or changed macros, for the APIs.
-- name: ListMacroAuthors :many
SELECT sqlc.embed(u), sqlc.embed(m) FROM users u JOIN memberships m ON m.user_id = u.id
WHERE m.account_id = @account_id AND u.id = ANY (@user_ids::bigint[]);

-- ListMacroNames lists the macros that a user may run by name, for a conversation's menu (by primary key).
-- name: ListMacroNames :many
SELECT id, name FROM macros WHERE account_id = @account_id AND (visibility = 'global' OR created_by_id = @user_id::bigint)
ORDER BY lower(name), id LIMIT 50;

-- InsertMacroRun claims the one run of a job's macro on a conversation. It inserts no row if the macro has run.
-- name: InsertMacroRun :execrows
INSERT INTO macro_runs (account_id, job_id, conversation_id, created_at)
    VALUES (@account_id, @job_id, @conversation_id, @created_at) ON CONFLICT DO NOTHING;

-- GetUsableMacro reads a macro that a user may run: their own, or one of the account's.
-- name: GetUsableMacro :one
SELECT * FROM macros WHERE account_id = @account_id AND id = @id AND (visibility = 'global' OR created_by_id = @user_id::bigint);
