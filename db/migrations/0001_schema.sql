-- +goose Up

-- One model under three REST dialects, the pages and every channel.
--
-- Rules that hold for every table of an account's rows:
--   * account_id leads the primary key, each unique key and each foreign key, so that a row cannot point at
--     another account's row and the tables can be distributed by account. id is unique over the installation.
--   * times are timestamptz with microseconds; each dialect rounds down at its edge.
--   * NOT NULL with a default unless absence means something.

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS btree_gin;

-- Full text without a language: words as they are, without accents and case.
CREATE TEXT SEARCH CONFIGURATION parley (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION parley ALTER MAPPING FOR hword, hword_part, word WITH unaccent, simple;

-- words is what a text is found by. An index on the expression, not a stored column, so that reading a message
-- does not carry its word list along.
CREATE FUNCTION words(content text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN to_tsvector('parley'::regconfig, left(COALESCE(content, ''), 100000));

-- search_words is what a person typed into a search field: all words must be there, the last one may be the
-- beginning of a word. Nothing typed finds nothing.
CREATE FUNCTION search_words(typed text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (SELECT CASE WHEN q = '' THEN ''::tsquery ELSE (q || ':*')::tsquery END
        FROM (SELECT plainto_tsquery('parley'::regconfig, left(typed, 500))::text AS q) AS plain);

CREATE TYPE role AS ENUM ('agent', 'administrator');
CREATE TYPE availability AS ENUM ('online', 'offline', 'busy');
-- deleted: nobody finds it any more, and a job takes away what it had
CREATE TYPE account_status AS ENUM ('active', 'suspended', 'deleted');
CREATE TYPE token_kind AS ENUM ('user', 'bot', 'account', 'platform');
CREATE TYPE inbox_kind AS ENUM ('api', 'email', 'web_widget', 'sms', 'rcs', 'whatsapp', 'telegram', 'line', 'messenger', 'instagram');
CREATE TYPE conversation_status AS ENUM ('open', 'resolved', 'pending', 'snoozed');
CREATE TYPE conversation_priority AS ENUM ('low', 'medium', 'high', 'urgent');
CREATE TYPE message_kind AS ENUM ('incoming', 'outgoing', 'activity', 'template');
CREATE TYPE content_type AS ENUM ('text', 'input_text', 'input_textarea', 'input_email', 'input_select', 'cards', 'form', 'article', 'incoming_email', 'input_csat', 'integrations', 'sticker', 'voice_call');
CREATE TYPE sender_kind AS ENUM ('contact', 'user', 'bot');
CREATE TYPE delivery AS ENUM ('queued', 'sent', 'received', 'delivered', 'read', 'failed', 'expired');
CREATE TYPE file_kind AS ENUM ('image', 'audio', 'video', 'file', 'location', 'fallback', 'share', 'story_mention', 'contact', 'ig_reel', 'ig_post', 'ig_story', 'embed');
CREATE TYPE actor_kind AS ENUM ('user', 'bot', 'contact', 'account', 'rule', 'system');
CREATE TYPE attribute_model AS ENUM ('conversation_attribute', 'contact_attribute', 'company_attribute');
CREATE TYPE attribute_type AS ENUM ('text', 'number', 'currency', 'percent', 'link', 'date', 'list', 'checkbox');
CREATE TYPE dialect AS ENUM ('chatwoot', 'ndoto', 'qlara');
CREATE TYPE delivery_state AS ENUM ('waiting', 'pending', 'delivered', 'failed', 'dropped');
CREATE TYPE mail_state AS ENUM ('stored', 'posted', 'quarantined');
CREATE TYPE letter_kind AS ENUM ('invitation', 'password', 'transcript', 'team', 'webhook_paused');
CREATE TYPE letter_state AS ENUM ('waiting', 'sending', 'sent', 'failed');

-- visible is the one predicate that says who may see a conversation: an administrator, a member of its inbox,
-- or a member of its team. Lists, pages, search, REST, events, files and live updates all call it with the
-- reader's scope (db.Scope). Written as plain SQL, so the planner inlines it.
-- +goose StatementBegin
CREATE FUNCTION visible(inbox_id bigint, team_id bigint, sees_all boolean, inbox_ids bigint[], team_ids bigint[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT sees_all OR inbox_id = ANY (inbox_ids) OR COALESCE(team_id = ANY (team_ids), false)
$$;
-- +goose StatementEnd

-- bucket is the beginning of the hour, day, week, month or year that a moment falls into, in a zone that is shift
-- seconds ahead of UTC, in Unix seconds. For reports.
-- +goose StatementBegin
CREATE FUNCTION bucket(at timestamptz, unit text, shift bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT extract(epoch FROM date_trunc(unit, (at AT TIME ZONE 'UTC') + make_interval(secs => shift)))::bigint - shift
$$;
-- +goose StatementEnd

-- installation holds one row: what belongs to the whole installation and to no account.
CREATE TABLE installation (
    only_row   boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    uuid       uuid NOT NULL DEFAULT gen_random_uuid(),
    -- set once the first account exists: /setup is closed from then on
    set_up_at  timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO installation DEFAULT VALUES;

-- accounts: a company using Parley.
CREATE TABLE accounts (
    id                bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    name              text NOT NULL,
    locale            text NOT NULL DEFAULT 'en',
    time_zone         text NOT NULL DEFAULT 'UTC',
    domain            text,
    support_email     text,
    status            account_status NOT NULL DEFAULT 'active',
    settings          jsonb NOT NULL DEFAULT '{}',
    features          jsonb NOT NULL DEFAULT '{}',
    limits            jsonb NOT NULL DEFAULT '{}',
    custom_attributes jsonb NOT NULL DEFAULT '{}',
    created_at        timestamptz NOT NULL DEFAULT now(),
    updated_at        timestamptz NOT NULL DEFAULT now()
);

-- account_counters: the last display id given to a conversation, and the last number given to an event. Two
-- rows of different tables, because opening a conversation and numbering events must not wait for each other.
CREATE TABLE account_counters (
    account_id    bigint PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    conversations bigint NOT NULL DEFAULT 0
);
-- event_counters refers to no account: an account that is deleted while its last events wait must not stop the others.
CREATE TABLE event_counters (
    account_id bigint PRIMARY KEY,
    number     bigint NOT NULL DEFAULT 0
);

-- event_cursors: how far a follower of the event log that must keep its order has come ('webhooks').
CREATE TABLE event_cursors (
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    follower   text NOT NULL,
    number     bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (account_id, follower)
);

-- users: a person who signs in; may belong to several accounts.
CREATE TABLE users (
    id                bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    name              text NOT NULL,
    display_name      text,
    email             text NOT NULL UNIQUE CHECK (email = lower(email)),
    -- argon2id; null until an invitation is accepted
    password_hash     text,
    avatar_hash       text,
    phone_number      text,
    message_signature text,
    ui_settings       jsonb NOT NULL DEFAULT '{}',
    custom_attributes jsonb NOT NULL DEFAULT '{}',
    confirmed_at      timestamptz,
    -- opens the realtime channel (/cable); a new password makes a new one
    pubsub_token      text NOT NULL UNIQUE DEFAULT encode(uuid_send(gen_random_uuid()), 'hex'),
    created_at        timestamptz NOT NULL DEFAULT now(),
    updated_at        timestamptz NOT NULL DEFAULT now()
);

-- memberships: a user in an account. A deactivated one keeps its history and can neither sign in nor be assigned.
CREATE TABLE memberships (
    account_id     bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    user_id        bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role           role NOT NULL DEFAULT 'agent',
    availability   availability NOT NULL DEFAULT 'online',
    auto_offline   boolean NOT NULL DEFAULT true,
    inviter_id     bigint,
    active_at      timestamptz,
    deactivated_at timestamptz,
    created_at     timestamptz NOT NULL DEFAULT now(),
    updated_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, user_id)
);
CREATE INDEX memberships_user_idx ON memberships (user_id);

-- sessions: a browser that is signed in (scs). The cookie holds the token, the row its SHA-256.
CREATE TABLE sessions (
    token_hash bytea PRIMARY KEY,
    user_id    bigint REFERENCES users (id) ON DELETE CASCADE,
    data       bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sessions_user_idx ON sessions (user_id);
CREATE INDEX sessions_expiry_idx ON sessions (expires_at);

-- access_tokens: a secret for the REST APIs, stored as its SHA-256. Exactly one owner: a user (Chatwoot, Ndoto),
-- a bot, an account (Qlara; user_id then names the sender, if any), or a platform app.
CREATE TABLE access_tokens (
    id              bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    token_hash      bytea NOT NULL UNIQUE,
    kind            token_kind NOT NULL,
    account_id      bigint REFERENCES accounts (id) ON DELETE CASCADE,
    user_id         bigint REFERENCES users (id) ON DELETE CASCADE,
    bot_id          bigint,
    platform_app_id bigint,
    name            text NOT NULL DEFAULT '',
    description     text NOT NULL DEFAULT '',
    -- the first characters, to recognise it by in a list
    hint            text NOT NULL DEFAULT '',
    last_used_on    date,
    expires_at      timestamptz,
    created_at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX access_tokens_user_idx ON access_tokens (user_id);
CREATE INDEX access_tokens_account_idx ON access_tokens (account_id);

-- invitations: a one-use link that lets a person into an account. The link holds the token, the row its SHA-256.
CREATE TABLE invitations (
    id         bigint GENERATED BY DEFAULT AS IDENTITY,
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    token_hash bytea NOT NULL UNIQUE,
    name       text NOT NULL,
    email      text NOT NULL CHECK (email = lower(email)),
    role       role NOT NULL DEFAULT 'agent',
    inbox_ids  bigint[] NOT NULL DEFAULT '{}',
    inviter_id bigint NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, id)
);

-- password_resets: a one-use link that lets a user choose a new password; made by an administrator or by mail.
CREATE TABLE password_resets (
    token_hash bytea PRIMARY KEY,
    user_id    bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX password_resets_user_idx ON password_resets (user_id);

-- login_links: a one-use link that signs a user in, made by a platform app. The row goes when the link is used.
CREATE TABLE login_links (
    token_hash bytea PRIMARY KEY,
    user_id    bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    expires_at timestamptz NOT NULL
);
CREATE INDEX login_links_expiry_idx ON login_links (expires_at);

-- sign_in_attempts: failed sign-ins per key (address or e-mail) and window, so that limits hold across replicas.
CREATE TABLE sign_in_attempts (
    key        text NOT NULL,
    window_at  timestamptz NOT NULL,
    attempts   integer NOT NULL DEFAULT 0,
    PRIMARY KEY (key, window_at)
);

-- platform_apps: an application that manages users and accounts over the platform API, and what it may touch.
CREATE TABLE platform_apps (
    id         bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    name       text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE platform_grants (
    platform_app_id bigint NOT NULL REFERENCES platform_apps (id) ON DELETE CASCADE,
    kind            text NOT NULL CHECK (kind IN ('user', 'account', 'bot')),
    object_id       bigint NOT NULL,
    PRIMARY KEY (platform_app_id, kind, object_id)
);
ALTER TABLE access_tokens ADD FOREIGN KEY (platform_app_id) REFERENCES platform_apps (id) ON DELETE CASCADE;

-- agent_bots: a program that answers: a token, an outgoing URL, a name.
CREATE TABLE agent_bots (
    account_id   bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    id           bigint GENERATED BY DEFAULT AS IDENTITY,
    name         text NOT NULL,
    description  text NOT NULL DEFAULT '',
    outgoing_url text NOT NULL DEFAULT '',
    bot_type     text NOT NULL DEFAULT 'webhook',
    bot_config   jsonb NOT NULL DEFAULT '{}',
    secret       text NOT NULL, -- sealed, as every secret that must be read again: see Secret in db
    avatar_hash  text,
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, id)
);
-- the platform API names a bot without its account
CREATE INDEX agent_bots_id_idx ON agent_bots (id);
ALTER TABLE access_tokens ADD FOREIGN KEY (account_id, bot_id) REFERENCES agent_bots (account_id, id) ON DELETE CASCADE;

-- teams
CREATE TABLE teams (
    account_id        bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    id                bigint GENERATED BY DEFAULT AS IDENTITY,
    name              text NOT NULL,
    description       text NOT NULL DEFAULT '',
    allow_auto_assign boolean NOT NULL DEFAULT true,
    created_at        timestamptz NOT NULL DEFAULT now(),
    updated_at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, id),
    UNIQUE (account_id, name)
);
CREATE TABLE team_members (
    account_id bigint NOT NULL,
    team_id    bigint NOT NULL,
    user_id    bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, team_id, user_id),
    FOREIGN KEY (account_id, team_id) REFERENCES teams (account_id, id) ON DELETE CASCADE,
    FOREIGN KEY (account_id, user_id) REFERENCES memberships (account_id, user_id) ON DELETE CASCADE
);
CREATE INDEX team_members_user_idx ON team_members (account_id, user_id);

-- inboxes: one channel instance.
CREATE TABLE inboxes (
    account_id                     bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    id                             bigint GENERATED BY DEFAULT AS IDENTITY,
    kind                           inbox_kind NOT NULL,
    name                           text NOT NULL,
    -- names the inbox in the public client API; unguessable, because it is one of its two secrets
    identifier                     text NOT NULL UNIQUE,
    hmac_token                     text NOT NULL,
    hmac_mandatory                 boolean NOT NULL DEFAULT false,
    webhook_url                    text NOT NULL DEFAULT '',
    webhook_secret                 text NOT NULL,
    -- the address on the channel: e-mail address, phone number; empty for kind api
    address                        text NOT NULL DEFAULT '',
    avatar_hash                    text,
    hue                            smallint NOT NULL DEFAULT 1 CHECK (hue BETWEEN 1 AND 6),
    agent_bot_id                   bigint,
    greeting_enabled               boolean NOT NULL DEFAULT false,
    greeting_message               text NOT NULL DEFAULT '',
    enable_auto_assignment         boolean NOT NULL DEFAULT true,
    auto_assignment_config         jsonb NOT NULL DEFAULT '{}',
    -- round robin: the user ids in turn, next one last
    assignment_queue               bigint[] NOT NULL DEFAULT '{}',
    enable_email_collect           boolean NOT NULL DEFAULT true,
    csat_survey_enabled            boolean NOT NULL DEFAULT false,
    csat_config                    jsonb NOT NULL DEFAULT '{}',
    working_hours_enabled          boolean NOT NULL DEFAULT false,
    -- one object a day, day 0 is Sunday; at first Monday to Friday nine to five
    working_hours                  jsonb NOT NULL DEFAULT '[
        {"day_of_week":0,"closed_all_day":true,"open_hour":null,"open_minutes":null,"close_hour":null,"close_minutes":null,"open_all_day":false},
        {"day_of_week":1,"closed_all_day":false,"open_hour":9,"open_minutes":0,"close_hour":17,"close_minutes":0,"open_all_day":false},
        {"day_of_week":2,"closed_all_day":false,"open_hour":9,"open_minutes":0,"close_hour":17,"close_minutes":0,"open_all_day":false},
        {"day_of_week":3,"closed_all_day":false,"open_hour":9,"open_minutes":0,"close_hour":17,"close_minutes":0,"open_all_day":false},
        {"day_of_week":4,"closed_all_day":false,"open_hour":9,"open_minutes":0,"close_hour":17,"close_minutes":0,"open_all_day":false},
        {"day_of_week":5,"closed_all_day":false,"open_hour":9,"open_minutes":0,"close_hour":17,"close_minutes":0,"open_all_day":false},
        {"day_of_week":6,"closed_all_day":true,"open_hour":null,"open_minutes":null,"close_hour":null,"close_minutes":null,"open_all_day":false}
    ]',
    out_of_office_message          text NOT NULL DEFAULT '',
    timezone                       text NOT NULL DEFAULT 'UTC',
    allow_messages_after_resolved  boolean NOT NULL DEFAULT true,
    lock_to_single_conversation    boolean NOT NULL DEFAULT false,
    sender_name_type               text NOT NULL DEFAULT 'friendly',
    business_name                  text,
    additional_attributes          jsonb NOT NULL DEFAULT '{}',
    -- what only this kind of channel needs, as sent by its dialect: JSON, sealed, for it holds credentials
    settings                       text NOT NULL DEFAULT '{}',
    archived_at                    timestamptz,
    created_at                     timestamptz NOT NULL DEFAULT now(),
    updated_at                     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, agent_bot_id) REFERENCES agent_bots (account_id, id) ON DELETE SET NULL (agent_bot_id)
);
-- Two inboxes with one address would both take what is sent to it. One that is being deleted has given it up.
CREATE UNIQUE INDEX inboxes_account_id_kind_address_key ON inboxes (account_id, kind, lower(address))
    WHERE address <> '' AND archived_at IS NULL;
CREATE TABLE inbox_members (
    account_id bigint NOT NULL,
    inbox_id   bigint NOT NULL,
    user_id    bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, inbox_id, user_id),
    FOREIGN KEY (account_id, inbox_id) REFERENCES inboxes (account_id, id) ON DELETE CASCADE,
    FOREIGN KEY (account_id, user_id) REFERENCES memberships (account_id, user_id) ON DELETE CASCADE
);
CREATE INDEX inbox_members_user_idx ON inbox_members (account_id, user_id);

-- contacts: a customer. email is lower case, phone_number E.164; each unique in the account where present.
CREATE TABLE contacts (
    account_id            bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    id                    bigint GENERATED BY DEFAULT AS IDENTITY,
    name                  text NOT NULL DEFAULT '',
    email                 text CHECK (email = lower(email)),
    phone_number          text,
    identifier            text,
    blocked               boolean NOT NULL DEFAULT false,
    -- label titles; a label need not exist as a row of labels
    labels                text[] NOT NULL DEFAULT '{}',
    additional_attributes jsonb NOT NULL DEFAULT '{}',
    custom_attributes     jsonb NOT NULL DEFAULT '{}',
    avatar_hash           text,
    avatar_url            text,
    last_activity_at      timestamptz,
    created_at            timestamptz NOT NULL DEFAULT now(),
    updated_at            timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX contacts_email_key ON contacts (account_id, email) WHERE email IS NOT NULL;
CREATE UNIQUE INDEX contacts_phone_key ON contacts (account_id, phone_number) WHERE phone_number IS NOT NULL;
CREATE UNIQUE INDEX contacts_identifier_key ON contacts (account_id, identifier) WHERE identifier IS NOT NULL;
CREATE INDEX contacts_name_idx ON contacts (account_id, lower(name), id);
CREATE INDEX contacts_activity_idx ON contacts (account_id, last_activity_at DESC NULLS LAST, id DESC);
CREATE INDEX contacts_created_idx ON contacts (account_id, created_at DESC, id DESC);
-- what the APIs list without a filter: those who can be reached, the oldest first, and how many they are
CREATE INDEX contacts_identified_idx ON contacts (account_id, created_at, id) WHERE (email IS NOT NULL OR phone_number IS NOT NULL OR identifier IS NOT NULL);
-- orders by what few contacts have: an index of those few; the others follow by id (db/contact_list.go)
CREATE INDEX contacts_company_idx ON contacts (account_id, lower(additional_attributes ->> 'company_name'), id) WHERE lower(additional_attributes ->> 'company_name') IS NOT NULL;
CREATE INDEX contacts_city_idx ON contacts (account_id, lower(additional_attributes ->> 'city'), id) WHERE lower(additional_attributes ->> 'city') IS NOT NULL;
CREATE INDEX contacts_country_idx ON contacts (account_id, lower(additional_attributes ->> 'country'), id) WHERE lower(additional_attributes ->> 'country') IS NOT NULL;
CREATE INDEX contacts_avatar_idx ON contacts (avatar_hash) WHERE avatar_hash IS NOT NULL;
CREATE INDEX contacts_labels_idx ON contacts USING gin (account_id, labels) WHERE labels <> '{}';
CREATE INDEX contacts_words_idx ON contacts USING gin (account_id, (name || ' ' || COALESCE(email, '') || ' ' || COALESCE(phone_number, '') || ' ' || COALESCE(identifier, '')) gin_trgm_ops);

-- contact_inboxes: a contact on an inbox. source_id is the address on that channel.
CREATE TABLE contact_inboxes (
    account_id    bigint NOT NULL,
    id            bigint GENERATED BY DEFAULT AS IDENTITY,
    contact_id    bigint NOT NULL,
    inbox_id      bigint NOT NULL,
    source_id     text NOT NULL,
    hmac_verified boolean NOT NULL DEFAULT false,
    pubsub_token  text NOT NULL DEFAULT encode(uuid_send(gen_random_uuid()), 'hex'),
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, id),
    CONSTRAINT contact_inboxes_pubsub_key UNIQUE (pubsub_token),
    CONSTRAINT contact_inboxes_source_key UNIQUE (account_id, inbox_id, source_id),
    FOREIGN KEY (account_id, contact_id) REFERENCES contacts (account_id, id) ON DELETE CASCADE,
    FOREIGN KEY (account_id, inbox_id) REFERENCES inboxes (account_id, id) ON DELETE CASCADE
);
CREATE INDEX contact_inboxes_contact_idx ON contact_inboxes (account_id, contact_id);
CREATE INDEX contact_inboxes_source_idx ON contact_inboxes (account_id, source_id);

-- contact_presences: when a contact who is connected was last seen to be. Unlogged: after a crash they connect again.
-- (A member's is memberships.active_at.)
CREATE UNLOGGED TABLE contact_presences (
    account_id bigint NOT NULL,
    contact_id bigint NOT NULL,
    seen_at    timestamptz NOT NULL,
    PRIMARY KEY (account_id, contact_id),
    FOREIGN KEY (account_id, contact_id) REFERENCES contacts (account_id, id) ON DELETE CASCADE
);

-- conversations: a thread with one contact on one inbox. The figures that lists need are kept here by the verbs,
-- in the transaction that changes them, under the row's lock; nothing is counted when a list is read.
CREATE TABLE conversations (
    account_id            bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    id                    bigint GENERATED BY DEFAULT AS IDENTITY,
    -- the number that people and all three dialects use
    display_id            bigint NOT NULL,
    uuid                  uuid NOT NULL DEFAULT gen_random_uuid(),
    inbox_id              bigint NOT NULL,
    contact_id            bigint NOT NULL,
    contact_inbox_id      bigint NOT NULL,
    status                conversation_status NOT NULL DEFAULT 'open',
    -- independent of status: Qlara's archive
    archived_at           timestamptz,
    priority              conversation_priority,
    assignee_id           bigint,
    assignee_bot_id       bigint,
    team_id               bigint,
    subject               text NOT NULL DEFAULT '',
    labels                text[] NOT NULL DEFAULT '{}',
    additional_attributes jsonb NOT NULL DEFAULT '{}',
    custom_attributes     jsonb NOT NULL DEFAULT '{}',
    snoozed_until         timestamptz,
    -- the newest message of any kind; the newest that is not activity; the newest that the contact may see
    last_message_id       bigint,
    last_talk_id          bigint,
    last_public_id        bigint,
    last_public_at        timestamptz,
    last_incoming_id      bigint,
    last_incoming_at      timestamptz,
    -- moved by every message of any kind
    last_activity_at      timestamptz NOT NULL DEFAULT now(),
    waiting_since         timestamptz,
    first_reply_at        timestamptz,
    -- incoming, not deleted, with an id above agents_read_up_to; shared by the team
    unread_count          integer NOT NULL DEFAULT 0,
    agents_read_up_to     bigint NOT NULL DEFAULT 0,
    agent_last_seen_at    timestamptz,
    assignee_last_seen_at timestamptz,
    contact_last_seen_at  timestamptz,
    created_at            timestamptz NOT NULL DEFAULT now(),
    updated_at            timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, id),
    CONSTRAINT conversations_display_key UNIQUE (account_id, display_id),
    FOREIGN KEY (account_id, inbox_id) REFERENCES inboxes (account_id, id),
    FOREIGN KEY (account_id, contact_id) REFERENCES contacts (account_id, id),
    FOREIGN KEY (account_id, contact_inbox_id) REFERENCES contact_inboxes (account_id, id),
    FOREIGN KEY (account_id, team_id) REFERENCES teams (account_id, id) ON DELETE SET NULL (team_id),
    FOREIGN KEY (account_id, assignee_bot_id) REFERENCES agent_bots (account_id, id) ON DELETE SET NULL (assignee_bot_id)
) WITH (fillfactor = 80);
-- by activity: the inbox page and the default order of every API, for one status and for all of them
CREATE INDEX conversations_status_activity_idx ON conversations (account_id, status, last_activity_at DESC, id DESC);
CREATE INDEX conversations_activity_idx ON conversations (account_id, last_activity_at DESC, id DESC);
CREATE INDEX conversations_assignee_idx ON conversations (account_id, assignee_id, status, last_activity_at DESC, id DESC);
CREATE INDEX conversations_inbox_idx ON conversations (account_id, inbox_id, status, last_activity_at DESC, id DESC);
CREATE INDEX conversations_team_idx ON conversations (account_id, team_id, status, last_activity_at DESC, id DESC) WHERE team_id IS NOT NULL;
CREATE INDEX conversations_bot_idx ON conversations (account_id, assignee_bot_id) WHERE assignee_bot_id IS NOT NULL;
CREATE INDEX conversations_contact_idx ON conversations (account_id, contact_id, last_activity_at DESC, id DESC);
CREATE INDEX conversations_contact_inbox_idx ON conversations (account_id, contact_inbox_id, id DESC);
CREATE INDEX conversations_created_idx ON conversations (account_id, created_at DESC, id DESC);
CREATE INDEX conversations_waiting_idx ON conversations (account_id, waiting_since, id) WHERE waiting_since IS NOT NULL;
CREATE INDEX conversations_priority_idx ON conversations (account_id, priority DESC NULLS LAST, last_activity_at DESC, id DESC);
-- the survey's link names a conversation by its uuid alone
CREATE INDEX conversations_uuid_idx ON conversations (uuid);
CREATE INDEX conversations_unread_idx ON conversations (account_id, last_activity_at DESC, id DESC) WHERE unread_count > 0 AND archived_at IS NULL;
-- Qlara's order: by what the contact may see
CREATE INDEX conversations_public_idx ON conversations (account_id, COALESCE(last_public_at, created_at) DESC, id DESC) WHERE archived_at IS NULL;
CREATE INDEX conversations_snoozed_idx ON conversations (snoozed_until) WHERE status = 'snoozed' AND snoozed_until IS NOT NULL;
CREATE INDEX conversations_labels_idx ON conversations USING gin (account_id, labels) WHERE labels <> '{}';

-- conversation_subjects: the subjects once more, to search them by a part. Their index stands apart from the
-- conversations because every message moves a conversation, which writes each index of its row anew: this one cost a
-- third of what PostgreSQL spends on a message. Kept by a trigger, whatever statement writes the subject.
CREATE TABLE conversation_subjects (
    account_id      bigint NOT NULL,
    conversation_id bigint NOT NULL,
    subject         text NOT NULL,
    PRIMARY KEY (account_id, conversation_id),
    FOREIGN KEY (account_id, conversation_id) REFERENCES conversations (account_id, id) ON DELETE CASCADE
);
CREATE INDEX conversation_subjects_words_idx ON conversation_subjects USING gin (account_id, subject gin_trgm_ops);

-- +goose StatementBegin
CREATE FUNCTION note_subject() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM conversation_subjects WHERE account_id = NEW.account_id AND conversation_id = NEW.id;
    IF NEW.subject <> '' THEN
        INSERT INTO conversation_subjects (account_id, conversation_id, subject) VALUES (NEW.account_id, NEW.id, NEW.subject);
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER conversations_subject_insert AFTER INSERT ON conversations FOR EACH ROW WHEN (NEW.subject <> '') EXECUTE FUNCTION note_subject();
CREATE TRIGGER conversations_subject_update AFTER UPDATE OF subject ON conversations FOR EACH ROW
    WHEN (OLD.subject IS DISTINCT FROM NEW.subject) EXECUTE FUNCTION note_subject();

-- conversation_counts: how many conversations there are by status, inbox, team and assignee, so that the counts
-- beside "Mine", "Unassigned" and "All" cost the same however long the past is. Rows are only added, each a
-- difference, so that no writer waits for another; a job folds them together now and then. The figure is the
-- sum of n. assignee_id 0 is nobody, -1 is "whoever" (each conversation counts there too); team_id 0 is none.
CREATE TABLE conversation_counts (
    account_id  bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    status      conversation_status NOT NULL,
    assignee_id bigint NOT NULL,
    inbox_id    bigint NOT NULL,
    team_id     bigint NOT NULL,
    n           bigint NOT NULL
);
CREATE INDEX conversation_counts_idx ON conversation_counts (account_id, assignee_id, status) INCLUDE (inbox_id, team_id, n);

-- +goose StatementBegin
CREATE FUNCTION count_conversation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO conversation_counts (account_id, status, assignee_id, inbox_id, team_id, n)
        VALUES (OLD.account_id, OLD.status, -1, OLD.inbox_id, COALESCE(OLD.team_id, 0), -1),
               (OLD.account_id, OLD.status, COALESCE(OLD.assignee_id, 0), OLD.inbox_id, COALESCE(OLD.team_id, 0), -1);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO conversation_counts (account_id, status, assignee_id, inbox_id, team_id, n)
        VALUES (NEW.account_id, NEW.status, -1, NEW.inbox_id, COALESCE(NEW.team_id, 0), 1),
               (NEW.account_id, NEW.status, COALESCE(NEW.assignee_id, 0), NEW.inbox_id, COALESCE(NEW.team_id, 0), 1);
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER conversations_count_insert AFTER INSERT ON conversations FOR EACH ROW EXECUTE FUNCTION count_conversation();
CREATE TRIGGER conversations_count_update AFTER UPDATE ON conversations FOR EACH ROW
    WHEN ((OLD.status, OLD.assignee_id, OLD.inbox_id, OLD.team_id) IS DISTINCT FROM (NEW.status, NEW.assignee_id, NEW.inbox_id, NEW.team_id))
    EXECUTE FUNCTION count_conversation();
CREATE TRIGGER conversations_count_delete AFTER DELETE ON conversations FOR EACH ROW
    WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION count_conversation();

-- messages: ids grow with time within a conversation, because they are taken under its row lock.
CREATE TABLE messages (
    account_id            bigint NOT NULL,
    id                    bigint GENERATED BY DEFAULT AS IDENTITY,
    conversation_id       bigint NOT NULL,
    inbox_id              bigint NOT NULL,
    kind                  message_kind NOT NULL,
    private               boolean NOT NULL DEFAULT false,
    content_type          content_type NOT NULL DEFAULT 'text',
    -- null for attachments alone and for some content types
    content               text,
    content_attributes    jsonb NOT NULL DEFAULT '{}',
    additional_attributes jsonb NOT NULL DEFAULT '{}',
    -- null for activity and most templates
    sender_kind           sender_kind,
    sender_id             bigint,
    delivery              delivery NOT NULL DEFAULT 'sent',
    -- why the last try failed, as the channel put it
    error                 text NOT NULL DEFAULT '',
    -- the id on the channel (an e-mail's Message-ID, a WhatsApp id)
    source_id             text,
    in_reply_to           bigint,
    uuid                  uuid NOT NULL DEFAULT gen_random_uuid(),
    attachment_count      smallint NOT NULL DEFAULT 0,
    created_at            timestamptz NOT NULL DEFAULT now(),
    updated_at            timestamptz NOT NULL DEFAULT now(),
    deleted_at            timestamptz,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, conversation_id) REFERENCES conversations (account_id, id) ON DELETE CASCADE
);
CREATE INDEX messages_thread_idx ON messages (account_id, conversation_id, id);
CREATE INDEX messages_source_idx ON messages (account_id, conversation_id, source_id) WHERE source_id IS NOT NULL;
CREATE INDEX messages_uuid_idx ON messages (account_id, uuid);
CREATE INDEX messages_created_idx ON messages USING brin (created_at);
-- what came and went in a time, for the reports: they read the index alone
CREATE INDEX messages_reports_idx ON messages (account_id, created_at) INCLUDE (kind, inbox_id) WHERE kind IN ('incoming', 'outgoing');
-- how many surveys were sent
CREATE INDEX messages_survey_idx ON messages (account_id, created_at) WHERE content_type = 'input_csat';
CREATE INDEX messages_words_idx ON messages USING gin (account_id, words(content)) WHERE kind IN ('incoming', 'outgoing');

-- message_details: a message with who sent it, as every API shows it. Written as a view so that all queries for it
-- share one row type; the planner takes it apart again.
CREATE VIEW message_details AS
SELECT m.*,
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

-- conversation_details: a conversation with what every API shows beside it: its contact, inbox, assignee and team.
CREATE VIEW conversation_details AS
SELECT c.*,
    k.name AS contact_name, k.email AS contact_email, k.phone_number AS contact_phone_number, k.identifier AS contact_identifier,
    k.blocked AS contact_blocked, k.additional_attributes AS contact_additional_attributes,
    k.custom_attributes AS contact_custom_attributes, k.avatar_hash AS contact_avatar_hash, k.avatar_url AS contact_avatar_url,
    k.last_activity_at AS contact_last_activity_at, k.created_at AS contact_created_at, kp.seen_at AS contact_seen_at,
    ci.source_id, ci.hmac_verified,
    i.name AS inbox_name, i.kind AS inbox_kind, COALESCE(i.additional_attributes ->> 'agent_reply_time_window', '')::text AS reply_window,
    u.name AS assignee_name, u.display_name AS assignee_display_name, u.email AS assignee_email, u.avatar_hash AS assignee_avatar_hash,
    u.confirmed_at AS assignee_confirmed_at, u.custom_attributes AS assignee_custom_attributes,
    s.role AS assignee_role, s.availability AS assignee_availability, s.auto_offline AS assignee_auto_offline, s.active_at AS assignee_active_at,
    b.name AS bot_name, b.description AS bot_description, b.avatar_hash AS bot_avatar_hash, b.outgoing_url AS bot_outgoing_url, b.bot_type AS bot_type,
    t.name AS team_name, t.description AS team_description, t.allow_auto_assign AS team_allow_auto_assign
FROM conversations c
JOIN contacts k ON k.account_id = c.account_id AND k.id = c.contact_id
JOIN contact_inboxes ci ON ci.account_id = c.account_id AND ci.id = c.contact_inbox_id
JOIN inboxes i ON i.account_id = c.account_id AND i.id = c.inbox_id
LEFT JOIN contact_presences kp ON kp.account_id = c.account_id AND kp.contact_id = c.contact_id
LEFT JOIN users u ON u.id = c.assignee_id
LEFT JOIN memberships s ON s.account_id = c.account_id AND s.user_id = c.assignee_id
LEFT JOIN agent_bots b ON b.account_id = c.account_id AND b.id = c.assignee_bot_id
LEFT JOIN teams t ON t.account_id = c.account_id AND t.id = c.team_id;

-- blobs: bytes by content hash, and where they are needed. A row is written after its bytes are stored; created_at is
-- renewed when they are stored again, which keeps the sweep away.
CREATE TABLE blobs (
    account_id   bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    hash         text NOT NULL,
    size         bigint NOT NULL,
    content_type text NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, hash)
);
CREATE INDEX blobs_hash_idx ON blobs (hash);

-- attachments: of a message, or not yet (uploaded, the message still being written).
CREATE TABLE attachments (
    account_id      bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    id              bigint GENERATED BY DEFAULT AS IDENTITY,
    message_id      bigint,
    conversation_id bigint,
    -- who uploaded it, while it has no message: only they may attach it
    uploader_id     bigint,
    -- the unguessable part of its URL, and the "signed id" of the APIs
    key             text NOT NULL UNIQUE DEFAULT encode(uuid_send(gen_random_uuid()), 'hex'),
    file_kind       file_kind NOT NULL DEFAULT 'file',
    name            text NOT NULL DEFAULT '',
    content_type    text NOT NULL DEFAULT 'application/octet-stream',
    size            bigint NOT NULL DEFAULT 0,
    -- null where there are no bytes of ours: locations, contacts, external links
    blob_hash       text,
    thumb_hash      text,
    width           integer,
    height          integer,
    latitude        double precision,
    longitude       double precision,
    fallback_title  text,
    external_url    text,
    meta            jsonb NOT NULL DEFAULT '{}',
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, message_id) REFERENCES messages (account_id, id) ON DELETE CASCADE,
    FOREIGN KEY (account_id, conversation_id) REFERENCES conversations (account_id, id) ON DELETE CASCADE,
    FOREIGN KEY (account_id, blob_hash) REFERENCES blobs (account_id, hash)
);
CREATE INDEX attachments_message_idx ON attachments (account_id, message_id) WHERE message_id IS NOT NULL;
CREATE INDEX attachments_conversation_idx ON attachments (account_id, conversation_id, id DESC) WHERE conversation_id IS NOT NULL;
-- by the hash first: the sweep of blobs asks without an account
CREATE INDEX attachments_blob_idx ON attachments (blob_hash, account_id) WHERE blob_hash IS NOT NULL;
CREATE INDEX attachments_thumb_idx ON attachments (thumb_hash) WHERE thumb_hash IS NOT NULL;
CREATE INDEX attachments_loose_idx ON attachments (created_at) WHERE message_id IS NULL;

-- message_translations: a message in another language, as a provider gave it; kept so that it is asked once.
CREATE TABLE message_translations (
    account_id bigint NOT NULL,
    message_id bigint NOT NULL,
    language   text NOT NULL,
    content    text NOT NULL,
    provider   text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, message_id, language),
    FOREIGN KEY (account_id, message_id) REFERENCES messages (account_id, id) ON DELETE CASCADE
);

