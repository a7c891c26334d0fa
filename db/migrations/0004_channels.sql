-- +goose Up

-- messages.automatic: a program wrote it by itself (an out-of-office, a bounce, a rule's message), so nothing answers
-- it by itself either.
ALTER TABLE messages ADD COLUMN automatic boolean NOT NULL DEFAULT false;

-- A provider names a message by its own id, on an inbox, and knows no conversation.
DROP INDEX messages_source_idx;
CREATE INDEX messages_source_idx ON messages (account_id, inbox_id, source_id) WHERE source_id IS NOT NULL;
