-- InsertReportingEvent adds a duration, once for each event.
-- name: InsertReportingEvent :exec
INSERT INTO reporting_events (account_id, event_id, name, value, value_in_business_hours, inbox_id, user_id, team_id,
    conversation_id, started_at, ended_at)
VALUES (@account_id, @event_id, @name, @value, @value_in_business_hours, @inbox_id, sqlc.narg('user_id'),
    sqlc.narg('team_id'), @conversation_id, @started_at, @ended_at)
ON CONFLICT (account_id, event_id, name) DO NOTHING;

-- FindBotEnd finds when a bot last handed over or resolved a conversation. The agents' first response time begins there.
-- name: FindBotEnd :many
SELECT ended_at FROM reporting_events
WHERE account_id = @account_id AND conversation_id = @conversation_id AND name IN ('conversation_bot_handoff', 'conversation_bot_resolved')
ORDER BY ended_at DESC LIMIT 1;
