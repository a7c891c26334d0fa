-- name: InsertAttachment :one
INSERT INTO attachments (account_id, message_id, conversation_id, uploader_id, file_kind, name, content_type, size, blob_hash,
    width, height, latitude, longitude, fallback_title, external_url, meta)
VALUES (@account_id, sqlc.narg('message_id'), sqlc.narg('conversation_id'), sqlc.narg('uploader_id'), @file_kind, @name,
    @content_type, @size,
    sqlc.narg('blob_hash'), sqlc.narg('width'), sqlc.narg('height'), sqlc.narg('latitude'), sqlc.narg('longitude'),
    sqlc.narg('fallback_title'), sqlc.narg('external_url'), @meta)
RETURNING *;

-- ClaimAttachments adds uploads that have no message yet to a message, each upload once. Users can claim their own
-- uploads alone. Contacts prove theirs by the key.
-- name: ClaimAttachments :many
UPDATE attachments SET message_id = @message_id::bigint, conversation_id = @conversation_id::bigint
WHERE account_id = @account_id AND key = ANY (@keys::text[]) AND message_id IS NULL
  AND (uploader_id IS NULL OR uploader_id = @uploader_id::bigint OR @by_contact::bool) AND blob_hash IS NOT NULL
RETURNING *;

-- ListMessageAttachments reads the attachments of several messages, in the order they were added
-- (attachments_message_idx).
-- name: ListMessageAttachments :many
SELECT * FROM attachments WHERE account_id = @account_id AND message_id = ANY (@message_ids::bigint[]) ORDER BY message_id, id;

-- GetAttachmentByKey serves /files/{key}. The key is the permission, and lasts as long as the attachment.
-- name: GetAttachmentByKey :one
SELECT * FROM attachments WHERE key = @key;

-- GetThumbnailByKey serves /files/{key}/thumb: the attachment, and the small version of its picture if there is one.
-- name: GetThumbnailByKey :one
SELECT sqlc.embed(a), t.thumb_hash, (t.blob_hash IS NOT NULL)::bool AS tried
FROM attachments a LEFT JOIN thumbnails t ON t.blob_hash = a.blob_hash WHERE a.key = @key;

-- name: DeleteMessageAttachments :exec
DELETE FROM attachments WHERE account_id = @account_id AND message_id = @message_id::bigint;

-- KeepAttachments marks uploads that a rule or a macro sends, so that DeleteUnusedUploads leaves them.
-- name: KeepAttachments :exec
UPDATE attachments SET meta = meta || '{"kept": true}' WHERE account_id = @account_id AND key = ANY (@keys::text[]) AND message_id IS NULL;

-- ListAttachmentsByKey lists files of rules and macros (the unique key).
-- name: ListAttachmentsByKey :many
SELECT * FROM attachments WHERE account_id = @account_id AND key = ANY (@keys::text[]) ORDER BY id;

-- ListContactAttachments lists the files of a contact's conversations that the reader sees, newest first, after a
-- position (conversations_contact_idx, then attachments_conversation_idx).
-- name: ListContactAttachments :many
SELECT sqlc.embed(a), c.display_id
FROM attachments a JOIN conversations c ON c.account_id = a.account_id AND c.id = a.conversation_id
WHERE a.account_id = @account_id AND c.contact_id = @contact_id AND a.message_id IS NOT NULL AND a.id < @before_id::bigint
  AND visible(c.inbox_id, c.team_id, @sees_all::bool, @inbox_ids::bigint[], @team_ids::bigint[])
ORDER BY a.id DESC LIMIT @page_size OFFSET @skip;

-- name: CountContactAttachments :one
SELECT count(*)
FROM attachments a JOIN conversations c ON c.account_id = a.account_id AND c.id = a.conversation_id
WHERE a.account_id = @account_id AND c.contact_id = @contact_id AND a.message_id IS NOT NULL
  AND visible(c.inbox_id, c.team_id, @sees_all::bool, @inbox_ids::bigint[], @team_ids::bigint[]);

-- ListConversationAttachments reads the files of a thread, newest first, with the messages that they came in
-- (attachments_conversation_idx).
-- name: ListConversationAttachments :many
SELECT sqlc.embed(a), sqlc.embed(m), sqlc.embed(s) FROM attachments a
JOIN messages m ON m.account_id = a.account_id AND m.id = a.message_id
JOIN message_senders s ON s.account_id = m.account_id AND s.message_id = m.id
WHERE a.account_id = @account_id AND a.conversation_id = @conversation_id::bigint AND a.id < @before_id::bigint
ORDER BY a.id DESC LIMIT @page_size OFFSET @skip;

-- name: CountConversationAttachments :one
SELECT count(*)::int FROM attachments WHERE account_id = @account_id AND conversation_id = @conversation_id::bigint
    AND message_id IS NOT NULL;

-- GetAccountAttachmentByKey reads a file that a rule or macro sends, by its key.
-- name: GetAccountAttachmentByKey :one
SELECT * FROM attachments WHERE account_id = @account_id AND key = @key;

-- GetUpload finds a user's own upload that has no message yet.
-- name: GetUpload :one
SELECT * FROM attachments WHERE account_id = @account_id AND key = @key AND message_id IS NULL AND uploader_id = @uploader_id::bigint;

-- DeleteUpload deletes an upload that was not sent. The sweep of blobs deletes its bytes.
-- name: DeleteUpload :execrows
DELETE FROM attachments WHERE account_id = @account_id AND key = @key AND message_id IS NULL AND uploader_id = @uploader_id::bigint;

-- GetAwaitedUpload finds an upload that was announced and whose bytes have not arrived. The key is the permission.
-- name: GetAwaitedUpload :one
SELECT * FROM attachments WHERE key = @key AND message_id IS NULL AND blob_hash IS NULL AND external_url IS NULL;

-- FillUpload records the bytes of an upload that was announced.
-- name: FillUpload :execrows
UPDATE attachments SET blob_hash = @blob_hash::text, width = sqlc.narg('width'), height = sqlc.narg('height'),
    size = @size, content_type = @content_type, file_kind = @file_kind
WHERE account_id = @account_id AND id = @id AND blob_hash IS NULL;
