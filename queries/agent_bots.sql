-- ListAgentBots lists an account's bots in the order in which they were made, after one of them.
-- name: ListAgentBots :many
SELECT * FROM agent_bots WHERE account_id = @account_id AND id > @after_id::bigint ORDER BY id LIMIT @most;

-- name: InsertAgentBot :one
INSERT INTO agent_bots (account_id, name, description, outgoing_url, bot_type, bot_config, secret, avatar_hash)
VALUES (@account_id, @name, @description, @outgoing_url, @bot_type, @bot_config, @secret, sqlc.narg('avatar_hash'))
RETURNING *;

-- LockAgentBot locks a bot.
-- name: LockAgentBot :one
SELECT * FROM agent_bots WHERE account_id = @account_id AND id = @id FOR NO KEY UPDATE;

-- name: UpdateAgentBot :one
UPDATE agent_bots SET name = @name, description = @description, outgoing_url = @outgoing_url, bot_config = @bot_config, secret = @secret,
    avatar_hash = sqlc.narg('avatar_hash'), updated_at = @updated_at
WHERE account_id = @account_id AND id = @id
RETURNING *;

-- name: DeleteAgentBot :execrows
DELETE FROM agent_bots WHERE account_id = @account_id AND id = @id;

-- ListConversationsOfBot reads a bot's conversations before the bot is deleted, for their events
-- (conversations_bot_idx).
-- name: ListConversationsOfBot :many
SELECT id, display_id, contact_id, inbox_id, team_id FROM conversations
WHERE account_id = @account_id AND assignee_bot_id = @bot_id::bigint;

-- ListBotsWithReceiver lists the bots with an outgoing URL.
-- name: ListBotsWithReceiver :many
SELECT id FROM agent_bots WHERE account_id = @account_id AND outgoing_url <> '' ORDER BY id;

-- name: GetAgentBot :one
SELECT * FROM agent_bots WHERE account_id = @account_id AND id = @id;
