-- name: AddParticipant :execrows
INSERT INTO participants (account_id, conversation_id, user_id, created_at)
    VALUES (@account_id, @conversation_id, @user_id, @at) ON CONFLICT DO NOTHING;

-- name: RemoveParticipant :execrows
DELETE FROM participants WHERE account_id = @account_id AND conversation_id = @conversation_id AND user_id = @user_id;

-- ListParticipants lists the participants of a conversation in the order in which they were added.
-- name: ListParticipants :many
SELECT sqlc.embed(u), sqlc.embed(m) FROM participants p
JOIN memberships m ON m.account_id = p.account_id AND m.user_id = p.user_id
JOIN users u ON u.id = p.user_id
WHERE p.account_id = @account_id AND p.conversation_id = @conversation_id AND m.deactivated_at IS NULL ORDER BY p.created_at, u.id;

-- ListPossibleParticipants returns those of the users who may take part in an inbox's conversations: its members, and
-- administrators.
-- name: ListPossibleParticipants :many
SELECT m.user_id FROM memberships m
WHERE m.account_id = @account_id AND m.user_id = ANY (@user_ids::bigint[]) AND m.deactivated_at IS NULL
  AND (m.role = 'administrator' OR EXISTS (
      SELECT 1 FROM inbox_members im WHERE im.account_id = m.account_id AND im.inbox_id = @inbox_id AND im.user_id = m.user_id))
ORDER BY m.user_id;

-- ListParticipantIDs lists the participants of the conversations of a range of events, and since when they are.
-- name: ListParticipantIDs :many
SELECT conversation_id, user_id, created_at FROM participants WHERE account_id = @account_id
    AND conversation_id = ANY (@ids::bigint[]) ORDER BY conversation_id, user_id;
