-- name: GetInbox :one
SELECT * FROM inboxes WHERE account_id = @account_id AND id = @id;

-- name: LockInbox :one
SELECT * FROM inboxes WHERE account_id = @account_id AND id = @id FOR NO KEY UPDATE;

-- name: SetAssignmentQueue :exec
UPDATE inboxes SET assignment_queue = @assignment_queue WHERE account_id = @account_id AND id = @id;

-- ListOnlineInboxMembers lists the members who can get a conversation of an inbox now. They are online and,
-- if they go offline automatically, were seen in the last minute. team_id null takes any team.
-- name: ListOnlineInboxMembers :many
SELECT im.user_id FROM inbox_members im JOIN memberships m USING (account_id, user_id)
WHERE im.account_id = @account_id AND im.inbox_id = @inbox_id AND m.deactivated_at IS NULL AND m.availability = 'online'
  AND (NOT m.auto_offline OR m.active_at > @seen_after::timestamptz)
  AND (sqlc.narg('team_id')::bigint IS NULL OR EXISTS (
      SELECT 1 FROM team_members tm WHERE tm.account_id = im.account_id AND tm.team_id = sqlc.narg('team_id') AND tm.user_id = im.user_id))
ORDER BY im.user_id;

-- name: IsInboxMember :one
SELECT EXISTS (SELECT 1 FROM inbox_members WHERE account_id = @account_id AND inbox_id = @inbox_id AND user_id = @user_id);

