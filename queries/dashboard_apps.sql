-- ListDashboardApps are an account's apps, the oldest first (the primary key).
-- name: ListDashboardApps :many
SELECT * FROM dashboard_apps WHERE account_id = @account_id AND id > @after_id::bigint ORDER BY id LIMIT @page_size;

-- name: GetDashboardApp :one
SELECT * FROM dashboard_apps WHERE account_id = @account_id AND id = @id;

-- LockDashboardApp is for changing it.
-- name: LockDashboardApp :one
SELECT * FROM dashboard_apps WHERE account_id = @account_id AND id = @id FOR NO KEY UPDATE;

-- name: InsertDashboardApp :one
INSERT INTO dashboard_apps (account_id, title, content) VALUES (@account_id, @title, @content) RETURNING *;

-- name: UpdateDashboardApp :one
UPDATE dashboard_apps SET title = @title, content = @content, updated_at = now() WHERE account_id = @account_id AND id = @id RETURNING *;

-- name: DeleteDashboardApp :execrows
DELETE FROM dashboard_apps WHERE account_id = @account_id AND id = @id;
