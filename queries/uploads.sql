-- GetUpload finds a user's own upload that has no message yet.
-- name: GetUpload :one
SELECT * FROM attachments WHERE account_id = @account_id AND key = @key AND message_id IS NULL AND uploader_id = @uploader_id::bigint;

-- DeleteUpload takes an upload back before it was sent. Its bytes go with the sweep of blobs.
-- name: DeleteUpload :execrows
DELETE FROM attachments WHERE account_id = @account_id AND key = @key AND message_id IS NULL AND uploader_id = @uploader_id::bigint;
