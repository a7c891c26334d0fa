-- GetEvent reads one event, for what is done about it later.
-- name: GetEvent :one
SELECT * FROM events WHERE account_id = @account_id AND id = @id;

-- GetConversationRow reads a conversation by the id of its row, for those who see everything: reactions.
-- name: GetConversationRow :one
SELECT * FROM conversations WHERE account_id = @account_id AND id = @id;

-- GetAccountRow reads an account with its settings.
-- name: GetAccountRow :one
SELECT * FROM accounts WHERE id = @id;

-- InsertNotifications tells users something about conversations, one row of the arrays each, if they may see the
-- conversation and its contact is not blocked; 0 stands for null. What they have been told before and not read under
-- the same kind gives way when it only repeats itself (fold). Returns who was told.
-- name: InsertNotifications :many
WITH want AS (
    SELECT unnest(@user_ids::bigint[]) AS user_id, unnest(@conversation_ids::bigint[]) AS conversation_id, unnest(@message_ids::bigint[]) AS message_id,
        unnest(@event_ids::bigint[]) AS event_id, unnest(@kinds::text[]) AS kind, unnest(@actor_kinds::text[]) AS actor_kind,
        unnest(@actor_ids::bigint[]) AS actor_id, unnest(@ats::timestamptz[]) AS at, unnest(@folds::bool[]) AS fold
), told AS (
    SELECT w.user_id, w.conversation_id, w.message_id, w.event_id, w.kind, w.actor_kind, w.actor_id, w.at, w.fold FROM want w
    JOIN memberships m ON m.account_id = @account_id AND m.user_id = w.user_id
    JOIN conversations c ON c.account_id = @account_id AND c.id = w.conversation_id
    JOIN contacts k ON k.account_id = c.account_id AND k.id = c.contact_id
    WHERE m.deactivated_at IS NULL AND NOT k.blocked
      AND (m.role = 'administrator'
        OR EXISTS (SELECT 1 FROM inbox_members i WHERE i.account_id = m.account_id AND i.inbox_id = c.inbox_id AND i.user_id = m.user_id)
        OR EXISTS (SELECT 1 FROM team_members t WHERE t.account_id = m.account_id AND t.team_id = c.team_id AND t.user_id = m.user_id))
), gone AS (
    DELETE FROM notifications n USING told
    WHERE told.fold AND n.account_id = @account_id AND n.user_id = told.user_id AND n.conversation_id = told.conversation_id
      AND n.kind = told.kind AND n.read_at IS NULL AND n.event_id < told.event_id
)
INSERT INTO notifications (account_id, user_id, kind, conversation_id, message_id, event_id, actor_kind, actor_id, last_activity_at, created_at)
SELECT @account_id, told.user_id, told.kind, told.conversation_id, NULLIF(told.message_id, 0), told.event_id, told.actor_kind::actor_kind, NULLIF(told.actor_id, 0), told.at, told.at
FROM told
ON CONFLICT DO NOTHING
RETURNING user_id;

-- ListConversationRows reads the conversations of a range of events, for those who see everything: reactions.
-- name: ListConversationRows :many
SELECT * FROM conversations WHERE account_id = @account_id AND id = ANY (@ids::bigint[]);

-- ListMessageRows reads the messages of a range of events.
-- name: ListMessageRows :many
SELECT * FROM messages WHERE account_id = @account_id AND id = ANY (@ids::bigint[]);

-- ListFollowers are those who follow the conversations of a range of events.
-- name: ListFollowers :many
SELECT conversation_id, user_id FROM participants WHERE account_id = @account_id AND conversation_id = ANY (@ids::bigint[]) ORDER BY conversation_id, user_id;

-- ListInboxMemberIDs are those who work in an inbox.
-- name: ListInboxMemberIDs :many
SELECT user_id FROM inbox_members WHERE account_id = @account_id AND inbox_id = @inbox_id ORDER BY user_id;

-- ListTeamMemberIDs are the members of some teams.
-- name: ListTeamMemberIDs :many
SELECT DISTINCT user_id FROM team_members WHERE account_id = @account_id AND team_id = ANY (@team_ids::bigint[]) ORDER BY user_id;

