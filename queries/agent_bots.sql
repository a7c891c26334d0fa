-- ListAgentBots lists an account's bots in the order in which they were made, after one of them.
-- name: ListAgentBots :many
SELECT * FROM agent_bots WHERE account_id = @account_id AND id > @after_id::bigint ORDER BY id LIMIT @most;

-- name: InsertAgentBot :one
INSERT INTO agent_bots (account_id, name, description, outgoing_url, bot_type, bot_config, secret, avatar_hash)
VALUES (@account_id, @name, @description, @outgoing_url, @bot_type, @bot_config, @secret, sqlc.narg('avatar_hash'))
RETURNING *;

-- LockAgentBot holds a bot for the rest of the sitting.
-- name: LockAgentBot :one
SELECT * FROM agent_bots WHERE account_id = @account_id AND id = @id FOR NO KEY UPDATE;

-- name: UpdateAgentBot :one
UPDATE agent_bots SET name = @name, description = @description, outgoing_url = @outgoing_url, bot_config = @bot_config, secret = @secret,
    avatar_hash = sqlc.narg('avatar_hash'), updated_at = @updated_at
WHERE account_id = @account_id AND id = @id
RETURNING *;

-- name: DeleteAgentBot :execrows
DELETE FROM agent_bots WHERE account_id = @account_id AND id = @id;

-- RecordBotGone writes, before a bot is deleted, the event for each conversation that it has (conversations_bot_idx).
-- name: RecordBotGone :exec
INSERT INTO events (account_id, kind, actor_kind, actor_id, conversation_id, contact_id, inbox_id, team_id, data, created_at)
SELECT c.account_id, 'conversation.assigned', @actor_kind, sqlc.narg('actor_id'), c.id, c.contact_id, c.inbox_id, c.team_id,
    jsonb_build_object('display_id', c.display_id, 'changed', jsonb_build_object('assignee_bot_id', jsonb_build_array(c.assignee_bot_id, NULL))), @at::timestamptz
FROM conversations c WHERE c.account_id = @account_id AND c.assignee_bot_id = @bot_id::bigint;

-- ListBotsWithReceiver are the bots with an outgoing URL.
-- name: ListBotsWithReceiver :many
SELECT id FROM agent_bots WHERE account_id = @account_id AND outgoing_url <> '' ORDER BY id;

-- name: GetAgentBot :one
SELECT * FROM agent_bots WHERE account_id = @account_id AND id = @id;
