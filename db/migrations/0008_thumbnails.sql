-- +goose Up

-- thumbnails: the small version of a stored picture, made by a job. It follows from the bytes alone, so it belongs to no
-- account, like the bytes in the store.
CREATE TABLE thumbnails (
    blob_hash  text PRIMARY KEY,
    -- null where none can be made of the picture
    thumb_hash text
);
CREATE INDEX thumbnails_thumb_idx ON thumbnails (thumb_hash) WHERE thumb_hash IS NOT NULL;

INSERT INTO thumbnails (blob_hash, thumb_hash)
SELECT DISTINCT ON (blob_hash) blob_hash, thumb_hash FROM attachments WHERE blob_hash IS NOT NULL AND thumb_hash IS NOT NULL;

-- the pictures of people are small already
INSERT INTO thumbnails (blob_hash, thumb_hash)
SELECT DISTINCT avatar_hash, avatar_hash FROM (
    SELECT avatar_hash FROM users UNION SELECT avatar_hash FROM contacts
    UNION SELECT avatar_hash FROM agent_bots UNION SELECT avatar_hash FROM inboxes
) faces WHERE avatar_hash IS NOT NULL
ON CONFLICT DO NOTHING;

ALTER TABLE attachments DROP COLUMN thumb_hash;

-- a picture is served by its hash if anyone has it; contacts have their index already
CREATE INDEX users_avatar_idx ON users (avatar_hash) WHERE avatar_hash IS NOT NULL;
CREATE INDEX agent_bots_avatar_idx ON agent_bots (avatar_hash) WHERE avatar_hash IS NOT NULL;
CREATE INDEX inboxes_avatar_idx ON inboxes (avatar_hash) WHERE avatar_hash IS NOT NULL;
