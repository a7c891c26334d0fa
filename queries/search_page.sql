-- SearchMessages finds what was said, newest first (messages_words_idx), where the viewer sees the conversation.
-- name: SearchMessages :many
SELECT m.id, m.kind, m.private, m.sender_kind, m.sender_id, m.created_at,
    ts_headline('parley', left(COALESCE(m.content, ''), 20000), search_words(@query::text),
        'StartSel=' || chr(2) || ', StopSel=' || chr(3) || ', MaxWords=34, MinWords=16, MaxFragments=1')::text AS excerpt,
    c.display_id, c.subject, c.status, c.labels,
    ARRAY(SELECT COALESCE(l.color, '') FROM unnest(c.labels) WITH ORDINALITY AS o (title, n)
        LEFT JOIN labels l ON l.account_id = c.account_id AND l.title = o.title ORDER BY o.n)::text[] AS label_colors,
    ct.name AS contact_name, i.hue AS inbox_hue, i.kind AS inbox_kind, u.name AS user_name
FROM messages m
JOIN conversations c ON c.account_id = m.account_id AND c.id = m.conversation_id
JOIN contacts ct ON ct.account_id = c.account_id AND ct.id = c.contact_id
JOIN inboxes i ON i.account_id = c.account_id AND i.id = c.inbox_id
LEFT JOIN users u ON m.sender_kind = 'user' AND u.id = m.sender_id
WHERE m.account_id = @account_id AND m.kind IN ('incoming', 'outgoing') AND words(m.content) @@ search_words(@query::text) AND m.id < @before_id::bigint
  AND visible(c.inbox_id, c.team_id, @sees_all::bool, @inbox_ids::bigint[], @team_ids::bigint[])
ORDER BY m.id DESC LIMIT @page_size;

-- SearchConversations finds conversations by a word of their subject, the latest first (conversations_subject_idx).
-- name: SearchConversations :many
SELECT c.id, c.display_id, c.subject, c.status, c.labels, c.last_activity_at, ct.name AS contact_name, i.hue AS inbox_hue, i.kind AS inbox_kind
FROM conversations c
JOIN contacts ct ON ct.account_id = c.account_id AND ct.id = c.contact_id
JOIN inboxes i ON i.account_id = c.account_id AND i.id = c.inbox_id
WHERE c.account_id = @account_id AND c.id < @before_id::bigint AND (c.subject ILIKE @pattern::text AND c.subject <> '' OR c.display_id = @number::bigint)
  AND visible(c.inbox_id, c.team_id, @sees_all::bool, @inbox_ids::bigint[], @team_ids::bigint[])
ORDER BY c.id DESC LIMIT @page_size;

-- SearchContacts finds contacts by a part of their name, address, number or identifier (contacts_words_idx).
-- name: SearchContacts :many
SELECT id, name, email, phone_number, avatar_hash, last_activity_at FROM contacts
WHERE account_id = @account_id AND id < @before_id::bigint
  AND (name || ' ' || COALESCE(email, '') || ' ' || COALESCE(phone_number, '') || ' ' || COALESCE(identifier, '')) ILIKE @pattern::text
ORDER BY id DESC LIMIT @page_size;
