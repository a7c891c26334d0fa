-- ListMembers lists the people of an account, by name, after a place in that order.
-- name: ListMembers :many
SELECT sqlc.embed(u), sqlc.embed(m)
FROM memberships m JOIN users u ON u.id = m.user_id
WHERE m.account_id = @account_id AND m.deactivated_at IS NULL AND (lower(u.name), u.id) > (lower(@after_name::text), @after_id::bigint)
ORDER BY lower(u.name), u.id LIMIT @most;

-- ListMembersByID reads some of the people of an account, by name.
-- name: ListMembersByID :many
SELECT sqlc.embed(u), sqlc.embed(m)
FROM memberships m JOIN users u ON u.id = m.user_id
WHERE m.account_id = @account_id AND m.user_id = ANY (@user_ids::bigint[]) AND m.deactivated_at IS NULL
ORDER BY lower(u.name), u.id;

-- LockMembership holds a membership for the rest of the transaction.
-- name: LockMembership :one
SELECT * FROM memberships WHERE account_id = @account_id AND user_id = @user_id FOR NO KEY UPDATE;

-- JoinAccount makes a user a member, or a member again who had been deactivated. None if they are a member.
-- name: JoinAccount :one
INSERT INTO memberships AS m (account_id, user_id, role, availability, auto_offline, inviter_id)
VALUES (@account_id, @user_id, @role, @availability, @auto_offline, sqlc.narg('inviter_id'))
ON CONFLICT (account_id, user_id) DO UPDATE SET role = EXCLUDED.role, deactivated_at = NULL, inviter_id = EXCLUDED.inviter_id
WHERE m.deactivated_at IS NOT NULL
RETURNING *;

-- UpdateMembership changes a colleague's role and presence.
-- name: UpdateMembership :one
UPDATE memberships SET role = @role, availability = @availability, auto_offline = @auto_offline, updated_at = @updated_at
WHERE account_id = @account_id AND user_id = @user_id
RETURNING *;

-- SetMembershipActive notes which account a user turned to last.
-- name: SetMembershipActive :execrows
UPDATE memberships SET active_at = @at::timestamptz WHERE account_id = @account_id AND user_id = @user_id AND deactivated_at IS NULL;

-- LockAdministrators holds an account's administrators, so that two cannot each remove the other.
-- name: LockAdministrators :many
SELECT user_id FROM memberships WHERE account_id = @account_id AND role = 'administrator' AND deactivated_at IS NULL ORDER BY user_id FOR NO KEY UPDATE;

-- DeleteMembership takes a user out of an account, and with it out of its inboxes and teams.
-- name: DeleteMembership :exec
DELETE FROM memberships WHERE account_id = @account_id AND user_id = @user_id;

-- CountMemberships tells in how many accounts a user works (memberships_user_idx).
-- name: CountMemberships :one
SELECT count(*) FROM memberships m JOIN accounts a ON a.id = m.account_id
WHERE m.user_id = @user_id AND m.deactivated_at IS NULL AND a.status <> 'deleted';

-- WorksElsewhere reports whether a user is known in another account, deactivated or not (memberships_user_idx).
-- name: WorksElsewhere :one
SELECT EXISTS (SELECT 1 FROM memberships WHERE user_id = @user_id AND account_id <> @account_id);

-- ListMemberAddresses are the addresses from which an account's own people write.
-- name: ListMemberAddresses :many
SELECT u.id, lower(u.email)::text AS email FROM memberships m JOIN users u ON u.id = m.user_id
WHERE m.account_id = @account_id;

-- ListTeamAddresses are where the members of some teams are written to.
-- name: ListTeamAddresses :many
SELECT DISTINCT u.email FROM team_members t
JOIN memberships m ON m.account_id = t.account_id AND m.user_id = t.user_id
JOIN users u ON u.id = t.user_id
WHERE t.account_id = @account_id AND t.team_id = ANY (@team_ids::bigint[]) AND m.deactivated_at IS NULL
ORDER BY u.email;

-- ListAdministrators are the people of an account who are told of what only administrators can mend.
-- name: ListAdministrators :many
SELECT u.id, u.email FROM memberships m JOIN users u ON u.id = m.user_id
WHERE m.account_id = @account_id AND m.role = 'administrator' AND m.deactivated_at IS NULL ORDER BY u.id;

-- SetPresence is a member's own availability in an account; null leaves a part as it is.
-- name: SetPresence :execrows
UPDATE memberships SET availability = COALESCE(sqlc.narg('availability'), availability),
    auto_offline = COALESCE(sqlc.narg('auto_offline'), auto_offline), updated_at = now()
WHERE account_id = @account_id AND user_id = @user_id AND deactivated_at IS NULL;

