-- ListNotes lists the notes on a contact with their authors, newest first (notes_contact_idx).
-- name: ListNotes :many
SELECT sqlc.embed(n), u.name AS user_name, u.display_name, u.email, u.avatar_hash, u.confirmed_at, u.custom_attributes,
    m.role, m.availability, m.auto_offline, m.active_at
FROM notes n
LEFT JOIN users u ON u.id = n.user_id
LEFT JOIN memberships m ON m.account_id = n.account_id AND m.user_id = n.user_id
WHERE n.account_id = @account_id AND n.contact_id = @contact_id AND n.id < @before_id::bigint
ORDER BY n.id DESC LIMIT @page_size;

-- GetNote reads a note with its author.
-- name: GetNote :one
SELECT sqlc.embed(n), u.name AS user_name, u.display_name, u.email, u.avatar_hash, u.confirmed_at, u.custom_attributes,
    m.role, m.availability, m.auto_offline, m.active_at
FROM notes n
LEFT JOIN users u ON u.id = n.user_id
LEFT JOIN memberships m ON m.account_id = n.account_id AND m.user_id = n.user_id
WHERE n.account_id = @account_id AND n.contact_id = @contact_id AND n.id = @id;

-- name: InsertNote :one
INSERT INTO notes (account_id, contact_id, user_id, content) VALUES (@account_id, @contact_id, sqlc.narg('user_id'), @content) RETURNING *;

-- name: SetNoteContent :execrows
UPDATE notes SET content = @content, updated_at = now() WHERE account_id = @account_id AND contact_id = @contact_id AND id = @id;

-- name: DeleteNote :execrows
DELETE FROM notes WHERE account_id = @account_id AND contact_id = @contact_id AND id = @id;

-- name: MoveNotes :exec
UPDATE notes SET contact_id = @to_contact_id WHERE account_id = @account_id AND contact_id = @from_contact_id;
