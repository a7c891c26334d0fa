-- DeleteFormerMemberReadMarks deletes some read marks of a former member (primary key).
-- name: DeleteFormerMemberReadMarks :execrows
DELETE FROM read_marks WHERE (account_id, user_id, conversation_id) IN (
    SELECT r.account_id, r.user_id, r.conversation_id FROM read_marks r WHERE r.account_id = @account_id
        AND r.user_id = @user_id LIMIT @most);

-- UpsertReadMark moves a user's own read mark, back if a conversation is marked as unread.
-- name: UpsertReadMark :exec
INSERT INTO read_marks (account_id, user_id, conversation_id, up_to, at) VALUES (@account_id, @user_id, @conversation_id, @up_to, @at)
ON CONFLICT (account_id, user_id, conversation_id) DO UPDATE SET up_to = EXCLUDED.up_to, at = EXCLUDED.at;
