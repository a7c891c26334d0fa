-- InsertOutgoingMail orders a letter; none if the same order has been given before.
-- name: InsertOutgoingMail :one
INSERT INTO outgoing_mails (account_id, kind, recipient, facts, secret, once, next_try_at, give_up_at, created_at)
VALUES (sqlc.narg('account_id'), @kind, @recipient, @facts, @secret, sqlc.narg('once'), @now::timestamptz, @give_up_at, @now::timestamptz)
ON CONFLICT (once) DO NOTHING
RETURNING id;

-- ClaimOutgoingMail begins a try: until the lease ends nobody else makes one. A try that was begun before and not ended
-- counts as unclear. None if the letter has ended, is being sent, or is not due.
-- name: ClaimOutgoingMail :one
UPDATE outgoing_mails SET unclear = unclear + (state = 'sending')::int, state = 'sending', attempts = attempts + 1, next_try_at = @lease::timestamptz
WHERE id = @id AND state IN ('waiting', 'sending') AND next_try_at <= @now::timestamptz
RETURNING *;

-- name: GetOutgoingMail :one
SELECT * FROM outgoing_mails WHERE id = @id;

-- EndOutgoingMailTry notes how a try ended. Its secret goes with its end.
-- name: EndOutgoingMailTry :execrows
UPDATE outgoing_mails SET state = @state, unclear = unclear + @unclear::int, last_error = @last_error, next_try_at = @next_try_at,
    finished_at = sqlc.narg('finished_at'), secret = CASE WHEN sqlc.narg('finished_at')::timestamptz IS NULL THEN secret ELSE '' END
WHERE id = @id AND state = 'sending' AND attempts = @attempts;