-- FilterUsersWithAccess are those of some users who are in the account and may see an inbox's conversation of a team.
-- name: FilterUsersWithAccess :many
SELECT m.user_id FROM memberships m
WHERE m.account_id = @account_id AND m.user_id = ANY (@user_ids::bigint[]) AND m.deactivated_at IS NULL
  AND (m.role = 'administrator'
    OR EXISTS (SELECT 1 FROM inbox_members i WHERE i.account_id = m.account_id AND i.inbox_id = @inbox_id AND i.user_id = m.user_id)
    OR EXISTS (SELECT 1 FROM team_members t WHERE t.account_id = m.account_id AND t.team_id = sqlc.narg('team_id') AND t.user_id = m.user_id))
ORDER BY m.user_id;

-- ListMembersForSettings reads everyone of an account for the page of its members, those who are deactivated last, by name, with the
-- inboxes they work in, how many open conversations they have, and why the letter that invited them was given up, if it
-- was (memberships by key; conversation_counts_idx; letters_invitation_idx).
-- name: ListMembersForSettings :many
SELECT sqlc.embed(u), sqlc.embed(m),
    ARRAY(SELECT im.inbox_id FROM inbox_members im WHERE im.account_id = m.account_id AND im.user_id = m.user_id ORDER BY im.inbox_id)::bigint[] AS inbox_ids,
    (SELECT COALESCE(sum(n), 0) FROM conversation_counts n WHERE n.account_id = m.account_id AND n.assignee_id = m.user_id AND n.status = 'open')::bigint AS open_count,
    COALESCE((SELECT CASE WHEN l.state = 'failed' THEN l.last_error ELSE '' END FROM outgoing_mails l
        WHERE l.account_id = m.account_id AND l.recipient = u.email AND l.kind = 'invitation' ORDER BY l.id DESC LIMIT 1), '')::text AS mail_wrong
FROM memberships m JOIN users u ON u.id = m.user_id
WHERE m.account_id = @account_id
ORDER BY m.deactivated_at IS NOT NULL, lower(u.name), u.id;

-- GetMemberForSettings is one row of ListMembersForSettings, deactivated or not.
-- name: GetMemberForSettings :one
SELECT sqlc.embed(u), sqlc.embed(m),
    ARRAY(SELECT im.inbox_id FROM inbox_members im WHERE im.account_id = m.account_id AND im.user_id = m.user_id ORDER BY im.inbox_id)::bigint[] AS inbox_ids
FROM memberships m JOIN users u ON u.id = m.user_id
WHERE m.account_id = @account_id AND m.user_id = @user_id;

-- SetMembershipDeactivated ends a membership without forgetting it, or takes it up again.
-- name: SetMembershipDeactivated :execrows
UPDATE memberships SET deactivated_at = sqlc.narg('deactivated_at'), updated_at = now() WHERE account_id = @account_id AND user_id = @user_id;

-- CountMembersAmong tells how many of some users are in the account.
-- name: CountMembersAmong :one
SELECT count(*) FROM memberships WHERE account_id = @account_id AND user_id = ANY (@user_ids::bigint[]) AND deactivated_at IS NULL;

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

-- name: InsertMembership :one
INSERT INTO memberships (account_id, user_id, role, inviter_id) VALUES (@account_id, @user_id, @role, sqlc.narg('inviter_id')) RETURNING *;

-- ListUserMemberships reads the accounts that a user belongs to, the one used last first (memberships_user_idx).
-- name: ListUserMemberships :many
SELECT sqlc.embed(m), a.name AS account_name, a.status AS account_status
FROM memberships m JOIN accounts a ON a.id = m.account_id
WHERE m.user_id = @user_id AND m.deactivated_at IS NULL AND a.status <> 'deleted' ORDER BY m.active_at DESC NULLS LAST, m.account_id;

-- ListUserAccounts lists where a user works, for the way in after signing in: the first they joined comes first.
-- name: ListUserAccounts :many
SELECT a.id, a.name, m.role FROM memberships m JOIN accounts a ON a.id = m.account_id
WHERE m.user_id = @user_id AND m.deactivated_at IS NULL AND a.status = 'active'
ORDER BY m.created_at, a.id;

-- ListAssignable lists who can take a conversation of an inbox and a team: those who see it, by name.
-- name: ListAssignable :many
SELECT u.id, u.name, u.avatar_hash, m.availability, m.active_at
FROM memberships m JOIN users u ON u.id = m.user_id
WHERE m.account_id = @account_id AND m.deactivated_at IS NULL AND (
    m.role = 'administrator'
    OR EXISTS (SELECT 1 FROM inbox_members im WHERE im.account_id = m.account_id AND im.inbox_id = @inbox_id AND im.user_id = m.user_id)
    OR EXISTS (SELECT 1 FROM team_members tm WHERE tm.account_id = m.account_id AND tm.team_id = sqlc.narg('team_id')::bigint AND tm.user_id = m.user_id))
ORDER BY lower(u.name), u.id
LIMIT 500;
