-- ListContacts reads the contacts of a page that ListContactIDs chose; the caller puts them in its order (by primary key).
-- name: ListContacts :many
SELECT * FROM contacts WHERE account_id = @account_id AND id = ANY (@ids::bigint[]);

-- ListContactInboxes reads where contacts can be reached, with the inboxes that the reader sees, for the APIs' contacts
-- (contact_inboxes_contact_idx).
-- name: ListContactInboxes :many
SELECT sqlc.embed(ci), i.name, i.kind, i.avatar_hash
FROM contact_inboxes ci JOIN inboxes i ON i.account_id = ci.account_id AND i.id = ci.inbox_id
WHERE ci.account_id = @account_id AND ci.contact_id = ANY (@contact_ids::bigint[])
ORDER BY ci.contact_id, ci.id;

-- ListReachableInboxes are the inboxes on which a contact could be written to, of those that the reader works in (by
-- primary key).
-- name: ListReachableInboxes :many
SELECT * FROM inboxes
WHERE account_id = @account_id AND archived_at IS NULL AND (@sees_all::bool OR id = ANY (@inbox_ids::bigint[]))
ORDER BY name, id;

-- ListContactAttachments are the files of a contact's conversations that a reader sees, newest first, after a place
-- (conversations_contact_idx, then attachments_conversation_idx).
-- name: ListContactAttachments :many
SELECT sqlc.embed(a), c.display_id
FROM attachments a JOIN conversations c ON c.account_id = a.account_id AND c.id = a.conversation_id
WHERE a.account_id = @account_id AND c.contact_id = @contact_id AND a.message_id IS NOT NULL AND a.id < @before_id::bigint
  AND visible(c.inbox_id, c.team_id, @sees_all::bool, @inbox_ids::bigint[], @team_ids::bigint[])
ORDER BY a.id DESC LIMIT @page_size OFFSET @skip;

-- name: CountContactAttachments :one
SELECT count(*)
FROM attachments a JOIN conversations c ON c.account_id = a.account_id AND c.id = a.conversation_id
WHERE a.account_id = @account_id AND c.contact_id = @contact_id AND a.message_id IS NOT NULL
  AND visible(c.inbox_id, c.team_id, @sees_all::bool, @inbox_ids::bigint[], @team_ids::bigint[]);

-- ClearAvatarURL forgets the address of a picture that could not be fetched, unless another came meanwhile. Nobody
-- need hear of it: what they saw was no picture.
-- name: ClearAvatarURL :exec
UPDATE contacts SET avatar_url = NULL WHERE account_id = @account_id AND id = @id AND avatar_url = @avatar_url::text;
