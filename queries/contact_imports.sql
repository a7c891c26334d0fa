-- InsertContactImport notes a file of contacts: one that a job will read (kind import), or write (export), or, as a
-- draft, one whose import is still to be confirmed.
-- name: InsertContactImport :one
INSERT INTO contact_imports (account_id, kind, user_id, blob_hash, params, state)
VALUES (@account_id, @kind, sqlc.narg('user_id'), sqlc.narg('blob_hash'), @params, @state) RETURNING *;

-- GetContactImport is one file.
-- name: GetContactImport :one
SELECT * FROM contact_imports WHERE account_id = @account_id AND id = @id;

-- ListContactImports are an account's newest files, without drafts (by primary key).
-- name: ListContactImports :many
SELECT * FROM contact_imports
WHERE account_id = @account_id AND kind = @kind AND state <> 'draft' AND id < @before_id::bigint ORDER BY id DESC LIMIT @page_size;

-- ConfirmContactImport queues a draft, to be read as its params say.
-- name: ConfirmContactImport :execrows
UPDATE contact_imports SET state = 'queued', params = @params
WHERE account_id = @account_id AND id = @id AND kind = 'import' AND state = 'draft';

-- SetContactImportParams keeps how a file is read.
-- name: SetContactImportParams :exec
UPDATE contact_imports SET params = @params WHERE account_id = @account_id AND id = @id;

-- SetContactImport says how far a file has come.
-- name: SetContactImport :exec
UPDATE contact_imports SET state = @state, total = @total, processed = @processed, failed = @failed, error = @error,
    blob_hash = COALESCE(sqlc.narg('blob_hash'), blob_hash)
WHERE account_id = @account_id AND id = @id;

-- InsertContactImportFailure notes a row that an import refused.
-- name: InsertContactImportFailure :exec
INSERT INTO contact_import_failures (account_id, import_id, line, reason) VALUES (@account_id, @import_id, @line, @reason)
ON CONFLICT (account_id, import_id, line) DO UPDATE SET reason = EXCLUDED.reason;

-- ListContactImportFailures are the rows that an import refused behind a line, by line (by primary key).
-- name: ListContactImportFailures :many
SELECT line, reason FROM contact_import_failures
WHERE account_id = @account_id AND import_id = @import_id AND line > @after ORDER BY line LIMIT @page_size;