-- labels: the labels that an account offers. Conversations and contacts carry titles.
CREATE TABLE labels (
    account_id      bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    id              bigint GENERATED BY DEFAULT AS IDENTITY,
    title           text NOT NULL,
    description     text NOT NULL DEFAULT '',
    color           text NOT NULL DEFAULT '#1f93ff',
    show_on_sidebar boolean NOT NULL DEFAULT true,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, id),
    UNIQUE (account_id, title)
);

-- read_marks: how far a user has read a conversation: bold for me. There are so many that they do not go with the
-- membership but by a job after it.
CREATE TABLE read_marks (
    account_id      bigint NOT NULL,
    user_id         bigint NOT NULL,
    conversation_id bigint NOT NULL,
    up_to           bigint NOT NULL,
    at              timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, user_id, conversation_id),
    FOREIGN KEY (account_id, conversation_id) REFERENCES conversations (account_id, id) ON DELETE CASCADE
);
CREATE INDEX read_marks_conversation_idx ON read_marks (account_id, conversation_id);

-- participants: users who follow a conversation without being its assignee.
CREATE TABLE participants (
    account_id      bigint NOT NULL,
    conversation_id bigint NOT NULL,
    user_id         bigint NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, conversation_id, user_id),
    FOREIGN KEY (account_id, conversation_id) REFERENCES conversations (account_id, id) ON DELETE CASCADE,
    FOREIGN KEY (account_id, user_id) REFERENCES memberships (account_id, user_id) ON DELETE CASCADE
);
CREATE INDEX participants_user_idx ON participants (account_id, user_id, conversation_id DESC);

