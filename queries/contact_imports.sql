-- InsertContactImport adds a file of contacts that a job will read (kind import) or write (export).
-- name: InsertContactImport :one
INSERT INTO contact_imports (account_id, kind, user_id, blob_hash, params)
VALUES (@account_id, @kind, sqlc.narg('user_id'), sqlc.narg('blob_hash'), @params) RETURNING *;

-- name: GetContactImport :one
SELECT * FROM contact_imports WHERE account_id = @account_id AND id = @id;

-- ListContactImports lists an account's newest files (by primary key).
-- name: ListContactImports :many
SELECT * FROM contact_imports WHERE account_id = @account_id AND kind = @kind AND id < @before_id::bigint ORDER BY id DESC LIMIT @page_size;

-- SetContactImport records the progress of a file.
-- name: SetContactImport :exec
UPDATE contact_imports SET state = @state, total = @total, processed = @processed, error = @error, blob_hash = COALESCE(sqlc.narg('blob_hash'), blob_hash)
WHERE account_id = @account_id AND id = @id;
