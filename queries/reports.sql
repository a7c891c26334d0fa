-- The queries of the reports. Each reads one account's rows of a bounded range of time and filters them. bucket is the
-- beginning of an hour, a day, a week, a month or a year in a zone that is shift seconds from UTC, given in UTC.

-- CountConversationsByTime counts the conversations that began in a range (conversations_created_idx).
-- name: CountConversationsByTime :many
SELECT bucket(c.created_at, @unit::text, @shift::bigint) AS bucket,
    count(*)::bigint AS n
FROM conversations c
WHERE c.account_id = @account_id AND c.created_at >= @since::timestamptz AND c.created_at < @until::timestamptz
  AND (sqlc.narg('inbox_id')::bigint IS NULL OR c.inbox_id = sqlc.narg('inbox_id'))
  AND (sqlc.narg('agent_id')::bigint IS NULL OR c.assignee_id = sqlc.narg('agent_id'))
  AND (sqlc.narg('team_id')::bigint IS NULL OR c.team_id = sqlc.narg('team_id'))
  AND (sqlc.narg('label')::text IS NULL OR c.labels @> ARRAY[sqlc.narg('label')::text])
GROUP BY 1 ORDER BY 1;

-- CountMessagesByTime counts incoming and outgoing messages and notes. With an agent it counts those that the agent
-- wrote (messages_reports_idx).
-- name: CountMessagesByTime :many
SELECT bucket(m.created_at, @unit::text, @shift::bigint) AS bucket,
    m.kind, count(*)::bigint AS n
FROM messages m
WHERE m.account_id = @account_id AND m.created_at >= @since::timestamptz AND m.created_at < @until::timestamptz
    AND m.kind IN ('incoming', 'outgoing')
  AND (sqlc.narg('inbox_id')::bigint IS NULL OR m.inbox_id = sqlc.narg('inbox_id'))
  AND (sqlc.narg('agent_id')::bigint IS NULL OR (m.sender_kind = 'user' AND m.sender_id = sqlc.narg('agent_id')))
  AND ((sqlc.narg('team_id')::bigint IS NULL AND sqlc.narg('label')::text IS NULL) OR EXISTS (
      SELECT 1 FROM conversations c WHERE c.account_id = m.account_id AND c.id = m.conversation_id
        AND (sqlc.narg('team_id')::bigint IS NULL OR c.team_id = sqlc.narg('team_id'))
        AND (sqlc.narg('label')::text IS NULL OR c.labels @> ARRAY[sqlc.narg('label')::text])))
GROUP BY 1, 2 ORDER BY 1;

-- SumReportingEventsByTime adds up durations by name (reporting_events_name_idx).
-- name: SumReportingEventsByTime :many
SELECT bucket(e.ended_at, @unit::text, @shift::bigint) AS bucket,
    e.name, count(*)::bigint AS n, sum(CASE WHEN @business_hours::bool THEN e.value_in_business_hours ELSE e.value END)::float8 AS total
FROM reporting_events e
WHERE e.account_id = @account_id AND e.name = ANY (@names::text[]) AND e.ended_at >= @since::timestamptz
    AND e.ended_at < @until::timestamptz
  AND (sqlc.narg('inbox_id')::bigint IS NULL OR e.inbox_id = sqlc.narg('inbox_id'))
  AND (sqlc.narg('agent_id')::bigint IS NULL OR e.user_id = sqlc.narg('agent_id'))
  AND (sqlc.narg('team_id')::bigint IS NULL OR e.team_id = sqlc.narg('team_id'))
  AND (sqlc.narg('label')::text IS NULL OR EXISTS (
      SELECT 1 FROM conversations c WHERE c.account_id = e.account_id AND c.id = e.conversation_id
          AND c.labels @> ARRAY[sqlc.narg('label')::text]))
GROUP BY 1, 2 ORDER BY 1;

-- GroupConversations counts the conversations that began in a range by agent, team or inbox
-- (conversations_created_idx).
-- name: GroupConversations :many
SELECT CAST(CASE @by_what::text WHEN 'agent' THEN c.assignee_id WHEN 'team' THEN c.team_id
    ELSE c.inbox_id END AS bigint) AS key, count(*)::bigint AS n
