-- GetMember reads a user as a member of an account; deactivated ones are not found.
-- name: GetMember :one
SELECT sqlc.embed(u), sqlc.embed(m) FROM memberships m JOIN users u ON u.id = m.user_id
WHERE m.account_id = @account_id AND m.user_id = @user_id AND m.deactivated_at IS NULL;

-- GetScope reads what a user may see in an account, for db.Scope; none for a stranger or a deactivated member, or
-- in a suspended account.
-- name: GetScope :one
SELECT m.role, u.name, m.availability,
    ARRAY(SELECT im.inbox_id FROM inbox_members im WHERE im.account_id = m.account_id AND im.user_id = m.user_id)::bigint[] AS inbox_ids,
    ARRAY(SELECT tm.team_id FROM team_members tm WHERE tm.account_id = m.account_id AND tm.user_id = m.user_id)::bigint[] AS team_ids
FROM memberships m JOIN users u ON u.id = m.user_id JOIN accounts a ON a.id = m.account_id
WHERE m.account_id = @account_id AND m.user_id = @user_id AND m.deactivated_at IS NULL AND a.status = 'active';

-- name: GetAgentBot :one
SELECT * FROM agent_bots WHERE account_id = @account_id AND id = @id;

-- name: InsertUser :one
INSERT INTO users (name, email, password_hash, confirmed_at) VALUES (@name, @email, sqlc.narg('password_hash'), sqlc.narg('confirmed_at')) RETURNING *;

-- name: InsertMembership :one
INSERT INTO memberships (account_id, user_id, role, inviter_id) VALUES (@account_id, @user_id, @role, sqlc.narg('inviter_id')) RETURNING *;

-- name: InsertAccount :one
INSERT INTO accounts (name, locale, time_zone) VALUES (@name, @locale, @time_zone) RETURNING *;

-- name: InsertAccountCounters :exec
INSERT INTO account_counters (account_id) VALUES (@account_id);

-- name: InsertEventCounter :exec
INSERT INTO event_counters (account_id) VALUES (@account_id);

-- GetUser reads a user, for their own profile.
-- name: GetUser :one
SELECT * FROM users WHERE id = @id;

-- ListUserMemberships reads the accounts that a user belongs to, the one used last first (memberships_user_idx).
-- name: ListUserMemberships :many
SELECT sqlc.embed(m), a.name AS account_name, a.status AS account_status
FROM memberships m JOIN accounts a ON a.id = m.account_id
WHERE m.user_id = @user_id AND m.deactivated_at IS NULL AND a.status <> 'deleted' ORDER BY m.active_at DESC NULLS LAST, m.account_id;

-- name: GetAccount :one
SELECT * FROM accounts WHERE id = @id;
