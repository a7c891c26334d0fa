-- ListNdotoMessages reads a thread between two times, both excluded, oldest first. The times are whole seconds,
-- compared with the stored microseconds, so that a client which polls from the last second shown gets some messages
-- twice and misses none. It leaves out deleted messages, and activity unless the account wants it
-- (messages_thread_idx).
-- name: ListNdotoMessages :many
SELECT sqlc.embed(m), sqlc.embed(s) FROM messages m
JOIN message_senders s ON s.account_id = m.account_id AND s.message_id = m.id
WHERE m.account_id = @account_id AND m.conversation_id = @conversation_id AND m.deleted_at IS NULL
  AND (m.kind <> 'activity' OR @with_activity::bool)
  AND m.created_at > @after_at::timestamptz AND m.created_at < @before_at::timestamptz AND m.id > @after_id::bigint
ORDER BY m.id LIMIT @page_size;

-- ListNdotoWebhooks lists the webhooks of this dialect, oldest first, after one of them.
-- name: ListNdotoWebhooks :many
SELECT * FROM webhooks WHERE account_id = @account_id AND dialect = 'ndoto' AND id > @after_id::bigint ORDER BY id LIMIT @most;
