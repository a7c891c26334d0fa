-- ListInboxRows reads what the list shows of the conversations that ListConversationIDs chose, in the order of ids. Own
-- marks and drafts are the viewer's.
-- name: ListInboxRows :many
SELECT c.id, c.display_id, c.status, c.priority, c.subject, c.labels,
    ARRAY(SELECT COALESCE((SELECT l.color FROM labels l WHERE l.account_id = c.account_id AND l.title = o.title), '')
        FROM unnest(c.labels) AS o (title))::text[] AS label_colors,
    c.inbox_id, c.team_id, c.assignee_id, c.unread_count, c.agents_read_up_to,
    c.last_incoming_id, c.last_activity_at, c.snoozed_until,
    ct.id AS contact_id, ct.name AS contact_name, ct.email AS contact_email, ct.phone_number AS contact_phone,
    i.name AS inbox_name, i.kind AS inbox_kind, i.hue AS inbox_hue,
    u.name AS assignee_name, b.name AS bot_name,
    COALESCE(left(m.content, 200), '')::text AS last_words, m.kind AS last_kind, m.private AS last_private, m.sender_id AS last_sender_id, m.sender_kind AS last_sender_kind,
    m.delivery AS last_delivery, m.error AS last_error, m.attachment_count AS last_attachments, s.name AS last_sender_name,
    r.up_to AS read_up_to, COALESCE(left(d.body, 120), '')::text AS draft
FROM conversations c
JOIN contacts ct ON ct.account_id = c.account_id AND ct.id = c.contact_id
JOIN inboxes i ON i.account_id = c.account_id AND i.id = c.inbox_id
LEFT JOIN users u ON u.id = c.assignee_id
LEFT JOIN agent_bots b ON b.account_id = c.account_id AND b.id = c.assignee_bot_id
LEFT JOIN messages m ON m.account_id = c.account_id AND m.id = c.last_talk_id
LEFT JOIN users s ON m.sender_kind = 'user' AND s.id = m.sender_id
LEFT JOIN read_marks r ON r.account_id = c.account_id AND r.user_id = @user_id AND r.conversation_id = c.id
LEFT JOIN drafts d ON d.account_id = c.account_id AND d.conversation_id = c.id AND d.user_id = @user_id AND d.mode = 'reply'
WHERE c.account_id = @account_id AND c.id = ANY (@ids::bigint[])
ORDER BY array_position(@ids::bigint[], c.id);
