-- ListViews lists a user's saved filters of one kind, oldest first (views_user_idx).
-- name: ListViews :many
SELECT * FROM views WHERE account_id = @account_id AND user_id = @user_id AND filter_type = @filter_type AND id > @after_id::bigint
ORDER BY id LIMIT @page_size;

-- name: CountViews :one
SELECT count(*) FROM views WHERE account_id = @account_id AND user_id = @user_id;

-- name: GetView :one
SELECT * FROM views WHERE account_id = @account_id AND user_id = @user_id AND id = @id;

-- name: InsertView :one
INSERT INTO views (account_id, user_id, name, filter_type, query) VALUES (@account_id, @user_id, @name, @filter_type, @query) RETURNING *;

-- name: UpdateView :one
UPDATE views SET name = @name, filter_type = @filter_type, query = @query, updated_at = now()
WHERE account_id = @account_id AND user_id = @user_id AND id = @id RETURNING *;

-- name: DeleteView :execrows
DELETE FROM views WHERE account_id = @account_id AND user_id = @user_id AND id = @id;
