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

-- LockMembership holds a membership for the rest of the sitting.
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

-- WorksElsewhere tells whether a user is known in another account, deactivated or not (memberships_user_idx).
-- name: WorksElsewhere :one
SELECT EXISTS (SELECT 1 FROM memberships WHERE user_id = @user_id AND account_id <> @account_id);

-- DeleteUserTokens ends all access tokens of a user (access_tokens_user_idx).
-- name: DeleteUserTokens :exec
DELETE FROM access_tokens WHERE user_id = @user_id::bigint;

-- ListAssignedIDs takes the next conversations that somebody has (conversations_assignee_idx).
-- name: ListAssignedIDs :many
SELECT id FROM conversations WHERE account_id = @account_id AND assignee_id = @user_id::bigint LIMIT @most;

-- SetUserName renames a user.
-- name: SetUserName :one
UPDATE users SET name = @name, updated_at = now() WHERE id = @id RETURNING *;

-- InsertInvitedUser adds a user without a password, or finds the one who has the address.
-- name: InsertInvitedUser :one
INSERT INTO users AS u (name, email) VALUES (@name, @email)
ON CONFLICT (email) DO UPDATE SET email = u.email
RETURNING *;

-- DeleteReadMarks forgets how far somebody had read who is no member any more, in bites (primary key).
-- name: DeleteReadMarks :execrows
DELETE FROM read_marks WHERE (account_id, user_id, conversation_id) IN (
    SELECT r.account_id, r.user_id, r.conversation_id FROM read_marks r WHERE r.account_id = @account_id AND r.user_id = @user_id LIMIT @most);

-- DeleteNoticesOf forgets what somebody was told who is no member any more, in bites (notifications_user_idx).
-- name: DeleteNoticesOf :execrows
DELETE FROM notifications WHERE (account_id, id) IN (
    SELECT n.account_id, n.id FROM notifications n WHERE n.account_id = @account_id AND n.user_id = @user_id LIMIT @most);
