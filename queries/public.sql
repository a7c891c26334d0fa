-- GetPublicInbox finds an API inbox by its identifier, one of the two secrets of the public client API. It returns no
-- row if the inbox is archived or its account suspended.
-- name: GetPublicInbox :one
SELECT i.* FROM inboxes i JOIN accounts a ON a.id = i.account_id
WHERE i.identifier = @identifier AND i.kind = 'api' AND i.archived_at IS NULL AND a.status = 'active';

-- GetVisitor finds a contact by the other secret, their address on an inbox. It reads the addresses whose conversations
-- they may see, too: all of the contact's once they have proved who they are, and this one otherwise.
-- name: GetVisitor :one
SELECT sqlc.embed(ci), sqlc.embed(k),
    ARRAY(SELECT o.id FROM contact_inboxes o WHERE o.account_id = ci.account_id AND o.contact_id = ci.contact_id
        AND (o.id = ci.id OR ci.hmac_verified))::bigint[] AS reach
FROM contact_inboxes ci JOIN contacts k ON k.account_id = ci.account_id AND k.id = ci.contact_id
WHERE ci.account_id = @account_id AND ci.inbox_id = @inbox_id AND ci.source_id = @source_id;

-- GetPublicConversation reads a visitor's conversation by its display id.
-- name: GetPublicConversation :one
SELECT * FROM conversations
WHERE account_id = @account_id AND display_id = @display_id AND contact_inbox_id = ANY (@reach::bigint[]);

-- ListPublicConversations lists a visitor's conversations, oldest first (conversations_contact_inbox_idx).
-- name: ListPublicConversations :many
SELECT * FROM conversations
WHERE account_id = @account_id AND contact_inbox_id = ANY (@reach::bigint[]) AND id > @after_id::bigint
ORDER BY id LIMIT @most;

-- ListPublicMessages reads the newest messages of each conversation that the contact may see, oldest first
-- (messages_thread_idx, then by primary key).
-- name: ListPublicMessages :many
SELECT sqlc.embed(d), sqlc.embed(s) FROM messages d
JOIN message_senders s ON s.account_id = d.account_id AND s.message_id = d.id
WHERE d.account_id = @account_id AND d.id = ANY (ARRAY(
    SELECT newest.id FROM unnest(@conversation_ids::bigint[]) AS wanted
    CROSS JOIN LATERAL (
        SELECT m.id FROM messages m
        WHERE m.account_id = @account_id AND m.conversation_id = wanted AND m.id < @before_id::bigint AND NOT m.private
            AND m.kind <> 'activity'
        ORDER BY m.id DESC LIMIT @most) newest))
ORDER BY d.id;
