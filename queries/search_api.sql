-- SearchConversationIDs finds conversations by their number or by a part of their contact's name, address, phone or
-- identifier, the newest first (contacts_words_idx, conversations_contact_idx).
-- name: SearchConversationIDs :many
SELECT c.id FROM conversations c
WHERE c.account_id = @account_id AND c.id < @before_id::bigint
  AND visible(c.inbox_id, c.team_id, @sees_all::bool, @inbox_ids::bigint[], @team_ids::bigint[])
  AND (c.display_id = @number::bigint OR c.contact_id IN (
      SELECT k.id FROM contacts k WHERE k.account_id = @account_id
        AND (k.name || ' ' || COALESCE(k.email, '') || ' ' || COALESCE(k.phone_number, '') || ' ' || COALESCE(k.identifier, '')) ILIKE @pattern::text
      LIMIT 1000))
ORDER BY c.id DESC LIMIT @page_size OFFSET @skip;

-- ListFirstMessages reads the first message of each of some conversations (messages_thread_idx).
-- name: ListFirstMessages :many
SELECT sqlc.embed(m) FROM message_details m
WHERE m.account_id = @account_id AND m.id IN (
    SELECT (SELECT f.id FROM messages f WHERE f.account_id = @account_id AND f.conversation_id = c.id ORDER BY f.id LIMIT 1)
    FROM conversations c WHERE c.account_id = @account_id AND c.id = ANY (@conversation_ids::bigint[]));

-- SearchMessageDetails finds what was said since a moment, the newest first (messages_words_idx).
-- name: SearchMessageDetails :many
SELECT sqlc.embed(m), c.display_id FROM message_details m
JOIN conversations c ON c.account_id = m.account_id AND c.id = m.conversation_id
WHERE m.account_id = @account_id AND m.kind IN ('incoming', 'outgoing') AND words(m.content) @@ search_words(@query::text)
  AND m.created_at > @since::timestamptz AND m.id < @before_id::bigint
  AND visible(c.inbox_id, c.team_id, @sees_all::bool, @inbox_ids::bigint[], @team_ids::bigint[])
ORDER BY m.id DESC LIMIT @page_size OFFSET @skip;

-- ListFoundMessages reads the messages of some conversations that a search found them by (messages_words_idx).
-- name: ListFoundMessages :many
SELECT sqlc.embed(m) FROM message_details m
WHERE m.account_id = @account_id AND m.conversation_id = ANY (@conversation_ids::bigint[]) AND m.kind IN ('incoming', 'outgoing')
  AND words(m.content) @@ search_words(@query::text)
ORDER BY m.id DESC LIMIT @page_size;
