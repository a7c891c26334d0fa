-- UpsertBlob notes that an account has these bytes, once more; they are in the store already.
-- name: UpsertBlob :exec
INSERT INTO blobs (account_id, hash, size, content_type) VALUES (@account_id, @hash, @size, @content_type)
ON CONFLICT (account_id, hash) DO UPDATE SET created_at = now();

-- name: InsertAttachment :one
INSERT INTO attachments (account_id, message_id, conversation_id, uploader_id, file_kind, name, content_type, size, blob_hash, thumb_hash,
    width, height, latitude, longitude, fallback_title, external_url, meta)
VALUES (@account_id, sqlc.narg('message_id'), sqlc.narg('conversation_id'), sqlc.narg('uploader_id'), @file_kind, @name, @content_type, @size,
    sqlc.narg('blob_hash'), sqlc.narg('thumb_hash'), sqlc.narg('width'), sqlc.narg('height'), sqlc.narg('latitude'), sqlc.narg('longitude'),
    sqlc.narg('fallback_title'), sqlc.narg('external_url'), @meta)
RETURNING *;

-- ClaimAttachments gives uploads that have no message yet to a message. Only the uploader's own, but for a
-- contact, to whom the key was given; and each once.
-- name: ClaimAttachments :many
UPDATE attachments SET message_id = @message_id::bigint, conversation_id = @conversation_id::bigint
WHERE account_id = @account_id AND key = ANY (@keys::text[]) AND message_id IS NULL
  AND (uploader_id IS NULL OR uploader_id = @uploader_id::bigint OR @by_contact::bool) AND blob_hash IS NOT NULL
RETURNING *;

-- ListMessageAttachments reads the attachments of several messages, in the order they were added (attachments_message_idx).
-- name: ListMessageAttachments :many
SELECT * FROM attachments WHERE account_id = @account_id AND message_id = ANY (@message_ids::bigint[]) ORDER BY message_id, id;

-- GetAttachmentByKey serves /files/{key}: the key is the permission, and goes with the attachment.
-- name: GetAttachmentByKey :one
SELECT * FROM attachments WHERE key = @key;

-- name: DeleteMessageAttachments :exec
DELETE FROM attachments WHERE account_id = @account_id AND message_id = @message_id::bigint;

-- ListNeededBlobs are those of some hashes that anything refers to, in any account.
-- name: ListNeededBlobs :many
SELECT a.blob_hash::text AS hash FROM attachments a WHERE a.blob_hash = ANY (@hashes::text[])
UNION SELECT a.thumb_hash::text FROM attachments a WHERE a.thumb_hash = ANY (@hashes::text[])
UNION SELECT i.blob_hash FROM inbound_mail i WHERE i.blob_hash = ANY (@hashes::text[])
UNION SELECT k.avatar_hash::text FROM contacts k WHERE k.avatar_hash = ANY (@hashes::text[])
UNION SELECT c.blob_hash::text FROM contact_imports c WHERE c.blob_hash = ANY (@hashes::text[])
UNION SELECT u.avatar_hash::text FROM users u WHERE u.avatar_hash = ANY (@hashes::text[])
UNION SELECT b.avatar_hash::text FROM agent_bots b WHERE b.avatar_hash = ANY (@hashes::text[])
UNION SELECT x.avatar_hash::text FROM inboxes x WHERE x.avatar_hash = ANY (@hashes::text[]);

-- DeleteLooseBlobs forgets the rows of bytes that nothing refers to, unless they were stored again since a moment.
-- name: DeleteLooseBlobs :exec
DELETE FROM blobs WHERE hash = ANY (@hashes::text[]) AND created_at < @before;

-- ListKeptBlobs are those of some hashes that an account has (blobs_hash_idx).
-- name: ListKeptBlobs :many
SELECT DISTINCT hash FROM blobs WHERE hash = ANY (@hashes::text[]);