-- ListReachable are those of some users who are in the account and may see an inbox's conversation of a team.
-- name: ListReachable :many
SELECT m.user_id FROM memberships m
WHERE m.account_id = @account_id AND m.user_id = ANY (@user_ids::bigint[]) AND m.deactivated_at IS NULL
  AND (m.role = 'administrator'
    OR EXISTS (SELECT 1 FROM inbox_members i WHERE i.account_id = m.account_id AND i.inbox_id = @inbox_id AND i.user_id = m.user_id)
    OR EXISTS (SELECT 1 FROM team_members t WHERE t.account_id = m.account_id AND t.team_id = sqlc.narg('team_id') AND t.user_id = m.user_id))
ORDER BY m.user_id;

-- UpsertMention notes that a user was named in a conversation, and where last.
-- name: UpsertMention :exec
INSERT INTO mentions (account_id, conversation_id, user_id, message_id, created_at) VALUES (@account_id, @conversation_id, @user_id, @message_id, @created_at)
ON CONFLICT (account_id, user_id, conversation_id) DO UPDATE SET message_id = EXCLUDED.message_id, created_at = EXCLUDED.created_at
WHERE mentions.message_id < EXCLUDED.message_id;

-- InsertReportingEvent notes one duration. Twice is once.
-- name: InsertReportingEvent :exec
INSERT INTO reporting_events (account_id, event_id, name, value, value_in_business_hours, inbox_id, user_id, team_id, conversation_id, started_at, ended_at)
VALUES (@account_id, @event_id, @name, @value, @value_in_business_hours, @inbox_id, sqlc.narg('user_id'), sqlc.narg('team_id'), @conversation_id, @started_at, @ended_at)
ON CONFLICT (account_id, event_id, name) DO NOTHING;

-- FindBotEnd finds when a bot last gave a conversation away: what people are measured from.
-- name: FindBotEnd :many
SELECT ended_at FROM reporting_events
WHERE account_id = @account_id AND conversation_id = @conversation_id AND name IN ('conversation_bot_handoff', 'conversation_bot_resolved')
ORDER BY ended_at DESC LIMIT 1;

-- GetTalk tells what has been said in a conversation so far, for the automatic answers (messages_thread_idx).
-- name: GetTalk :one
SELECT COALESCE(bool_or(kind = 'incoming'), false)::bool AS incoming,
    COALESCE(bool_or(kind IN ('outgoing', 'template') AND NOT private), false)::bool AS answered,
    COALESCE(bool_or(kind = 'outgoing' AND sender_kind = 'user'), false)::bool AS human,
    COALESCE(bool_or(content_type = 'input_csat'), false)::bool AS surveyed,
    COALESCE(bool_or(kind = 'template' AND created_at >= @today::timestamptz), false)::bool AS template_today,
    COALESCE(bool_or(kind = 'outgoing' AND NOT private AND created_at >= @lately::timestamptz), false)::bool AS answered_lately
FROM messages WHERE account_id = @account_id AND conversation_id = @conversation_id;

-- ListAutoResolvers are the accounts that resolve quiet conversations.
-- name: ListAutoResolvers :many
SELECT id, settings FROM accounts WHERE status = 'active' AND settings->>'auto_resolve_after' ~ '^[1-9][0-9]*$' ORDER BY id;

-- ListQuiet finds an account's open conversations in which nothing has happened for long, the longest first
-- (conversations_status_activity_idx).
-- name: ListQuiet :many
SELECT id FROM conversations
WHERE account_id = @account_id AND status = 'open' AND last_activity_at <= @before::timestamptz AND (NOT @answered_only::bool OR waiting_since IS NULL)
ORDER BY last_activity_at, id LIMIT @most;

-- ListRulesFor are an account's rules that are on (automation_rules_event_idx).
-- name: ListRulesFor :many
SELECT * FROM automation_rules WHERE account_id = @account_id AND event_name = ANY (@event_names::text[]) AND active ORDER BY id;

-- InsertRuleRun claims a rule's one run for an event; 0 if it has run.
-- name: InsertRuleRun :execrows
INSERT INTO rule_runs (account_id, rule_id, event_id, created_at) VALUES (@account_id, @rule_id, @event_id, @created_at) ON CONFLICT DO NOTHING;

-- SetRuleRun notes what a run could not do.
-- name: SetRuleRun :exec
UPDATE rule_runs SET outcome = @outcome, error = @error WHERE account_id = @account_id AND rule_id = @rule_id AND event_id = @event_id;

