-- ListQlaraConversations reads what Qlara's Inbox shows of conversations, in the order of the given ids: the last
-- message that the contact may see, never a note, an activity or a deleted message (messages_thread_idx backwards).
-- name: ListQlaraConversations :many
SELECT c.id, c.display_id, c.inbox_id, c.contact_id, c.unread_count, c.archived_at, c.assignee_id,
    i.kind AS inbox_kind, k.name AS contact_name, k.phone_number, u.name AS assignee_name, u.avatar_hash AS assignee_avatar,
    l.content AS last_content, COALESCE(l.created_at, c.created_at)::timestamptz AS last_at, COALESCE(l.id, 0)::bigint AS last_id
FROM unnest(@ids::bigint[]) WITH ORDINALITY AS wanted (id, place)
JOIN conversations c ON c.account_id = @account_id AND c.id = wanted.id
JOIN inboxes i ON i.account_id = c.account_id AND i.id = c.inbox_id
JOIN contacts k ON k.account_id = c.account_id AND k.id = c.contact_id
LEFT JOIN users u ON u.id = c.assignee_id
LEFT JOIN LATERAL (
    SELECT m.id, m.content, m.created_at FROM messages m
    WHERE m.account_id = c.account_id AND m.conversation_id = c.id AND m.kind <> 'activity' AND NOT m.private AND m.deleted_at IS NULL
    ORDER BY m.id DESC LIMIT 1) l ON true
ORDER BY wanted.place;

-- ListQlaraMessages reads a thread as the contact sees it, between two ids, both included, oldest first
-- (messages_thread_idx). The limit keeps the oldest, so that a client which continues after the highest id misses
-- nothing.
-- name: ListQlaraMessages :many
SELECT * FROM messages
WHERE account_id = @account_id AND conversation_id = @conversation_id AND kind <> 'activity' AND NOT private AND deleted_at IS NULL
  AND id >= @id_from AND id <= @id_to
ORDER BY id LIMIT @most;

-- ListMessagesByUuid finds outgoing messages that the reader may see by the ids of Qlara's callbacks
-- (messages_uuid_idx).
-- name: ListMessagesByUuid :many
SELECT m.uuid, m.delivery, m.error, i.kind AS inbox_kind
FROM messages m
JOIN conversations c ON c.account_id = m.account_id AND c.id = m.conversation_id
JOIN inboxes i ON i.account_id = m.account_id AND i.id = m.inbox_id
WHERE m.account_id = @account_id AND m.uuid = ANY (@uuids::uuid[]) AND m.kind IN ('outgoing', 'template') AND NOT m.private
  AND visible(c.inbox_id, c.team_id, @sees_all::bool, @inbox_ids::bigint[], @team_ids::bigint[])
ORDER BY m.id;

-- GetQlaraWebhook reads the one callback that an account may have (webhooks_qlara_key).
-- name: GetQlaraWebhook :one
SELECT * FROM webhooks WHERE account_id = @account_id AND dialect = 'qlara';

-- name: InsertQlaraWebhook :one
INSERT INTO webhooks (account_id, dialect, url, secret) VALUES (@account_id, 'qlara', @url, @secret) RETURNING *;

-- name: SetQlaraWebhookURL :one
UPDATE webhooks SET url = @url, paused_at = NULL, paused_reason = '', failing_since = NULL, updated_at = now()
WHERE account_id = @account_id AND dialect = 'qlara' RETURNING *;

-- name: DeleteQlaraWebhook :execrows
DELETE FROM webhooks WHERE account_id = @account_id AND dialect = 'qlara';

-- ListAccountKeys lists an account's keys without their secrets, oldest first, after one of them.
-- name: ListAccountKeys :many
SELECT id, name, description, hint, created_at FROM access_tokens
WHERE account_id = @account_id AND kind = 'account' AND id > @after_id::bigint ORDER BY id LIMIT @most;

-- name: InsertAccountKey :one
INSERT INTO access_tokens (token_hash, kind, account_id, user_id, name, description, hint)
VALUES (@token_hash, 'account', @account_id, sqlc.narg('user_id'), @name, @description, @hint) RETURNING id, created_at;

-- name: DeleteAccountKey :execrows
DELETE FROM access_tokens WHERE account_id = @account_id AND id = @id AND kind = 'account';

-- GetAttachmentInScope finds an attachment by its key, if the reader may see its conversation.
-- name: GetAttachmentInScope :one
SELECT a.key, a.name FROM attachments a JOIN conversations c ON c.account_id = a.account_id AND c.id = a.conversation_id
WHERE a.account_id = @account_id AND a.key = @key
  AND visible(c.inbox_id, c.team_id, @sees_all::bool, @inbox_ids::bigint[], @team_ids::bigint[]);
