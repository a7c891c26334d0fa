-- InsertMessage adds a message. The caller holds the conversation's lock, so that ids grow with time (desk.Tx.Post).
-- name: InsertMessage :one
INSERT INTO messages (account_id, conversation_id, inbox_id, kind, private, content_type, content, content_attributes,
    additional_attributes, sender_kind, sender_id, delivery, source_id, in_reply_to, attachment_count, automatic, created_at, updated_at)
VALUES (@account_id, @conversation_id, @inbox_id, @kind, @private, @content_type, sqlc.narg('content'), @content_attributes,
    @additional_attributes, sqlc.narg('sender_kind'), sqlc.narg('sender_id'), @delivery, sqlc.narg('source_id'), sqlc.narg('in_reply_to'),
    @attachment_count, @automatic, @created_at, @created_at)
RETURNING *;

-- name: GetMessage :one
SELECT * FROM messages WHERE account_id = @account_id AND conversation_id = @conversation_id AND id = @id;

-- FindMessageBySource finds a message of a conversation by its source_id: for in_reply_to_external_id, and for a
-- message that arrives twice (messages_source_idx).
-- name: FindMessageBySource :one
SELECT * FROM messages
WHERE account_id = @account_id AND inbox_id = @inbox_id AND conversation_id = @conversation_id AND source_id = @source_id::text
ORDER BY id DESC LIMIT 1;

-- FindSentMessage finds an outgoing message by the id that the inbox's provider gave it (messages_source_idx).
-- name: FindSentMessage :one
SELECT * FROM messages
WHERE account_id = @account_id AND inbox_id = @inbox_id AND source_id = @source_id::text AND kind IN ('outgoing', 'template')
ORDER BY id DESC LIMIT 1;

-- SetMessageDelivery sets the delivery of a message. The caller holds the conversation's lock.
-- name: SetMessageDelivery :one
UPDATE messages SET delivery = @delivery, error = @error, content_attributes = @content_attributes, updated_at = @updated_at
WHERE account_id = @account_id AND id = @id RETURNING *;

-- SetMessageAttributes sets a message's attributes, such as submitted values and translations.
-- name: SetMessageAttributes :one
UPDATE messages SET content_attributes = @content_attributes, updated_at = @updated_at
WHERE account_id = @account_id AND id = @id RETURNING *;

-- DeleteMessage makes a message a tombstone: the row keeps its place, sender and source and loses its content.
-- name: DeleteMessage :one
UPDATE messages SET content = @content::text, content_type = 'text', content_attributes = '{"deleted": true}', attachment_count = 0,
    deleted_at = @deleted_at::timestamptz, delete_at = NULL, updated_at = @deleted_at::timestamptz
WHERE account_id = @account_id AND id = @id RETURNING *;

-- SetMessageDeleteAt says when a message is deleted, or that it stays.
-- name: SetMessageDeleteAt :one
UPDATE messages SET delete_at = sqlc.narg('delete_at') WHERE account_id = @account_id AND id = @id RETURNING *;

-- MarkMessagesRead marks the messages that the contact has seen as read, for the public API's update_last_seen.
-- name: MarkMessagesRead :many
UPDATE messages SET delivery = 'read', updated_at = @now::timestamptz
WHERE account_id = @account_id AND conversation_id = @conversation_id AND kind IN ('outgoing', 'template') AND NOT private
  AND delivery IN ('queued', 'sent', 'received', 'delivered') AND created_at <= @now::timestamptz
RETURNING id;

-- MoveContactMessages makes another contact the sender of one contact's messages, in the conversations that moved.
-- name: MoveContactMessages :exec
UPDATE messages SET sender_id = @to_contact_id
WHERE account_id = @account_id AND conversation_id = ANY (@conversation_ids::bigint[]) AND sender_kind = 'contact'
    AND sender_id = @from_contact_id;

-- ListMessageDetails reads messages by id, for the last messages of a page of conversations (by primary key).
-- name: ListMessageDetails :many
SELECT sqlc.embed(m), sqlc.embed(s) FROM messages m
JOIN message_senders s ON s.account_id = m.account_id AND s.message_id = m.id
WHERE m.account_id = @account_id AND m.id = ANY (@ids::bigint[]);

-- name: GetMessageDetail :one
SELECT sqlc.embed(m), sqlc.embed(s) FROM messages m
JOIN message_senders s ON s.account_id = m.account_id AND s.message_id = m.id
WHERE m.account_id = @account_id AND m.conversation_id = @conversation_id AND m.id = @id;

-- name: GetMessageSender :one
SELECT * FROM message_senders WHERE account_id = @account_id AND message_id = @message_id;

-- ListThreadBack reads a thread from its end: the newest messages with ids between the bounds, which are excluded,
-- newest first (messages_thread_idx). talk_only leaves notes and activity out.
-- name: ListThreadBack :many
SELECT sqlc.embed(m), sqlc.embed(s) FROM messages m
JOIN message_senders s ON s.account_id = m.account_id AND s.message_id = m.id
WHERE m.account_id = @account_id AND m.conversation_id = @conversation_id AND m.id > @after_id::bigint AND m.id < @before_id::bigint
  AND (NOT @talk_only::bool OR (NOT m.private AND m.kind <> 'activity'))
