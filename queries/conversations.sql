-- LockConversation locks a conversation and reads its inbox, which says what may be posted. Every verb that changes a
-- conversation begins with it, so that a thread's ids grow with time. It returns no row if the reader does not see the
-- conversation.
-- name: LockConversation :one
SELECT sqlc.embed(c), i.kind AS inbox_kind, i.additional_attributes AS inbox_attributes
FROM conversations c JOIN inboxes i ON i.account_id = c.account_id AND i.id = c.inbox_id
WHERE c.account_id = @account_id AND c.id = @id
  AND visible(c.inbox_id, c.team_id, @sees_all::bool, @inbox_ids::bigint[], @team_ids::bigint[])
FOR NO KEY UPDATE OF c;

-- LockConversationByDisplay is LockConversation by the number that people and APIs use.
-- name: LockConversationByDisplay :one
SELECT sqlc.embed(c), i.kind AS inbox_kind, i.additional_attributes AS inbox_attributes
FROM conversations c JOIN inboxes i ON i.account_id = c.account_id AND i.id = c.inbox_id
WHERE c.account_id = @account_id AND c.display_id = @display_id
  AND visible(c.inbox_id, c.team_id, @sees_all::bool, @inbox_ids::bigint[], @team_ids::bigint[])
FOR NO KEY UPDATE OF c;

-- GetConversation reads a conversation by its display id, if the reader sees it.
-- name: GetConversation :one
SELECT * FROM conversations
WHERE account_id = @account_id AND display_id = @display_id
  AND visible(inbox_id, team_id, @sees_all::bool, @inbox_ids::bigint[], @team_ids::bigint[]);

-- GetConversationAndInbox is GetConversation with the conversation's inbox.
-- name: GetConversationAndInbox :one
SELECT sqlc.embed(c), sqlc.embed(i)
FROM conversations c JOIN inboxes i ON i.account_id = c.account_id AND i.id = c.inbox_id
WHERE c.account_id = @account_id AND c.display_id = @display_id
  AND visible(c.inbox_id, c.team_id, @sees_all::bool, @inbox_ids::bigint[], @team_ids::bigint[]);

-- FindThread finds the conversation to which a contact's next message on an inbox belongs: the newest one.
-- name: FindThread :one
SELECT * FROM conversations
WHERE account_id = @account_id AND contact_inbox_id = @contact_inbox_id
ORDER BY id DESC LIMIT 1;

-- NextDisplayID returns the account's next conversation number, and locks the counter until commit.
-- name: NextDisplayID :one
UPDATE account_counters SET conversations = conversations + 1 WHERE account_id = @account_id RETURNING conversations;

-- name: InsertConversation :one
INSERT INTO conversations (account_id, display_id, inbox_id, contact_id, contact_inbox_id, status, priority, assignee_id,
    assignee_bot_id, team_id, subject, labels, additional_attributes, custom_attributes, snoozed_until,
    waiting_since, last_activity_at, created_at, updated_at)
VALUES (@account_id, @display_id, @inbox_id, @contact_id, @contact_inbox_id, @status, sqlc.narg('priority'), sqlc.narg('assignee_id'),
    sqlc.narg('assignee_bot_id'), sqlc.narg('team_id'), @subject, @labels, @additional_attributes, @custom_attributes,
    sqlc.narg('snoozed_until'),
    @created_at::timestamptz, @created_at::timestamptz, @created_at::timestamptz, @created_at::timestamptz)
RETURNING *;

-- TouchConversation writes the columns of a conversation that a message changes. desk.Tx.Post has computed them and
-- holds the row's lock.
-- name: TouchConversation :exec
UPDATE conversations SET
    status = @status, archived_at = sqlc.narg('archived_at'), snoozed_until = sqlc.narg('snoozed_until'),
    last_message_id = sqlc.narg('last_message_id'), last_talk_id = sqlc.narg('last_talk_id'),
    last_public_id = sqlc.narg('last_public_id'), last_public_at = sqlc.narg('last_public_at'),
    last_incoming_id = sqlc.narg('last_incoming_id'), last_incoming_at = sqlc.narg('last_incoming_at'),
    last_activity_at = @last_activity_at, waiting_since = sqlc.narg('waiting_since'), first_reply_at = sqlc.narg('first_reply_at'),
    unread_count = @unread_count, updated_at = @updated_at