-- InsertInbox adds an inbox. The columns that it leaves out have Chatwoot's defaults
-- (docs/api/contract-chatwoot.md#inboxes).
-- name: InsertInbox :one
INSERT INTO inboxes (account_id, kind, name, identifier, hmac_token, webhook_secret, webhook_url, address, hue,
    additional_attributes, settings)
VALUES (@account_id, @kind, @name, @identifier, @hmac_token, @webhook_secret, @webhook_url, @address, @hue,
    @additional_attributes, @settings)
RETURNING *;

-- name: CountInboxes :one
SELECT count(*) FROM inboxes WHERE account_id = @account_id;

-- name: AddInboxMember :execrows
INSERT INTO inbox_members (account_id, inbox_id, user_id) VALUES (@account_id, @inbox_id, @user_id) ON CONFLICT DO NOTHING;

-- ListInboxBots lists the inboxes that are not being deleted, by name, each with its bot, for the pages of bots.
-- name: ListInboxBots :many
SELECT i.id, i.name, i.agent_bot_id, b.name AS bot_name FROM inboxes i
LEFT JOIN agent_bots b ON b.account_id = i.account_id AND b.id = i.agent_bot_id
WHERE i.account_id = @account_id AND i.archived_at IS NULL ORDER BY lower(i.name), i.id;

-- ListInboxesWithReceiver lists the inboxes that have a webhook URL of their own or a bot.
-- name: ListInboxesWithReceiver :many
SELECT id, webhook_url, agent_bot_id FROM inboxes
WHERE account_id = @account_id AND (webhook_url <> '' OR agent_bot_id IS NOT NULL) ORDER BY id;

-- GetInboxUnscoped reads an inbox by its id alone, for commands.
-- name: GetInboxUnscoped :one
SELECT * FROM inboxes WHERE id = @id;

-- ListInboxes lists the inboxes in which the caller works, all of them for an administrator, by name, after a position
-- in that order. It leaves out those that are being deleted. An account has few inboxes, so the primary key's account
-- is enough.
-- name: ListInboxes :many
SELECT * FROM inboxes
WHERE account_id = @account_id AND archived_at IS NULL AND (@sees_all::bool OR id = ANY (@inbox_ids::bigint[]))
  AND (lower(name), id) > (lower(@after_name::text), @after_id::bigint)
ORDER BY lower(name), id LIMIT @most;

-- UpdateInbox writes every column of an inbox that can change. The caller has it locked.
-- name: UpdateInbox :one
UPDATE inboxes SET name = @name, hmac_mandatory = @hmac_mandatory, webhook_url = @webhook_url,
    webhook_secret = @webhook_secret, address = @address,
    avatar_hash = sqlc.narg('avatar_hash'), agent_bot_id = sqlc.narg('agent_bot_id'), greeting_enabled = @greeting_enabled,
    greeting_message = @greeting_message, enable_auto_assignment = @enable_auto_assignment,
    auto_assignment_config = @auto_assignment_config,
    enable_email_collect = @enable_email_collect, csat_survey_enabled = @csat_survey_enabled, csat_config = @csat_config,
    working_hours_enabled = @working_hours_enabled, working_hours = @working_hours, out_of_office_message = @out_of_office_message,
    timezone = @timezone, allow_messages_after_resolved = @allow_messages_after_resolved,
    lock_to_single_conversation = @lock_to_single_conversation,
    sender_name_type = @sender_name_type, business_name = sqlc.narg('business_name'), additional_attributes = @additional_attributes,
    settings = @settings, updated_at = @updated_at
WHERE account_id = @account_id AND id = @id
RETURNING *;

-- RetireInbox hides an inbox until a job has deleted it.
-- name: RetireInbox :execrows
UPDATE inboxes SET archived_at = @at::timestamptz WHERE account_id = @account_id AND id = @id AND archived_at IS NULL;

-- name: DeleteInbox :exec
DELETE FROM inboxes WHERE account_id = @account_id AND id = @id;

-- ListInboxMembers lists the members of an inbox, by name.
-- name: ListInboxMembers :many
SELECT sqlc.embed(u), sqlc.embed(m)
FROM inbox_members im
JOIN memberships m ON m.account_id = im.account_id AND m.user_id = im.user_id AND m.deactivated_at IS NULL
JOIN users u ON u.id = im.user_id
WHERE im.account_id = @account_id AND im.inbox_id = @inbox_id
ORDER BY lower(u.name), u.id;

-- ListAssignableMembers lists the users who can get conversations of several inboxes: the members of all of
-- these inboxes, and the administrators.
-- name: ListAssignableMembers :many
SELECT sqlc.embed(u), sqlc.embed(m)
FROM memberships m JOIN users u ON u.id = m.user_id
WHERE m.account_id = @account_id AND m.deactivated_at IS NULL
  AND (m.role = 'administrator' OR (
      SELECT count(*) FROM inbox_members im
      WHERE im.account_id = m.account_id AND im.inbox_id = ANY (@inbox_ids::bigint[])
          AND im.user_id = m.user_id) = cardinality(@inbox_ids::bigint[]))
ORDER BY lower(u.name), u.id;

-- AddInboxMembers adds users to an inbox. Members stay members.
-- name: AddInboxMembers :execrows
INSERT INTO inbox_members (account_id, inbox_id, user_id)
SELECT @account_id, @inbox_id, unnest(@user_ids::bigint[]) ON CONFLICT DO NOTHING;

-- RemoveInboxMembers removes users from an inbox.
-- name: RemoveInboxMembers :execrows
DELETE FROM inbox_members WHERE account_id = @account_id AND inbox_id = @inbox_id AND user_id = ANY (@user_ids::bigint[]);

-- KeepInboxMembers removes all other users from an inbox.
-- name: KeepInboxMembers :execrows
DELETE FROM inbox_members WHERE account_id = @account_id AND inbox_id = @inbox_id AND user_id <> ALL (@user_ids::bigint[]);

-- ListInboxMemberIDs lists the members of an inbox.
-- name: ListInboxMemberIDs :many
SELECT user_id FROM inbox_members WHERE account_id = @account_id AND inbox_id = @inbox_id ORDER BY user_id;

-- ListInboxOverview lists an account's inboxes for its settings, by name, with the number of members of each. An
-- account has few inboxes, so the primary key's account is enough.
-- name: ListInboxOverview :many
SELECT sqlc.embed(i), (
    SELECT count(*) FROM inbox_members im JOIN memberships m ON m.account_id = im.account_id AND m.user_id = im.user_id
        AND m.deactivated_at IS NULL
    WHERE im.account_id = i.account_id AND im.inbox_id = i.id)::bigint AS members
FROM inboxes i
WHERE i.account_id = @account_id AND i.archived_at IS NULL
ORDER BY lower(i.name), i.id;

-- ListInboxNames lists the inboxes that are not being deleted, by name.
-- name: ListInboxNames :many
SELECT id, name, kind, hue FROM inboxes WHERE account_id = @account_id AND archived_at IS NULL ORDER BY lower(name), id;

-- KeepMemberInboxes removes a user from all other inboxes.
-- name: KeepMemberInboxes :execrows
DELETE FROM inbox_members WHERE account_id = @account_id AND user_id = @user_id AND NOT inbox_id = ANY (@inbox_ids::bigint[]);

-- JoinInboxes adds a user to those of the inboxes that exist.
-- name: JoinInboxes :execrows
INSERT INTO inbox_members (account_id, inbox_id, user_id)
SELECT i.account_id, i.id, @user_id FROM inboxes i WHERE i.account_id = @account_id AND i.id = ANY (@inbox_ids::bigint[])
ON CONFLICT DO NOTHING;
