-- name: GetTeam :one
SELECT * FROM teams WHERE account_id = @account_id AND id = @id;

-- LockTeam is for changing it.
-- name: LockTeam :one
SELECT * FROM teams WHERE account_id = @account_id AND id = @id FOR NO KEY UPDATE;

-- name: IsTeamMember :one
SELECT EXISTS (SELECT 1 FROM team_members WHERE account_id = @account_id AND team_id = @team_id AND user_id = @user_id);

-- name: InsertTeam :one
INSERT INTO teams (account_id, name, description, allow_auto_assign) VALUES (@account_id, @name, @description, @allow_auto_assign) RETURNING *;

-- name: AddTeamMember :execrows
INSERT INTO team_members (account_id, team_id, user_id) VALUES (@account_id, @team_id, @user_id) ON CONFLICT DO NOTHING;