-- mentions: a user named in a private note.
CREATE TABLE mentions (
    account_id      bigint NOT NULL,
    conversation_id bigint NOT NULL,
    user_id         bigint NOT NULL,
    message_id      bigint NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, user_id, conversation_id),
    FOREIGN KEY (account_id, conversation_id) REFERENCES conversations (account_id, id) ON DELETE CASCADE,
    FOREIGN KEY (account_id, user_id) REFERENCES memberships (account_id, user_id) ON DELETE CASCADE
);

-- notifications: what a user is told of, about a conversation or a webhook. kind is Chatwoot's word
-- (conversation_assignment, …) or webhook_paused. They go as read_marks do.
CREATE TABLE notifications (
    account_id      bigint NOT NULL,
    id              bigint GENERATED BY DEFAULT AS IDENTITY,
    user_id         bigint NOT NULL,
    kind            text NOT NULL,
    conversation_id bigint,
    message_id      bigint,
    webhook_id      bigint,
    event_id        bigint NOT NULL,
    actor_kind      actor_kind NOT NULL DEFAULT 'system',
    actor_id        bigint,
    read_at         timestamptz,
    snoozed_until   timestamptz,
    last_activity_at timestamptz NOT NULL DEFAULT now(),
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, id),
    -- one event tells one user one thing once, however often its reactions run
    UNIQUE (account_id, user_id, event_id, kind),
    CHECK ((conversation_id IS NULL) <> (webhook_id IS NULL)),
    FOREIGN KEY (account_id, conversation_id) REFERENCES conversations (account_id, id) ON DELETE CASCADE
);
CREATE INDEX notifications_user_idx ON notifications (account_id, user_id, last_activity_at DESC, id DESC);
CREATE INDEX notifications_conversation_idx ON notifications (account_id, conversation_id);
CREATE INDEX notifications_unread_idx ON notifications (account_id, user_id) WHERE read_at IS NULL;