ORDER BY m.id DESC LIMIT @page_size OFFSET @skip;

-- ListThreadForward is ListThreadBack in the other direction, oldest first.
-- name: ListThreadForward :many
SELECT sqlc.embed(m), sqlc.embed(s) FROM messages m
JOIN message_senders s ON s.account_id = m.account_id AND s.message_id = m.id
WHERE m.account_id = @account_id AND m.conversation_id = @conversation_id AND m.id > @after_id::bigint AND m.id < @before_id::bigint
  AND (NOT @talk_only::bool OR (NOT m.private AND m.kind <> 'activity'))
ORDER BY m.id LIMIT @page_size;

-- ListLastMessages reads the newest message of each conversation and the newest that is not activity, without their
-- senders: in most cases that is the contact or the assignee, and the caller has both (by primary keys).
-- name: ListLastMessages :many
SELECT m.* FROM conversations c JOIN messages m ON m.account_id = c.account_id AND m.id = ANY (ARRAY[c.last_message_id, c.last_talk_id])
WHERE c.account_id = @account_id AND c.id = ANY (@ids::bigint[]);

-- ListLastMessagesByDisplay is ListLastMessages for a conversation that the caller reads, with the reader's scope, in
-- the same batch (conversations_display_key).
-- name: ListLastMessagesByDisplay :many
SELECT m.* FROM conversations c JOIN messages m ON m.account_id = c.account_id AND m.id = ANY (ARRAY[c.last_message_id, c.last_talk_id])
WHERE c.account_id = @account_id AND c.display_id = @display_id;

-- ListMessagesUnscoped reads the messages of a range of events.
-- name: ListMessagesUnscoped :many
SELECT * FROM messages WHERE account_id = @account_id AND id = ANY (@ids::bigint[]);

-- GetMessageSummary summarizes a conversation's messages so far, for automatic replies (messages_thread_idx).
-- name: GetMessageSummary :one
SELECT COALESCE(bool_or(kind = 'incoming'), false)::bool AS incoming,
    COALESCE(bool_or(kind IN ('outgoing', 'template') AND NOT private), false)::bool AS answered,
    COALESCE(bool_or(kind = 'outgoing' AND sender_kind = 'user'), false)::bool AS human,
    COALESCE(bool_or(content_type = 'input_csat'), false)::bool AS surveyed,
    COALESCE(bool_or(kind = 'template' AND created_at >= @today::timestamptz), false)::bool AS template_today,
    COALESCE(bool_or(kind = 'outgoing' AND NOT private AND created_at >= @lately::timestamptz), false)::bool AS answered_lately
FROM messages WHERE account_id = @account_id AND conversation_id = @conversation_id;

-- ListThread reads a thread from its end, or from before a message, newest first (messages_thread_idx). The caller has
-- read the conversation with the viewer's scope.
-- name: ListThread :many
SELECT sqlc.embed(m), sqlc.embed(s) FROM messages m
JOIN message_senders s ON s.account_id = m.account_id AND s.message_id = m.id
WHERE m.account_id = @account_id AND m.conversation_id = @conversation_id AND m.id < @before_id::bigint
ORDER BY m.id DESC
LIMIT @page_size;

-- ListThreadFrom reads a thread from a message on, oldest first, for a link to that message.
-- name: ListThreadFrom :many
SELECT id FROM messages
WHERE account_id = @account_id AND conversation_id = @conversation_id AND id >= @from_id::bigint
ORDER BY id LIMIT @page_size;

-- FindNewerPublicMessage finds what the writer of a reply has not taken into account, so that the composer can warn: a
-- public message of another author after those on the page, or a colleague's reply after those that were on the page
-- when the draft began. The caller holds the conversation's lock.
-- name: FindNewerPublicMessage :one
SELECT EXISTS (
    SELECT 1 FROM messages
    WHERE account_id = @account_id AND conversation_id = @conversation_id AND id > @began_id::bigint
        AND kind IN ('incoming', 'outgoing', 'template') AND NOT private
      AND (id > @seen_id::bigint OR kind = 'outgoing' AND NOT automatic)
      AND NOT (sender_kind IS NOT DISTINCT FROM 'user' AND sender_id IS NOT DISTINCT FROM @me::bigint)
);

-- FindLastResponder is who wrote the newest public reply of a conversation, if a user wrote it (messages_thread_idx).
-- name: FindLastResponder :one
SELECT sender_id::bigint FROM messages
WHERE account_id = @account_id AND conversation_id = @conversation_id AND kind = 'outgoing' AND NOT private
  AND sender_kind = 'user' AND sender_id IS NOT NULL
ORDER BY id DESC LIMIT 1;
