-- name: AddParticipant :execrows
INSERT INTO participants (account_id, conversation_id, user_id) VALUES (@account_id, @conversation_id, @user_id) ON CONFLICT DO NOTHING;

-- name: RemoveParticipant :execrows
DELETE FROM participants WHERE account_id = @account_id AND conversation_id = @conversation_id AND user_id = @user_id;

-- UpsertReadMark moves a user's own mark; back when a conversation is marked unread.
-- name: UpsertReadMark :exec
INSERT INTO read_marks (account_id, user_id, conversation_id, up_to, at) VALUES (@account_id, @user_id, @conversation_id, @up_to, @at)
ON CONFLICT (account_id, user_id, conversation_id) DO UPDATE SET up_to = EXCLUDED.up_to, at = EXCLUDED.at;

-- ReadNotifications marks what a user was told about a conversation as read.
-- name: ReadNotifications :exec
UPDATE notifications SET read_at = @at::timestamptz
WHERE account_id = @account_id AND user_id = @user_id AND conversation_id = @conversation_id AND read_at IS NULL;