-- drafts: a text being written. user_id 0 is the one draft of a conversation that Chatwoot's API shares.
CREATE TABLE drafts (
    account_id      bigint NOT NULL,
    conversation_id bigint NOT NULL,
    user_id         bigint NOT NULL,
    mode            text NOT NULL CHECK (mode IN ('reply', 'note')),
    body            text NOT NULL,
    version         integer NOT NULL DEFAULT 1,
    updated_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, conversation_id, user_id, mode),
    FOREIGN KEY (account_id, conversation_id) REFERENCES conversations (account_id, id) ON DELETE CASCADE
);

CREATE TABLE canned_replies (
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    id         bigint GENERATED BY DEFAULT AS IDENTITY,
    short_code text NOT NULL,
    content    text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, id),
    UNIQUE (account_id, short_code)
);

CREATE TABLE macros (
    account_id    bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    id            bigint GENERATED BY DEFAULT AS IDENTITY,
    name          text NOT NULL,
    visibility    text NOT NULL DEFAULT 'personal' CHECK (visibility IN ('personal', 'global')),
    actions       jsonb NOT NULL DEFAULT '[]',
    created_by_id bigint,
    updated_by_id bigint,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, id)
);

-- views: a user's saved filters (Chatwoot's custom filters).
CREATE TABLE views (
    account_id  bigint NOT NULL,
    id          bigint GENERATED BY DEFAULT AS IDENTITY,
    user_id     bigint NOT NULL,
    name        text NOT NULL,
    filter_type text NOT NULL DEFAULT 'conversation' CHECK (filter_type IN ('conversation', 'contact', 'report')),
    query       jsonb NOT NULL DEFAULT '{}',
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, user_id) REFERENCES memberships (account_id, user_id) ON DELETE CASCADE
);
CREATE INDEX views_user_idx ON views (account_id, user_id);

