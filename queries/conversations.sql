-- LockConversation takes the row for the rest of the transaction: every verb that changes a conversation begins
-- with it, so that a thread's ids grow with time. None if the reader's scope does not reach it.
-- name: LockConversation :one
SELECT * FROM conversations
WHERE account_id = @account_id AND id = @id
  AND visible(inbox_id, team_id, @sees_all::bool, @inbox_ids::bigint[], @team_ids::bigint[])
FOR NO KEY UPDATE;

-- LockConversationByDisplay is LockConversation by the number that people and APIs use.
-- name: LockConversationByDisplay :one
SELECT * FROM conversations
WHERE account_id = @account_id AND display_id = @display_id
  AND visible(inbox_id, team_id, @sees_all::bool, @inbox_ids::bigint[], @team_ids::bigint[])
FOR NO KEY UPDATE;

-- GetConversation reads one by its display id, if the reader's scope reaches it.
-- name: GetConversation :one
SELECT * FROM conversations
WHERE account_id = @account_id AND display_id = @display_id
  AND visible(inbox_id, team_id, @sees_all::bool, @inbox_ids::bigint[], @team_ids::bigint[]);

-- FindThread finds the conversation that a contact's next message on an inbox joins: the newest one.
-- name: FindThread :one
SELECT * FROM conversations
WHERE account_id = @account_id AND contact_inbox_id = @contact_inbox_id
ORDER BY id DESC LIMIT 1;

-- NextDisplayID gives the account's next conversation number, and holds the counter until commit.
-- name: NextDisplayID :one
UPDATE account_counters SET conversations = conversations + 1 WHERE account_id = @account_id RETURNING conversations;

-- name: InsertConversation :one
INSERT INTO conversations (account_id, display_id, inbox_id, contact_id, contact_inbox_id, status, priority, assignee_id,
    assignee_bot_id, team_id, subject, labels, additional_attributes, custom_attributes, snoozed_until,
    waiting_since, last_activity_at, created_at, updated_at)
VALUES (@account_id, @display_id, @inbox_id, @contact_id, @contact_inbox_id, @status, sqlc.narg('priority'), sqlc.narg('assignee_id'),
    sqlc.narg('assignee_bot_id'), sqlc.narg('team_id'), @subject, @labels, @additional_attributes, @custom_attributes, sqlc.narg('snoozed_until'),
    @created_at::timestamptz, @created_at::timestamptz, @created_at::timestamptz, @created_at::timestamptz)
RETURNING *;

-- TouchConversation leaves a conversation where a message has brought it: the verb computed every figure under
-- the row's lock (desk.Tx.Post).
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
UPDATE conversations SET status = @status, snoozed_until = sqlc.narg('snoozed_until'), waiting_since = sqlc.narg('waiting_since'), updated_at = @updated_at
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
UPDATE conversations SET subject = @subject, custom_attributes = @custom_attributes, additional_attributes = @additional_attributes, updated_at = @updated_at
WHERE account_id = @account_id AND id = @id;

-- SetConversationRead moves the team's mark: forward by reading, back by marking unread.
-- name: SetConversationRead :exec
UPDATE conversations SET agents_read_up_to = @agents_read_up_to, unread_count = @unread_count,
    agent_last_seen_at = sqlc.narg('agent_last_seen_at'), assignee_last_seen_at = sqlc.narg('assignee_last_seen_at')
WHERE account_id = @account_id AND id = @id;

-- name: SetContactLastSeen :exec
UPDATE conversations SET contact_last_seen_at = @at::timestamptz WHERE account_id = @account_id AND id = @id;

-- CountUnread counts incoming messages above a mark: used only when the mark moves back.
-- name: CountUnread :one
SELECT count(*)::int FROM messages
WHERE account_id = @account_id AND conversation_id = @conversation_id AND id > @after_id AND kind = 'incoming' AND deleted_at IS NULL;

-- name: MoveConversationsToContact :many
UPDATE conversations SET contact_id = @to_contact_id WHERE account_id = @account_id AND contact_id = @from_contact_id RETURNING id, display_id;

-- name: DeleteConversation :exec
DELETE FROM conversations WHERE account_id = @account_id AND id = @id;

-- ListDueSnoozes finds conversations of all accounts whose snooze has ended, oldest first (conversations_snoozed_idx).
-- Those that ended more than three days ago are left, as Chatwoot does
-- (docs/api/contract-chatwoot.md#behaviour).
-- name: ListDueSnoozes :many
SELECT account_id, id FROM conversations
WHERE status = 'snoozed' AND snoozed_until <= @now::timestamptz AND snoozed_until > @since::timestamptz
ORDER BY snoozed_until LIMIT @most;

-- SumConversationCounts gives the three figures beside the views, from the kept differences
-- (conversation_counts_idx). status null counts all; inbox and team null take any.
-- name: SumConversationCounts :one
SELECT COALESCE(sum(n) FILTER (WHERE assignee_id = -1), 0)::bigint AS all_count,
       COALESCE(sum(n) FILTER (WHERE assignee_id = 0), 0)::bigint AS unassigned_count,
       COALESCE(sum(n) FILTER (WHERE assignee_id = @me), 0)::bigint AS mine_count
FROM conversation_counts
WHERE account_id = @account_id AND assignee_id = ANY (ARRAY[-1, 0, @me::bigint]) AND status = ANY (CAST(@statuses::text[] AS conversation_status[]))
  AND (sqlc.narg('inbox_id')::bigint IS NULL OR inbox_id = sqlc.narg('inbox_id'))
  AND (sqlc.narg('team_id')::bigint IS NULL OR team_id = sqlc.narg('team_id'))
  AND visible(inbox_id, team_id, @sees_all::bool, @inbox_ids::bigint[], @team_ids::bigint[]);

-- FoldConversationCounts folds an account's differences into one row a figure. Readers see either all old rows or
-- all new ones.
-- name: FoldConversationCounts :exec
WITH gone AS (DELETE FROM conversation_counts c WHERE c.account_id = @account_id RETURNING *)
INSERT INTO conversation_counts (account_id, status, assignee_id, inbox_id, team_id, n)
SELECT account_id, status, assignee_id, inbox_id, team_id, sum(n) FROM gone
GROUP BY account_id, status, assignee_id, inbox_id, team_id HAVING sum(n) <> 0;

-- ListUnfoldedAccounts finds the accounts that have more rows of differences than figures.
-- name: ListUnfoldedAccounts :many
SELECT account_id FROM conversation_counts
GROUP BY account_id HAVING count(*) > 1.2 * count(DISTINCT (status, assignee_id, inbox_id, team_id)) + 50;
