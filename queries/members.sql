-- ListMembers lists the members of an account by name, after a position in that order.
-- name: ListMembers :many
SELECT sqlc.embed(u), sqlc.embed(m)
FROM memberships m JOIN users u ON u.id = m.user_id
WHERE m.account_id = @account_id AND m.deactivated_at IS NULL AND (lower(u.name), u.id) > (lower(@after_name::text), @after_id::bigint)
ORDER BY lower(u.name), u.id LIMIT @most;

-- ListMembersByID lists some members of an account by name.
-- name: ListMembersByID :many
SELECT sqlc.embed(u), sqlc.embed(m)
FROM memberships m JOIN users u ON u.id = m.user_id
WHERE m.account_id = @account_id AND m.user_id = ANY (@user_ids::bigint[]) AND m.deactivated_at IS NULL
ORDER BY lower(u.name), u.id;

-- LockMembership locks a membership.
-- name: LockMembership :one
SELECT * FROM memberships WHERE account_id = @account_id AND user_id = @user_id FOR NO KEY UPDATE;

-- JoinAccount makes a user a member, or activates a deactivated member. It returns no row if they are a member.
-- name: JoinAccount :one
INSERT INTO memberships AS m (account_id, user_id, role, availability, auto_offline, inviter_id)
VALUES (@account_id, @user_id, @role, @availability, @auto_offline, sqlc.narg('inviter_id'))
ON CONFLICT (account_id, user_id) DO UPDATE SET role = EXCLUDED.role, deactivated_at = NULL, inviter_id = EXCLUDED.inviter_id
WHERE m.deactivated_at IS NOT NULL
RETURNING *;

-- UpdateMembership changes a member's role and availability.
-- name: UpdateMembership :one
UPDATE memberships SET role = @role, availability = @availability, auto_offline = @auto_offline, updated_at = @updated_at
WHERE account_id = @account_id AND user_id = @user_id
RETURNING *;

-- SetMembershipActive records which account a user opened last.
-- name: SetMembershipActive :execrows
UPDATE memberships SET active_at = @at::timestamptz WHERE account_id = @account_id AND user_id = @user_id AND deactivated_at IS NULL;

-- LockAdministrators locks an account's administrators, so that two of them cannot remove each other.
-- name: LockAdministrators :many
SELECT user_id FROM memberships WHERE account_id = @account_id AND role = 'administrator' AND deactivated_at IS NULL
    ORDER BY user_id FOR NO KEY UPDATE;

-- DeleteMembership removes a user from an account and so from its inboxes and teams.
-- name: DeleteMembership :exec
DELETE FROM memberships WHERE account_id = @account_id AND user_id = @user_id;

-- CountMemberships counts the accounts in which a user works (memberships_user_idx).
-- name: CountMemberships :one
SELECT count(*) FROM memberships m JOIN accounts a ON a.id = m.account_id
WHERE m.user_id = @user_id AND m.deactivated_at IS NULL AND a.status <> 'deleted';

-- WorksElsewhere reports whether a user is a member of another account, deactivated or not (memberships_user_idx).
-- name: WorksElsewhere :one
SELECT EXISTS (SELECT 1 FROM memberships WHERE user_id = @user_id AND account_id <> @account_id);

-- ListMemberAddresses lists the e-mail addresses of an account's members.
-- name: ListMemberAddresses :many
SELECT u.id, lower(u.email)::text AS email FROM memberships m JOIN users u ON u.id = m.user_id
WHERE m.account_id = @account_id;

-- ListTeamAddresses lists the e-mail addresses of the members of some teams.
-- name: ListTeamAddresses :many
SELECT DISTINCT u.email FROM team_members t
JOIN memberships m ON m.account_id = t.account_id AND m.user_id = t.user_id
JOIN users u ON u.id = t.user_id
WHERE t.account_id = @account_id AND t.team_id = ANY (@team_ids::bigint[]) AND m.deactivated_at IS NULL
ORDER BY u.email;

