-- name: GetContact :one
SELECT * FROM contacts WHERE account_id = @account_id AND id = @id;

-- name: LockContact :one
SELECT * FROM contacts WHERE account_id = @account_id AND id = @id FOR NO KEY UPDATE;

-- name: InsertContact :one
INSERT INTO contacts (account_id, name, email, phone_number, identifier, blocked, labels, additional_attributes, custom_attributes, avatar_hash, avatar_url, created_at, updated_at)
VALUES (@account_id, @name, sqlc.narg('email'), sqlc.narg('phone_number'), sqlc.narg('identifier'), @blocked, @labels, @additional_attributes, @custom_attributes,
    sqlc.narg('avatar_hash'), sqlc.narg('avatar_url'), @created_at, @created_at)
RETURNING *;

-- UpdateContact writes the whole row as the verb left it, under its lock.
-- name: UpdateContact :one
UPDATE contacts SET name = @name, email = sqlc.narg('email'), phone_number = sqlc.narg('phone_number'), identifier = sqlc.narg('identifier'),
    blocked = @blocked, labels = @labels, additional_attributes = @additional_attributes, custom_attributes = @custom_attributes,
    avatar_hash = sqlc.narg('avatar_hash'), avatar_url = sqlc.narg('avatar_url'), updated_at = @updated_at
WHERE account_id = @account_id AND id = @id RETURNING *;

-- name: TouchContact :exec
UPDATE contacts SET last_activity_at = @at::timestamptz WHERE account_id = @account_id AND id = @id
  AND (last_activity_at IS NULL OR last_activity_at < @at::timestamptz);

-- name: DeleteContact :exec
DELETE FROM contacts WHERE account_id = @account_id AND id = @id;

-- FindContactByEmail is exact; emails are stored in lower case.
-- name: FindContactByEmail :one
SELECT * FROM contacts WHERE account_id = @account_id AND email = @email::text;

-- name: FindContactByPhone :one
SELECT * FROM contacts WHERE account_id = @account_id AND phone_number = @phone_number::text;

-- name: FindContactByIdentifier :one
SELECT * FROM contacts WHERE account_id = @account_id AND identifier = @identifier::text;

-- name: FindContactInbox :one
SELECT * FROM contact_inboxes WHERE account_id = @account_id AND inbox_id = @inbox_id AND source_id = @source_id;

-- FindContactInboxOf finds a contact's newest address on an inbox.
-- name: FindContactInboxOf :one
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
-- somebody's, too.
-- name: RenameContactInbox :exec
UPDATE contact_inboxes ci SET updated_at = now(), source_id = CASE
    WHEN @source_id::text = '' OR EXISTS (SELECT FROM contact_inboxes o WHERE o.account_id = ci.account_id AND o.inbox_id = ci.inbox_id AND o.source_id = @source_id::text)
    THEN ci.source_id || '#' || ci.id::text ELSE @source_id::text END
WHERE ci.account_id = @account_id AND ci.id = @id;

-- name: MoveContactInboxes :exec
UPDATE contact_inboxes SET contact_id = @to_contact_id, updated_at = now() WHERE account_id = @account_id AND contact_id = @from_contact_id;

-- name: MoveNotes :exec
UPDATE notes SET contact_id = @to_contact_id WHERE account_id = @account_id AND contact_id = @from_contact_id;

-- MoveContactMessages gives the messages of one contact to another, within the conversations that moved.
-- name: MoveContactMessages :exec
UPDATE messages SET sender_id = @to_contact_id
WHERE account_id = @account_id AND conversation_id = ANY (@conversation_ids::bigint[]) AND sender_kind = 'contact' AND sender_id = @from_contact_id;

-- ListContactConversationIDs is for deleting a contact, with all that is theirs.
-- name: ListContactConversationIDs :many
SELECT id FROM conversations WHERE account_id = @account_id AND contact_id = @contact_id ORDER BY id;

-- ListContactInboxesBySource finds addresses by what they are called on their channel, for a client that knows
-- nothing else of the contact; the newest first. inbox_id null takes any (contact_inboxes_source_idx).
-- name: ListContactInboxesBySource :many
SELECT * FROM contact_inboxes
WHERE account_id = @account_id AND source_id = @source_id AND (sqlc.narg('inbox_id')::bigint IS NULL OR inbox_id = sqlc.narg('inbox_id'))
ORDER BY id DESC LIMIT 2;

-- VerifyContactInbox notes that the contact behind an address has proved who they are.
-- name: VerifyContactInbox :exec
UPDATE contact_inboxes SET hmac_verified = true, updated_at = now() WHERE account_id = @account_id AND id = @id AND NOT hmac_verified;
