-- GetConversationDetail reads one conversation by its display id for the APIs, if the reader's scope reaches it.
-- name: GetConversationDetail :one
SELECT * FROM conversation_details
WHERE account_id = @account_id AND display_id = @display_id
  AND visible(inbox_id, team_id, @sees_all::bool, @inbox_ids::bigint[], @team_ids::bigint[]);

-- GetConversationDetailByID is GetConversationDetail for who is past the question of visibility: webhooks, and the
-- sitting that has locked the row.
-- name: GetConversationDetailByID :one
SELECT * FROM conversation_details WHERE account_id = @account_id AND id = @id;

-- ListConversationDetails reads the conversations of a page that ListConversationIDs chose; the caller puts them in
-- its order (by primary key).
-- name: ListConversationDetails :many
SELECT * FROM conversation_details WHERE account_id = @account_id AND id = ANY (@ids::bigint[]);

-- ListMessageDetails reads messages by id, for the last messages of a page of conversations (by primary key).
-- name: ListMessageDetails :many
SELECT * FROM message_details WHERE account_id = @account_id AND id = ANY (@ids::bigint[]);

-- name: GetMessageDetail :one
SELECT * FROM message_details WHERE account_id = @account_id AND conversation_id = @conversation_id AND id = @id;

-- ListThreadBack reads a thread from its end: the newest messages with an id between the bounds, both left out,
-- newest first (messages_thread_idx). talk_only leaves notes and activity out.
-- name: ListThreadBack :many
SELECT * FROM message_details
WHERE account_id = @account_id AND conversation_id = @conversation_id AND id > @after_id::bigint AND id < @before_id::bigint
  AND (NOT @talk_only::bool OR (NOT private AND kind <> 'activity'))
ORDER BY id DESC LIMIT @page_size OFFSET @skip;

-- ListThreadOn is ListThreadBack the other way: the oldest first.
-- name: ListThreadOn :many
SELECT * FROM message_details
WHERE account_id = @account_id AND conversation_id = @conversation_id AND id > @after_id::bigint AND id < @before_id::bigint
  AND (NOT @talk_only::bool OR (NOT private AND kind <> 'activity'))
ORDER BY id LIMIT @page_size;

-- CountUnreadConversations counts open conversations with something unread by inbox, team and label that the account
-- offers (conversations_unread_idx).
-- name: CountUnreadConversations :many
WITH unread AS (
    SELECT c.account_id, c.inbox_id, c.team_id, c.labels FROM conversations c
    WHERE c.account_id = @account_id AND c.unread_count > 0 AND c.archived_at IS NULL AND c.status = 'open'
      AND visible(c.inbox_id, c.team_id, @sees_all::bool, @inbox_ids::bigint[], @team_ids::bigint[])
)
SELECT 'inboxes'::text AS kind, inbox_id AS id, count(*)::bigint AS n FROM unread GROUP BY inbox_id
UNION ALL SELECT 'teams'::text, team_id::bigint, count(*)::bigint FROM unread WHERE team_id IS NOT NULL GROUP BY team_id
UNION ALL SELECT 'labels'::text, l.id, count(*)::bigint FROM unread u JOIN labels l ON l.account_id = u.account_id AND l.title = ANY (u.labels) GROUP BY l.id;

-- ListConversationAttachments reads the files of a thread, newest first, with the messages that they came in
-- (attachments_conversation_idx).
-- name: ListConversationAttachments :many
SELECT sqlc.embed(a), sqlc.embed(m) FROM attachments a
JOIN message_details m ON m.account_id = a.account_id AND m.id = a.message_id
WHERE a.account_id = @account_id AND a.conversation_id = @conversation_id::bigint AND a.id < @before_id::bigint
ORDER BY a.id DESC LIMIT @page_size OFFSET @skip;

-- name: CountConversationAttachments :one
SELECT count(*)::int FROM attachments WHERE account_id = @account_id AND conversation_id = @conversation_id::bigint AND message_id IS NOT NULL;

-- ListLastMessages reads the newest message of each conversation and the newest that is not activity, alone: who sent it
-- is most often the contact or the assignee, whom the caller has already (by primary keys).
-- name: ListLastMessages :many
SELECT m.* FROM conversations c JOIN messages m ON m.account_id = c.account_id AND m.id = ANY (ARRAY[c.last_message_id, c.last_talk_id])
WHERE c.account_id = @account_id AND c.id = ANY (@ids::bigint[]);

-- ListLastMessagesByDisplay is ListLastMessages for one conversation that the caller reads beside it, with a reader's scope
-- (conversations_display_key).
-- name: ListLastMessagesByDisplay :many
SELECT m.* FROM conversations c JOIN messages m ON m.account_id = c.account_id AND m.id = ANY (ARRAY[c.last_message_id, c.last_talk_id])
WHERE c.account_id = @account_id AND c.display_id = @display_id;
