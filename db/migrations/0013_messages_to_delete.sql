-- +goose Up

-- delete_at: when a message that an agent deleted on a page is really deleted. Until then they can take it back.
ALTER TABLE messages ADD COLUMN delete_at timestamptz;
