-- ClaimIdempotencyKey takes a key for this transaction. A second caller with the same key waits here until the first
-- one commits (0 rows: read the answer) or rolls back (1 row: the second caller has the key).
-- name: ClaimIdempotencyKey :execrows
INSERT INTO idempotency_keys (owner_kind, owner_id, route, key, request_hash) VALUES (@owner_kind, @owner_id, @route, @key, @request_hash)
ON CONFLICT (owner_kind, owner_id, route, key) DO NOTHING;

-- name: AnswerIdempotencyKey :exec
UPDATE idempotency_keys SET status = @status, body = @body
WHERE owner_kind = @owner_kind AND owner_id = @owner_id AND route = @route AND key = @key;

-- name: GetIdempotencyKey :one
SELECT * FROM idempotency_keys WHERE owner_kind = @owner_kind AND owner_id = @owner_id AND route = @route AND key = @key;
