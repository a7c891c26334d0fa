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
