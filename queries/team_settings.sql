-- ListTeams lists an account's teams by name, after a place in that order, each with whether somebody is in it
-- (teams_account_id_name_key).
-- name: ListTeams :many
SELECT sqlc.embed(t), EXISTS (
    SELECT 1 FROM team_members tm WHERE tm.account_id = t.account_id AND tm.team_id = t.id AND tm.user_id = @user_id) AS is_member
FROM teams t
WHERE t.account_id = @account_id AND (t.name, t.id) > (@after_name::text, @after_id::bigint)
ORDER BY t.name, t.id LIMIT @most;

-- name: UpdateTeam :one
UPDATE teams SET name = @name, description = @description, allow_auto_assign = @allow_auto_assign, updated_at = @updated_at
WHERE account_id = @account_id AND id = @id
RETURNING *;

-- name: DeleteTeam :execrows
DELETE FROM teams WHERE account_id = @account_id AND id = @id;

-- RecordTeamGone writes, before a team is deleted, the event for each conversation that it has (conversations_team_idx).
-- name: RecordTeamGone :exec
INSERT INTO events (account_id, kind, actor_kind, actor_id, conversation_id, contact_id, inbox_id, data, created_at)
SELECT c.account_id, 'conversation.team_changed', @actor_kind, sqlc.narg('actor_id'), c.id, c.contact_id, c.inbox_id,
    jsonb_build_object('display_id', c.display_id, 'changed', jsonb_build_object('team_id', jsonb_build_array(c.team_id, NULL))), @at::timestamptz
FROM conversations c WHERE c.account_id = @account_id AND c.team_id = @team_id::bigint;

-- ListTeamPeople lists who is in a team, by name.
-- name: ListTeamPeople :many
SELECT sqlc.embed(u), sqlc.embed(m)
FROM team_members tm
JOIN memberships m ON m.account_id = tm.account_id AND m.user_id = tm.user_id AND m.deactivated_at IS NULL
JOIN users u ON u.id = tm.user_id
WHERE tm.account_id = @account_id AND tm.team_id = @team_id
ORDER BY lower(u.name), u.id;

-- PageTeamPeople is ListTeamPeople after a place in that order, for the APIs.
-- name: PageTeamPeople :many
SELECT sqlc.embed(u), sqlc.embed(m)
FROM team_members tm
JOIN memberships m ON m.account_id = tm.account_id AND m.user_id = tm.user_id AND m.deactivated_at IS NULL
JOIN users u ON u.id = tm.user_id
WHERE tm.account_id = @account_id AND tm.team_id = @team_id AND (lower(u.name), u.id) > (lower(@after_name::text), @after_id::bigint)
ORDER BY lower(u.name), u.id LIMIT @most;

-- CountMembersAmong tells how many of some users are in the account.
-- name: CountMembersAmong :one
SELECT count(*) FROM memberships WHERE account_id = @account_id AND user_id = ANY (@user_ids::bigint[]) AND deactivated_at IS NULL;

-- AddTeamMembers takes users into a team and returns those who were not in it.
-- name: AddTeamMembers :many
INSERT INTO team_members (account_id, team_id, user_id)
SELECT @account_id, @team_id, unnest(@user_ids::bigint[]) ON CONFLICT DO NOTHING
RETURNING user_id;

-- name: RemoveTeamMembers :execrows
DELETE FROM team_members WHERE account_id = @account_id AND team_id = @team_id AND user_id = ANY (@user_ids::bigint[]);

-- KeepTeamMembers takes all others out of a team.
-- name: KeepTeamMembers :execrows
DELETE FROM team_members WHERE account_id = @account_id AND team_id = @team_id AND user_id <> ALL (@user_ids::bigint[]);
