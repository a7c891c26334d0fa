-- +goose Up

-- message_senders: who sent a message, as every API shows them, for each message one row. Queries join it to messages
-- and read both whole: a column that is added to messages is there from then on. In place of message_details, whose m.*
-- stood for the columns of its day.
DROP VIEW message_details;
CREATE VIEW message_senders AS
SELECT m.account_id, m.id AS message_id,
    u.name AS user_name, u.display_name AS user_display_name, u.email AS user_email, u.avatar_hash AS user_avatar_hash,
    s.availability AS user_availability, s.auto_offline AS user_auto_offline, s.active_at AS user_active_at,
    b.name AS bot_name, b.avatar_hash AS bot_avatar_hash,
    k.name AS contact_name, k.email AS contact_email, k.phone_number AS contact_phone_number, k.identifier AS contact_identifier,
    k.blocked AS contact_blocked, k.additional_attributes AS contact_additional_attributes,
    k.custom_attributes AS contact_custom_attributes, k.avatar_hash AS contact_avatar_hash, k.avatar_url AS contact_avatar_url
FROM messages m
LEFT JOIN users u ON m.sender_kind = 'user' AND u.id = m.sender_id
LEFT JOIN memberships s ON m.sender_kind = 'user' AND s.account_id = m.account_id AND s.user_id = m.sender_id
LEFT JOIN agent_bots b ON m.sender_kind = 'bot' AND b.account_id = m.account_id AND b.id = m.sender_id
LEFT JOIN contacts k ON m.sender_kind = 'contact' AND k.account_id = m.account_id AND k.id = m.sender_id;
