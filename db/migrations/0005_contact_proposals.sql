-- +goose Up

-- proposal: what a caller of the public client API said of themselves at this address, and nothing proves.
-- made_contact: the contact was made for this address by such a caller.
ALTER TABLE contact_inboxes
    ADD COLUMN proposal jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN made_contact boolean NOT NULL DEFAULT false;
