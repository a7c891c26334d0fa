-- ListInvitations lists the invitations that can still be accepted, newest first. If sending the mail was given up, it
-- has the reason (letters_invitation_idx).
-- name: ListInvitations :many
SELECT sqlc.embed(i), u.name AS inviter_name,
    COALESCE((SELECT CASE WHEN l.state = 'failed' THEN l.last_error ELSE '' END FROM outgoing_mails l
        WHERE l.account_id = i.account_id AND l.recipient = i.email AND l.kind = 'invitation' ORDER BY l.id DESC
            LIMIT 1), '')::text AS mail_wrong
FROM invitations i LEFT JOIN users u ON u.id = i.inviter_id
WHERE i.account_id = @account_id AND i.used_at IS NULL AND i.expires_at > @now::timestamptz ORDER BY i.id DESC;

-- name: InsertInvitation :one
INSERT INTO invitations (account_id, token_hash, name, email, role, inbox_ids, inviter_id, expires_at)
VALUES (@account_id, @token_hash, @name, @email, @role, @inbox_ids, @inviter_id, @expires_at) RETURNING *;

-- RenewInvitation gives an invitation that can still be accepted another link, and invalidates the one before.
-- name: RenewInvitation :one
UPDATE invitations SET token_hash = @token_hash, expires_at = @expires_at
WHERE account_id = @account_id AND id = @id AND used_at IS NULL AND expires_at > @now::timestamptz RETURNING *;

-- FindInvitation finds an invitation by its link, unless it was used or has expired.
-- name: FindInvitation :one
SELECT sqlc.embed(i), a.name AS account_name, u.name AS inviter_name, known.id AS known_user_id,
    (known.password_hash IS NOT NULL)::bool AS has_password,
    EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = known.id AND m.account_id <> i.account_id)::bool AS works_elsewhere
FROM invitations i JOIN accounts a ON a.id = i.account_id LEFT JOIN users u ON u.id = i.inviter_id
    LEFT JOIN users known ON known.email = i.email
WHERE i.token_hash = @token_hash AND i.used_at IS NULL AND i.expires_at > @now::timestamptz AND a.status = 'active';

-- UseInvitation marks an invitation as used. It returns no row if it was used already.
-- name: UseInvitation :one
UPDATE invitations SET used_at = @now::timestamptz
WHERE token_hash = @token_hash AND used_at IS NULL AND expires_at > @now::timestamptz RETURNING *;

-- name: DeleteInvitation :execrows
DELETE FROM invitations WHERE account_id = @account_id AND id = @id AND used_at IS NULL;