-- NoteRuleRun adds to what a run could not do: what its job found out later.
-- name: NoteRuleRun :exec
UPDATE rule_runs SET outcome = 'failed', error = error || CASE WHEN error = '' THEN '' ELSE '; ' END || @problem::text
WHERE account_id = @account_id AND rule_id = @rule_id AND event_id = @event_id;

-- InsertMacroRun claims the one run of a job's macro on a conversation; 0 if it has run.
-- name: InsertMacroRun :execrows
INSERT INTO macro_runs (account_id, job_id, conversation_id, created_at) VALUES (@account_id, @job_id, @conversation_id, @created_at) ON CONFLICT DO NOTHING;

-- GetMessageEvent finds the event that told of a new message, near the end of its conversation's (events_conversation_idx).
-- name: GetMessageEvent :one
SELECT * FROM events WHERE account_id = @account_id AND conversation_id = @conversation_id::bigint AND message_id = @message_id::bigint AND kind = 'message.created'
ORDER BY id DESC LIMIT 1;

-- GetMacroFor reads a macro that a user may run: their own, or one for all.
-- name: GetMacroFor :one
SELECT * FROM macros WHERE account_id = @account_id AND id = @id AND (visibility = 'global' OR created_by_id = @user_id::bigint);

-- GetAttachmentOf reads a file that a rule or macro sends, by its key.
-- name: GetAttachmentOf :one
SELECT * FROM attachments WHERE account_id = @account_id AND key = @key;

-- DeleteOldKeys ends the memory of writes; in bites, so that no lock is held for long.
-- name: DeleteOldKeys :execrows
DELETE FROM idempotency_keys WHERE (owner_kind, owner_id, route, key) IN (
    SELECT k.owner_kind, k.owner_id, k.route, k.key FROM idempotency_keys k WHERE k.created_at < @before LIMIT @most);

-- name: DeleteExpiredSessions :execrows
DELETE FROM sessions WHERE token_hash IN (SELECT s.token_hash FROM sessions s WHERE s.expires_at < @before LIMIT @most);

-- DeleteOldResets forgets links to a new password that have ended, used or not.
-- name: DeleteOldResets :execrows
DELETE FROM password_resets WHERE token_hash IN (SELECT r.token_hash FROM password_resets r WHERE r.expires_at < @before LIMIT @most);

-- DeleteOldLinks forgets links to sign in that nobody used (login_links_expiry_idx).
-- name: DeleteOldLinks :execrows
DELETE FROM login_links WHERE token_hash IN (SELECT l.token_hash FROM login_links l WHERE l.expires_at < @before LIMIT @most);

-- DeleteOldTokens ends tokens whose time was given and is over.
-- name: DeleteOldTokens :execrows
DELETE FROM access_tokens WHERE id IN (SELECT t.id FROM access_tokens t WHERE t.expires_at < @before::timestamptz LIMIT @most);

-- DeleteLooseUploads removes uploads that never got a message; files of rules and macros are kept (meta).
-- name: DeleteLooseUploads :execrows
DELETE FROM attachments WHERE (account_id, id) IN (
    SELECT a.account_id, a.id FROM attachments a WHERE a.message_id IS NULL AND a.created_at < @before AND NOT a.meta ? 'kept' LIMIT @most);

-- DeleteOldMacroRuns forgets runs whose job cannot come again (macro_runs_old_idx).
-- name: DeleteOldMacroRuns :execrows
DELETE FROM macro_runs WHERE (account_id, job_id, conversation_id) IN (
    SELECT r.account_id, r.job_id, r.conversation_id FROM macro_runs r WHERE r.created_at < @before LIMIT @most);

-- DeleteOldDeliveries ends the log of deliveries; those that have not ended stay.
-- name: DeleteOldDeliveries :execrows
DELETE FROM webhook_deliveries WHERE (account_id, id) IN (
    SELECT d.account_id, d.id FROM webhook_deliveries d WHERE d.created_at < @before AND d.state IN ('delivered', 'failed', 'dropped') LIMIT @most);

-- name: DeleteOldAttempts :execrows
DELETE FROM sign_in_attempts WHERE (key, window_at) IN (SELECT s.key, s.window_at FROM sign_in_attempts s WHERE s.window_at < @before LIMIT @most);

