-- name: GetTeam :one
SELECT * FROM teams WHERE account_id = @account_id AND id = @id;

-- name: IsTeamMember :one
SELECT EXISTS (SELECT 1 FROM team_members WHERE account_id = @account_id AND team_id = @team_id AND user_id = @user_id);
