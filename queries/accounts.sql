-- LockAccount locks an account for a change of its settings.
-- name: LockAccount :one
SELECT * FROM accounts WHERE id = @id AND status <> 'deleted' FOR NO KEY UPDATE;

-- UpdateAccount writes what an administrator changes of an account.
-- name: UpdateAccount :one
UPDATE accounts SET name = @name, locale = @locale, time_zone = @time_zone, domain = sqlc.narg('domain'),
    support_email = sqlc.narg('support_email'),
    settings = @settings, custom_attributes = @custom_attributes, updated_at = @updated_at
WHERE id = @id
RETURNING *;

-- name: GetAccountName :one
SELECT name FROM accounts WHERE id = @id;

-- GetAccountSettings reads an account's settings.
-- name: GetAccountSettings :one
SELECT settings FROM accounts WHERE id = @id;

-- ListAutoResolvers lists the accounts that resolve conversations without activity.
-- name: ListAutoResolvers :many
SELECT id, settings FROM accounts WHERE status = 'active' AND settings->>'auto_resolve_after' ~ '^[1-9][0-9]*$' ORDER BY id;

-- name: InsertAccount :one
INSERT INTO accounts (name, locale, time_zone) VALUES (@name, @locale, @time_zone) RETURNING *;

-- name: InsertAccountCounters :exec
INSERT INTO account_counters (account_id) VALUES (@account_id);

-- name: GetAccount :one
SELECT * FROM accounts WHERE id = @id;

-- GetCacheKeys makes a key of each list that clients keep a copy of: a digest of the rows that the list shows, and of who
-- sees which of them. A key changes exactly when its list does for someone (the primary keys' account is enough).
-- name: GetCacheKeys :one
SELECT
    COALESCE(md5((SELECT string_agg(l::text, ',' ORDER BY l.id) FROM labels l WHERE l.account_id = @account_id)),
        '0000000000')::text AS label,
    COALESCE(md5((
        SELECT string_agg((to_jsonb(i) - 'assignment_queue' - 'agent_bot_id')::text, ',' ORDER BY i.id)
        FROM inboxes i WHERE i.account_id = @account_id AND i.archived_at IS NULL)
        || COALESCE((
            SELECT string_agg(im::text, ',' ORDER BY im.inbox_id, im.user_id)
            FROM inbox_members im JOIN inboxes i ON i.account_id = im.account_id AND i.id = im.inbox_id AND i.archived_at IS NULL
            WHERE im.account_id = @account_id), '')
        || COALESCE((
            SELECT string_agg(m.user_id::text, ',' ORDER BY m.user_id)
            FROM memberships m WHERE m.account_id = @account_id AND m.role = 'administrator'), '')), '0000000000')::text AS inbox,
    COALESCE(md5((SELECT string_agg(t::text, ',' ORDER BY t.id) FROM teams t WHERE t.account_id = @account_id)
        || COALESCE((SELECT string_agg(tm::text, ',' ORDER BY tm.team_id, tm.user_id) FROM team_members tm
            WHERE tm.account_id = @account_id), '')),
        '0000000000')::text AS team;
