-- UpsertBlob records that an account has these bytes. They are in the store already.
-- name: UpsertBlob :exec
INSERT INTO blobs (account_id, hash, size, content_type) VALUES (@account_id, @hash, @size, @content_type)
ON CONFLICT (account_id, hash) DO UPDATE SET created_at = now();

-- ListNeededBlobs returns those of the hashes to which anything refers, in any account.
-- name: ListNeededBlobs :many
SELECT a.blob_hash::text AS hash FROM attachments a WHERE a.blob_hash = ANY (@hashes::text[])
UNION SELECT a.thumb_hash::text FROM attachments a WHERE a.thumb_hash = ANY (@hashes::text[])
UNION SELECT i.blob_hash FROM inbound_mail i WHERE i.blob_hash = ANY (@hashes::text[])
UNION SELECT k.avatar_hash::text FROM contacts k WHERE k.avatar_hash = ANY (@hashes::text[])
UNION SELECT c.blob_hash::text FROM contact_imports c WHERE c.blob_hash = ANY (@hashes::text[])
UNION SELECT u.avatar_hash::text FROM users u WHERE u.avatar_hash = ANY (@hashes::text[])
UNION SELECT b.avatar_hash::text FROM agent_bots b WHERE b.avatar_hash = ANY (@hashes::text[])
UNION SELECT x.avatar_hash::text FROM inboxes x WHERE x.avatar_hash = ANY (@hashes::text[]);

-- DeleteUnusedBlobs deletes the rows of bytes to which nothing refers, unless they were stored again since the given
-- time.
-- name: DeleteUnusedBlobs :exec
DELETE FROM blobs WHERE hash = ANY (@hashes::text[]) AND created_at < @before;

-- ListKeptBlobs returns those of the hashes that any account still has (blobs_hash_idx).
-- name: ListKeptBlobs :many
SELECT DISTINCT hash FROM blobs WHERE hash = ANY (@hashes::text[]);
