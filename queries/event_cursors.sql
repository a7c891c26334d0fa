-- TakeCursor locks a follower's position in an account's events. It returns no row if another process holds it.
-- name: TakeCursor :one
SELECT number FROM event_cursors WHERE account_id = @account_id AND follower = @follower FOR NO KEY UPDATE SKIP LOCKED;

-- InsertCursor puts a follower before an account's first event.
-- name: InsertCursor :exec
INSERT INTO event_cursors (account_id, follower) VALUES (@account_id, @follower) ON CONFLICT DO NOTHING;

-- BeginCursors puts a follower before the first events that are numbered from now on, so that it skips earlier ones,
-- such as imported history. It skips accounts that were deleted. The caller holds the sequencer's lock.
-- name: BeginCursors :exec
INSERT INTO event_cursors (account_id, follower, number)
SELECT x.account_id, @follower, x.number
FROM (SELECT unnest(@account_ids::bigint[]) AS account_id, unnest(@numbers::bigint[]) AS number) x JOIN accounts a ON a.id = x.account_id
ON CONFLICT DO NOTHING;

-- name: GetCursor :one
SELECT number FROM event_cursors WHERE account_id = @account_id AND follower = @follower;

-- name: SetCursor :exec
UPDATE event_cursors SET number = @number WHERE account_id = @account_id AND follower = @follower;
