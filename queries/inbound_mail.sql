-- EnterInboundMail adds a mail whose bytes are stored. It leaves a mail that it has already as it is.
-- name: EnterInboundMail :exec
INSERT INTO inbound_mail (account_id, inbox_id, key, blob_hash)
VALUES (@account_id, @inbox_id, @key, @blob_hash)
ON CONFLICT ON CONSTRAINT inbound_mail_once DO NOTHING;

-- FindInboundMail reads what became of a mail, and its conversation (inbound_mail_once).
-- name: FindInboundMail :one
SELECT i.id, i.state, i.blob_hash, m.conversation_id
FROM inbound_mail i LEFT JOIN messages m ON m.account_id = i.account_id AND m.id = i.message_id
WHERE i.account_id = @account_id AND i.inbox_id = @inbox_id AND i.key = @key;

-- LockInboundMail comes first in the transaction that posts a mail, so that two importers post it once.
-- name: LockInboundMail :one
SELECT * FROM inbound_mail WHERE account_id = @account_id AND id = @id FOR UPDATE;

-- SettleInboundMail records what became of a mail: it was posted as a message, or quarantined for a reason.
-- name: SettleInboundMail :exec
UPDATE inbound_mail SET state = @state, reason = @reason, message_id = sqlc.narg('message_id')
WHERE account_id = @account_id AND id = @id;

-- FindMailThread finds the conversation of the first of these mails that was posted on the inbox.
-- name: FindMailThread :one
SELECT m.conversation_id
FROM inbound_mail i JOIN messages m ON m.account_id = i.account_id AND m.id = i.message_id
WHERE i.account_id = @account_id AND i.inbox_id = @inbox_id AND i.key = ANY (@keys::text[])
ORDER BY array_position(@keys::text[], i.key) LIMIT 1;

-- ListMailSubjects lists the subjects of a contact's latest conversations on an inbox, newest first. A reply that
-- refers to no known mail joins a conversation by its subject (conversations_contact_idx).
-- name: ListMailSubjects :many
SELECT id, subject, last_activity_at FROM conversations
WHERE account_id = @account_id AND contact_id = @contact_id AND inbox_id = @inbox_id
ORDER BY last_activity_at DESC, id DESC LIMIT 50;