CREATE TABLE attribute_definitions (
    account_id    bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    id            bigint GENERATED BY DEFAULT AS IDENTITY,
    model         attribute_model NOT NULL,
    key           text NOT NULL,
    display_name  text NOT NULL,
    display_type  attribute_type NOT NULL DEFAULT 'text',
    description   text NOT NULL DEFAULT '',
    "values"      jsonb NOT NULL DEFAULT '[]',
    default_value text,
    regex_pattern text,
    regex_cue     text,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, id),
    UNIQUE (account_id, model, key)
);

-- notes: what colleagues write down about a contact.
CREATE TABLE notes (
    account_id bigint NOT NULL,
    id         bigint GENERATED BY DEFAULT AS IDENTITY,
    contact_id bigint NOT NULL,
    user_id    bigint,
    content    text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, contact_id) REFERENCES contacts (account_id, id) ON DELETE CASCADE
);
CREATE INDEX notes_contact_idx ON notes (account_id, contact_id, id DESC);

-- csat_responses: a customer's rating of a conversation, one for each survey message.
CREATE TABLE csat_responses (
    account_id      bigint NOT NULL,
    id              bigint GENERATED BY DEFAULT AS IDENTITY,
    conversation_id bigint NOT NULL,
    message_id      bigint NOT NULL,
    contact_id      bigint NOT NULL,
    assignee_id     bigint,
    rating          smallint NOT NULL CHECK (rating BETWEEN 1 AND 5),
    feedback        text NOT NULL DEFAULT '',
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, id),
    UNIQUE (account_id, message_id),
    FOREIGN KEY (account_id, conversation_id) REFERENCES conversations (account_id, id) ON DELETE CASCADE
);
CREATE INDEX csat_responses_created_idx ON csat_responses (account_id, created_at DESC, id DESC);