-- ListAdministrators lists an account's administrators, who are notified of what they alone can mend.
-- name: ListAdministrators :many
SELECT u.id, u.email FROM memberships m JOIN users u ON u.id = m.user_id
WHERE m.account_id = @account_id AND m.role = 'administrator' AND m.deactivated_at IS NULL ORDER BY u.id;

-- SetPresence sets a member's own availability in an account. Null leaves a column as it is.
-- name: SetPresence :execrows
UPDATE memberships SET availability = COALESCE(sqlc.narg('availability'), availability),
    auto_offline = COALESCE(sqlc.narg('auto_offline'), auto_offline), updated_at = now()
WHERE account_id = @account_id AND user_id = @user_id AND deactivated_at IS NULL;

-- FilterUsersWithAccess returns those of the users who may see an inbox's conversation with a team.
-- name: FilterUsersWithAccess :many
SELECT m.user_id FROM memberships m
WHERE m.account_id = @account_id AND m.user_id = ANY (@user_ids::bigint[]) AND m.deactivated_at IS NULL
  AND (m.role = 'administrator'
    OR EXISTS (SELECT 1 FROM inbox_members i WHERE i.account_id = m.account_id AND i.inbox_id = @inbox_id AND i.user_id = m.user_id)
    OR EXISTS (SELECT 1 FROM team_members t WHERE t.account_id = m.account_id AND t.team_id = sqlc.narg('team_id')
        AND t.user_id = m.user_id))
ORDER BY m.user_id;

-- ListMembersForSettings lists an account's members for their page, by name, deactivated ones last, with their inboxes,
-- the number of their open conversations and, if sending their invitation was given up, the reason (memberships by key;
-- conversation_counts_idx; letters_invitation_idx).
-- name: ListMembersForSettings :many
SELECT sqlc.embed(u), sqlc.embed(m),
    ARRAY(SELECT im.inbox_id FROM inbox_members im WHERE im.account_id = m.account_id AND im.user_id = m.user_id
        ORDER BY im.inbox_id)::bigint[] AS inbox_ids,
    (SELECT COALESCE(sum(n), 0) FROM conversation_counts n WHERE n.account_id = m.account_id
        AND n.assignee_id = m.user_id AND n.status = 'open')::bigint AS open_count,
    COALESCE((SELECT CASE WHEN l.state = 'failed' THEN l.last_error ELSE '' END FROM outgoing_mails l
        WHERE l.account_id = m.account_id AND l.recipient = u.email AND l.kind = 'invitation' ORDER BY l.id DESC
            LIMIT 1), '')::text AS mail_wrong
FROM memberships m JOIN users u ON u.id = m.user_id
WHERE m.account_id = @account_id
ORDER BY m.deactivated_at IS NOT NULL, lower(u.name), u.id;

-- GetMemberForSettings is one row of ListMembersForSettings, deactivated or not.
-- name: GetMemberForSettings :one
SELECT sqlc.embed(u), sqlc.embed(m),
    ARRAY(SELECT im.inbox_id FROM inbox_members im WHERE im.account_id = m.account_id AND im.user_id = m.user_id
        ORDER BY im.inbox_id)::bigint[] AS inbox_ids
FROM memberships m JOIN users u ON u.id = m.user_id
WHERE m.account_id = @account_id AND m.user_id = @user_id;

-- SetMembershipDeactivated deactivates a membership or activates it again.
-- name: SetMembershipDeactivated :execrows
UPDATE memberships SET deactivated_at = sqlc.narg('deactivated_at'), updated_at = now() WHERE account_id = @account_id
    AND user_id = @user_id;

-- CountMembersAmong counts those of the users who are members of the account.
-- name: CountMembersAmong :one
SELECT count(*) FROM memberships WHERE account_id = @account_id AND user_id = ANY (@user_ids::bigint[]) AND deactivated_at IS NULL;

-- GetMember reads a member of an account with their user. It does not find deactivated members.
-- name: GetMember :one
SELECT sqlc.embed(u), sqlc.embed(m) FROM memberships m JOIN users u ON u.id = m.user_id
WHERE m.account_id = @account_id AND m.user_id = @user_id AND m.deactivated_at IS NULL;

