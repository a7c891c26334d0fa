-- GetOpenConversation reads one conversation with everything that stands around its thread, if the viewer sees it
-- (conversations_display_key). translate_to is the account's language, empty where nobody translates.
-- name: GetOpenConversation :one
SELECT sqlc.embed(c), sqlc.embed(ct), sqlc.embed(i), u.name AS assignee_name, b.name AS bot_name, t.name AS team_name, r.up_to AS read_up_to,
    COALESCE((SELECT a.locale FROM accounts a WHERE a.id = c.account_id
        AND EXISTS (SELECT FROM integration_hooks h WHERE h.account_id = a.id AND h.enabled)), '')::text AS translate_to
FROM conversations c
JOIN contacts ct ON ct.account_id = c.account_id AND ct.id = c.contact_id
JOIN inboxes i ON i.account_id = c.account_id AND i.id = c.inbox_id
LEFT JOIN users u ON u.id = c.assignee_id
LEFT JOIN agent_bots b ON b.account_id = c.account_id AND b.id = c.assignee_bot_id
LEFT JOIN teams t ON t.account_id = c.account_id AND t.id = c.team_id
LEFT JOIN read_marks r ON r.account_id = c.account_id AND r.user_id = @user_id AND r.conversation_id = c.id
WHERE c.account_id = @account_id AND c.display_id = @display_id
  AND visible(c.inbox_id, c.team_id, @sees_all::bool, @inbox_ids::bigint[], @team_ids::bigint[]);

-- ListThread reads a thread from its end, or from before a message: newest first (messages_thread_idx). The
-- conversation was fetched with the viewer's scope.
-- name: ListThread :many
SELECT sqlc.embed(m), u.name AS user_name, u.avatar_hash AS user_avatar, b.name AS bot_name
FROM messages m
LEFT JOIN users u ON m.sender_kind = 'user' AND u.id = m.sender_id
LEFT JOIN agent_bots b ON m.sender_kind = 'bot' AND b.account_id = m.account_id AND b.id = m.sender_id
WHERE m.account_id = @account_id AND m.conversation_id = @conversation_id AND m.id < @before_id::bigint
ORDER BY m.id DESC
LIMIT @page_size;

-- ListThreadFrom reads a thread from a message on, oldest first: what stands around a message that a link leads to.
-- name: ListThreadFrom :many
SELECT id FROM messages
WHERE account_id = @account_id AND conversation_id = @conversation_id AND id >= @from_id::bigint
ORDER BY id LIMIT @page_size;

-- ListPast lists a contact's other conversations that the viewer sees, the latest first (conversations_contact_idx).
-- name: ListPast :many
SELECT display_id, subject, status, last_activity_at, inbox_id FROM conversations
WHERE account_id = @account_id AND contact_id = @contact_id AND id <> @except_id
  AND visible(inbox_id, team_id, @sees_all::bool, @inbox_ids::bigint[], @team_ids::bigint[])
ORDER BY last_activity_at DESC, id DESC LIMIT 6;

-- ListWriters tells who writes in a conversation just now: those whose last sign is that they type.
-- name: ListWriters :many
SELECT DISTINCT ON (e.actor_id) u.id, u.name, COALESCE(e.data->>'private' = 'true', false)::bool AS note
FROM events e JOIN users u ON u.id = e.actor_id
WHERE e.account_id = @account_id AND e.conversation_id = @conversation_id::bigint AND e.kind = 'conversation.typing_on' AND e.actor_kind = 'user'
  AND e.actor_id <> @me::bigint AND e.created_at > @since::timestamptz
ORDER BY e.actor_id, e.id DESC LIMIT 3;

-- ListCannedReplies offers texts for what was typed after "/", the exact beginning first.
-- name: ListCannedReplies :many
SELECT * FROM canned_replies
WHERE account_id = @account_id AND (short_code ILIKE @beginning::text OR content ILIKE @within::text)
ORDER BY short_code NOT ILIKE @beginning::text, short_code LIMIT 8;

-- FindNewer finds whether somebody else has said something that the contact may see since a message: the guard of the
-- composer, under the conversation's lock.
-- name: FindNewer :one
SELECT EXISTS (
    SELECT 1 FROM messages
    WHERE account_id = @account_id AND conversation_id = @conversation_id AND id > @seen_id::bigint AND kind IN ('incoming', 'outgoing', 'template') AND NOT private
      AND NOT (sender_kind IS NOT DISTINCT FROM 'user' AND sender_id IS NOT DISTINCT FROM @me::bigint)
);

-- ListUndelivered is what the receiver of an inbox's events has not taken of a conversation yet, in the order in which it
-- will get it: the first is tried, the others wait for it (webhook_deliveries_lane_idx).
-- name: ListUndelivered :many
SELECT d.event_name, d.attempts, d.last_error, e.message_id
FROM webhook_deliveries d JOIN events e ON e.account_id = d.account_id AND e.id = d.event_id
WHERE d.account_id = @account_id AND d.receiver = @receiver AND d.lane = @lane AND d.state IN ('waiting', 'pending')
ORDER BY d.id LIMIT @most;
