-- InsertMessage takes the id under the conversation's lock (desk.Tx.Post).
-- name: InsertMessage :one
INSERT INTO messages (account_id, conversation_id, inbox_id, kind, private, content_type, content, content_attributes,
    additional_attributes, sender_kind, sender_id, delivery, source_id, in_reply_to, attachment_count, created_at, updated_at)
VALUES (@account_id, @conversation_id, @inbox_id, @kind, @private, @content_type, sqlc.narg('content'), @content_attributes,
    @additional_attributes, sqlc.narg('sender_kind'), sqlc.narg('sender_id'), @delivery, sqlc.narg('source_id'), sqlc.narg('in_reply_to'),
    @attachment_count, @created_at, @created_at)
RETURNING *;

-- name: GetMessage :one
SELECT * FROM messages WHERE account_id = @account_id AND conversation_id = @conversation_id AND id = @id;

-- FindMessageBySource resolves in_reply_to_external_id within a conversation (messages_source_idx).
-- name: FindMessageBySource :one
SELECT * FROM messages
WHERE account_id = @account_id AND conversation_id = @conversation_id AND source_id = @source_id::text
ORDER BY id DESC LIMIT 1;

-- SetMessageDelivery is called under the conversation's lock.
-- name: SetMessageDelivery :one
UPDATE messages SET delivery = @delivery, error = @error, content_attributes = @content_attributes, updated_at = @updated_at
WHERE account_id = @account_id AND id = @id RETURNING *;

-- SetMessageAttributes changes what is beside the text: submitted values, translations.
-- name: SetMessageAttributes :one
UPDATE messages SET content_attributes = @content_attributes, updated_at = @updated_at
WHERE account_id = @account_id AND id = @id RETURNING *;

-- DeleteMessage leaves a tombstone: the row, its place, sender and source stay, the words go.
-- name: DeleteMessage :one
UPDATE messages SET content = @content::text, content_type = 'text', content_attributes = '{"deleted": true}', attachment_count = 0,
    deleted_at = @deleted_at::timestamptz, updated_at = @deleted_at::timestamptz
WHERE account_id = @account_id AND id = @id RETURNING *;

-- MarkMessagesRead sets what the contact has seen to read (public update_last_seen), forward only.
-- name: MarkMessagesRead :many
UPDATE messages SET delivery = 'read', updated_at = @now::timestamptz
WHERE account_id = @account_id AND conversation_id = @conversation_id AND kind IN ('outgoing', 'template') AND NOT private
  AND delivery IN ('queued', 'sent', 'received', 'delivered') AND created_at <= @now::timestamptz
RETURNING id;