WHERE account_id = @account_id AND id = @id;

-- SetConversationStatus also ends or begins a snooze, and the wait of one that is resolved.
-- name: SetConversationStatus :exec
UPDATE conversations SET status = @status, snoozed_until = sqlc.narg('snoozed_until'),
    waiting_since = sqlc.narg('waiting_since'), updated_at = @updated_at
WHERE account_id = @account_id AND id = @id;

-- SetConversationPlace puts a conversation back to its place in lists (desk.Tx.Undo).
-- name: SetConversationPlace :exec
UPDATE conversations SET last_activity_at = @last_activity_at, waiting_since = sqlc.narg('waiting_since')
WHERE account_id = @account_id AND id = @id;

-- name: SetConversationAssignee :exec
UPDATE conversations SET assignee_id = sqlc.narg('assignee_id'), assignee_bot_id = sqlc.narg('assignee_bot_id'), updated_at = @updated_at
WHERE account_id = @account_id AND id = @id;

-- name: SetConversationTeam :exec
UPDATE conversations SET team_id = sqlc.narg('team_id'), updated_at = @updated_at WHERE account_id = @account_id AND id = @id;

-- name: SetConversationPriority :exec
UPDATE conversations SET priority = sqlc.narg('priority'), updated_at = @updated_at WHERE account_id = @account_id AND id = @id;

-- name: SetConversationLabels :exec
UPDATE conversations SET labels = @labels, updated_at = @updated_at WHERE account_id = @account_id AND id = @id;

-- name: SetConversationArchived :exec
UPDATE conversations SET archived_at = sqlc.narg('archived_at'), updated_at = @updated_at WHERE account_id = @account_id AND id = @id;

-- name: SetConversationAttributes :exec
UPDATE conversations SET subject = @subject, custom_attributes = @custom_attributes,
    additional_attributes = @additional_attributes, updated_at = @updated_at
WHERE account_id = @account_id AND id = @id;

-- SetConversationRead moves the team's read mark: forward when someone reads, back when someone marks as unread.
-- name: SetConversationRead :exec
UPDATE conversations SET agents_read_up_to = @agents_read_up_to, unread_count = @unread_count,
    agent_last_seen_at = sqlc.narg('agent_last_seen_at'), assignee_last_seen_at = sqlc.narg('assignee_last_seen_at')
WHERE account_id = @account_id AND id = @id;

-- name: SetContactLastSeen :exec
UPDATE conversations SET contact_last_seen_at = @at::timestamptz WHERE account_id = @account_id AND id = @id;

-- CountUnread counts incoming messages after a read mark, for a mark that moves back.
-- name: CountUnread :one
SELECT count(*)::int FROM messages
WHERE account_id = @account_id AND conversation_id = @conversation_id AND id > @after_id AND kind = 'incoming' AND deleted_at IS NULL;

-- name: MoveConversationsToContact :many
UPDATE conversations SET contact_id = @to_contact_id WHERE account_id = @account_id AND contact_id = @from_contact_id
    RETURNING id, display_id;

-- name: DeleteConversation :exec
DELETE FROM conversations WHERE account_id = @account_id AND id = @id;

