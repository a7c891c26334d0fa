-- SearchConversationIDs finds conversations by their number or by a part of their contact's name, e-mail address, phone
-- number or identifier, newest first (contacts_words_idx, conversations_contact_idx, conversations_display_key).
-- name: SearchConversationIDs :many
WITH people AS MATERIALIZED (
    SELECT k.id FROM contacts k WHERE k.account_id = @account_id
      AND (k.name || ' ' || COALESCE(k.email, '') || ' ' || COALESCE(k.phone_number,
          '') || ' ' || COALESCE(k.identifier, '')) ILIKE @pattern::text
    LIMIT 1000
), found AS MATERIALIZED (
    SELECT c.id, c.inbox_id, c.team_id FROM conversations c WHERE c.account_id = @account_id AND c.display_id = @number::bigint
    UNION
    SELECT c.id, c.inbox_id, c.team_id FROM conversations c WHERE c.account_id = @account_id
        AND c.contact_id = ANY (ARRAY(SELECT id FROM people))
)
SELECT id FROM found
WHERE id < @before_id::bigint AND visible(inbox_id, team_id, @sees_all::bool, @inbox_ids::bigint[], @team_ids::bigint[])
ORDER BY id DESC LIMIT @page_size OFFSET @skip;

-- ListFirstMessages reads the first message of each of some conversations (messages_thread_idx).
-- name: ListFirstMessages :many
SELECT sqlc.embed(m), sqlc.embed(s) FROM messages m
JOIN message_senders s ON s.account_id = m.account_id AND s.message_id = m.id
WHERE m.account_id = @account_id AND m.id IN (
    SELECT (SELECT f.id FROM messages f WHERE f.account_id = @account_id AND f.conversation_id = c.id ORDER BY f.id LIMIT 1)
    FROM conversations c WHERE c.account_id = @account_id AND c.id = ANY (@conversation_ids::bigint[]));

-- SearchMessageDetails finds messages since the given time, newest first, as SearchMessages does: rare words by the
-- word index (messages_words_idx), common ones by reading back from the newest. IS TRUE also keeps PostgreSQL from
-- combining the word index with the coarse index on times: the two together find whole pages, and it would check each
-- of their messages again.
-- name: SearchMessageDetails :many
WITH hits AS MATERIALIZED (
    SELECT h.id FROM messages h
    WHERE h.account_id = @account_id AND h.kind IN ('incoming', 'outgoing') AND words(h.content) @@ search_words(@query::text)
      AND (h.created_at > @since::timestamptz) IS TRUE AND h.id < @before_id::bigint
      AND visible(h.inbox_id, (SELECT v.team_id FROM conversations v WHERE v.account_id = @account_id AND v.id = h.conversation_id),
          @sees_all::bool, @inbox_ids::bigint[], @team_ids::bigint[])
    LIMIT 5000
), found AS MATERIALIZED (
    (SELECT id FROM hits WHERE (SELECT count(*) FROM hits) < 5000 ORDER BY id DESC LIMIT @page_size OFFSET @skip)
    UNION ALL
    (SELECT h.id FROM messages h
     WHERE (SELECT count(*) FROM hits) = 5000
       AND h.account_id = @account_id AND h.kind IN ('incoming', 'outgoing') AND (words(h.content) @@ search_words(@query::text)) IS TRUE
       AND (h.created_at > @since::timestamptz) IS TRUE AND h.id < @before_id::bigint
       AND visible(h.inbox_id, (SELECT v.team_id FROM conversations v WHERE v.account_id = @account_id AND v.id = h.conversation_id),
           @sees_all::bool, @inbox_ids::bigint[], @team_ids::bigint[])
     ORDER BY h.id DESC LIMIT @page_size OFFSET @skip)
)
SELECT sqlc.embed(m), sqlc.embed(s), c.display_id FROM messages m
JOIN message_senders s ON s.account_id = m.account_id AND s.message_id = m.id
JOIN conversations c ON c.account_id = m.account_id AND c.id = m.conversation_id
WHERE m.account_id = @account_id AND m.id = ANY (ARRAY(SELECT id FROM found))
ORDER BY m.id DESC;

-- ListFoundMessages reads the messages by which a search found some conversations (messages_words_idx).
-- name: ListFoundMessages :many
SELECT sqlc.embed(m), sqlc.embed(s) FROM messages m
JOIN message_senders s ON s.account_id = m.account_id AND s.message_id = m.id
WHERE m.account_id = @account_id AND m.conversation_id = ANY (@conversation_ids::bigint[]) AND m.kind IN ('incoming', 'outgoing')
  AND words(m.content) @@ search_words(@query::text)
ORDER BY m.id DESC LIMIT @page_size;

