-- ListAutomationRules lists an account's rules, oldest first. An account has few (by primary key).
-- name: ListAutomationRules :many
SELECT * FROM automation_rules WHERE account_id = @account_id AND id > @after_id::bigint ORDER BY id LIMIT @page_size;

-- name: GetAutomationRule :one
SELECT * FROM automation_rules WHERE account_id = @account_id AND id = @id;

-- name: InsertAutomationRule :one
INSERT INTO automation_rules (account_id, name, description, event_name, conditions, actions, active)
VALUES (@account_id, @name, @description, @event_name, @conditions, @actions, @active) RETURNING *;

-- name: UpdateAutomationRule :one
UPDATE automation_rules SET name = @name, description = @description, event_name = @event_name,
    conditions = @conditions, actions = @actions,
    active = @active, updated_at = now()
WHERE account_id = @account_id AND id = @id RETURNING *;

-- name: DeleteAutomationRule :execrows
DELETE FROM automation_rules WHERE account_id = @account_id AND id = @id;

-- ListLastRuleRuns reads the newest run of each rule that has run, for the list of rules (the primary key, backwards).
-- name: ListLastRuleRuns :many
SELECT l.rule_id, l.outcome, l.error, l.created_at
FROM automation_rules r CROSS JOIN LATERAL (
    SELECT x.rule_id, x.outcome, x.error, x.created_at FROM rule_runs x
    WHERE x.account_id = r.account_id AND x.rule_id = r.id ORDER BY x.event_id DESC LIMIT 1) l
WHERE r.account_id = @account_id;

-- ListRuleRuns lists a rule's latest runs, newest first, with their conversations unless they were deleted (primary
-- keys).
-- name: ListRuleRuns :many
SELECT x.event_id, x.outcome, x.error, x.created_at, c.display_id
FROM rule_runs x
LEFT JOIN events e ON e.account_id = x.account_id AND e.id = x.event_id
LEFT JOIN conversations c ON c.account_id = e.account_id AND c.id = e.conversation_id
WHERE x.account_id = @account_id AND x.rule_id = @rule_id
ORDER BY x.event_id DESC LIMIT 20;

-- ListEnabledRules lists an account's enabled rules (automation_rules_event_idx).
-- name: ListEnabledRules :many
SELECT * FROM automation_rules WHERE account_id = @account_id AND event_name = ANY (@event_names::text[]) AND active ORDER BY id;

-- InsertRuleRun claims a rule's one run for an event. It inserts no row if the rule has run.
-- name: InsertRuleRun :execrows
INSERT INTO rule_runs (account_id, rule_id, event_id, created_at) VALUES (@account_id, @rule_id, @event_id, @created_at)
    ON CONFLICT DO NOTHING;

-- SetRuleRun records which actions of a run failed.
-- name: SetRuleRun :exec
UPDATE rule_runs SET outcome = @outcome, error = @error WHERE account_id = @account_id AND rule_id = @rule_id AND event_id = @event_id;

-- NoteRuleRun adds a failure that the run's job met later.
-- name: NoteRuleRun :exec
UPDATE rule_runs SET outcome = 'failed', error = error || CASE WHEN error = '' THEN '' ELSE '; ' END || @problem::text
WHERE account_id = @account_id AND rule_id = @rule_id AND event_id = @event_id;
