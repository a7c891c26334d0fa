-- +goose Up

-- idempotency_keys: the sign of token_id said who owns a key: a token, or below zero a user. It is a column now.
-- A visitor has no token: owner_id is 0, and the route carries the network that the call came from.
CREATE TYPE key_owner AS ENUM ('token', 'user', 'visitor');
ALTER TABLE idempotency_keys DROP CONSTRAINT idempotency_keys_pkey;
ALTER TABLE idempotency_keys RENAME COLUMN token_id TO owner_id;
ALTER TABLE idempotency_keys ADD COLUMN owner_kind key_owner NOT NULL DEFAULT 'token';
UPDATE idempotency_keys SET owner_kind = 'user', owner_id = -owner_id WHERE owner_id < 0;
UPDATE idempotency_keys SET owner_kind = 'visitor' WHERE owner_id = 0;
ALTER TABLE idempotency_keys ALTER COLUMN owner_kind DROP DEFAULT;
ALTER TABLE idempotency_keys ADD PRIMARY KEY (owner_kind, owner_id, route, key);

-- outgoing_mails: the name says what letters were: e-mails that Parley writes by itself.
ALTER TABLE letters RENAME TO outgoing_mails;
ALTER TYPE letter_kind RENAME TO outgoing_mail_kind;
ALTER TYPE letter_state RENAME TO outgoing_mail_state;
ALTER SEQUENCE letters_id_seq RENAME TO outgoing_mails_id_seq;
ALTER TABLE outgoing_mails RENAME CONSTRAINT letters_pkey TO outgoing_mails_pkey;
ALTER TABLE outgoing_mails RENAME CONSTRAINT letters_once_key TO outgoing_mails_once_key;
ALTER TABLE outgoing_mails RENAME CONSTRAINT letters_account_id_fkey TO outgoing_mails_account_id_fkey;
ALTER INDEX letters_account_idx RENAME TO outgoing_mails_account_idx;
ALTER INDEX letters_invitation_idx RENAME TO outgoing_mails_invitation_idx;
ALTER INDEX letters_old_idx RENAME TO outgoing_mails_old_idx;

-- Development versions marked the first migration's sum here.
COMMENT ON TABLE accounts IS NULL;
