-- +goose Up

-- Of what a user was notified of about a conversation, the newest notification stays, and counts as unread if any of
-- them was: the conversation still waits for them.
UPDATE notifications n SET read_at = NULL
WHERE n.read_at IS NOT NULL
  AND EXISTS (SELECT 1 FROM notifications o
      WHERE o.account_id = n.account_id AND o.user_id = n.user_id AND o.conversation_id = n.conversation_id AND o.read_at IS NULL)
  AND NOT EXISTS (SELECT 1 FROM notifications o
      WHERE o.account_id = n.account_id AND o.user_id = n.user_id AND o.conversation_id = n.conversation_id
        AND (o.event_id, o.id) > (n.event_id, n.id));
DELETE FROM notifications n USING notifications o
WHERE o.account_id = n.account_id AND o.user_id = n.user_id AND o.conversation_id = n.conversation_id
  AND (o.event_id, o.id) > (n.event_id, n.id);
CREATE UNIQUE INDEX notifications_conversation_key ON notifications (account_id, conversation_id, user_id);
DROP INDEX notifications_conversation_idx;

-- The kinds of notifications that a member wants by mail and as pushes. Those who are members already asked for no mail.
ALTER TABLE memberships
    ADD COLUMN email_notifications text[] NOT NULL DEFAULT '{}',
    ADD COLUMN push_notifications text[] NOT NULL DEFAULT '{conversation_assignment}';
ALTER TABLE memberships ALTER COLUMN email_notifications SET DEFAULT '{conversation_assignment}';
