-- UpsertMention records that a user was mentioned in a conversation, and their latest mention.
-- name: UpsertMention :exec
INSERT INTO mentions (account_id, conversation_id, user_id, message_id, created_at)
    VALUES (@account_id, @conversation_id, @user_id, @message_id, @created_at)
ON CONFLICT (account_id, user_id, conversation_id) DO UPDATE SET message_id = EXCLUDED.message_id, created_at = EXCLUDED.created_at
WHERE mentions.message_id < EXCLUDED.message_id;
