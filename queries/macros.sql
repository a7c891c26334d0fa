-- ListMacros are the macros that a user may use: their own and everyone's, by name; an account has few (by primary key).
-- name: ListMacros :many
SELECT * FROM macros WHERE account_id = @account_id AND (visibility = 'global' OR created_by_id = @user_id::bigint)
  AND (name, id) > (@after_name::text, @after_id::bigint)
ORDER BY name, id LIMIT @page_size;

-- name: InsertMacro :one
INSERT INTO macros (account_id, name, visibility, actions, created_by_id, updated_by_id)
VALUES (@account_id, @name, @visibility, @actions, @user_id::bigint, @user_id::bigint) RETURNING *;

-- name: UpdateMacro :one
UPDATE macros SET name = @name, visibility = @visibility, actions = @actions, updated_by_id = @user_id::bigint, updated_at = now()
WHERE account_id = @account_id AND id = @id RETURNING *;

-- name: DeleteMacro :execrows
DELETE FROM macros WHERE account_id = @account_id AND id = @id;

-- ListMacroAuthors are the users who made and changed macros, as the APIs show them.
-- name: ListMacroAuthors :many
SELECT sqlc.embed(u), sqlc.embed(m) FROM users u JOIN memberships m ON m.user_id = u.id
WHERE m.account_id = @account_id AND u.id = ANY (@user_ids::bigint[]);

-- ListMacroNames are the macros that a user may run, for the menu of a conversation, by name (by primary key).
-- name: ListMacroNames :many
SELECT id, name FROM macros WHERE account_id = @account_id AND (visibility = 'global' OR created_by_id = @user_id::bigint)
ORDER BY lower(name), id LIMIT 50;

-- InsertMacroRun claims the one run of a job's macro on a conversation; 0 if it has run.
-- name: InsertMacroRun :execrows
INSERT INTO macro_runs (account_id, job_id, conversation_id, created_at) VALUES (@account_id, @job_id, @conversation_id, @created_at) ON CONFLICT DO NOTHING;

-- GetUsableMacro reads a macro that a user may run: their own, or one for all.
-- name: GetUsableMacro :one
SELECT * FROM macros WHERE account_id = @account_id AND id = @id AND (visibility = 'global' OR created_by_id = @user_id::bigint);
