-- ListDrafts reads what a user is writing in a conversation: a reply, a note, or both.
-- name: ListDrafts :many
SELECT * FROM drafts WHERE account_id = @account_id AND conversation_id = @conversation_id AND user_id = @user_id;

-- name: UpsertDraft :exec
INSERT INTO drafts (account_id, conversation_id, user_id, mode, body) VALUES (@account_id, @conversation_id, @user_id, @mode, @body)
ON CONFLICT (account_id, conversation_id, user_id, mode)
    DO UPDATE SET body = EXCLUDED.body, version = drafts.version + 1, updated_at = now();

-- name: DeleteDraft :exec
DELETE FROM drafts WHERE account_id = @account_id AND conversation_id = @conversation_id AND user_id = @user_id AND mode = @mode;
