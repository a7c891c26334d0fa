-- ListAllCannedReplies lists an account's canned replies by their code (the key on account_id, short_code).
-- name: ListAllCannedReplies :many
SELECT * FROM canned_replies WHERE account_id = @account_id ORDER BY short_code, id LIMIT @page_size;

-- ListCannedRepliesByID lists an account's canned replies for the APIs, the oldest first, after an id (primary key).
-- name: ListCannedRepliesByID :many
SELECT * FROM canned_replies WHERE account_id = @account_id AND id > @after_id::bigint ORDER BY id LIMIT @page_size;

-- SearchCannedReplies finds replies by code or content: first those whose code begins with the text, then those whose
-- code contains it, then the others. An account has few, so the query reads all of them by the key on account_id.
-- name: SearchCannedReplies :many
SELECT * FROM canned_replies
WHERE account_id = @account_id AND (short_code ILIKE @pattern::text OR content ILIKE @pattern::text)
ORDER BY (short_code ILIKE @beginning::text) DESC, (short_code ILIKE @pattern::text) DESC, short_code;

-- name: GetCannedReply :one
SELECT * FROM canned_replies WHERE account_id = @account_id AND id = @id;

-- name: CreateCannedReply :one
INSERT INTO canned_replies (account_id, short_code, content) VALUES (@account_id, @short_code, @content) RETURNING *;

-- name: UpdateCannedReply :one
UPDATE canned_replies SET short_code = @short_code, content = @content, updated_at = now()
    WHERE account_id = @account_id AND id = @id RETURNING *;

-- name: DeleteCannedReply :execrows
DELETE FROM canned_replies WHERE account_id = @account_id AND id = @id;

-- ListCannedReplySuggestions finds replies for the text after "/" in the composer: first those that begin with it.
-- name: ListCannedReplySuggestions :many
SELECT * FROM canned_replies
WHERE account_id = @account_id AND (short_code ILIKE @beginning::text OR content ILIKE @within::text)
ORDER BY short_code NOT ILIKE @beginning::text, short_code LIMIT 8;
