-- ListLabels lists an account's labels by title (the key on account_id, title).
-- name: ListLabels :many
SELECT * FROM labels WHERE account_id = @account_id AND (title, id) > (@after_name::text, @after_id::bigint)
    ORDER BY title, id LIMIT @page_size;

-- name: GetLabel :one
SELECT * FROM labels WHERE account_id = @account_id AND id = @id;

-- LockLabel locks a label for a new title. A job renames it on the conversations that have it.
-- name: LockLabel :one
SELECT * FROM labels WHERE account_id = @account_id AND id = @id FOR NO KEY UPDATE;

-- name: InsertLabel :one
INSERT INTO labels (account_id, title, description, color, show_on_sidebar)
VALUES (@account_id, @title, @description, @color, @show_on_sidebar) RETURNING *;

-- name: UpdateLabel :one
UPDATE labels SET title = @title, description = @description, color = @color, show_on_sidebar = @show_on_sidebar, updated_at = now()
WHERE account_id = @account_id AND id = @id RETURNING *;

-- name: DeleteLabel :execrows
DELETE FROM labels WHERE account_id = @account_id AND id = @id;

-- ListLabelledConversations lists the next conversations that have a title, for the job that renames it
-- (conversations_labels_idx).
-- name: ListLabelledConversations :many
SELECT id, display_id FROM conversations
WHERE account_id = @account_id AND labels <> '{}' AND labels @> ARRAY[@title::text]
ORDER BY id LIMIT @page_size;

-- ListLabelledContacts is ListLabelledConversations for contacts (contacts_labels_idx).
-- name: ListLabelledContacts :many
SELECT id FROM contacts
WHERE account_id = @account_id AND labels <> '{}' AND labels @> ARRAY[@title::text]
ORDER BY id LIMIT @page_size;
