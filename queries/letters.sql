-- InsertLetter orders a letter; none if the same order has been given before.
-- name: InsertLetter :one
INSERT INTO outgoing_mails (account_id, kind, recipient, facts, secret, once, next_try_at, give_up_at, created_at)
VALUES (sqlc.narg('account_id'), @kind, @recipient, @facts, @secret, sqlc.narg('once'), @now::timestamptz, @give_up_at, @now::timestamptz)
ON CONFLICT (once) DO NOTHING
RETURNING id;

-- ClaimLetter begins a try: until the lease ends nobody else makes one. A try that was begun before and not ended
-- counts as unclear. None if the letter has ended, is being sent, or is not due.
-- name: ClaimLetter :one
UPDATE outgoing_mails SET unclear = unclear + (state = 'sending')::int, state = 'sending', attempts = attempts + 1, next_try_at = @lease::timestamptz
WHERE id = @id AND state IN ('waiting', 'sending') AND next_try_at <= @now::timestamptz
RETURNING *;

-- name: GetLetter :one
SELECT * FROM outgoing_mails WHERE id = @id;

-- EndLetterTry notes how a try ended. Its secret goes with its end.
-- name: EndLetterTry :execrows
UPDATE outgoing_mails SET state = @state, unclear = unclear + @unclear::int, last_error = @last_error, next_try_at = @next_try_at,
    finished_at = sqlc.narg('finished_at'), secret = CASE WHEN sqlc.narg('finished_at')::timestamptz IS NULL THEN secret ELSE '' END
WHERE id = @id AND state = 'sending' AND attempts = @attempts;

-- DeleteOldLetters ends the log of letters; those that have not ended stay.
-- name: DeleteOldLetters :execrows
DELETE FROM outgoing_mails WHERE id IN (SELECT l.id FROM outgoing_mails l WHERE l.created_at < @before AND l.state IN ('sent', 'failed') LIMIT @most);

-- ListTeamAddresses are where the members of some teams are written to.
-- name: ListTeamAddresses :many
SELECT DISTINCT u.email FROM team_members t
JOIN memberships m ON m.account_id = t.account_id AND m.user_id = t.user_id
JOIN users u ON u.id = t.user_id
WHERE t.account_id = @account_id AND t.team_id = ANY (@team_ids::bigint[]) AND m.deactivated_at IS NULL
ORDER BY u.email;

-- ListAdministrators are the people of an account who are told of what only administrators can mend.
-- name: ListAdministrators :many
SELECT u.id, u.email FROM memberships m JOIN users u ON u.id = m.user_id
WHERE m.account_id = @account_id AND m.role = 'administrator' AND m.deactivated_at IS NULL ORDER BY u.id;
