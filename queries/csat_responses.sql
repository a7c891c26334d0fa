-- ListCsatResponses lists the answers to surveys with their contact and their conversation's assignee, in one of four
-- orders. Newest first, it reads csat_responses_created_idx and continues before the given id.
-- name: ListCsatResponses :many
SELECT sqlc.embed(r), sqlc.embed(k), c.display_id, c.inbox_id FROM csat_responses r
JOIN conversations c ON c.account_id = r.account_id AND c.id = r.conversation_id
JOIN contacts k ON k.account_id = r.account_id AND k.id = r.contact_id
WHERE r.account_id = @account_id AND r.created_at >= @since::timestamptz AND r.created_at < @until::timestamptz
  AND (sqlc.narg('rating')::int IS NULL OR r.rating = sqlc.narg('rating'))
  AND (NOT @by_user::bool OR r.assignee_id = ANY (@user_ids::bigint[]))
  AND (sqlc.narg('inbox_id')::bigint IS NULL OR c.inbox_id = sqlc.narg('inbox_id'))
  AND (sqlc.narg('team_id')::bigint IS NULL OR c.team_id = sqlc.narg('team_id'))
ORDER BY CASE @sort::text WHEN 'rating' THEN r.rating WHEN '-rating' THEN -r.rating WHEN 'created_at'
    THEN extract(epoch FROM r.created_at) END,
    r.created_at DESC, r.id DESC
LIMIT @most OFFSET @skip;

-- CountCsatResponses counts the answers that ListCsatResponses lists, by rating.
-- name: CountCsatResponses :many
SELECT r.rating, count(*)::bigint AS n FROM csat_responses r
JOIN conversations c ON c.account_id = r.account_id AND c.id = r.conversation_id
WHERE r.account_id = @account_id AND r.created_at >= @since::timestamptz AND r.created_at < @until::timestamptz
  AND (sqlc.narg('rating')::int IS NULL OR r.rating = sqlc.narg('rating'))
  AND (NOT @by_user::bool OR r.assignee_id = ANY (@user_ids::bigint[]))
  AND (sqlc.narg('inbox_id')::bigint IS NULL OR c.inbox_id = sqlc.narg('inbox_id'))
  AND (sqlc.narg('team_id')::bigint IS NULL OR c.team_id = sqlc.narg('team_id'))
GROUP BY r.rating ORDER BY r.rating;

-- CountSurveys counts the surveys that were sent in a range (messages_survey_idx).
-- name: CountSurveys :one
SELECT count(*)::bigint FROM messages m
JOIN conversations c ON c.account_id = m.account_id AND c.id = m.conversation_id
WHERE m.account_id = @account_id AND m.content_type = 'input_csat' AND m.created_at >= @since::timestamptz
    AND m.created_at < @until::timestamptz
  AND (NOT @by_user::bool OR c.assignee_id = ANY (@user_ids::bigint[]))
  AND (sqlc.narg('inbox_id')::bigint IS NULL OR c.inbox_id = sqlc.narg('inbox_id'))
  AND (sqlc.narg('team_id')::bigint IS NULL OR c.team_id = sqlc.narg('team_id'));

-- GetSurvey finds the survey of a conversation by the conversation's uuid, which is the survey's secret
-- (conversations_uuid_idx).
-- name: GetSurvey :one
SELECT sqlc.embed(m), sqlc.embed(i), c.display_id, c.uuid, c.contact_id, a.locale
FROM conversations c
JOIN messages m ON m.account_id = c.account_id AND m.conversation_id = c.id AND m.content_type = 'input_csat' AND NOT m.private
JOIN inboxes i ON i.account_id = c.account_id AND i.id = c.inbox_id
JOIN accounts a ON a.id = c.account_id
WHERE c.uuid = @uuid AND a.status = 'active'
ORDER BY m.id DESC LIMIT 1;

-- FindCsatResponse finds the answer to a survey.
-- name: FindCsatResponse :one
SELECT * FROM csat_responses WHERE account_id = @account_id AND message_id = @message_id;

-- UpsertCsatResponse stores the answer to a survey. A later answer replaces an earlier one.
-- name: UpsertCsatResponse :one
INSERT INTO csat_responses (account_id, conversation_id, message_id, contact_id, assignee_id, rating, feedback, created_at)
VALUES (@account_id, @conversation_id, @message_id, @contact_id, sqlc.narg('assignee_id'), @rating, @feedback, @created_at)
ON CONFLICT (account_id, message_id) DO UPDATE SET rating = EXCLUDED.rating, feedback = EXCLUDED.feedback
RETURNING *;