-- reporting_events: durations that reports are made of, one row a moment: name is first_response, reply_time,
-- conversation_resolved, conversation_bot_handoff, conversation_bot_resolved; value in seconds.
CREATE TABLE reporting_events (
    account_id              bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    id                      bigint GENERATED BY DEFAULT AS IDENTITY,
    event_id                bigint NOT NULL,
    name                    text NOT NULL,
    value                   double precision NOT NULL,
    value_in_business_hours double precision NOT NULL DEFAULT 0,
    inbox_id                bigint NOT NULL,
    user_id                 bigint,
    team_id                 bigint,
    conversation_id         bigint NOT NULL,
    started_at              timestamptz NOT NULL,
    ended_at                timestamptz NOT NULL,
    PRIMARY KEY (account_id, id),
    UNIQUE (account_id, event_id, name),
    FOREIGN KEY (account_id, conversation_id) REFERENCES conversations (account_id, id) ON DELETE CASCADE
);
CREATE INDEX reporting_events_name_idx ON reporting_events (account_id, name, ended_at);
CREATE INDEX reporting_events_conversation_idx ON reporting_events (account_id, conversation_id);

-- webhooks: where an account's events are sent. Inboxes and bots have URLs of their own (inboxes.webhook_url,
-- agent_bots.outgoing_url); deliveries of all three are rows of webhook_deliveries.
CREATE TABLE webhooks (
    account_id      bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    id              bigint GENERATED BY DEFAULT AS IDENTITY,
    dialect         dialect NOT NULL DEFAULT 'chatwoot',
    url             text NOT NULL,
    name            text NOT NULL DEFAULT '',
    inbox_id        bigint,
    subscriptions   text[] NOT NULL DEFAULT '{}',
    secret          text NOT NULL,
    -- signs as well until a rotation is over
    previous_secret text,
    rotated_at      timestamptz,
    -- paused after failing for long; the reason is shown to administrators
    paused_at       timestamptz,
    paused_reason   text NOT NULL DEFAULT '',
    -- tries that failed in a row, and since when; null and 0 after one that worked
    failing_since   timestamptz,
    failures        integer NOT NULL DEFAULT 0,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, id),
    CONSTRAINT webhooks_url_key UNIQUE (account_id, dialect, url),
    FOREIGN KEY (account_id, inbox_id) REFERENCES inboxes (account_id, id) ON DELETE SET NULL (inbox_id)
);
ALTER TABLE notifications ADD FOREIGN KEY (account_id, webhook_id) REFERENCES webhooks (account_id, id) ON DELETE CASCADE;
CREATE INDEX notifications_webhook_idx ON notifications (account_id, webhook_id) WHERE webhook_id IS NOT NULL;
CREATE UNIQUE INDEX webhooks_qlara_key ON webhooks (account_id) WHERE dialect = 'qlara';

