-- UpsertBlob records that an account has these bytes. They are in the store already.
-- name: UpsertBlob :exec
INSERT INTO blobs (account_id, hash, size, content_type) VALUES (@account_id, @hash, @size, @content_type)
ON CONFLICT (account_id, hash) DO UPDATE SET created_at = now();

-- ListNeededBlobs are those of some hashes that anything refers to, in any account. A picture that is its own small
-- version is not needed by itself.
-- name: ListNeededBlobs :many
SELECT a.blob_hash::text AS hash FROM attachments a WHERE a.blob_hash = ANY (@hashes::text[])
UNION SELECT t.thumb_hash::text FROM thumbnails t WHERE t.thumb_hash = ANY (@hashes::text[]) AND t.blob_hash <> t.thumb_hash
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

-- FindThumbnail finds what is known of a picture's small version.
-- name: FindThumbnail :one
SELECT * FROM thumbnails WHERE blob_hash = @blob_hash;

-- SetThumbnail notes the small version of a picture, or that none can be made.
-- name: SetThumbnail :exec
INSERT INTO thumbnails (blob_hash, thumb_hash) VALUES (@blob_hash, sqlc.narg('thumb_hash'))
ON CONFLICT (blob_hash) DO UPDATE SET thumb_hash = COALESCE(excluded.thumb_hash, thumbnails.thumb_hash);

-- DeleteUnusedThumbnails forgets the small versions of swept pictures; their own bytes go with the next sweep.
-- name: DeleteUnusedThumbnails :exec
DELETE FROM thumbnails WHERE blob_hash = ANY (@hashes::text[]) AND NOT EXISTS (SELECT 1 FROM blobs b WHERE b.hash = thumbnails.blob_hash);

-- GetAvatar reports whether a hash is the picture of anyone, and finds its small version (the index of each table).
-- name: GetAvatar :one
SELECT (EXISTS (SELECT 1 FROM users u WHERE u.avatar_hash = @hash::text)
    OR EXISTS (SELECT 1 FROM contacts k WHERE k.avatar_hash = @hash::text)
    OR EXISTS (SELECT 1 FROM agent_bots b WHERE b.avatar_hash = @hash::text)
    OR EXISTS (SELECT 1 FROM inboxes x WHERE x.avatar_hash = @hash::text))::bool AS shown,
    (SELECT t.thumb_hash FROM thumbnails t WHERE t.blob_hash = @hash::text) AS thumb_hash,
    EXISTS (SELECT 1 FROM thumbnails t WHERE t.blob_hash = @hash::text)::bool AS tried;
