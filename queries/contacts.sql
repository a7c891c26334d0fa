-- name: GetContact :one
SELECT * FROM contacts WHERE account_id = @account_id AND id = @id;

-- name: LockContact :one
SELECT * FROM contacts WHERE account_id = @account_id AND id = @id FOR NO KEY UPDATE;

-- name: InsertContact :one
INSERT INTO contacts (account_id, name, email, phone_number, identifier, blocked, labels, additional_attributes,
    custom_attributes, avatar_hash, avatar_url, created_at, updated_at)
VALUES (@account_id, @name, sqlc.narg('email'), sqlc.narg('phone_number'), sqlc.narg('identifier'), @blocked, @labels,
    @additional_attributes, @custom_attributes,
    sqlc.narg('avatar_hash'), sqlc.narg('avatar_url'), @created_at, @created_at)
RETURNING *;

-- UpdateContact writes the whole row. The caller has it locked.
-- name: UpdateContact :one
UPDATE contacts SET name = @name, email = sqlc.narg('email'), phone_number = sqlc.narg('phone_number'),
    identifier = sqlc.narg('identifier'),
    blocked = @blocked, labels = @labels, additional_attributes = @additional_attributes, custom_attributes = @custom_attributes,
    avatar_hash = sqlc.narg('avatar_hash'), avatar_url = sqlc.narg('avatar_url'), updated_at = @updated_at
WHERE account_id = @account_id AND id = @id RETURNING *;

-- name: TouchContact :exec
UPDATE contacts SET last_activity_at = @at::timestamptz WHERE account_id = @account_id AND id = @id
  AND (last_activity_at IS NULL OR last_activity_at < @at::timestamptz);

-- name: DeleteContact :exec
DELETE FROM contacts WHERE account_id = @account_id AND id = @id;

-- FindContactByEmail compares exactly: emails are stored in lower case.
-- name: FindContactByEmail :one
SELECT * FROM contacts WHERE account_id = @account_id AND email = @email::text;

-- name: FindContactByPhone :one
SELECT * FROM contacts WHERE account_id = @account_id AND phone_number = @phone_number::text;

-- name: FindContactByIdentifier :one
SELECT * FROM contacts WHERE account_id = @account_id AND identifier = @identifier::text;

-- ListContacts reads the contacts of a page that ListContactIDs chose; the caller puts them in its order (by primary
-- key).
-- name: ListContacts :many
SELECT * FROM contacts WHERE account_id = @account_id AND id = ANY (@ids::bigint[]);

-- ClearAvatarURL deletes the URL of a picture that could not be fetched, unless the contact has another URL by then. It
-- needs no event, because no page could show the picture.
-- name: ClearAvatarURL :exec
UPDATE contacts SET avatar_url = NULL WHERE account_id = @account_id AND id = @id AND avatar_url = @avatar_url::text;
