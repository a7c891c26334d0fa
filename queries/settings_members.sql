-- ListTeam reads everybody of an account for the page of its members, those who are deactivated last, by name, with the
-- inboxes they work in, how many open conversations they have, and why the letter that invited them was given up, if it
-- was (memberships by key; conversation_counts_idx; letters_invitation_idx).
-- name: ListTeam :many
SELECT sqlc.embed(u), sqlc.embed(m),
    ARRAY(SELECT im.inbox_id FROM inbox_members im WHERE im.account_id = m.account_id AND im.user_id = m.user_id ORDER BY im.inbox_id)::bigint[] AS inbox_ids,
    (SELECT COALESCE(sum(n), 0) FROM conversation_counts n WHERE n.account_id = m.account_id AND n.assignee_id = m.user_id AND n.status = 'open')::bigint AS open_count,
    COALESCE((SELECT CASE WHEN l.state = 'failed' THEN l.last_error ELSE '' END FROM outgoing_mails l
        WHERE l.account_id = m.account_id AND l.recipient = u.email AND l.kind = 'invitation' ORDER BY l.id DESC LIMIT 1), '')::text AS mail_wrong
FROM memberships m JOIN users u ON u.id = m.user_id
WHERE m.account_id = @account_id
ORDER BY m.deactivated_at IS NOT NULL, lower(u.name), u.id;

-- GetTeamMember is one row of ListTeam, deactivated or not.
-- name: GetTeamMember :one
SELECT sqlc.embed(u), sqlc.embed(m),
    ARRAY(SELECT im.inbox_id FROM inbox_members im WHERE im.account_id = m.account_id AND im.user_id = m.user_id ORDER BY im.inbox_id)::bigint[] AS inbox_ids
FROM memberships m JOIN users u ON u.id = m.user_id
WHERE m.account_id = @account_id AND m.user_id = @user_id;

-- ListInboxNames reads the inboxes that members can work in, by name.
-- name: ListInboxNames :many
SELECT id, name, kind, hue FROM inboxes WHERE account_id = @account_id AND archived_at IS NULL ORDER BY lower(name), id;

-- ListInvitations reads those that can still be accepted, newest first, and why the letter was given up, if it was
-- (letters_invitation_idx).
-- name: ListInvitations :many
SELECT sqlc.embed(i), u.name AS inviter_name,
    COALESCE((SELECT CASE WHEN l.state = 'failed' THEN l.last_error ELSE '' END FROM outgoing_mails l
        WHERE l.account_id = i.account_id AND l.recipient = i.email AND l.kind = 'invitation' ORDER BY l.id DESC LIMIT 1), '')::text AS mail_wrong
FROM invitations i LEFT JOIN users u ON u.id = i.inviter_id
WHERE i.account_id = @account_id AND i.used_at IS NULL AND i.expires_at > @now::timestamptz ORDER BY i.id DESC;

-- name: InsertInvitation :one
INSERT INTO invitations (account_id, token_hash, name, email, role, inbox_ids, inviter_id, expires_at)
VALUES (@account_id, @token_hash, @name, @email, @role, @inbox_ids, @inviter_id, @expires_at) RETURNING *;

-- RenewInvitation gives an invitation that can still be accepted another link; the one before leads nowhere then.
-- name: RenewInvitation :one
UPDATE invitations SET token_hash = @token_hash, expires_at = @expires_at
WHERE account_id = @account_id AND id = @id AND used_at IS NULL AND expires_at > @now::timestamptz RETURNING *;

-- FindInvitation reads an invitation by its link, with its account's name; used or ended ones are not found.
-- name: FindInvitation :one
SELECT sqlc.embed(i), a.name AS account_name, u.name AS inviter_name, known.id AS known_user_id, (known.password_hash IS NOT NULL)::bool AS has_password,
    EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = known.id AND m.account_id <> i.account_id)::bool AS works_elsewhere
FROM invitations i JOIN accounts a ON a.id = i.account_id LEFT JOIN users u ON u.id = i.inviter_id LEFT JOIN users known ON known.email = i.email
WHERE i.token_hash = @token_hash AND i.used_at IS NULL AND i.expires_at > @now::timestamptz AND a.status = 'active';

-- UseInvitation spends an invitation; no row if somebody else was faster.
-- name: UseInvitation :one
UPDATE invitations SET used_at = @now::timestamptz
WHERE token_hash = @token_hash AND used_at IS NULL AND expires_at > @now::timestamptz RETURNING *;

-- name: DeleteInvitation :execrows
DELETE FROM invitations WHERE account_id = @account_id AND id = @id AND used_at IS NULL;

-- SetMembershipDeactivated ends a membership without forgetting it, or takes it up again.
-- name: SetMembershipDeactivated :execrows
UPDATE memberships SET deactivated_at = sqlc.narg('deactivated_at'), updated_at = now() WHERE account_id = @account_id AND user_id = @user_id;

-- KeepMemberInboxes takes a user out of all inboxes but these.
-- name: KeepMemberInboxes :exec
DELETE FROM inbox_members WHERE account_id = @account_id AND user_id = @user_id AND NOT inbox_id = ANY (@inbox_ids::bigint[]);

-- JoinInboxes lets a user work in those of these inboxes that there are.
-- name: JoinInboxes :exec
INSERT INTO inbox_members (account_id, inbox_id, user_id)
SELECT i.account_id, i.id, @user_id FROM inboxes i WHERE i.account_id = @account_id AND i.id = ANY (@inbox_ids::bigint[])
ON CONFLICT DO NOTHING;

-- SetUserPassword also confirms the address: the link went there, or an administrator vouches.
-- name: SetUserPassword :exec
UPDATE users SET password_hash = @password_hash::text, pubsub_token = encode(uuid_send(gen_random_uuid()), 'hex'),
    confirmed_at = COALESCE(confirmed_at, now()), updated_at = now() WHERE id = @id;

-- name: InsertPasswordReset :exec
INSERT INTO password_resets (token_hash, user_id, expires_at) VALUES (@token_hash, @user_id, @expires_at);

-- FindPasswordReset reads a reset by its link; used or ended ones are not found.
-- name: FindPasswordReset :one
SELECT r.user_id, u.name, u.email FROM password_resets r JOIN users u ON u.id = r.user_id
WHERE r.token_hash = @token_hash AND r.used_at IS NULL AND r.expires_at > @now::timestamptz;

-- UsePasswordReset spends a link; no row if it was spent.
-- name: UsePasswordReset :one
UPDATE password_resets SET used_at = @now::timestamptz
WHERE token_hash = @token_hash AND used_at IS NULL AND expires_at > @now::timestamptz RETURNING user_id;

-- DeletePasswordResets ends the links to a new password that a user has (password_resets_user_idx).
-- name: DeletePasswordResets :exec
DELETE FROM password_resets WHERE user_id = @user_id AND used_at IS NULL;

-- ListOwnTokens reads a user's access tokens, without their secrets, newest first (access_tokens_user_idx).
-- name: ListOwnTokens :many
SELECT id, name, hint, last_used_on, expires_at, created_at FROM access_tokens WHERE user_id = @user_id::bigint AND kind = 'user' ORDER BY id DESC;

-- name: DeleteOwnToken :execrows
DELETE FROM access_tokens WHERE user_id = @user_id::bigint AND kind = 'user' AND id = @id;
