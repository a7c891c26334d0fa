-- TakeCursor locks how far a follower of an account's events has come; none if another process is following now.
-- name: TakeCursor :one
SELECT number FROM event_cursors WHERE account_id = @account_id AND follower = @follower FOR NO KEY UPDATE SKIP LOCKED;

-- InsertCursor lets a follower begin before an account's first event.
-- name: InsertCursor :exec
INSERT INTO event_cursors (account_id, follower) VALUES (@account_id, @follower) ON CONFLICT DO NOTHING;

-- BeginCursors lets a follower begin with the first events that are numbered while it exists: what was there before,
-- such as imported history, is not told. Called with the sequencer's lock held; accounts that are gone are passed over.
-- name: BeginCursors :exec
INSERT INTO event_cursors (account_id, follower, number)
SELECT x.account_id, @follower, x.number
FROM (SELECT unnest(@account_ids::bigint[]) AS account_id, unnest(@numbers::bigint[]) AS number) x JOIN accounts a ON a.id = x.account_id
ON CONFLICT DO NOTHING;

-- name: GetCursor :one
SELECT number FROM event_cursors WHERE account_id = @account_id AND follower = @follower;

-- name: SetCursor :exec
UPDATE event_cursors SET number = @number WHERE account_id = @account_id AND follower = @follower;
