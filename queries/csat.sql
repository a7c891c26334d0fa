-- ListCsatResponses are the answers to surveys, with who gave them and whose conversation it was, in one of four
-- orders. The newest first goes by csat_responses_created_idx; before the ids that were given already.
-- name: ListCsatResponses :many
SELECT sqlc.embed(r), sqlc.embed(k), c.display_id, c.inbox_id FROM csat_responses r
JOIN conversations c ON c.account_id = r.account_id AND c.id = r.conversation_id
JOIN contacts k ON k.account_id = r.account_id AND k.id = r.contact_id
WHERE r.account_id = @account_id AND r.created_at >= @since::timestamptz AND r.created_at < @until::timestamptz
  AND (sqlc.narg('rating')::int IS NULL OR r.rating = sqlc.narg('rating')) AND (NOT @by_user::bool OR r.assignee_id = ANY (@user_ids::bigint[]))
  AND (sqlc.narg('inbox_id')::bigint IS NULL OR c.inbox_id = sqlc.narg('inbox_id')) AND (sqlc.narg('team_id')::bigint IS NULL OR c.team_id = sqlc.narg('team_id'))
ORDER BY CASE @sort::text WHEN 'rating' THEN r.rating WHEN '-rating' THEN -r.rating WHEN 'created_at' THEN extract(epoch FROM r.created_at) END,
    r.created_at DESC, r.id DESC
LIMIT @most OFFSET @skip;

-- CountCsatResponses counts the same by rating.
-- name: CountCsatResponses :many
SELECT r.rating, count(*)::bigint AS n FROM csat_responses r
JOIN conversations c ON c.account_id = r.account_id AND c.id = r.conversation_id
WHERE r.account_id = @account_id AND r.created_at >= @since::timestamptz AND r.created_at < @until::timestamptz
  AND (sqlc.narg('rating')::int IS NULL OR r.rating = sqlc.narg('rating')) AND (NOT @by_user::bool OR r.assignee_id = ANY (@user_ids::bigint[]))
  AND (sqlc.narg('inbox_id')::bigint IS NULL OR c.inbox_id = sqlc.narg('inbox_id')) AND (sqlc.narg('team_id')::bigint IS NULL OR c.team_id = sqlc.narg('team_id'))
GROUP BY r.rating ORDER BY r.rating;

-- CountSurveys counts the surveys that were sent in a range (messages_survey_idx).
-- name: CountSurveys :one
SELECT count(*)::bigint FROM messages m
JOIN conversations c ON c.account_id = m.account_id AND c.id = m.conversation_id
WHERE m.account_id = @account_id AND m.content_type = 'input_csat' AND m.created_at >= @since::timestamptz AND m.created_at < @until::timestamptz
  AND (NOT @by_user::bool OR c.assignee_id = ANY (@user_ids::bigint[]))
  AND (sqlc.narg('inbox_id')::bigint IS NULL OR c.inbox_id = sqlc.narg('inbox_id')) AND (sqlc.narg('team_id')::bigint IS NULL OR c.team_id = sqlc.narg('team_id'));
