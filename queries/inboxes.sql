-- name: GetInbox :one
SELECT * FROM inboxes WHERE account_id = @account_id AND id = @id;

-- name: LockInbox :one
SELECT * FROM inboxes WHERE account_id = @account_id AND id = @id FOR NO KEY UPDATE;

-- name: SetAssignmentQueue :exec
UPDATE inboxes SET assignment_queue = @assignment_queue WHERE account_id = @account_id AND id = @id;

-- ListOnlineInboxMembers finds who can be given a conversation of an inbox now: online, and, where they chose to go
-- offline by themselves, seen in the last minute. team_id null takes any.
-- name: ListOnlineInboxMembers :many
SELECT im.user_id FROM inbox_members im JOIN memberships m USING (account_id, user_id)
WHERE im.account_id = @account_id AND im.inbox_id = @inbox_id AND m.deactivated_at IS NULL AND m.availability = 'online'
  AND (NOT m.auto_offline OR m.active_at > @seen_after::timestamptz)
  AND (sqlc.narg('team_id')::bigint IS NULL OR EXISTS (
      SELECT 1 FROM team_members tm WHERE tm.account_id = im.account_id AND tm.team_id = sqlc.narg('team_id') AND tm.user_id = im.user_id))
ORDER BY im.user_id;

-- name: IsInboxMember :one
SELECT EXISTS (SELECT 1 FROM inbox_members WHERE account_id = @account_id AND inbox_id = @inbox_id AND user_id = @user_id);

-- InsertInbox adds an inbox; what it leaves out has the defaults of Chatwoot
-- (docs/api/contract-chatwoot.md#inboxes).
-- name: InsertInbox :one
INSERT INTO inboxes (account_id, kind, name, identifier, hmac_token, webhook_secret, webhook_url, address, hue, additional_attributes, settings)
VALUES (@account_id, @kind, @name, @identifier, @hmac_token, @webhook_secret, @webhook_url, @address, @hue, @additional_attributes, @settings)
RETURNING *;

-- name: CountInboxes :one
SELECT count(*) FROM inboxes WHERE account_id = @account_id;

-- name: AddInboxMember :execrows
INSERT INTO inbox_members (account_id, inbox_id, user_id) VALUES (@account_id, @inbox_id, @user_id) ON CONFLICT DO NOTHING;
