-- ListNdotoMessages reads a thread between two moments, both left out, oldest first; the moments are whole seconds and
-- are compared with the stored microseconds, so that polling with the last second shown repeats and never skips.
-- Deleted messages are gone here; activity only where the account asks for it (messages_thread_idx).
-- name: ListNdotoMessages :many
SELECT * FROM message_details
WHERE account_id = @account_id AND conversation_id = @conversation_id AND deleted_at IS NULL
  AND (kind <> 'activity' OR @with_activity::bool)
  AND created_at > @after_at::timestamptz AND created_at < @before_at::timestamptz AND id > @after_id::bigint
ORDER BY id LIMIT @page_size;

-- ListNdotoWebhooks reads the webhooks that speak this dialect after one of them, in the order in which they were made.
-- name: ListNdotoWebhooks :many
SELECT * FROM webhooks WHERE account_id = @account_id AND dialect = 'ndoto' AND id > @after_id::bigint ORDER BY id LIMIT @most;