-- SearchMessages finds messages of conversations that the viewer sees, newest first. For rare words it takes up to
-- 5,000 hits from the word index (messages_words_idx), which has no order, and sorts them. A word with more hits than
-- that is common: reading back from the newest message soon meets it. There IS TRUE keeps PostgreSQL from using the
-- word index.
-- name: SearchMessages :many
WITH hits AS MATERIALIZED (
    SELECT h.id FROM messages h
    WHERE h.account_id = @account_id AND h.kind IN ('incoming', 'outgoing')
        AND words(h.content) @@ search_words(@query::text) AND h.id < @before_id::bigint
      AND visible(h.inbox_id, (SELECT v.team_id FROM conversations v WHERE v.account_id = @account_id AND v.id = h.conversation_id),
          @sees_all::bool, @inbox_ids::bigint[], @team_ids::bigint[])
    LIMIT 5000
), found AS MATERIALIZED (
    (SELECT id FROM hits WHERE (SELECT count(*) FROM hits) < 5000 ORDER BY id DESC LIMIT @page_size)
    UNION ALL
    (SELECT h.id FROM messages h
     WHERE (SELECT count(*) FROM hits) = 5000
       AND h.account_id = @account_id AND h.kind IN ('incoming', 'outgoing')
       AND (words(h.content) @@ search_words(@query::text)) IS TRUE AND h.id < @before_id::bigint
       AND visible(h.inbox_id, (SELECT v.team_id FROM conversations v WHERE v.account_id = @account_id AND v.id = h.conversation_id),
           @sees_all::bool, @inbox_ids::bigint[], @team_ids::bigint[])
     ORDER BY h.id DESC LIMIT @page_size)
)
SELECT m.id, m.kind, m.private, m.sender_kind, m.sender_id, m.created_at,
    ts_headline('parley', left(COALESCE(m.content, ''), 20000), search_words(@query::text),
        'StartSel=' || chr(2) || ', StopSel=' || chr(3) || ', MaxWords=34, MinWords=16, MaxFragments=1')::text AS excerpt,
    c.display_id, c.subject, c.status, c.labels,
    ARRAY(SELECT COALESCE((SELECT l.color FROM labels l WHERE l.account_id = c.account_id AND l.title = o.title), '')
        FROM unnest(c.labels) AS o (title))::text[] AS label_colors,
    ct.name AS contact_name, i.hue AS inbox_hue, i.kind AS inbox_kind, u.name AS user_name
FROM messages m
JOIN conversations c ON c.account_id = m.account_id AND c.id = m.conversation_id
JOIN contacts ct ON ct.account_id = c.account_id AND ct.id = c.contact_id
JOIN inboxes i ON i.account_id = c.account_id AND i.id = c.inbox_id
LEFT JOIN users u ON m.sender_kind = 'user' AND u.id = m.sender_id
WHERE m.account_id = @account_id AND m.id = ANY (ARRAY(SELECT id FROM found))
ORDER BY m.id DESC;

-- SearchConversations finds conversations by their number or a part of their subject, latest first
-- (conversation_subjects_words_idx, then by key). If more than 5,000 subjects have the part, it looks at 5,000 of them.
-- name: SearchConversations :many
SELECT c.id, c.display_id, c.subject, c.status, c.labels, c.last_activity_at, ct.name AS contact_name,
    i.hue AS inbox_hue, i.kind AS inbox_kind
FROM conversations c
JOIN contacts ct ON ct.account_id = c.account_id AND ct.id = c.contact_id
JOIN inboxes i ON i.account_id = c.account_id AND i.id = c.inbox_id
WHERE c.account_id = @account_id AND c.id < @before_id::bigint AND c.id = ANY (ARRAY(
    (SELECT s.conversation_id FROM conversation_subjects s
     WHERE s.account_id = @account_id AND s.subject ILIKE @pattern::text LIMIT 5000)
    UNION ALL
    SELECT n.id FROM conversations n WHERE n.account_id = @account_id AND n.display_id = @number::bigint))
  AND visible(c.inbox_id, c.team_id, @sees_all::bool, @inbox_ids::bigint[], @team_ids::bigint[])
ORDER BY c.id DESC LIMIT @page_size;

-- SearchContacts finds contacts by a part of their name, e-mail address, phone number or identifier, newest first
-- (contacts_words_idx). If more than 5,000 contacts have the part, it looks at 5,000 of them.
-- name: SearchContacts :many
WITH hits AS MATERIALIZED (
    SELECT id, name, email, phone_number, avatar_hash, last_activity_at FROM contacts
    WHERE account_id = @account_id AND id < @before_id::bigint
      AND (name || ' ' || COALESCE(email, '') || ' ' || COALESCE(phone_number, '') || ' ' || COALESCE(identifier, '')) ILIKE @pattern::text
    LIMIT 5000
)
SELECT id, name, email, phone_number, avatar_hash, last_activity_at FROM hits ORDER BY id DESC LIMIT @page_size;