-- ListDueSnoozes finds conversations of all accounts whose snooze has ended, oldest first (conversations_snoozed_idx).
-- Like Chatwoot it leaves those that ended more than three days ago
-- (docs/api/contract-chatwoot.md#behaviour).
-- name: ListDueSnoozes :many
SELECT account_id, id FROM conversations
WHERE status = 'snoozed' AND snoozed_until <= @now::timestamptz AND snoozed_until > @since::timestamptz
ORDER BY snoozed_until LIMIT @most;

-- SumConversationCounts returns the three counts beside the views: the sums of the stored differences
-- (conversation_counts_idx). status null counts all; inbox and team null take any.
-- name: SumConversationCounts :one
SELECT COALESCE(sum(n) FILTER (WHERE assignee_id = -1), 0)::bigint AS all_count,
       COALESCE(sum(n) FILTER (WHERE assignee_id = 0), 0)::bigint AS unassigned_count,
       COALESCE(sum(n) FILTER (WHERE assignee_id = @me), 0)::bigint AS mine_count
FROM conversation_counts
WHERE account_id = @account_id AND assignee_id = ANY (ARRAY[-1, 0, @me::bigint])
    AND status = ANY (CAST(@statuses::text[] AS conversation_status[]))
  AND (sqlc.narg('inbox_id')::bigint IS NULL OR inbox_id = sqlc.narg('inbox_id'))
  AND (sqlc.narg('team_id')::bigint IS NULL OR team_id = sqlc.narg('team_id'))
  AND visible(inbox_id, team_id, @sees_all::bool, @inbox_ids::bigint[], @team_ids::bigint[]);

-- FoldConversationCounts adds an account's differences up, into one row for each count. Readers see either all the old
-- rows or all the new ones.
-- name: FoldConversationCounts :exec
WITH gone AS (DELETE FROM conversation_counts c WHERE c.account_id = @account_id RETURNING *)
INSERT INTO conversation_counts (account_id, status, assignee_id, inbox_id, team_id, n)
SELECT account_id, status, assignee_id, inbox_id, team_id, sum(n) FROM gone
GROUP BY account_id, status, assignee_id, inbox_id, team_id HAVING sum(n) <> 0;

-- ListUnfoldedAccounts lists the accounts that have more rows of differences than counts.
-- name: ListUnfoldedAccounts :many
SELECT account_id FROM conversation_counts
GROUP BY account_id HAVING count(*) > 1.2 * count(DISTINCT (status, assignee_id, inbox_id, team_id)) + 50;

-- ListContactConversations lists a contact's conversations that the viewer sees, latest first
-- (conversations_contact_idx).
-- name: ListContactConversations :many
SELECT c.id, c.display_id, c.subject, c.status, c.labels, c.last_activity_at, i.kind AS inbox_kind, i.hue AS inbox_hue,
    u.name AS assignee_name,
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

-- ListContactConversationIDs lists a contact's conversations, for deleting the contact.
-- name: ListContactConversationIDs :many
SELECT id FROM conversations WHERE account_id = @account_id AND contact_id = @contact_id ORDER BY id;

-- ListBotConversations returns those of the conversations that are assigned to a bot.
-- name: ListBotConversations :many
SELECT id, assignee_bot_id FROM conversations
WHERE account_id = @account_id AND id = ANY (@ids::bigint[]) AND assignee_bot_id IS NOT NULL;

-- GetConversationDetail reads a conversation by its display id for the APIs, if the reader sees it.
-- name: GetConversationDetail :one
SELECT * FROM conversation_details
WHERE account_id = @account_id AND display_id = @display_id
  AND visible(inbox_id, team_id, @sees_all::bool, @inbox_ids::bigint[], @team_ids::bigint[]);

-- GetConversationDetailUnscoped is GetConversationDetail without the check of what the reader sees, for webhooks and
-- for the transaction that has locked the row.
-- name: GetConversationDetailUnscoped :one
SELECT * FROM conversation_details WHERE account_id = @account_id AND id = @id;

-- ListConversationDetails reads the conversations of a page that ListConversationIDs chose; the caller puts them in
-- its order (by primary key).
-- name: ListConversationDetails :many
SELECT * FROM conversation_details WHERE account_id = @account_id AND id = ANY (@ids::bigint[]);

-- CountUnreadConversations counts open conversations with unread messages by inbox, by team and by each label that the
-- account has (conversations_unread_idx).
-- name: CountUnreadConversations :many
WITH unread AS (
    SELECT c.account_id, c.inbox_id, c.team_id, c.labels FROM conversations c
    WHERE c.account_id = @account_id AND c.unread_count > 0 AND c.archived_at IS NULL AND c.status = 'open'
      AND visible(c.inbox_id, c.team_id, @sees_all::bool, @inbox_ids::bigint[], @team_ids::bigint[])
)
SELECT 'inboxes'::text AS kind, inbox_id AS id, count(*)::bigint AS n FROM unread GROUP BY inbox_id
UNION ALL SELECT 'teams'::text, team_id::bigint, count(*)::bigint FROM unread WHERE team_id IS NOT NULL GROUP BY team_id
UNION ALL SELECT 'labels'::text, l.id, count(*)::bigint FROM unread u JOIN labels l ON l.account_id = u.account_id
    AND l.title = ANY (u.labels) GROUP BY l.id;

-- ListConversationRowsByID reads what the list shows of the conversations that ListConversationIDs chose, in the order
-- of ids, with the viewer's own read marks and drafts.
-- name: ListConversationRowsByID :many
SELECT c.id, c.display_id, c.status, c.priority, c.subject, c.labels,
    ARRAY(SELECT COALESCE((SELECT l.color FROM labels l WHERE l.account_id = c.account_id AND l.title = o.title), '')
        FROM unnest(c.labels) AS o (title))::text[] AS label_colors,
    c.inbox_id, c.team_id, c.assignee_id, c.unread_count, c.agents_read_up_to,
    c.last_incoming_id, c.last_activity_at, c.snoozed_until,
    ct.id AS contact_id, ct.name AS contact_name, ct.email AS contact_email, ct.phone_number AS contact_phone,
    i.name AS inbox_name, i.kind AS inbox_kind, i.hue AS inbox_hue,
    u.name AS assignee_name, b.name AS bot_name,
    COALESCE(left(m.content, 200), '')::text AS last_words, m.kind AS last_kind, m.private AS last_private,
    m.sender_id AS last_sender_id, m.sender_kind AS last_sender_kind,
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

-- ListInboxConversationIDs lists the next conversations of an inbox that is being deleted (conversations_inbox_idx).
-- name: ListInboxConversationIDs :many
SELECT id FROM conversations WHERE account_id = @account_id AND inbox_id = @inbox_id LIMIT @most;

-- ListAssignedIDs lists the next conversations that are assigned to a user (conversations_assignee_idx).
-- name: ListAssignedIDs :many
SELECT id FROM conversations WHERE account_id = @account_id AND assignee_id = @user_id::bigint LIMIT @most;

-- GetConversationUnscoped reads a conversation by the id of its row, for reactions to events, which see everything.
-- name: GetConversationUnscoped :one
SELECT * FROM conversations WHERE account_id = @account_id AND id = @id;

-- ListConversationsUnscoped reads the conversations of a range of events, for reactions, which see everything.
-- name: ListConversationsUnscoped :many
SELECT * FROM conversations WHERE account_id = @account_id AND id = ANY (@ids::bigint[]);

-- ListQuietConversations lists an account's open conversations without activity since the given time, oldest activity
-- first (conversations_status_activity_idx).
-- name: ListQuietConversations :many
SELECT id FROM conversations
WHERE account_id = @account_id AND status = 'open' AND last_activity_at <= @before::timestamptz
    AND (NOT @answered_only::bool OR waiting_since IS NULL)
ORDER BY last_activity_at, id LIMIT @most;

-- GetOpenConversation reads a conversation with everything that its page shows around the thread, if the viewer sees it
-- (conversations_display_key). translate_to is the account's language, or empty if it has no translator.
-- name: GetOpenConversation :one
SELECT sqlc.embed(c), sqlc.embed(ct), sqlc.embed(i), u.name AS assignee_name, b.name AS bot_name, t.name AS team_name,
    r.up_to AS read_up_to,
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

-- ListPreviousConversations lists a contact's other conversations that the viewer sees, latest first
-- (conversations_contact_idx).
-- name: ListPreviousConversations :many
SELECT display_id, subject, status, last_activity_at, inbox_id FROM conversations
WHERE account_id = @account_id AND contact_id = @contact_id AND id <> @except_id
  AND visible(inbox_id, team_id, @sees_all::bool, @inbox_ids::bigint[], @team_ids::bigint[])
ORDER BY last_activity_at DESC, id DESC LIMIT 6;

-- ListTypingUsers lists up to three users who have typed in a conversation since the given time.
-- name: ListTypingUsers :many
SELECT DISTINCT ON (e.actor_id) u.id, u.name, COALESCE(e.data->>'private' = 'true', false)::bool AS note
FROM events e JOIN users u ON u.id = e.actor_id
WHERE e.account_id = @account_id AND e.conversation_id = @conversation_id::bigint AND e.kind = 'conversation.typing_on'
    AND e.actor_kind = 'user'
  AND e.actor_id <> @me::bigint AND e.created_at > @since::timestamptz
ORDER BY e.actor_id, e.id DESC LIMIT 3;