FROM conversations c
WHERE c.account_id = @account_id AND c.created_at >= @since::timestamptz AND c.created_at < @until::timestamptz
  AND CASE @by_what::text WHEN 'agent' THEN c.assignee_id WHEN 'team' THEN c.team_id ELSE c.inbox_id END IS NOT NULL
GROUP BY 1 ORDER BY 1;

-- GroupReportingEvents adds up durations by agent, team or inbox and by name (reporting_events_name_idx).
-- name: GroupReportingEvents :many
SELECT CAST(CASE @by_what::text WHEN 'agent' THEN e.user_id WHEN 'team' THEN e.team_id ELSE e.inbox_id END AS bigint) AS key, e.name,
    count(*)::bigint AS n, sum(CASE WHEN @business_hours::bool THEN e.value_in_business_hours ELSE e.value END)::float8 AS total
FROM reporting_events e
WHERE e.account_id = @account_id AND e.name = ANY (@names::text[]) AND e.ended_at >= @since::timestamptz
    AND e.ended_at < @until::timestamptz
  AND CASE @by_what::text WHEN 'agent' THEN e.user_id WHEN 'team' THEN e.team_id ELSE e.inbox_id END IS NOT NULL
GROUP BY 1, 2 ORDER BY 1, 2;

-- GroupLabelConversations counts the conversations that began in a range by label and inbox
-- (conversations_created_idx).
-- name: GroupLabelConversations :many
SELECT labelled.label::text AS label, c.inbox_id, count(*)::bigint AS n
FROM conversations c CROSS JOIN LATERAL unnest(c.labels) AS labelled(label)
WHERE c.account_id = @account_id AND c.created_at >= @since::timestamptz AND c.created_at < @until::timestamptz
GROUP BY 1, 2 ORDER BY 1, 2;

-- GroupLabelReportingEvents adds up durations by label and name (reporting_events_name_idx).
-- name: GroupLabelReportingEvents :many
SELECT labelled.label::text AS label, e.name, count(*)::bigint AS n,
    sum(CASE WHEN @business_hours::bool THEN e.value_in_business_hours ELSE e.value END)::float8 AS total
FROM reporting_events e
JOIN conversations c ON c.account_id = e.account_id AND c.id = e.conversation_id
CROSS JOIN LATERAL unnest(c.labels) AS labelled(label)
WHERE e.account_id = @account_id AND e.name = ANY (@names::text[]) AND e.ended_at >= @since::timestamptz
    AND e.ended_at < @until::timestamptz
GROUP BY 1, 2 ORDER BY 1, 2;

-- GroupChannelConversations counts the conversations that began in a range by kind of inbox and status.
-- name: GroupChannelConversations :many
SELECT i.kind, c.status, count(*)::bigint AS n
FROM conversations c JOIN inboxes i ON i.account_id = c.account_id AND i.id = c.inbox_id
WHERE c.account_id = @account_id AND c.created_at >= @since::timestamptz AND c.created_at < @until::timestamptz
GROUP BY 1, 2 ORDER BY 1, 2;

-- GroupFirstResponses counts first responses by kind of inbox and by duration.
-- name: GroupFirstResponses :many
SELECT i.kind, width_bucket(e.value, ARRAY[3600, 14400, 28800, 86400]::float8[])::int AS step, count(*)::bigint AS n
FROM reporting_events e JOIN inboxes i ON i.account_id = e.account_id AND i.id = e.inbox_id
WHERE e.account_id = @account_id AND e.name = 'first_response' AND e.ended_at >= @since::timestamptz AND e.ended_at < @until::timestamptz
GROUP BY 1, 2 ORDER BY 1, 2;

-- GroupOutgoing counts outgoing messages by author, by inbox, or by the conversation's team (messages_reports_idx).
-- name: GroupOutgoing :many
SELECT CAST(CASE @by_what::text WHEN 'agent' THEN m.sender_id WHEN 'team' THEN c.team_id
    ELSE m.inbox_id END AS bigint) AS key, count(*)::bigint AS n
