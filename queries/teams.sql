-- name: GetTeam :one
SELECT * FROM teams WHERE account_id = @account_id AND id = @id;

-- LockTeam locks a team for a change.
-- name: LockTeam :one
SELECT * FROM teams WHERE account_id = @account_id AND id = @id FOR NO KEY UPDATE;

-- name: IsTeamMember :one
SELECT EXISTS (SELECT 1 FROM team_members WHERE account_id = @account_id AND team_id = @team_id AND user_id = @user_id);

-- name: InsertTeam :one
INSERT INTO teams (account_id, name, description, allow_auto_assign)
    VALUES (@account_id, @name, @description, @allow_auto_assign) RETURNING *;

-- name: AddTeamMember :execrows
INSERT INTO team_members (account_id, team_id, user_id) VALUES (@account_id, @team_id, @user_id) ON CONFLICT DO NOTHING;

-- ListTeamMemberIDs lists the members of some teams.
-- name: ListTeamMemberIDs :many
SELECT DISTINCT user_id FROM team_members WHERE account_id = @account_id AND team_id = ANY (@team_ids::bigint[]) ORDER BY user_id;

-- ListTeamOverview lists an account's teams for its settings, by name, with the number of members of each
-- (teams_account_id_name_key).
-- name: ListTeamOverview :many
SELECT sqlc.embed(t), (
    SELECT count(*) FROM team_members tm JOIN memberships m ON m.account_id = tm.account_id AND m.user_id = tm.user_id
        AND m.deactivated_at IS NULL
    WHERE tm.account_id = t.account_id AND tm.team_id = t.id)::bigint AS members
FROM teams t WHERE t.account_id = @account_id ORDER BY lower(t.name), t.id;

-- ListTeams lists an account's teams by name, for forms (teams_account_id_name_key).
-- name: ListTeams :many
SELECT * FROM teams WHERE account_id = @account_id ORDER BY lower(name), id LIMIT @most;

-- ListTeamsByID lists an account's teams for the APIs, the oldest first, after an id, each with whether the user is a
-- member (primary key).
-- name: ListTeamsByID :many
SELECT sqlc.embed(t), EXISTS (
    SELECT 1 FROM team_members tm WHERE tm.account_id = t.account_id AND tm.team_id = t.id AND tm.user_id = @user_id) AS is_member
FROM teams t
WHERE t.account_id = @account_id AND t.id > @after_id::bigint
ORDER BY t.id LIMIT @most;

-- name: UpdateTeam :one
UPDATE teams SET name = @name, description = @description, allow_auto_assign = @allow_auto_assign, updated_at = @updated_at
WHERE account_id = @account_id AND id = @id
RETURNING *;

-- name: DeleteTeam :execrows
DELETE FROM teams WHERE account_id = @account_id AND id = @id;

-- ListConversationsOfTeam reads a team's conversations before the team is deleted, for their events
-- (conversations_team_idx).
-- name: ListConversationsOfTeam :many
SELECT id, display_id, contact_id, inbox_id FROM conversations WHERE account_id = @account_id AND team_id = @team_id::bigint;

-- ListTeamMembers lists the members of a team by name.
-- name: ListTeamMembers :many
SELECT sqlc.embed(u), sqlc.embed(m)
FROM team_members tm
JOIN memberships m ON m.account_id = tm.account_id AND m.user_id = tm.user_id AND m.deactivated_at IS NULL
JOIN users u ON u.id = tm.user_id
WHERE tm.account_id = @account_id AND tm.team_id = @team_id
ORDER BY lower(u.name), u.id;

-- ListTeamMembersAfter is ListTeamMembers after a position in that order, for the APIs.
-- name: ListTeamMembersAfter :many
SELECT sqlc.embed(u), sqlc.embed(m)
FROM team_members tm
JOIN memberships m ON m.account_id = tm.account_id AND m.user_id = tm.user_id AND m.deactivated_at IS NULL
JOIN users u ON u.id = tm.user_id
WHERE tm.account_id = @account_id AND tm.team_id = @team_id AND (lower(u.name), u.id) > (lower(@after_name::text), @after_id::bigint)
ORDER BY lower(u.name), u.id LIMIT @most;

-- AddTeamMembers adds users to a team and returns those who were not members before.
-- name: AddTeamMembers :many
INSERT INTO team_members (account_id, team_id, user_id)
SELECT @account_id, @team_id, unnest(@user_ids::bigint[]) ON CONFLICT DO NOTHING
RETURNING user_id;

-- name: RemoveTeamMembers :execrows
DELETE FROM team_members WHERE account_id = @account_id AND team_id = @team_id AND user_id = ANY (@user_ids::bigint[]);

-- KeepTeamMembers removes all other users from a team.
-- name: KeepTeamMembers :execrows
DELETE FROM team_members WHERE account_id = @account_id AND team_id = @team_id AND user_id <> ALL (@user_ids::bigint[]);
