-- ListTeamOverview lists an account's teams for its settings, by name, with how many people are in each
-- (teams_account_id_name_key).
-- name: ListTeamOverview :many
SELECT sqlc.embed(t), (
    SELECT count(*) FROM team_members tm JOIN memberships m ON m.account_id = tm.account_id AND m.user_id = tm.user_id AND m.deactivated_at IS NULL
    WHERE tm.account_id = t.account_id AND tm.team_id = t.id)::bigint AS members
FROM teams t WHERE t.account_id = @account_id ORDER BY lower(t.name), t.id;
