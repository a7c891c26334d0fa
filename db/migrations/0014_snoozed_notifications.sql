-- +goose Up

-- the notifications whose snooze ends next
CREATE INDEX notifications_snoozed_idx ON notifications (snoozed_until) WHERE snoozed_until IS NOT NULL;