FROM messages m JOIN conversations c ON c.account_id = m.account_id AND c.id = m.conversation_id
WHERE m.account_id = @account_id AND m.created_at >= @since::timestamptz AND m.created_at < @until::timestamptz AND m.kind = 'outgoing'
  AND (@by_what::text <> 'agent' OR m.sender_kind = 'user')
  AND CASE @by_what::text WHEN 'agent' THEN m.sender_id WHEN 'team' THEN c.team_id ELSE m.inbox_id END IS NOT NULL
GROUP BY 1 ORDER BY 1;

-- GroupLabelOutgoing counts outgoing messages by the conversation's labels.
-- name: GroupLabelOutgoing :many
SELECT labelled.label::text AS label, count(*)::bigint AS n
FROM messages m
JOIN conversations c ON c.account_id = m.account_id AND c.id = m.conversation_id
CROSS JOIN LATERAL unnest(c.labels) AS labelled(label)
WHERE m.account_id = @account_id AND m.created_at >= @since::timestamptz AND m.created_at < @until::timestamptz AND m.kind = 'outgoing'
GROUP BY 1 ORDER BY 1;

-- GetBotFigures counts, for a range, the conversations of inboxes that have a bot, and the outgoing messages in them.
-- name: GetBotFigures :one
WITH theirs AS (
    SELECT c.account_id, c.id FROM conversations c JOIN inboxes i ON i.account_id = c.account_id AND i.id = c.inbox_id
        AND i.agent_bot_id IS NOT NULL
    WHERE c.account_id = @account_id AND c.created_at >= @since::timestamptz AND c.created_at < @until::timestamptz
)
SELECT (SELECT count(*) FROM theirs)::bigint AS conversations,
    (SELECT count(*) FROM theirs t JOIN messages m ON m.account_id = t.account_id AND m.conversation_id = t.id AND m.kind = 'outgoing'
        AND m.created_at >= @since::timestamptz AND m.created_at < @until::timestamptz)::bigint AS messages;

-- CountLive counts the conversations that are open or pending now. team_id null takes any team
-- (conversations_status_activity_idx).
-- name: CountLive :one
SELECT count(*) FILTER (WHERE status = 'open')::bigint AS open, count(*) FILTER (WHERE status = 'pending')::bigint AS pending,
    count(*) FILTER (WHERE status = 'open' AND (first_reply_at IS NULL OR waiting_since IS NOT NULL))::bigint AS unattended,
    count(*) FILTER (WHERE status = 'open' AND assignee_id IS NULL)::bigint AS unassigned
FROM conversations
WHERE account_id = @account_id AND status IN ('open', 'pending')
    AND (sqlc.narg('team_id')::bigint IS NULL OR team_id = sqlc.narg('team_id'));

-- GroupLive counts the conversations that are open now by team or by assignee. Key 0 is none
-- (conversations_status_activity_idx).
-- name: GroupLive :many
SELECT COALESCE(CASE WHEN @by_team::bool THEN c.team_id ELSE c.assignee_id END, 0)::bigint AS key, count(*)::bigint AS open,
    count(*) FILTER (WHERE c.first_reply_at IS NULL OR c.waiting_since IS NOT NULL)::bigint AS unattended,
    count(*) FILTER (WHERE c.assignee_id IS NULL)::bigint AS unassigned
FROM conversations c WHERE c.account_id = @account_id AND c.status = 'open'
GROUP BY 1 ORDER BY 1;

-- ListReportSubjects lists the names of the agents, teams, inboxes or labels of a report, by id.
-- name: ListReportSubjects :many
SELECT r.id, r.name, r.email FROM (
    SELECT 'agent' AS what, m.user_id AS id, u.name, u.email FROM memberships m JOIN users u ON u.id = m.user_id
        WHERE m.account_id = @account_id AND m.deactivated_at IS NULL
    UNION ALL SELECT 'team', t.id, t.name, '' FROM teams t WHERE t.account_id = @account_id
    UNION ALL SELECT 'inbox', i.id, i.name, '' FROM inboxes i WHERE i.account_id = @account_id AND i.archived_at IS NULL
    UNION ALL SELECT 'label', l.id, l.title, '' FROM labels l WHERE l.account_id = @account_id) r
WHERE r.what = @by_what::text ORDER BY r.id;
