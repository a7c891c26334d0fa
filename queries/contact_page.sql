-- ListContactConversations reads what a contact has said and was told, in the conversations that the viewer sees,
-- the latest first (conversations_contact_idx).
-- name: ListContactConversations :many
SELECT c.id, c.display_id, c.subject, c.status, c.labels, c.last_activity_at, i.kind AS inbox_kind, i.hue AS inbox_hue, u.name AS assignee_name,
    ARRAY(SELECT COALESCE(l.color, '') FROM unnest(c.labels) WITH ORDINALITY AS o (title, n)
        LEFT JOIN labels l ON l.account_id = c.account_id AND l.title = o.title ORDER BY o.n)::text[] AS label_colors,
    COALESCE(left(m.content, 240), '')::text AS last_words
FROM conversations c
JOIN inboxes i ON i.account_id = c.account_id AND i.id = c.inbox_id
LEFT JOIN users u ON u.id = c.assignee_id
LEFT JOIN messages m ON m.account_id = c.account_id AND m.id = c.last_talk_id
WHERE c.account_id = @account_id AND c.contact_id = @contact_id
  AND visible(c.inbox_id, c.team_id, @sees_all::bool, @inbox_ids::bigint[], @team_ids::bigint[])
ORDER BY c.last_activity_at DESC, c.id DESC LIMIT @page_size;
