-- InsertOutgoingMail adds a mail. It returns no row if there is one with the same key already.
-- name: InsertOutgoingMail :one
INSERT INTO outgoing_mails (account_id, kind, recipient, facts, secret, once, next_try_at, give_up_at, created_at)
VALUES (sqlc.narg('account_id'), @kind, @recipient, @facts, @secret, sqlc.narg('once'), @now::timestamptz, @give_up_at, @now::timestamptz)
ON CONFLICT (once) DO NOTHING
RETURNING id;

-- ClaimOutgoingMail begins an attempt: until the lease ends no other process can begin one. An earlier attempt that did
-- not end counts as unclear. It returns no row if the mail was sent or given up, is being sent, or is not due.
-- name: ClaimOutgoingMail :one
UPDATE outgoing_mails SET unclear = unclear + (state = 'sending')::int, state = 'sending', attempts = attempts + 1,
    next_try_at = @lease::timestamptz
WHERE id = @id AND state IN ('waiting', 'sending') AND next_try_at <= @now::timestamptz
RETURNING *;

-- name: GetOutgoingMail :one
SELECT * FROM outgoing_mails WHERE id = @id;

-- EndOutgoingMailTry records how an attempt ended. A mail that is sent or given up loses its secret.
-- name: EndOutgoingMailTry :execrows
UPDATE outgoing_mails SET state = @state, unclear = unclear + @unclear::int, last_error = @last_error, next_try_at = @next_try_at,
    finished_at = sqlc.narg('finished_at'), secret = CASE WHEN sqlc.narg('finished_at')::timestamptz IS NULL THEN secret ELSE '' END
WHERE id = @id AND state = 'sending' AND attempts = @attempts;