-- webhook_deliveries: one event for one receiver. Within a lane (a conversation or a contact, of one receiver)
-- deliveries go in the order of their events: only the first unfinished one is pending and has a job, the others wait.
CREATE TABLE webhook_deliveries (
    account_id      bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    id              bigint GENERATED BY DEFAULT AS IDENTITY,
    -- stays the same over all tries; the receiver's key against doubles
    uuid            uuid NOT NULL DEFAULT gen_random_uuid(),
    -- 'webhook:7', 'inbox:3', 'bot:2', 'rule:4'
    receiver        text NOT NULL,
    -- where to, when the receiver has no address of its own: what a rule sends
    url             text NOT NULL DEFAULT '',
    event_id        bigint NOT NULL,
    event_name      text NOT NULL,
    -- 'conversation:12', 'contact:5', 'inbox:3': what the receiver must hear of in order
    lane            text NOT NULL DEFAULT '',
    state           delivery_state NOT NULL DEFAULT 'waiting',
    -- the body, made once, so that each try sends the same bytes
    body            text NOT NULL DEFAULT '',
    attempts        integer NOT NULL DEFAULT 0,
    last_status     integer,
    last_error      text NOT NULL DEFAULT '',
    -- when it is tried next; while a try is under way, when that one counts as lost
    next_try_at     timestamptz,
    -- a try that fails after this is the last
    give_up_at      timestamptz NOT NULL DEFAULT now() + interval '3 days',
    finished_at     timestamptz,
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, id),
    CONSTRAINT webhook_deliveries_once UNIQUE (account_id, receiver, event_id, event_name, url)
);
CREATE INDEX webhook_deliveries_lane_idx ON webhook_deliveries (account_id, receiver, lane, id) WHERE state IN ('waiting', 'pending');
CREATE INDEX webhook_deliveries_log_idx ON webhook_deliveries (account_id, receiver, id DESC);
CREATE INDEX webhook_deliveries_failed_idx ON webhook_deliveries (account_id, receiver, id) WHERE state IN ('failed', 'dropped');
CREATE INDEX webhook_deliveries_old_idx ON webhook_deliveries (created_at);
CREATE TABLE webhook_attempts (
    account_id  bigint NOT NULL,
    id          bigint GENERATED BY DEFAULT AS IDENTITY,
    delivery_id bigint NOT NULL,
    status      integer,
    error       text NOT NULL DEFAULT '',
    excerpt     text NOT NULL DEFAULT '',
    millis      integer NOT NULL DEFAULT 0,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, delivery_id) REFERENCES webhook_deliveries (account_id, id) ON DELETE CASCADE
);
CREATE INDEX webhook_attempts_delivery_idx ON webhook_attempts (account_id, delivery_id, id);

