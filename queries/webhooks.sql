-- ListWebhookReceivers lists the account's webhooks, for the fan-out, with the paused ones: their deliveries wait.
-- name: ListWebhookReceivers :many
SELECT * FROM webhooks WHERE account_id = @account_id ORDER BY id;

-- name: GetWebhook :one
SELECT * FROM webhooks WHERE account_id = @account_id AND id = @id;

-- NoteWebhookFailure counts a failed attempt, and pauses a webhook that has failed often and for long.
-- name: NoteWebhookFailure :one
UPDATE webhooks SET failures = failures + 1, failing_since = COALESCE(failing_since, @now::timestamptz),
    paused_at = CASE WHEN paused_at IS NULL AND failures + 1 >= @most::int AND failing_since <= @since::timestamptz
    THEN @now::timestamptz ELSE paused_at END,
    paused_reason = CASE WHEN paused_at IS NULL AND failures + 1 >= @most::int AND failing_since <= @since::timestamptz
    THEN @reason ELSE paused_reason END
WHERE account_id = @account_id AND id = @id
RETURNING paused_at;

-- NoteWebhookSuccess ends a series of failures and returns when it began. It returns no row if there was none.
-- name: NoteWebhookSuccess :one
WITH was AS (
    SELECT w.account_id, w.id, w.failing_since FROM webhooks w
    WHERE w.account_id = @account_id AND w.id = @id AND w.failing_since IS NOT NULL FOR NO KEY UPDATE)
UPDATE webhooks SET failures = 0, failing_since = NULL
FROM was WHERE webhooks.account_id = was.account_id AND webhooks.id = was.id
RETURNING was.failing_since;

-- RotateWebhook gives a webhook a new secret. The one before signs as well until EndRotations.
-- name: RotateWebhook :one
UPDATE webhooks SET previous_secret = secret, secret = @secret, rotated_at = @now::timestamptz, updated_at = @now::timestamptz
WHERE account_id = @account_id AND id = @id RETURNING *;

-- EndRotations deletes secrets that were replaced before the given time, of all accounts.
-- name: EndRotations :execrows
UPDATE webhooks SET previous_secret = NULL, rotated_at = NULL WHERE rotated_at < @before::timestamptz;

-- ResumeWebhook ends a pause. The job of the same name starts the deliveries that wait.
-- name: ResumeWebhook :execrows
UPDATE webhooks SET paused_at = NULL, paused_reason = '', failures = 0, failing_since = NULL WHERE account_id = @account_id AND id = @id;

-- GetWebhookConversation reads a conversation for a webhook's body in one query. All columns of an absent part are
-- null.
-- name: GetWebhookConversation :one
SELECT sqlc.embed(c), sqlc.embed(k), sqlc.embed(ci), i.name AS inbox_name, i.kind AS inbox_kind, i.address AS inbox_address,
    i.additional_attributes AS inbox_attributes, a.name AS account_name,
    u.id AS user_id, u.name AS user_name, u.display_name AS user_display_name, u.email AS user_email, u.avatar_hash AS user_avatar,
    m.availability AS user_availability, m.auto_offline AS user_auto_offline, m.active_at AS user_active_at,
    b.name AS bot_name, b.description AS bot_description, b.avatar_hash AS bot_avatar, b.outgoing_url AS bot_url, b.bot_type AS bot_type,
    t.name AS team_name, t.description AS team_description, t.allow_auto_assign AS team_auto_assign
FROM conversations c
JOIN contacts k ON k.account_id = c.account_id AND k.id = c.contact_id
JOIN contact_inboxes ci ON ci.account_id = c.account_id AND ci.id = c.contact_inbox_id
JOIN inboxes i ON i.account_id = c.account_id AND i.id = c.inbox_id
JOIN accounts a ON a.id = c.account_id
LEFT JOIN users u ON u.id = c.assignee_id
LEFT JOIN memberships m ON m.account_id = c.account_id AND m.user_id = c.assignee_id
LEFT JOIN agent_bots b ON b.account_id = c.account_id AND b.id = c.assignee_bot_id
LEFT JOIN teams t ON t.account_id = c.account_id AND t.id = c.team_id
WHERE c.account_id = @account_id AND c.id = @id;

-- ListWebhooks lists an account's webhooks of the main dialect with their inboxes' names, oldest first, after one of
-- them.
-- name: ListWebhooks :many
SELECT sqlc.embed(w), i.name AS inbox_name
FROM webhooks w LEFT JOIN inboxes i ON i.account_id = w.account_id AND i.id = w.inbox_id
WHERE w.account_id = @account_id AND w.dialect = 'chatwoot' AND w.id > @after_id::bigint
ORDER BY w.id LIMIT @most;

-- LockWebhook locks a webhook of a dialect.
-- name: LockWebhook :one
SELECT * FROM webhooks WHERE account_id = @account_id AND id = @id AND dialect = @dialect FOR NO KEY UPDATE;

-- name: InsertWebhook :one
INSERT INTO webhooks (account_id, dialect, url, name, inbox_id, subscriptions, secret)
VALUES (@account_id, @dialect, @url, @name, sqlc.narg('inbox_id'), @subscriptions, @secret)
RETURNING *;

-- name: UpdateWebhook :one
UPDATE webhooks SET url = @url, name = @name, inbox_id = sqlc.narg('inbox_id'), subscriptions = @subscriptions, updated_at = @updated_at
WHERE account_id = @account_id AND id = @id
RETURNING *;

-- name: DeleteWebhook :execrows
DELETE FROM webhooks WHERE account_id = @account_id AND id = @id AND dialect = @dialect;
