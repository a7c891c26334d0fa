-- DeleteOldOutgoingMails deletes old mails that were sent or given up.
-- name: DeleteOldOutgoingMails :execrows
DELETE FROM outgoing_mails
    WHERE id IN (SELECT l.id FROM outgoing_mails l WHERE l.created_at < @before AND l.state IN ('sent', 'failed')
    LIMIT @most);

-- DeleteOldPresences deletes the presences of contacts who have left, of all accounts.
-- name: DeleteOldPresences :execrows
DELETE FROM contact_presences WHERE (account_id, contact_id) IN (
    SELECT p.account_id, p.contact_id FROM contact_presences p WHERE p.seen_at < @before LIMIT @most);

-- DeleteOldKeys deletes some old idempotency keys. It deletes few at a time, so that it holds no lock for long.
-- name: DeleteOldKeys :execrows
DELETE FROM idempotency_keys WHERE (owner_kind, owner_id, route, key) IN (
    SELECT k.owner_kind, k.owner_id, k.route, k.key FROM idempotency_keys k WHERE k.created_at < @before LIMIT @most);

-- name: DeleteExpiredSessions :execrows
DELETE FROM sessions WHERE token_hash IN (SELECT s.token_hash FROM sessions s WHERE s.expires_at < @before LIMIT @most);

-- DeleteOldResets deletes expired links to a new password, used or not.
-- name: DeleteOldResets :execrows
DELETE FROM password_resets WHERE token_hash IN (SELECT r.token_hash FROM password_resets r WHERE r.expires_at < @before LIMIT @most);

-- DeleteOldLinks deletes expired links to sign in (login_links_expiry_idx).
-- name: DeleteOldLinks :execrows
DELETE FROM login_links WHERE token_hash IN (SELECT l.token_hash FROM login_links l WHERE l.expires_at < @before LIMIT @most);

-- DeleteOldTokens deletes expired tokens.
-- name: DeleteOldTokens :execrows
DELETE FROM access_tokens WHERE id IN (SELECT t.id FROM access_tokens t WHERE t.expires_at < @before::timestamptz LIMIT @most);

-- DeleteUnusedUploads deletes uploads that no message uses, unless a rule or a macro does (KeepAttachments).
-- name: DeleteUnusedUploads :execrows
DELETE FROM attachments WHERE (account_id, id) IN (
    SELECT a.account_id, a.id FROM attachments a WHERE a.message_id IS NULL AND a.created_at < @before AND NOT a.meta ? 'kept' LIMIT @most);

-- DeleteOldMacroRuns deletes runs whose job cannot run again (macro_runs_old_idx).
-- name: DeleteOldMacroRuns :execrows
DELETE FROM macro_runs WHERE (account_id, job_id, conversation_id) IN (
    SELECT r.account_id, r.job_id, r.conversation_id FROM macro_runs r WHERE r.created_at < @before LIMIT @most);

-- DeleteOldDeliveries deletes old deliveries that have ended.
-- name: DeleteOldDeliveries :execrows
DELETE FROM webhook_deliveries WHERE (account_id, id) IN (
    SELECT d.account_id, d.id FROM webhook_deliveries d WHERE d.created_at < @before
        AND d.state IN ('delivered', 'failed', 'dropped') LIMIT @most);

-- name: DeleteOldAttempts :execrows
DELETE FROM sign_in_attempts
    WHERE (key, window_at) IN (SELECT s.key, s.window_at FROM sign_in_attempts s WHERE s.window_at < @before
    LIMIT @most);

-- name: DeleteOldSignInAttempts :execrows
DELETE FROM sign_in_attempts WHERE window_at < @before;

-- DeleteOldImportDrafts deletes files of contacts whose import nobody confirmed (contact_imports_drafts_idx).
-- name: DeleteOldImportDrafts :execrows
DELETE FROM contact_imports WHERE (account_id, id) IN (
    SELECT i.account_id, i.id FROM contact_imports i WHERE i.state = 'draft' AND i.created_at < @before LIMIT @most);
