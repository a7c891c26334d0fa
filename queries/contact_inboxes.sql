-- ListContactInboxes reads where contacts can be reached, on the inboxes that the reader works in: who knows a source_id
-- can write as the contact (contact_inboxes_contact_idx).
-- name: ListContactInboxes :many
SELECT sqlc.embed(ci), i.name, i.kind, i.avatar_hash
FROM contact_inboxes ci JOIN inboxes i ON i.account_id = ci.account_id AND i.id = ci.inbox_id
WHERE ci.account_id = @account_id AND ci.contact_id = ANY (@contact_ids::bigint[])
    AND (@sees_all::bool OR ci.inbox_id = ANY (@inbox_ids::bigint[]))
ORDER BY ci.contact_id, ci.id;

-- ListReachableInboxes are the inboxes on which a contact could be written to, of those that the reader works in (by
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

-- LockContactInbox is held by who looks whether an address has a conversation and opens one if not.
-- name: LockContactInbox :one
SELECT * FROM contact_inboxes WHERE account_id = @account_id AND id = @id FOR NO KEY UPDATE;

-- InsertContactInbox gives no row if the inbox has this address by now.
-- name: InsertContactInbox :one
INSERT INTO contact_inboxes (account_id, contact_id, inbox_id, source_id, hmac_verified)
VALUES (@account_id, @contact_id, @inbox_id, @source_id, @hmac_verified)
ON CONFLICT ON CONSTRAINT contact_inboxes_source_key DO NOTHING RETURNING *;

-- RenameContactInbox frees an address for another contact. The new one is kept apart by a number where it is empty or
-- someone's, too.
-- name: RenameContactInbox :exec
UPDATE contact_inboxes ci SET updated_at = now(), source_id = CASE
    WHEN @source_id::text = '' OR EXISTS (SELECT FROM contact_inboxes o WHERE o.account_id = ci.account_id AND o.inbox_id = ci.inbox_id AND o.source_id = @source_id::text)
    THEN ci.source_id || '#' || ci.id::text ELSE @source_id::text END
WHERE ci.account_id = @account_id AND ci.id = @id;

-- MoveContactInboxes gives the addresses of one contact to another. None is the contact's alone any more, and one that
-- was proved for the former identifier is proved for the other's only if that one has none yet
-- (contact_inboxes_contact_idx).
-- name: MoveContactInboxes :exec
UPDATE contact_inboxes SET contact_id = @to_contact_id, made_contact = false, updated_at = now(),
    hmac_verified = hmac_verified AND (contact_id = @to_contact_id OR @takes_identifier::boolean)
WHERE account_id = @account_id AND contact_id IN (@from_contact_id, @to_contact_id);

-- CountContactInboxes counts a contact's addresses (contact_inboxes_contact_idx).
-- name: CountContactInboxes :one
SELECT count(*) FROM contact_inboxes WHERE account_id = @account_id AND contact_id = @contact_id;

-- SetContactInboxProposal notes at an address what a caller said of themselves there; one who proved it proved the
-- address.
-- name: SetContactInboxProposal :one
UPDATE contact_inboxes SET proposal = @proposal, made_contact = @made_contact, hmac_verified = @hmac_verified, updated_at = now()
WHERE account_id = @account_id AND id = @id RETURNING *;

-- ListContactInboxesBySource finds addresses by what they are called on their channel, for a client that knows
-- nothing else of the contact; the newest first. inbox_id null takes any (contact_inboxes_source_idx).
-- name: ListContactInboxesBySource :many
SELECT * FROM contact_inboxes
WHERE account_id = @account_id AND source_id = @source_id AND (sqlc.narg('inbox_id')::bigint IS NULL OR inbox_id = sqlc.narg('inbox_id'))
ORDER BY id DESC LIMIT 2;

-- VerifyContactInbox notes that the contact behind an address has proved who they are.
-- name: VerifyContactInbox :exec
UPDATE contact_inboxes SET hmac_verified = true, updated_at = now() WHERE account_id = @account_id AND id = @id AND NOT hmac_verified;
