-- FindMessageTranslation finds the stored translation of a message.
-- name: FindMessageTranslation :one
SELECT * FROM message_translations WHERE account_id = @account_id AND message_id = @message_id AND language = @language;

-- name: UpsertMessageTranslation :exec
INSERT INTO message_translations (account_id, message_id, language, content, provider, created_at)
VALUES (@account_id, @message_id, @language, @content, @provider, @created_at)
ON CONFLICT (account_id, message_id, language) DO UPDATE SET content = EXCLUDED.content, provider = EXCLUDED.provider;

-- DeleteMessageTranslations deletes the translations of a message that is deleted.
-- name: DeleteMessageTranslations :exec
DELETE FROM message_translations WHERE account_id = @account_id AND message_id = @message_id;
