-- +goose Up

-- holds_until: until when a delivery that fails makes the later ones of its lane wait, at most; NULL before its first
-- try. A delivery that holds its lane no longer is tried beside the others.
ALTER TABLE webhook_deliveries ADD COLUMN holds_until timestamptz;