-- GetScope reads what a user may see in an account, for db.Scope. It returns no row for strangers and deactivated
-- members, nor in a suspended account.
-- name: GetScope :one
SELECT m.role, u.name, m.availability,
    ARRAY(SELECT im.inbox_id FROM inbox_members im WHERE im.account_id = m.account_id AND im.user_id = m.user_id)::bigint[] AS inbox_ids,
    ARRAY(SELECT tm.team_id FROM team_members tm WHERE tm.account_id = m.account_id AND tm.user_id = m.user_id)::bigint[] AS team_ids
FROM memberships m JOIN users u ON u.id = m.user_id JOIN accounts a ON a.id = m.account_id
WHERE m.account_id = @account_id AND m.user_id = @user_id AND m.deactivated_at IS NULL AND a.status = 'active';

-- name: InsertMembership :one
INSERT INTO memberships (account_id, user_id, role, inviter_id) VALUES (@account_id, @user_id, @role, sqlc.narg('inviter_id')) RETURNING *;

-- ListUserMemberships lists a user's accounts, the one used last first (memberships_user_idx).
-- name: ListUserMemberships :many
SELECT sqlc.embed(m), a.name AS account_name, a.status AS account_status
FROM memberships m JOIN accounts a ON a.id = m.account_id
WHERE m.user_id = @user_id AND m.deactivated_at IS NULL AND a.status <> 'deleted' ORDER BY m.active_at DESC NULLS LAST, m.account_id;

-- ListUserAccounts lists a user's accounts, oldest membership first. A sign-in leads to the first.
-- name: ListUserAccounts :many
SELECT a.id, a.name, m.role FROM memberships m JOIN accounts a ON a.id = m.account_id
WHERE m.user_id = @user_id AND m.deactivated_at IS NULL AND a.status = 'active'
ORDER BY m.created_at, a.id;

-- IsAssignable reports whether a member can take a conversation of an inbox and a team: whether they see it.
-- name: IsAssignable :one
SELECT EXISTS (
    SELECT 1 FROM memberships m
    WHERE m.account_id = @account_id AND m.user_id = @user_id AND m.deactivated_at IS NULL AND (
        m.role = 'administrator'
        OR EXISTS (SELECT 1 FROM inbox_members im WHERE im.account_id = m.account_id AND im.inbox_id = @inbox_id AND im.user_id = m.user_id)
        OR EXISTS (SELECT 1 FROM team_members tm WHERE tm.account_id = m.account_id
            AND tm.team_id = sqlc.narg('team_id')::bigint AND tm.user_id = m.user_id)));

-- ListAssignable lists the users who can get a conversation of an inbox and a team, by name: those who see
-- it.
-- name: ListAssignable :many
SELECT u.id, u.name, u.avatar_hash, m.availability, m.active_at
FROM memberships m JOIN users u ON u.id = m.user_id
WHERE m.account_id = @account_id AND m.deactivated_at IS NULL AND (
    m.role = 'administrator'
    OR EXISTS (SELECT 1 FROM inbox_members im WHERE im.account_id = m.account_id AND im.inbox_id = @inbox_id AND im.user_id = m.user_id)
    OR EXISTS (SELECT 1 FROM team_members tm WHERE tm.account_id = m.account_id
        AND tm.team_id = sqlc.narg('team_id')::bigint AND tm.user_id = m.user_id))
ORDER BY lower(u.name), u.id
LIMIT 500;

-- SetNotificationKinds sets the kinds of notifications that a member wants by mail and as pushes.
-- name: SetNotificationKinds :one
UPDATE memberships SET email_notifications = @email, push_notifications = @push
WHERE account_id = @account_id AND user_id = @user_id AND deactivated_at IS NULL
RETURNING *;

-- SetPushKinds sets the kinds of notifications that a member wants as pushes.
-- name: SetPushKinds :exec
UPDATE memberships SET push_notifications = @push WHERE account_id = @account_id AND user_id = @user_id;
