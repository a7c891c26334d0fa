-- GetUpload finds a user's own upload that has no message yet.
-- name: GetUpload :one
SELECT * FROM attachments WHERE account_id = @account_id AND key = @key AND message_id IS NULL AND uploader_id = @uploader_id::bigint;

-- DeleteUpload takes an upload back before it was sent. Its bytes go with the sweep of blobs.
-- name: DeleteUpload :execrows
DELETE FROM attachments WHERE account_id = @account_id AND key = @key AND message_id IS NULL AND uploader_id = @uploader_id::bigint;

-- GetAwaitedUpload finds an upload that was announced and whose bytes have not come yet; the key is the permission.
-- name: GetAwaitedUpload :one
SELECT * FROM attachments WHERE key = @key AND message_id IS NULL AND blob_hash IS NULL AND external_url IS NULL;

-- FillUpload notes the bytes of an upload that was announced.
-- name: FillUpload :execrows
UPDATE attachments SET blob_hash = @blob_hash::text, thumb_hash = sqlc.narg('thumb_hash'), width = sqlc.narg('width'), height = sqlc.narg('height'),
    size = @size, content_type = @content_type, file_kind = @file_kind
WHERE account_id = @account_id AND id = @id AND blob_hash IS NULL;
