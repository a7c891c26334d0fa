-- ListContactInboxes reads the addresses of contacts on the inboxes in which the reader works, and on no others: a
-- source_id is a secret with which one can write as the contact (contact_inboxes_contact_idx).
-- name: ListContactInboxes :many
SELECT sqlc.embed(ci), i.name, i.kind, i.avatar_hash
FROM contact_inboxes ci JOIN inboxes i ON i.account_id = ci.account_id AND i.id = ci.inbox_id
WHERE ci.account_id = @account_id AND ci.contact_id = ANY (@contact_ids::bigint[])
    AND (@sees_all::bool OR ci.inbox_id = ANY (@inbox_ids::bigint[]))
ORDER BY ci.contact_id, ci.id;

-- ListReachableInboxes lists the inboxes in which the reader works and from which they can write to a contact (by
-- primary key).
-- name: ListReachableInboxes :many
SELECT * FROM inboxes
WHERE account_id = @account_id AND archived_at IS NULL AND (@sees_all::bool OR id = ANY (@inbox_ids::bigint[]))
ORDER BY name, id;

-- name: FindContactInbox :one
SELECT * FROM contact_inboxes WHERE account_id = @account_id AND inbox_id = @inbox_id AND source_id = @source_id;

-- FindNewestContactInbox finds a contact's newest address on an inbox.
-- name: FindNewestContactInbox :one
SELECT * FROM contact_inboxes WHERE account_id = @account_id AND contact_id = @contact_id AND inbox_id = @inbox_id ORDER BY id DESC LIMIT 1;

-- name: GetContactInbox :one
SELECT * FROM contact_inboxes WHERE account_id = @account_id AND id = @id;

-- LockContactInbox locks an address while the caller looks for its conversation and opens one if there is none.
-- name: LockContactInbox :one
SELECT * FROM contact_inboxes WHERE account_id = @account_id AND id = @id FOR NO KEY UPDATE;

-- InsertContactInbox returns no row if the inbox has this address already.
-- name: InsertContactInbox :one
INSERT INTO contact_inboxes (account_id, contact_id, inbox_id, source_id, hmac_verified)
VALUES (@account_id, @contact_id, @inbox_id, @source_id, @hmac_verified)
ON CONFLICT ON CONSTRAINT contact_inboxes_source_key DO NOTHING RETURNING *;

-- RenameContactInbox frees an address for another contact. It appends a number to the new address if that is empty or
-- taken.
-- name: RenameContactInbox :exec
UPDATE contact_inboxes ci SET updated_at = now(), source_id = CASE
    WHEN @source_id::text = ''
        OR EXISTS (SELECT FROM contact_inboxes o WHERE o.account_id = ci.account_id AND o.inbox_id = ci.inbox_id
        AND o.source_id = @source_id::text)
    THEN ci.source_id || '#' || ci.id::text ELSE @source_id::text END
WHERE ci.account_id = @account_id AND ci.id = @id;

-- MoveContactInboxes moves the addresses of one contact to another. Neither contact was then made by an address alone.
-- The moved addresses stay proved only if the other contact takes the first one's identifier
-- (contact_inboxes_contact_idx).
-- name: MoveContactInboxes :exec
UPDATE contact_inboxes SET contact_id = @to_contact_id, made_contact = false, updated_at = now(),
    hmac_verified = hmac_verified AND (contact_id = @to_contact_id OR @takes_identifier::boolean)
WHERE account_id = @account_id AND contact_id IN (@from_contact_id, @to_contact_id);

-- CountContactInboxes counts a contact's addresses (contact_inboxes_contact_idx).
-- name: CountContactInboxes :one
SELECT count(*) FROM contact_inboxes WHERE account_id = @account_id AND contact_id = @contact_id;

-- SetContactInboxProposal stores with an address what a caller claimed about themselves there. If they proved it, the
-- address is proved.
-- name: SetContactInboxProposal :one
UPDATE contact_inboxes SET proposal = @proposal, made_contact = @made_contact, hmac_verified = @hmac_verified, updated_at = now()
WHERE account_id = @account_id AND id = @id RETURNING *;

-- GetProvenClaims returns the newest e-mail and phone number that a contact claimed at any proved address
-- (contact_inboxes_contact_idx).
-- name: GetProvenClaims :one
SELECT COALESCE((array_agg(proposal ->> 'email'
    ORDER BY updated_at DESC, id DESC) FILTER (WHERE proposal ? 'email'))[1], '')::text AS email,
    COALESCE((array_agg(proposal ->> 'phone_number'
        ORDER BY updated_at DESC, id DESC) FILTER (WHERE proposal ? 'phone_number'))[1], '')::text
        AS phone_number
FROM contact_inboxes WHERE account_id = @account_id AND contact_id = @contact_id AND hmac_verified;

-- ListContactInboxesBySource finds addresses by their source_id, for a client that knows nothing else of the contact,
-- newest first. inbox_id null takes any inbox (contact_inboxes_source_idx).
-- name: ListContactInboxesBySource :many
SELECT * FROM contact_inboxes
WHERE account_id = @account_id AND source_id = @source_id AND (sqlc.narg('inbox_id')::bigint IS NULL OR inbox_id = sqlc.narg('inbox_id'))
ORDER BY id DESC LIMIT 2;

-- VerifyContactInbox records that the contact at an address has proved who they are.
-- name: VerifyContactInbox :exec
UPDATE contact_inboxes SET hmac_verified = true, updated_at = now() WHERE account_id = @account_id AND id = @id AND NOT hmac_verified;