CREATE TABLE automation_rules (
    account_id  bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    id          bigint GENERATED BY DEFAULT AS IDENTITY,
    name        text NOT NULL,
    description text NOT NULL DEFAULT '',
    event_name  text NOT NULL,
    conditions  jsonb NOT NULL DEFAULT '[]',
    actions     jsonb NOT NULL DEFAULT '[]',
    active      boolean NOT NULL DEFAULT true,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, id)
);
CREATE INDEX automation_rules_event_idx ON automation_rules (account_id, event_name) WHERE active;
-- rule_runs: a rule runs once for an event, however often the event's reactions run.
CREATE TABLE rule_runs (
    account_id bigint NOT NULL,
    rule_id    bigint NOT NULL,
    event_id   bigint NOT NULL,
    outcome    text NOT NULL DEFAULT 'done',
    error      text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, rule_id, event_id),
    FOREIGN KEY (account_id, rule_id) REFERENCES automation_rules (account_id, id) ON DELETE CASCADE
);

-- macro_runs: a macro runs once on a conversation for the job that was ordered, however often the job runs. Kept for as
-- long as a job can come again.
CREATE TABLE macro_runs (
    account_id      bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    job_id          bigint NOT NULL,
    conversation_id bigint NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, job_id, conversation_id)
);
CREATE INDEX macro_runs_old_idx ON macro_runs (created_at);

-- integration_hooks: an external service an account uses, such as a translation provider.
CREATE TABLE integration_hooks (
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    id         bigint GENERATED BY DEFAULT AS IDENTITY,
    app_id     text NOT NULL,
    inbox_id   bigint,
    enabled    boolean NOT NULL DEFAULT true,
    -- JSON, sealed, for it holds keys
    settings   text NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, inbox_id) REFERENCES inboxes (account_id, id) ON DELETE CASCADE
);

-- inbound_mail: the ledger of every mail that we were shown; its raw bytes are stored before it is parsed.
-- key is the Message-ID, or the hash of the bytes where there is none.
CREATE TABLE inbound_mail (
    account_id bigint NOT NULL,
    id         bigint GENERATED BY DEFAULT AS IDENTITY,
    inbox_id   bigint NOT NULL,
    key        text NOT NULL,
    blob_hash  text NOT NULL,
    state      mail_state NOT NULL DEFAULT 'stored',
    reason     text NOT NULL DEFAULT '',
    message_id bigint,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, id),
    CONSTRAINT inbound_mail_once UNIQUE (account_id, inbox_id, key),
    FOREIGN KEY (account_id, inbox_id) REFERENCES inboxes (account_id, id) ON DELETE CASCADE,
    FOREIGN KEY (account_id, blob_hash) REFERENCES blobs (account_id, hash),
    FOREIGN KEY (account_id, message_id) REFERENCES messages (account_id, id) ON DELETE SET NULL (message_id)
);

CREATE INDEX inbound_mail_blob_idx ON inbound_mail (blob_hash);

-- letters: e-mails that Parley writes by itself, each ordered in the transaction that gives the reason for it. One to
-- somebody who forgot a password belongs to no account, so id alone is the key.
CREATE TABLE letters (
    id          bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    account_id  bigint REFERENCES accounts (id) ON DELETE CASCADE,
    -- becomes the Message-ID, the same over all tries
    uuid        uuid NOT NULL DEFAULT gen_random_uuid(),
    kind        letter_kind NOT NULL,
    recipient   text NOT NULL,
    -- what it is written from
    facts       jsonb NOT NULL DEFAULT '{}',
    -- the path of a one-time link in it; forgotten when the letter has ended
    secret      text NOT NULL DEFAULT '',
    -- the order for it, where one could come twice: 'rule:4:event:12:action:0:ann@desk.example'
    once        text UNIQUE,
    state       letter_state NOT NULL DEFAULT 'waiting',
    attempts    integer NOT NULL DEFAULT 0,
    -- tries whose end nobody knows: the receiver may have it that many times more
    unclear     integer NOT NULL DEFAULT 0,
    last_error  text NOT NULL DEFAULT '',
    -- when it is tried next; while a try is under way, when that one counts as lost
    next_try_at timestamptz NOT NULL,
    -- a try that fails after this is the last
    give_up_at  timestamptz NOT NULL,
    finished_at timestamptz,
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX letters_account_idx ON letters (account_id, id DESC);
CREATE INDEX letters_invitation_idx ON letters (account_id, recipient, id DESC) WHERE kind = 'invitation';
CREATE INDEX letters_old_idx ON letters (created_at);

-- events: what happened, written by the verb that did it, in its transaction. number is null until the sequencer
-- gives it after commit: per account, gap-free, in the order of ids within a conversation. Readers see numbered
-- events only. An unnumbered row is the durable order to react to it.
CREATE TABLE events (
    account_id      bigint NOT NULL,
    id              bigint GENERATED BY DEFAULT AS IDENTITY,
    number          bigint,
    kind            text NOT NULL,
    actor_kind      actor_kind NOT NULL,
    actor_id        bigint,
    conversation_id bigint,
    message_id      bigint,
    contact_id      bigint,
    -- where the conversation stood, for the visibility of the feed after it has moved or gone
    inbox_id        bigint,
    team_id         bigint,
    data            jsonb NOT NULL DEFAULT '{}',
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX events_number_key ON events (account_id, number) WHERE number IS NOT NULL;
CREATE INDEX events_unnumbered_idx ON events (id) WHERE number IS NULL;
CREATE INDEX events_conversation_idx ON events (account_id, conversation_id, id) WHERE conversation_id IS NOT NULL;

-- idempotency_keys: a write that was done once for a token, a route and a key; the row is written in the write's
-- own transaction, its answer with it: JSON, sealed, for it may be a token that is shown once. Kept 24 hours.
CREATE TABLE idempotency_keys (
    token_id     bigint NOT NULL,
    route        text NOT NULL,
    key          text NOT NULL,
    request_hash bytea NOT NULL,
    status       integer NOT NULL DEFAULT 0,
    body         text NOT NULL DEFAULT '',
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (token_id, route, key)
);
CREATE INDEX idempotency_keys_old_idx ON idempotency_keys (created_at);

-- contact_imports: a file of contacts being read by a job, or written by one (kind 'export').
CREATE TABLE contact_imports (
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    id         bigint GENERATED BY DEFAULT AS IDENTITY,
    kind       text NOT NULL CHECK (kind IN ('import', 'export')),
    user_id    bigint,
    blob_hash  text,
    params     jsonb NOT NULL DEFAULT '{}',
    state      text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'done', 'failed')),
    total      integer NOT NULL DEFAULT 0,
    processed  integer NOT NULL DEFAULT 0,
    error      text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, id)
);

-- PostgreSQL looks at a table's contents once fifty rows have changed, and takes one that it never looked at for
-- almost empty: with ten inboxes every list was planned wrongly, at twice the cost. These are small for ever.
-- +goose StatementBegin
DO $$
DECLARE small text;
BEGIN
    FOREACH small IN ARRAY ARRAY['accounts', 'users', 'memberships', 'agent_bots', 'teams', 'team_members', 'inboxes', 'inbox_members',
        'labels', 'canned_replies', 'webhooks', 'automation_rules', 'attribute_definitions', 'views'] LOOP
        EXECUTE format('ALTER TABLE %I SET (autovacuum_analyze_threshold = 3)', small);
    END LOOP;
END
$$;
-- +goose StatementEnd
