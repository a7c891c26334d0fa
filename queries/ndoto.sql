-- ListNdotoMessages reads a thread between two moments, both left out, oldest first; the moments are whole seconds and
-- are compared with the stored microseconds, so that polling with the last second shown repeats and never skips.
-- Deleted messages are gone here; activity only where the account asks for it (messages_thread_idx).
-- name: ListNdotoMessages :many
SELECT sqlc.embed(m), sqlc.embed(s) FROM messages m
JOIN message_senders s ON s.account_id = m.account_id AND s.message_id = m.id
WHERE m.account_id = @account_id AND m.conversation_id = @conversation_id AND m.deleted_at IS NULL
  AND (m.kind <> 'activity' OR @with_activity::bool)
  AND m.created_at > @after_at::timestamptz AND m.created_at < @before_at::timestamptz AND m.id > @after_id::bigint
ORDER BY m.id LIMIT @page_size;

-- ListNdotoWebhooks reads the webhooks that speak this dialect after one of them, in the order in which they were made.
-- name: ListNdotoWebhooks :many
SELECT * FROM webhooks WHERE account_id = @account_id AND dialect = 'ndoto' AND id > @after_id::bigint ORDER BY id LIMIT @most;
