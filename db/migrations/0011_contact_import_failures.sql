-- +goose Up

-- draft: a file that was uploaded on a page, and whose import nobody confirmed yet.
-- failed: how many of the rows were refused; why stands in contact_import_failures.
ALTER TABLE contact_imports
    DROP CONSTRAINT contact_imports_state_check,
    ADD CONSTRAINT contact_imports_state_check CHECK (state IN ('draft', 'queued', 'done', 'failed')),
    ADD COLUMN failed integer NOT NULL DEFAULT 0;

CREATE TABLE contact_import_failures (
    account_id bigint NOT NULL,
    import_id  bigint NOT NULL,
    line       integer NOT NULL,
    reason     text NOT NULL,
    PRIMARY KEY (account_id, import_id, line),
    FOREIGN KEY (account_id, import_id) REFERENCES contact_imports (account_id, id) ON DELETE CASCADE
);

CREATE INDEX contact_imports_drafts_idx ON contact_imports (created_at) WHERE state = 'draft';
