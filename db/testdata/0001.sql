-- A database as 0001_schema.sql alone made it (and River's migrations of that time), with rows in every table: made data,
-- written once by pg_dump. TestUpgrade brings it to the newest version. Never edit it.
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
-- Name: btree_gin; Type: EXTENSION; Schema: -; Owner: -
CREATE EXTENSION IF NOT EXISTS btree_gin WITH SCHEMA public;
-- Name: EXTENSION btree_gin; Type: COMMENT; Schema: -; Owner: -
COMMENT ON EXTENSION btree_gin IS 'support for indexing common datatypes in GIN';
-- Name: pg_trgm; Type: EXTENSION; Schema: -; Owner: -
CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;
-- Name: EXTENSION pg_trgm; Type: COMMENT; Schema: -; Owner: -
COMMENT ON EXTENSION pg_trgm IS 'text similarity measurement and index searching based on trigrams';
-- Name: unaccent; Type: EXTENSION; Schema: -; Owner: -
CREATE EXTENSION IF NOT EXISTS unaccent WITH SCHEMA public;
-- Name: EXTENSION unaccent; Type: COMMENT; Schema: -; Owner: -
COMMENT ON EXTENSION unaccent IS 'text search dictionary that removes accents';
-- Name: account_status; Type: TYPE; Schema: public; Owner: -
CREATE TYPE public.account_status AS ENUM (
    'active',
    'suspended',
    'deleted'
);
-- Name: actor_kind; Type: TYPE; Schema: public; Owner: -
CREATE TYPE public.actor_kind AS ENUM (
    'user',
    'bot',
    'contact',
    'account',
    'rule',
    'system'
);
-- Name: attribute_model; Type: TYPE; Schema: public; Owner: -
CREATE TYPE public.attribute_model AS ENUM (
    'conversation_attribute',
    'contact_attribute',
    'company_attribute'
);
-- Name: attribute_type; Type: TYPE; Schema: public; Owner: -
CREATE TYPE public.attribute_type AS ENUM (
    'text',
    'number',
    'currency',
    'percent',
    'link',
    'date',
    'list',
    'checkbox'
);
-- Name: availability; Type: TYPE; Schema: public; Owner: -
CREATE TYPE public.availability AS ENUM (
    'online',
    'offline',
    'busy'
);
-- Name: content_type; Type: TYPE; Schema: public; Owner: -
CREATE TYPE public.content_type AS ENUM (
    'text',
    'input_text',
    'input_textarea',
    'input_email',
    'input_select',
    'cards',
    'form',
    'article',
    'incoming_email',
    'input_csat',
    'integrations',
    'sticker',
    'voice_call'
);
-- Name: conversation_priority; Type: TYPE; Schema: public; Owner: -
CREATE TYPE public.conversation_priority AS ENUM (
    'low',
    'medium',
    'high',
    'urgent'
);
-- Name: conversation_status; Type: TYPE; Schema: public; Owner: -
CREATE TYPE public.conversation_status AS ENUM (
    'open',
    'resolved',
    'pending',
    'snoozed'
);
-- Name: delivery; Type: TYPE; Schema: public; Owner: -
CREATE TYPE public.delivery AS ENUM (
    'queued',
    'sent',
    'received',
    'delivered',
    'read',
    'failed',
    'expired'
);
-- Name: delivery_state; Type: TYPE; Schema: public; Owner: -
CREATE TYPE public.delivery_state AS ENUM (
    'waiting',
    'pending',
    'delivered',
    'failed',
    'dropped'
);
-- Name: dialect; Type: TYPE; Schema: public; Owner: -
CREATE TYPE public.dialect AS ENUM (
    'chatwoot',
    'ndoto',
    'qlara'
);
-- Name: file_kind; Type: TYPE; Schema: public; Owner: -
CREATE TYPE public.file_kind AS ENUM (
    'image',
    'audio',
    'video',
    'file',
    'location',
    'fallback',
    'share',
    'story_mention',
    'contact',
    'ig_reel',
    'ig_post',
    'ig_story',
    'embed'
);
-- Name: inbox_kind; Type: TYPE; Schema: public; Owner: -
CREATE TYPE public.inbox_kind AS ENUM (
    'api',
    'email',
    'web_widget',
    'sms',
    'rcs',
    'whatsapp',
    'telegram',
    'line',
    'messenger',
    'instagram'
);
-- Name: letter_kind; Type: TYPE; Schema: public; Owner: -
CREATE TYPE public.letter_kind AS ENUM (
    'invitation',
    'password',
    'transcript',
    'team',
    'webhook_paused'
);
-- Name: letter_state; Type: TYPE; Schema: public; Owner: -
CREATE TYPE public.letter_state AS ENUM (
    'waiting',
    'sending',
    'sent',
    'failed'
);
-- Name: mail_state; Type: TYPE; Schema: public; Owner: -
CREATE TYPE public.mail_state AS ENUM (
    'stored',
    'posted',
    'quarantined'
);
-- Name: message_kind; Type: TYPE; Schema: public; Owner: -
CREATE TYPE public.message_kind AS ENUM (
    'incoming',
    'outgoing',
    'activity',
    'template'
);
-- Name: river_job_state; Type: TYPE; Schema: public; Owner: -
CREATE TYPE public.river_job_state AS ENUM (
    'available',
    'cancelled',
    'completed',
    'discarded',
    'pending',
    'retryable',
    'running',
    'scheduled'
);
-- Name: role; Type: TYPE; Schema: public; Owner: -
CREATE TYPE public.role AS ENUM (
    'agent',
    'administrator'
);
-- Name: sender_kind; Type: TYPE; Schema: public; Owner: -
CREATE TYPE public.sender_kind AS ENUM (
    'contact',
    'user',
    'bot'
);
-- Name: token_kind; Type: TYPE; Schema: public; Owner: -
CREATE TYPE public.token_kind AS ENUM (
    'user',
    'bot',
    'account',
    'platform'
);
-- Name: bucket(timestamp with time zone, text, bigint); Type: FUNCTION; Schema: public; Owner: -
CREATE FUNCTION public.bucket(at timestamp with time zone, unit text, shift bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT extract(epoch FROM date_trunc(unit, (at AT TIME ZONE 'UTC') + make_interval(secs => shift)))::bigint - shift
$$;
-- Name: count_conversation(); Type: FUNCTION; Schema: public; Owner: -
CREATE FUNCTION public.count_conversation() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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
-- Name: note_subject(); Type: FUNCTION; Schema: public; Owner: -
CREATE FUNCTION public.note_subject() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    DELETE FROM conversation_subjects WHERE account_id = NEW.account_id AND conversation_id = NEW.id;
    IF NEW.subject <> '' THEN
        INSERT INTO conversation_subjects (account_id, conversation_id, subject) VALUES (NEW.account_id, NEW.id, NEW.subject);
    END IF;
    RETURN NULL;
END
$$;
-- Name: river_job_state_in_bitmask(bit, public.river_job_state); Type: FUNCTION; Schema: public; Owner: -
CREATE FUNCTION public.river_job_state_in_bitmask(bitmask bit, state public.river_job_state) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT CASE state
        WHEN 'available' THEN get_bit(bitmask, 7)
        WHEN 'cancelled' THEN get_bit(bitmask, 6)
        WHEN 'completed' THEN get_bit(bitmask, 5)
        WHEN 'discarded' THEN get_bit(bitmask, 4)
        WHEN 'pending'   THEN get_bit(bitmask, 3)
        WHEN 'retryable' THEN get_bit(bitmask, 2)
        WHEN 'running'   THEN get_bit(bitmask, 1)
        WHEN 'scheduled' THEN get_bit(bitmask, 0)
        ELSE 0
    END = 1;
$$;
-- Name: parley; Type: TEXT SEARCH CONFIGURATION; Schema: public; Owner: -
CREATE TEXT SEARCH CONFIGURATION public.parley (
    PARSER = pg_catalog."default" );
ALTER TEXT SEARCH CONFIGURATION public.parley
    ADD MAPPING FOR asciiword WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.parley
    ADD MAPPING FOR word WITH public.unaccent, simple;
ALTER TEXT SEARCH CONFIGURATION public.parley
    ADD MAPPING FOR numword WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.parley
    ADD MAPPING FOR email WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.parley
    ADD MAPPING FOR url WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.parley
    ADD MAPPING FOR host WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.parley
    ADD MAPPING FOR sfloat WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.parley
    ADD MAPPING FOR version WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.parley
    ADD MAPPING FOR hword_numpart WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.parley
    ADD MAPPING FOR hword_part WITH public.unaccent, simple;
ALTER TEXT SEARCH CONFIGURATION public.parley
    ADD MAPPING FOR hword_asciipart WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.parley
    ADD MAPPING FOR numhword WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.parley
    ADD MAPPING FOR asciihword WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.parley
    ADD MAPPING FOR hword WITH public.unaccent, simple;
ALTER TEXT SEARCH CONFIGURATION public.parley
    ADD MAPPING FOR url_path WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.parley
    ADD MAPPING FOR file WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.parley
    ADD MAPPING FOR "float" WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.parley
    ADD MAPPING FOR "int" WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.parley
    ADD MAPPING FOR uint WITH simple;
-- Name: search_words(text); Type: FUNCTION; Schema: public; Owner: -
CREATE FUNCTION public.search_words(typed text) RETURNS tsquery
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (SELECT CASE WHEN (plain.q = ''::text) THEN ''::tsquery ELSE ((plain.q || ':*'::text))::tsquery END AS "case" FROM (SELECT (plainto_tsquery('public.parley'::regconfig, "left"(search_words.typed, 500)))::text AS q) plain);
-- Name: visible(bigint, bigint, boolean, bigint[], bigint[]); Type: FUNCTION; Schema: public; Owner: -
CREATE FUNCTION public.visible(inbox_id bigint, team_id bigint, sees_all boolean, inbox_ids bigint[], team_ids bigint[]) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT sees_all OR inbox_id = ANY (inbox_ids) OR COALESCE(team_id = ANY (team_ids), false)
$$;
-- Name: words(text); Type: FUNCTION; Schema: public; Owner: -
CREATE FUNCTION public.words(content text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN to_tsvector('public.parley'::regconfig, "left"(COALESCE(content, ''::text), 100000));
SET default_tablespace = '';
SET default_table_access_method = heap;
-- Name: access_tokens; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.access_tokens (
    id bigint NOT NULL,
    token_hash bytea NOT NULL,
    kind public.token_kind NOT NULL,
    account_id bigint,
    user_id bigint,
    bot_id bigint,
    platform_app_id bigint,
    name text DEFAULT ''::text NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    hint text DEFAULT ''::text NOT NULL,
    last_used_on date,
    expires_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
-- Name: access_tokens_id_seq; Type: SEQUENCE; Schema: public; Owner: -
ALTER TABLE public.access_tokens ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.access_tokens_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
-- Name: account_counters; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.account_counters (
    account_id bigint NOT NULL,
    conversations bigint DEFAULT 0 NOT NULL
);
-- Name: accounts; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.accounts (
    id bigint NOT NULL,
    name text NOT NULL,
    locale text DEFAULT 'en'::text NOT NULL,
    time_zone text DEFAULT 'UTC'::text NOT NULL,
    domain text,
    support_email text,
    status public.account_status DEFAULT 'active'::public.account_status NOT NULL,
    settings jsonb DEFAULT '{}'::jsonb NOT NULL,
    features jsonb DEFAULT '{}'::jsonb NOT NULL,
    limits jsonb DEFAULT '{}'::jsonb NOT NULL,
    custom_attributes jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
)
WITH (autovacuum_analyze_threshold='3');
-- Name: TABLE accounts; Type: COMMENT; Schema: public; Owner: -
COMMENT ON TABLE public.accounts IS 'edition 7744f59152256742702cbcf440735bb7d444c8ef11c25d6a1c2b589e13af5191';
-- Name: accounts_id_seq; Type: SEQUENCE; Schema: public; Owner: -
ALTER TABLE public.accounts ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
-- Name: agent_bots; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.agent_bots (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    name text NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    outgoing_url text DEFAULT ''::text NOT NULL,
    bot_type text DEFAULT 'webhook'::text NOT NULL,
    bot_config jsonb DEFAULT '{}'::jsonb NOT NULL,
    secret text NOT NULL,
    avatar_hash text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
)
WITH (autovacuum_analyze_threshold='3');
-- Name: agent_bots_id_seq; Type: SEQUENCE; Schema: public; Owner: -
ALTER TABLE public.agent_bots ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.agent_bots_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
-- Name: attachments; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.attachments (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    message_id bigint,
    conversation_id bigint,
    uploader_id bigint,
    key text DEFAULT encode(uuid_send(gen_random_uuid()), 'hex'::text) NOT NULL,
    file_kind public.file_kind DEFAULT 'file'::public.file_kind NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    content_type text DEFAULT 'application/octet-stream'::text NOT NULL,
    size bigint DEFAULT 0 NOT NULL,
    blob_hash text,
    thumb_hash text,
    width integer,
    height integer,
    latitude double precision,
    longitude double precision,
    fallback_title text,
    external_url text,
    meta jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
-- Name: attachments_id_seq; Type: SEQUENCE; Schema: public; Owner: -
ALTER TABLE public.attachments ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.attachments_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
-- Name: attribute_definitions; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.attribute_definitions (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    model public.attribute_model NOT NULL,
    key text NOT NULL,
    display_name text NOT NULL,
    display_type public.attribute_type DEFAULT 'text'::public.attribute_type NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    "values" jsonb DEFAULT '[]'::jsonb NOT NULL,
    default_value text,
    regex_pattern text,
    regex_cue text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
)
WITH (autovacuum_analyze_threshold='3');
-- Name: attribute_definitions_id_seq; Type: SEQUENCE; Schema: public; Owner: -
ALTER TABLE public.attribute_definitions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.attribute_definitions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
-- Name: automation_rules; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.automation_rules (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    name text NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    event_name text NOT NULL,
    conditions jsonb DEFAULT '[]'::jsonb NOT NULL,
    actions jsonb DEFAULT '[]'::jsonb NOT NULL,
    active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
)
WITH (autovacuum_analyze_threshold='3');
-- Name: automation_rules_id_seq; Type: SEQUENCE; Schema: public; Owner: -
ALTER TABLE public.automation_rules ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.automation_rules_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
-- Name: blobs; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.blobs (
    account_id bigint NOT NULL,
    hash text NOT NULL,
    size bigint NOT NULL,
    content_type text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
-- Name: canned_replies; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.canned_replies (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    short_code text NOT NULL,
    content text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
)
WITH (autovacuum_analyze_threshold='3');
-- Name: canned_replies_id_seq; Type: SEQUENCE; Schema: public; Owner: -
ALTER TABLE public.canned_replies ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.canned_replies_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
-- Name: contact_imports; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.contact_imports (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    kind text NOT NULL,
    user_id bigint,
    blob_hash text,
    params jsonb DEFAULT '{}'::jsonb NOT NULL,
    state text DEFAULT 'queued'::text NOT NULL,
    total integer DEFAULT 0 NOT NULL,
    processed integer DEFAULT 0 NOT NULL,
    error text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT contact_imports_kind_check CHECK ((kind = ANY (ARRAY['import'::text, 'export'::text]))),
    CONSTRAINT contact_imports_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'done'::text, 'failed'::text])))
);
-- Name: contact_imports_id_seq; Type: SEQUENCE; Schema: public; Owner: -
ALTER TABLE public.contact_imports ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contact_imports_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
-- Name: contact_inboxes; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.contact_inboxes (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    contact_id bigint NOT NULL,
    inbox_id bigint NOT NULL,
    source_id text NOT NULL,
    hmac_verified boolean DEFAULT false NOT NULL,
    pubsub_token text DEFAULT encode(uuid_send(gen_random_uuid()), 'hex'::text) NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);
-- Name: contact_inboxes_id_seq; Type: SEQUENCE; Schema: public; Owner: -
ALTER TABLE public.contact_inboxes ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contact_inboxes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
-- Name: contact_presences; Type: TABLE; Schema: public; Owner: -
CREATE UNLOGGED TABLE public.contact_presences (
    account_id bigint NOT NULL,
    contact_id bigint NOT NULL,
    seen_at timestamp with time zone NOT NULL
);
-- Name: contacts; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.contacts (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    email text,
    phone_number text,
    identifier text,
    blocked boolean DEFAULT false NOT NULL,
    labels text[] DEFAULT '{}'::text[] NOT NULL,
    additional_attributes jsonb DEFAULT '{}'::jsonb NOT NULL,
    custom_attributes jsonb DEFAULT '{}'::jsonb NOT NULL,
    avatar_hash text,
    avatar_url text,
    last_activity_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT contacts_email_check CHECK ((email = lower(email)))
);
-- Name: contacts_id_seq; Type: SEQUENCE; Schema: public; Owner: -
ALTER TABLE public.contacts ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
-- Name: conversation_counts; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.conversation_counts (
    account_id bigint NOT NULL,
    status public.conversation_status NOT NULL,
    assignee_id bigint NOT NULL,
    inbox_id bigint NOT NULL,
    team_id bigint NOT NULL,
    n bigint NOT NULL
);
-- Name: conversations; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.conversations (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    display_id bigint NOT NULL,
    uuid uuid DEFAULT gen_random_uuid() NOT NULL,
    inbox_id bigint NOT NULL,
    contact_id bigint NOT NULL,
    contact_inbox_id bigint NOT NULL,
    status public.conversation_status DEFAULT 'open'::public.conversation_status NOT NULL,
    archived_at timestamp with time zone,
    priority public.conversation_priority,
    assignee_id bigint,
    assignee_bot_id bigint,
    team_id bigint,
    subject text DEFAULT ''::text NOT NULL,
    labels text[] DEFAULT '{}'::text[] NOT NULL,
    additional_attributes jsonb DEFAULT '{}'::jsonb NOT NULL,
    custom_attributes jsonb DEFAULT '{}'::jsonb NOT NULL,
    snoozed_until timestamp with time zone,
    last_message_id bigint,
    last_talk_id bigint,
    last_public_id bigint,
    last_public_at timestamp with time zone,
    last_incoming_id bigint,
    last_incoming_at timestamp with time zone,
    last_activity_at timestamp with time zone DEFAULT now() NOT NULL,
    waiting_since timestamp with time zone,
    first_reply_at timestamp with time zone,
    unread_count integer DEFAULT 0 NOT NULL,
    agents_read_up_to bigint DEFAULT 0 NOT NULL,
    agent_last_seen_at timestamp with time zone,
    assignee_last_seen_at timestamp with time zone,
    contact_last_seen_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
)
WITH (fillfactor='80');
-- Name: inboxes; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.inboxes (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    kind public.inbox_kind NOT NULL,
    name text NOT NULL,
    identifier text NOT NULL,
    hmac_token text NOT NULL,
    hmac_mandatory boolean DEFAULT false NOT NULL,
    webhook_url text DEFAULT ''::text NOT NULL,
    webhook_secret text NOT NULL,
    address text DEFAULT ''::text NOT NULL,
    avatar_hash text,
    hue smallint DEFAULT 1 NOT NULL,
    agent_bot_id bigint,
    greeting_enabled boolean DEFAULT false NOT NULL,
    greeting_message text DEFAULT ''::text NOT NULL,
    enable_auto_assignment boolean DEFAULT true NOT NULL,
    auto_assignment_config jsonb DEFAULT '{}'::jsonb NOT NULL,
    assignment_queue bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    enable_email_collect boolean DEFAULT true NOT NULL,
    csat_survey_enabled boolean DEFAULT false NOT NULL,
    csat_config jsonb DEFAULT '{}'::jsonb NOT NULL,
    working_hours_enabled boolean DEFAULT false NOT NULL,
    working_hours jsonb DEFAULT '[{"open_hour": null, "close_hour": null, "day_of_week": 0, "open_all_day": false, "open_minutes": null, "close_minutes": null, "closed_all_day": true}, {"open_hour": 9, "close_hour": 17, "day_of_week": 1, "open_all_day": false, "open_minutes": 0, "close_minutes": 0, "closed_all_day": false}, {"open_hour": 9, "close_hour": 17, "day_of_week": 2, "open_all_day": false, "open_minutes": 0, "close_minutes": 0, "closed_all_day": false}, {"open_hour": 9, "close_hour": 17, "day_of_week": 3, "open_all_day": false, "open_minutes": 0, "close_minutes": 0, "closed_all_day": false}, {"open_hour": 9, "close_hour": 17, "day_of_week": 4, "open_all_day": false, "open_minutes": 0, "close_minutes": 0, "closed_all_day": false}, {"open_hour": 9, "close_hour": 17, "day_of_week": 5, "open_all_day": false, "open_minutes": 0, "close_minutes": 0, "closed_all_day": false}, {"open_hour": null, "close_hour": null, "day_of_week": 6, "open_all_day": false, "open_minutes": null, "close_minutes": null, "closed_all_day": true}]'::jsonb NOT NULL,
    out_of_office_message text DEFAULT ''::text NOT NULL,
    timezone text DEFAULT 'UTC'::text NOT NULL,
    allow_messages_after_resolved boolean DEFAULT true NOT NULL,
    lock_to_single_conversation boolean DEFAULT false NOT NULL,
    sender_name_type text DEFAULT 'friendly'::text NOT NULL,
    business_name text,
    additional_attributes jsonb DEFAULT '{}'::jsonb NOT NULL,
    settings text DEFAULT '{}'::text NOT NULL,
    archived_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT inboxes_hue_check CHECK (((hue >= 1) AND (hue <= 6)))
)
WITH (autovacuum_analyze_threshold='3');
-- Name: memberships; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.memberships (
    account_id bigint NOT NULL,
    user_id bigint NOT NULL,
    role public.role DEFAULT 'agent'::public.role NOT NULL,
    availability public.availability DEFAULT 'online'::public.availability NOT NULL,
    auto_offline boolean DEFAULT true NOT NULL,
    inviter_id bigint,
    active_at timestamp with time zone,
    deactivated_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
)
WITH (autovacuum_analyze_threshold='3');
-- Name: teams; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.teams (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    name text NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    allow_auto_assign boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
)
WITH (autovacuum_analyze_threshold='3');
-- Name: users; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.users (
    id bigint NOT NULL,
    name text NOT NULL,
    display_name text,
    email text NOT NULL,
    password_hash text,
    avatar_hash text,
    phone_number text,
    message_signature text,
    ui_settings jsonb DEFAULT '{}'::jsonb NOT NULL,
    custom_attributes jsonb DEFAULT '{}'::jsonb NOT NULL,
    confirmed_at timestamp with time zone,
    pubsub_token text DEFAULT encode(uuid_send(gen_random_uuid()), 'hex'::text) NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT users_email_check CHECK ((email = lower(email)))
)
WITH (autovacuum_analyze_threshold='3');
-- Name: conversation_details; Type: VIEW; Schema: public; Owner: -
CREATE VIEW public.conversation_details AS
 SELECT c.account_id,
    c.id,
    c.display_id,
    c.uuid,
    c.inbox_id,
    c.contact_id,
    c.contact_inbox_id,
    c.status,
    c.archived_at,
    c.priority,
    c.assignee_id,
    c.assignee_bot_id,
    c.team_id,
    c.subject,
    c.labels,
    c.additional_attributes,
    c.custom_attributes,
    c.snoozed_until,
    c.last_message_id,
    c.last_talk_id,
    c.last_public_id,
    c.last_public_at,
    c.last_incoming_id,
    c.last_incoming_at,
    c.last_activity_at,
    c.waiting_since,
    c.first_reply_at,
    c.unread_count,
    c.agents_read_up_to,
    c.agent_last_seen_at,
    c.assignee_last_seen_at,
    c.contact_last_seen_at,
    c.created_at,
    c.updated_at,
    k.name AS contact_name,
    k.email AS contact_email,
    k.phone_number AS contact_phone_number,
    k.identifier AS contact_identifier,
    k.blocked AS contact_blocked,
    k.additional_attributes AS contact_additional_attributes,
    k.custom_attributes AS contact_custom_attributes,
    k.avatar_hash AS contact_avatar_hash,
    k.avatar_url AS contact_avatar_url,
    k.last_activity_at AS contact_last_activity_at,
    k.created_at AS contact_created_at,
    kp.seen_at AS contact_seen_at,
    ci.source_id,
    ci.hmac_verified,
    i.name AS inbox_name,
    i.kind AS inbox_kind,
    COALESCE((i.additional_attributes ->> 'agent_reply_time_window'::text), ''::text) AS reply_window,
    u.name AS assignee_name,
    u.display_name AS assignee_display_name,
    u.email AS assignee_email,
    u.avatar_hash AS assignee_avatar_hash,
    u.confirmed_at AS assignee_confirmed_at,
    u.custom_attributes AS assignee_custom_attributes,
    s.role AS assignee_role,
    s.availability AS assignee_availability,
    s.auto_offline AS assignee_auto_offline,
    s.active_at AS assignee_active_at,
    b.name AS bot_name,
    b.description AS bot_description,
    b.avatar_hash AS bot_avatar_hash,
    b.outgoing_url AS bot_outgoing_url,
    b.bot_type,
    t.name AS team_name,
    t.description AS team_description,
    t.allow_auto_assign AS team_allow_auto_assign
   FROM ((((((((public.conversations c
     JOIN public.contacts k ON (((k.account_id = c.account_id) AND (k.id = c.contact_id))))
     JOIN public.contact_inboxes ci ON (((ci.account_id = c.account_id) AND (ci.id = c.contact_inbox_id))))
     JOIN public.inboxes i ON (((i.account_id = c.account_id) AND (i.id = c.inbox_id))))
     LEFT JOIN public.contact_presences kp ON (((kp.account_id = c.account_id) AND (kp.contact_id = c.contact_id))))
     LEFT JOIN public.users u ON ((u.id = c.assignee_id)))
     LEFT JOIN public.memberships s ON (((s.account_id = c.account_id) AND (s.user_id = c.assignee_id))))
     LEFT JOIN public.agent_bots b ON (((b.account_id = c.account_id) AND (b.id = c.assignee_bot_id))))
     LEFT JOIN public.teams t ON (((t.account_id = c.account_id) AND (t.id = c.team_id))));
-- Name: conversation_subjects; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.conversation_subjects (
    account_id bigint NOT NULL,
    conversation_id bigint NOT NULL,
    subject text NOT NULL
);
-- Name: conversations_id_seq; Type: SEQUENCE; Schema: public; Owner: -
ALTER TABLE public.conversations ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.conversations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
-- Name: csat_responses; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.csat_responses (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    conversation_id bigint NOT NULL,
    message_id bigint NOT NULL,
    contact_id bigint NOT NULL,
    assignee_id bigint,
    rating smallint NOT NULL,
    feedback text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT csat_responses_rating_check CHECK (((rating >= 1) AND (rating <= 5)))
);
-- Name: csat_responses_id_seq; Type: SEQUENCE; Schema: public; Owner: -
ALTER TABLE public.csat_responses ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.csat_responses_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
-- Name: drafts; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.drafts (
    account_id bigint NOT NULL,
    conversation_id bigint NOT NULL,
    user_id bigint NOT NULL,
    mode text NOT NULL,
    body text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT drafts_mode_check CHECK ((mode = ANY (ARRAY['reply'::text, 'note'::text])))
);
-- Name: event_counters; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.event_counters (
    account_id bigint NOT NULL,
    number bigint DEFAULT 0 NOT NULL
);
-- Name: event_cursors; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.event_cursors (
    account_id bigint NOT NULL,
    follower text NOT NULL,
    number bigint DEFAULT 0 NOT NULL
);
-- Name: events; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.events (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    number bigint,
    kind text NOT NULL,
    actor_kind public.actor_kind NOT NULL,
    actor_id bigint,
    conversation_id bigint,
    message_id bigint,
    contact_id bigint,
    inbox_id bigint,
    team_id bigint,
    data jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
-- Name: events_id_seq; Type: SEQUENCE; Schema: public; Owner: -
ALTER TABLE public.events ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
-- Name: goose_db_version; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.goose_db_version (
    id integer NOT NULL,
    version_id bigint NOT NULL,
    is_applied boolean NOT NULL,
    tstamp timestamp without time zone DEFAULT now() NOT NULL
);
-- Name: goose_db_version_id_seq; Type: SEQUENCE; Schema: public; Owner: -
ALTER TABLE public.goose_db_version ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.goose_db_version_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
-- Name: idempotency_keys; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.idempotency_keys (
    token_id bigint NOT NULL,
    route text NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    status integer DEFAULT 0 NOT NULL,
    body text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
-- Name: inbound_mail; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.inbound_mail (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    inbox_id bigint NOT NULL,
    key text NOT NULL,
    blob_hash text NOT NULL,
    state public.mail_state DEFAULT 'stored'::public.mail_state NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    message_id bigint,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
-- Name: inbound_mail_id_seq; Type: SEQUENCE; Schema: public; Owner: -
ALTER TABLE public.inbound_mail ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.inbound_mail_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
-- Name: inbox_members; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.inbox_members (
    account_id bigint NOT NULL,
    inbox_id bigint NOT NULL,
    user_id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
)
WITH (autovacuum_analyze_threshold='3');
-- Name: inboxes_id_seq; Type: SEQUENCE; Schema: public; Owner: -
ALTER TABLE public.inboxes ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.inboxes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
-- Name: installation; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.installation (
    only_row boolean DEFAULT true NOT NULL,
    uuid uuid DEFAULT gen_random_uuid() NOT NULL,
    set_up_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT installation_only_row_check CHECK (only_row)
);
-- Name: integration_hooks; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.integration_hooks (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    app_id text NOT NULL,
    inbox_id bigint,
    enabled boolean DEFAULT true NOT NULL,
    settings text DEFAULT '{}'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);
-- Name: integration_hooks_id_seq; Type: SEQUENCE; Schema: public; Owner: -
ALTER TABLE public.integration_hooks ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.integration_hooks_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
-- Name: invitations; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.invitations (
    id bigint NOT NULL,
    account_id bigint NOT NULL,
    token_hash bytea NOT NULL,
    name text NOT NULL,
    email text NOT NULL,
    role public.role DEFAULT 'agent'::public.role NOT NULL,
    inbox_ids bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    inviter_id bigint NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT invitations_email_check CHECK ((email = lower(email)))
);
-- Name: invitations_id_seq; Type: SEQUENCE; Schema: public; Owner: -
ALTER TABLE public.invitations ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.invitations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
-- Name: labels; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.labels (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    title text NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    color text DEFAULT '#1f93ff'::text NOT NULL,
    show_on_sidebar boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
)
WITH (autovacuum_analyze_threshold='3');
-- Name: labels_id_seq; Type: SEQUENCE; Schema: public; Owner: -
ALTER TABLE public.labels ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.labels_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
-- Name: letters; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.letters (
    id bigint NOT NULL,
    account_id bigint,
    uuid uuid DEFAULT gen_random_uuid() NOT NULL,
    kind public.letter_kind NOT NULL,
    recipient text NOT NULL,
    facts jsonb DEFAULT '{}'::jsonb NOT NULL,
    secret text DEFAULT ''::text NOT NULL,
    once text,
    state public.letter_state DEFAULT 'waiting'::public.letter_state NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    unclear integer DEFAULT 0 NOT NULL,
    last_error text DEFAULT ''::text NOT NULL,
    next_try_at timestamp with time zone NOT NULL,
    give_up_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
-- Name: letters_id_seq; Type: SEQUENCE; Schema: public; Owner: -
ALTER TABLE public.letters ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.letters_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
-- Name: login_links; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.login_links (
    token_hash bytea NOT NULL,
    user_id bigint NOT NULL,
    expires_at timestamp with time zone NOT NULL
);
-- Name: macro_runs; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.macro_runs (
    account_id bigint NOT NULL,
    job_id bigint NOT NULL,
    conversation_id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
-- Name: macros; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.macros (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    name text NOT NULL,
    visibility text DEFAULT 'personal'::text NOT NULL,
    actions jsonb DEFAULT '[]'::jsonb NOT NULL,
    created_by_id bigint,
    updated_by_id bigint,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT macros_visibility_check CHECK ((visibility = ANY (ARRAY['personal'::text, 'global'::text])))
);
-- Name: macros_id_seq; Type: SEQUENCE; Schema: public; Owner: -
ALTER TABLE public.macros ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.macros_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
-- Name: mentions; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.mentions (
    account_id bigint NOT NULL,
    conversation_id bigint NOT NULL,
    user_id bigint NOT NULL,
    message_id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
-- Name: messages; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.messages (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    conversation_id bigint NOT NULL,
    inbox_id bigint NOT NULL,
    kind public.message_kind NOT NULL,
    private boolean DEFAULT false NOT NULL,
    content_type public.content_type DEFAULT 'text'::public.content_type NOT NULL,
    content text,
    content_attributes jsonb DEFAULT '{}'::jsonb NOT NULL,
    additional_attributes jsonb DEFAULT '{}'::jsonb NOT NULL,
    sender_kind public.sender_kind,
    sender_id bigint,
    delivery public.delivery DEFAULT 'sent'::public.delivery NOT NULL,
    error text DEFAULT ''::text NOT NULL,
    source_id text,
    in_reply_to bigint,
    uuid uuid DEFAULT gen_random_uuid() NOT NULL,
    attachment_count smallint DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone
);
-- Name: message_details; Type: VIEW; Schema: public; Owner: -
CREATE VIEW public.message_details AS
 SELECT m.account_id,
    m.id,
    m.conversation_id,
    m.inbox_id,
    m.kind,
    m.private,
    m.content_type,
    m.content,
    m.content_attributes,
    m.additional_attributes,
    m.sender_kind,
    m.sender_id,
    m.delivery,
    m.error,
    m.source_id,
    m.in_reply_to,
    m.uuid,
    m.attachment_count,
    m.created_at,
    m.updated_at,
    m.deleted_at,
    u.name AS user_name,
    u.display_name AS user_display_name,
    u.email AS user_email,
    u.avatar_hash AS user_avatar_hash,
    s.availability AS user_availability,
    s.auto_offline AS user_auto_offline,
    s.active_at AS user_active_at,
    b.name AS bot_name,
    b.avatar_hash AS bot_avatar_hash,
    k.name AS contact_name,
    k.email AS contact_email,
    k.phone_number AS contact_phone_number,
    k.identifier AS contact_identifier,
    k.blocked AS contact_blocked,
    k.additional_attributes AS contact_additional_attributes,
    k.custom_attributes AS contact_custom_attributes,
    k.avatar_hash AS contact_avatar_hash,
    k.avatar_url AS contact_avatar_url
   FROM ((((public.messages m
     LEFT JOIN public.users u ON (((m.sender_kind = 'user'::public.sender_kind) AND (u.id = m.sender_id))))
     LEFT JOIN public.memberships s ON (((m.sender_kind = 'user'::public.sender_kind) AND (s.account_id = m.account_id) AND (s.user_id = m.sender_id))))
     LEFT JOIN public.agent_bots b ON (((m.sender_kind = 'bot'::public.sender_kind) AND (b.account_id = m.account_id) AND (b.id = m.sender_id))))
     LEFT JOIN public.contacts k ON (((m.sender_kind = 'contact'::public.sender_kind) AND (k.account_id = m.account_id) AND (k.id = m.sender_id))));
-- Name: message_translations; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.message_translations (
    account_id bigint NOT NULL,
    message_id bigint NOT NULL,
    language text NOT NULL,
    content text NOT NULL,
    provider text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
-- Name: messages_id_seq; Type: SEQUENCE; Schema: public; Owner: -
ALTER TABLE public.messages ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.messages_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
-- Name: notes; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.notes (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    contact_id bigint NOT NULL,
    user_id bigint,
    content text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);
-- Name: notes_id_seq; Type: SEQUENCE; Schema: public; Owner: -
ALTER TABLE public.notes ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
-- Name: notifications; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.notifications (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    user_id bigint NOT NULL,
    kind text NOT NULL,
    conversation_id bigint,
    message_id bigint,
    webhook_id bigint,
    event_id bigint NOT NULL,
    actor_kind public.actor_kind DEFAULT 'system'::public.actor_kind NOT NULL,
    actor_id bigint,
    read_at timestamp with time zone,
    snoozed_until timestamp with time zone,
    last_activity_at timestamp with time zone DEFAULT now() NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT notifications_check CHECK (((conversation_id IS NULL) <> (webhook_id IS NULL)))
);
-- Name: notifications_id_seq; Type: SEQUENCE; Schema: public; Owner: -
ALTER TABLE public.notifications ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notifications_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
-- Name: participants; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.participants (
    account_id bigint NOT NULL,
    conversation_id bigint NOT NULL,
    user_id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
-- Name: password_resets; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.password_resets (
    token_hash bytea NOT NULL,
    user_id bigint NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
-- Name: platform_apps; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.platform_apps (
    id bigint NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
-- Name: platform_apps_id_seq; Type: SEQUENCE; Schema: public; Owner: -
ALTER TABLE public.platform_apps ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.platform_apps_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
-- Name: platform_grants; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.platform_grants (
    platform_app_id bigint NOT NULL,
    kind text NOT NULL,
    object_id bigint NOT NULL,
    CONSTRAINT platform_grants_kind_check CHECK ((kind = ANY (ARRAY['user'::text, 'account'::text, 'bot'::text])))
);
-- Name: read_marks; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.read_marks (
    account_id bigint NOT NULL,
    user_id bigint NOT NULL,
    conversation_id bigint NOT NULL,
    up_to bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL
);
-- Name: reporting_events; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.reporting_events (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    event_id bigint NOT NULL,
    name text NOT NULL,
    value double precision NOT NULL,
    value_in_business_hours double precision DEFAULT 0 NOT NULL,
    inbox_id bigint NOT NULL,
    user_id bigint,
    team_id bigint,
    conversation_id bigint NOT NULL,
    started_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone NOT NULL
);
-- Name: reporting_events_id_seq; Type: SEQUENCE; Schema: public; Owner: -
ALTER TABLE public.reporting_events ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.reporting_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
-- Name: river_job; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.river_job (
    id bigint NOT NULL,
    state public.river_job_state DEFAULT 'available'::public.river_job_state NOT NULL,
    attempt smallint DEFAULT 0 NOT NULL,
    max_attempts smallint DEFAULT 25 NOT NULL,
    attempted_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    finalized_at timestamp with time zone,
    scheduled_at timestamp with time zone DEFAULT now() NOT NULL,
    priority smallint DEFAULT 1 NOT NULL,
    args jsonb NOT NULL,
    attempted_by text[],
    errors jsonb[],
    kind text NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    queue text DEFAULT 'default'::text NOT NULL,
    tags character varying(255)[] DEFAULT '{}'::character varying[] NOT NULL,
    unique_key bytea,
    unique_states bit(8),
    CONSTRAINT finalized_or_finalized_at_null CHECK ((((finalized_at IS NULL) AND (state <> ALL (ARRAY['cancelled'::public.river_job_state, 'completed'::public.river_job_state, 'discarded'::public.river_job_state]))) OR ((finalized_at IS NOT NULL) AND (state = ANY (ARRAY['cancelled'::public.river_job_state, 'completed'::public.river_job_state, 'discarded'::public.river_job_state]))))),
    CONSTRAINT kind_length CHECK (((char_length(kind) > 0) AND (char_length(kind) < 128))),
    CONSTRAINT max_attempts_is_positive CHECK ((max_attempts > 0)),
    CONSTRAINT priority_in_range CHECK (((priority >= 1) AND (priority <= 4))),
    CONSTRAINT queue_length CHECK (((char_length(queue) > 0) AND (char_length(queue) < 128)))
);
-- Name: river_job_id_seq; Type: SEQUENCE; Schema: public; Owner: -
CREATE SEQUENCE public.river_job_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
-- Name: river_job_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
ALTER SEQUENCE public.river_job_id_seq OWNED BY public.river_job.id;
-- Name: river_leader; Type: TABLE; Schema: public; Owner: -
CREATE UNLOGGED TABLE public.river_leader (
    elected_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    leader_id text NOT NULL,
    name text DEFAULT 'default'::text NOT NULL,
    CONSTRAINT leader_id_length CHECK (((char_length(leader_id) > 0) AND (char_length(leader_id) < 128))),
    CONSTRAINT name_length CHECK ((name = 'default'::text))
);
-- Name: river_migration; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.river_migration (
    line text NOT NULL,
    version bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT line_length CHECK (((char_length(line) > 0) AND (char_length(line) < 128))),
    CONSTRAINT version_gte_1 CHECK ((version >= 1))
);
-- Name: river_notification; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.river_notification (
    id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    payload text NOT NULL,
    topic text NOT NULL,
    CONSTRAINT topic_length CHECK (((length(topic) > 0) AND (length(topic) < 128)))
);
-- Name: river_notification_id_seq; Type: SEQUENCE; Schema: public; Owner: -
CREATE SEQUENCE public.river_notification_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
-- Name: river_notification_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
ALTER SEQUENCE public.river_notification_id_seq OWNED BY public.river_notification.id;
-- Name: river_queue; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.river_queue (
    name text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    paused_at timestamp with time zone,
    updated_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
);
-- Name: rule_runs; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.rule_runs (
    account_id bigint NOT NULL,
    rule_id bigint NOT NULL,
    event_id bigint NOT NULL,
    outcome text DEFAULT 'done'::text NOT NULL,
    error text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
-- Name: sessions; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.sessions (
    token_hash bytea NOT NULL,
    user_id bigint,
    data bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
-- Name: sign_in_attempts; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.sign_in_attempts (
    key text NOT NULL,
    window_at timestamp with time zone NOT NULL,
    attempts integer DEFAULT 0 NOT NULL
);
-- Name: team_members; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.team_members (
    account_id bigint NOT NULL,
    team_id bigint NOT NULL,
    user_id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
)
WITH (autovacuum_analyze_threshold='3');
-- Name: teams_id_seq; Type: SEQUENCE; Schema: public; Owner: -
ALTER TABLE public.teams ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.teams_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
-- Name: users_id_seq; Type: SEQUENCE; Schema: public; Owner: -
ALTER TABLE public.users ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.users_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
-- Name: views; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.views (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    user_id bigint NOT NULL,
    name text NOT NULL,
    filter_type text DEFAULT 'conversation'::text NOT NULL,
    query jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT views_filter_type_check CHECK ((filter_type = ANY (ARRAY['conversation'::text, 'contact'::text, 'report'::text])))
)
WITH (autovacuum_analyze_threshold='3');
-- Name: views_id_seq; Type: SEQUENCE; Schema: public; Owner: -
ALTER TABLE public.views ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.views_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
-- Name: webhook_attempts; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.webhook_attempts (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    delivery_id bigint NOT NULL,
    status integer,
    error text DEFAULT ''::text NOT NULL,
    excerpt text DEFAULT ''::text NOT NULL,
    millis integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
-- Name: webhook_attempts_id_seq; Type: SEQUENCE; Schema: public; Owner: -
ALTER TABLE public.webhook_attempts ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.webhook_attempts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
-- Name: webhook_deliveries; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.webhook_deliveries (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    uuid uuid DEFAULT gen_random_uuid() NOT NULL,
    receiver text NOT NULL,
    url text DEFAULT ''::text NOT NULL,
    event_id bigint NOT NULL,
    event_name text NOT NULL,
    lane text DEFAULT ''::text NOT NULL,
    state public.delivery_state DEFAULT 'waiting'::public.delivery_state NOT NULL,
    body text DEFAULT ''::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    last_status integer,
    last_error text DEFAULT ''::text NOT NULL,
    next_try_at timestamp with time zone,
    give_up_at timestamp with time zone DEFAULT (now() + '3 days'::interval) NOT NULL,
    finished_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
-- Name: webhook_deliveries_id_seq; Type: SEQUENCE; Schema: public; Owner: -
ALTER TABLE public.webhook_deliveries ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.webhook_deliveries_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
-- Name: webhooks; Type: TABLE; Schema: public; Owner: -
CREATE TABLE public.webhooks (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    dialect public.dialect DEFAULT 'chatwoot'::public.dialect NOT NULL,
    url text NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    inbox_id bigint,
    subscriptions text[] DEFAULT '{}'::text[] NOT NULL,
    secret text NOT NULL,
    previous_secret text,
    rotated_at timestamp with time zone,
    paused_at timestamp with time zone,
    paused_reason text DEFAULT ''::text NOT NULL,
    failing_since timestamp with time zone,
    failures integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
)
WITH (autovacuum_analyze_threshold='3');
-- Name: webhooks_id_seq; Type: SEQUENCE; Schema: public; Owner: -
ALTER TABLE public.webhooks ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.webhooks_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
-- Name: river_job id; Type: DEFAULT; Schema: public; Owner: -
ALTER TABLE ONLY public.river_job ALTER COLUMN id SET DEFAULT nextval('public.river_job_id_seq'::regclass);
-- Name: river_notification id; Type: DEFAULT; Schema: public; Owner: -
ALTER TABLE ONLY public.river_notification ALTER COLUMN id SET DEFAULT nextval('public.river_notification_id_seq'::regclass);
-- Data for Name: access_tokens; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.access_tokens VALUES
	(1, '\x01', 'user', NULL, 1, NULL, NULL, 'Laptop', '', 'abcd', NULL, NULL, '2026-11-30 10:08:30.436433+00'),
	(2, '\x02', 'bot', 1, NULL, 1, NULL, 'Greeter', '', 'efgh', NULL, NULL, '2026-11-30 10:08:30.436433+00'),
	(3, '\x03', 'account', 1, 1, NULL, NULL, 'Gateway', '', 'ijkl', NULL, '2030-01-01 00:00:00+00', '2026-11-30 10:08:30.436433+00'),
	(4, '\x04', 'platform', NULL, NULL, NULL, 1, 'Provisioning', '', 'mnop', NULL, NULL, '2026-11-30 10:08:30.436433+00');
-- Data for Name: account_counters; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.account_counters VALUES
	(1, 4);
-- Data for Name: accounts; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.accounts VALUES
	(1, 'Kestrel Cycles', 'en', 'UTC', 'kestrel.example', 'help@kestrel.example', 'active', '{"auto_resolve_after": 14400, "auto_resolve_message": "Closed, as nobody wrote.", "from_another_version": {"kept": true}}', '{"macros": true}', '{"agents": 5}', '{"plan": "gold"}', '2026-11-30 10:07:09.34959+00', '2026-11-30 10:07:09.34959+00');
-- Data for Name: agent_bots; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.agent_bots VALUES
	(1, 1, 'Greeter', 'Says hello', 'https://bot.example/hook', 'webhook', '{}', 'plain-bot-secret', NULL, '2026-11-30 10:08:30.436433+00', '2026-11-30 10:08:30.436433+00');
-- Data for Name: attachments; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.attachments VALUES
	(1, 1, 1, 1, NULL, 'b03c32315f674fbcb5c87599b9f58ea0', 'file', 'order.txt', 'text/plain', 12, 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '{}', '2026-11-20 00:00:00+00');
-- Data for Name: attribute_definitions; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.attribute_definitions VALUES
	(1, 1, 'contact_attribute', 'tier', 'Tier', 'list', '', '["gold", "silver"]', NULL, NULL, NULL, '2026-11-30 10:08:30.436433+00', '2026-11-30 10:08:30.436433+00');
-- Data for Name: automation_rules; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.automation_rules VALUES
	(1, 1, 'Urgent words', '', 'message_created', '[{"values": ["urgent"], "attribute_key": "content", "filter_operator": "contains"}]', '[{"action_name": "change_priority", "action_params": ["urgent"]}]', true, '2026-11-30 10:08:30.436433+00', '2026-11-30 10:08:30.436433+00');
-- Data for Name: blobs; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.blobs VALUES
	(1, 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 12, 'text/plain', '2026-11-20 00:00:00+00'),
	(1, 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', 40, 'message/rfc822', '2026-11-20 00:00:00+00');
-- Data for Name: canned_replies; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.canned_replies VALUES
	(1, 1, 'rim-tape-guide', 'How to move tyre and tube to a new rim: let the air out, push the tyre into the middle of the rim all around, and lift one side over the edge by hand. Put the new rim tape in first; its hole goes over the valve hole.', '2026-11-30 10:07:09.34959+00', '2026-11-30 10:07:09.34959+00'),
	(1, 2, 'return-label', 'You will find the return label attached. Print it, put it on the box, and hand the parcel in at any Parcelo shop. We refund within three days of its arrival.', '2026-11-30 10:07:09.34959+00', '2026-11-30 10:07:09.34959+00'),
	(1, 3, 'frame-number', 'The frame number is stamped under the bottom bracket, where the cranks turn. It begins with two letters.', '2026-11-30 10:07:09.34959+00', '2026-11-30 10:07:09.34959+00'),
	(1, 4, 'hours', 'Our workshops are open Monday to Friday from 9:00 to 18:00, and on Saturday until 14:00.', '2026-11-30 10:07:09.34959+00', '2026-11-30 10:07:09.34959+00'),
	(1, 5, 'chain-wear', 'A chain is worn when twelve links measure more than 307 mm. Past that it wears the cassette as well.', '2026-11-30 10:07:09.34959+00', '2026-11-30 10:07:09.34959+00'),
	(1, 6, 'thanks', 'Glad to hear it. Have a good ride!', '2026-11-30 10:07:09.34959+00', '2026-11-30 10:07:09.34959+00');
-- Data for Name: contact_imports; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.contact_imports VALUES
	(1, 1, 'import', 1, 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', '{"name": "people.csv"}', 'done', 3, 3, '', '2026-11-30 10:08:30.436433+00');
-- Data for Name: contact_inboxes; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.contact_inboxes VALUES
	(1, 1, 1, 2, 'kofi.lindqvist.1@mail.example', false, '0653d14d50a14da9ba26e21c54065aaf', '2024-07-15 09:23:18.338+00', '2024-07-15 09:23:18.338+00'),
	(1, 2, 2, 1, 'rafael.ortega.2@mail.example', false, 'a83da81a1ec54b03acb8cda259044f9f', '2025-09-05 14:27:52.273872+00', '2025-09-05 14:27:52.273872+00'),
	(1, 3, 3, 2, 'miles.okafor.3@mail.example', false, 'd9fba2ab5afd4550b6a01249d388ea5c', '2026-02-02 02:24:54.272+00', '2026-02-02 02:24:54.272+00');
-- Data for Name: contact_presences; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.contact_presences VALUES
	(1, 1, '2026-11-20 00:00:00+00');
-- Data for Name: contacts; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.contacts VALUES
	(1, 1, 'Kofi Lindqvist', 'kofi.lindqvist.1@mail.example', NULL, NULL, false, '{}', '{"city": "Utrecht"}', '{"orders": 2, "last_order": "99312"}', NULL, NULL, '2026-08-28 13:46:26.161+00', '2024-07-15 09:23:18.338+00', '2024-07-15 09:23:18.338+00'),
	(1, 2, 'Rafael Ortega', 'rafael.ortega.2@mail.example', '+351210000002', NULL, false, '{}', '{"city": "Lisbon"}', '{"orders": 2, "last_order": "10089"}', NULL, NULL, NULL, '2025-09-05 14:27:52.273872+00', '2025-09-05 14:27:52.273872+00'),
	(1, 3, 'Miles Okafor', 'miles.okafor.3@mail.example', '+44200000003', NULL, false, '{}', '{"city": "Osaka"}', '{"orders": 2, "last_order": "62961"}', NULL, NULL, '2026-02-02 02:24:54.272+00', '2026-02-02 02:24:54.272+00', '2026-02-02 02:24:54.272+00');
-- Data for Name: conversation_counts; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.conversation_counts VALUES
	(1, 'resolved', 1, 2, 3, 1),
	(1, 'resolved', 2, 2, 2, 2),
	(1, 'resolved', 2, 2, 3, 1),
	(1, 'resolved', -1, 2, 2, 2),
	(1, 'resolved', -1, 2, 3, 2);
-- Data for Name: conversation_subjects; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.conversation_subjects VALUES
	(1, 4, 'Saddle height for a tall rider'),
	(1, 3, 'Which chain fits the Birch City?'),
	(1, 2, 'Invoice 17919 is wrong'),
	(1, 1, 'Gift card not accepted');
-- Data for Name: conversations; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.conversations VALUES
	(1, 1, 1, 'e0440cd6-cc2b-4327-8598-e4fb9008f500', 2, 1, 1, 'resolved', NULL, NULL, 2, NULL, 2, 'Gift card not accepted', '{billing,vip}', '{}', '{}', NULL, 6, 5, 5, '2024-07-16 01:14:18.611+00', 5, '2024-07-16 01:14:18.611+00', '2024-07-16 01:27:09.69+00', NULL, '2024-07-15 23:25:39.901+00', 0, 6, '2024-07-16 01:27:10.69+00', '2024-07-16 01:27:10.69+00', NULL, '2024-07-15 09:23:18.338+00', '2024-07-16 01:27:09.69+00'),
	(1, 2, 2, '120149b4-1dad-4615-85c7-8a933f07e578', 2, 1, 1, 'resolved', NULL, NULL, 2, NULL, 2, 'Invoice 17919 is wrong', '{billing}', '{}', '{}', NULL, 10, 9, 9, '2025-06-01 14:14:51.572+00', 9, '2025-06-01 14:14:51.572+00', '2025-06-01 20:05:43.52+00', NULL, NULL, 0, 10, '2025-06-01 20:05:44.52+00', '2025-06-01 20:05:44.52+00', NULL, '2025-05-31 20:33:30.516+00', '2025-06-01 20:05:43.52+00'),
	(1, 3, 3, 'ea84f192-2134-4d26-a5d5-870787b5456b', 2, 3, 3, 'resolved', NULL, NULL, 2, NULL, 3, 'Which chain fits the Birch City?', '{question}', '{}', '{}', NULL, 11, 11, 11, '2026-02-02 02:24:54.272+00', 11, '2026-02-02 02:24:54.272+00', '2026-02-02 02:24:54.272+00', NULL, NULL, 0, 11, '2026-02-02 02:24:55.272+00', '2026-02-02 02:24:55.272+00', NULL, '2026-02-02 02:24:54.272+00', '2026-02-02 02:24:54.272+00'),
	(1, 4, 4, 'bcac9f65-45a0-42cd-942e-957b29f42a5e', 2, 1, 1, 'resolved', NULL, NULL, 1, 1, 3, 'Saddle height for a tall rider', '{}', '{}', '{}', NULL, 15, 15, 15, '2026-08-29 06:27:02.084+00', 12, '2026-08-28 13:46:26.161+00', '2026-08-29 06:27:02.084+00', NULL, NULL, 0, 13, '2026-08-29 06:27:03.084+00', '2026-08-29 06:27:03.084+00', NULL, '2026-08-28 13:46:26.161+00', '2026-08-29 06:27:02.084+00');
-- Data for Name: csat_responses; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.csat_responses VALUES
	(1, 1, 4, 14, 1, 1, 5, 'Quick.', '2026-11-20 00:00:00+00');
-- Data for Name: drafts; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.drafts VALUES
	(1, 1, 1, 'reply', 'Dear Ms', 1, '2026-11-30 10:08:30.436433+00'),
	(1, 1, 0, 'note', 'shared', 1, '2026-11-30 10:08:30.436433+00');
-- Data for Name: event_counters; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.event_counters VALUES
	(1, 1);
-- Data for Name: event_cursors; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.event_cursors VALUES
	(1, 'webhooks', 1);
-- Data for Name: events; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.events VALUES
	(1, 14, 1, 'message.created', 'contact', 1, 1, 1, 1, 2, NULL, '{"message": {"id": 1}}', '2026-11-20 00:00:00+00'),
	(1, 15, NULL, 'conversation.status_changed', 'user', 1, 1, NULL, 1, 2, NULL, '{"new": "resolved", "old": "open"}', '2026-11-20 00:00:00+00');
-- Data for Name: goose_db_version; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.goose_db_version VALUES
	(1, 0, true, '2026-11-30 10:07:05.200159'),
	(2, 1, true, '2026-11-30 10:07:05.238799');
-- Data for Name: idempotency_keys; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.idempotency_keys VALUES
	(3, 'POST /api/v1/accounts/1/contacts', 'by a token', '\x0a', 200, '{"id": 3}', '2026-11-20 00:00:00+00'),
	(-2, 'composer', 'by a user', '\x0b', 0, '', '2026-11-20 00:00:00+00'),
	(0, 'POST /public/api/v1/inboxes/x/contacts 203.0.113.0', 'by a visitor', '\x0c', 200, '{"source_id": "y"}', '2026-11-20 00:00:00+00');
-- Data for Name: inbound_mail; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.inbound_mail VALUES
	(1, 1, 2, '<1@customer.example>', 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', 'posted', '', 1, '2026-11-20 00:00:00+00');
-- Data for Name: inbox_members; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.inbox_members VALUES
	(1, 1, 1, '2026-11-30 10:07:09.34959+00'),
	(1, 1, 2, '2026-11-30 10:07:09.34959+00'),
	(1, 2, 1, '2026-11-30 10:07:09.34959+00'),
	(1, 2, 2, '2026-11-30 10:07:09.34959+00');
-- Data for Name: inboxes; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.inboxes VALUES
	(1, 1, 'email', 'Support', 'ccbQvYPRRCdpIQ-oRldqGn-7', 'sealed:5e19dd26:RFSxSEEyue07L1klzkPyWnNU7LvGeRL++ooWYX62DPp3uL6crXRwzocX6YDShqerCi1+W9OMPvTllakOCt/FkBuTtSSJTDw', false, '', 'sealed:5e19dd26:+yvhpFNWNUNR19c1I+RN+mguHGpaI6fjcVFBC5S9uR/pveqVh0imSOWyxRSEhEmu/sFjyg13eW/BM2TOqxjHYUvvdK+krhM', 'support@kestrel.example', NULL, 1, NULL, false, '', true, '{}', '{}', true, false, '{}', false, '[{"open_hour": null, "close_hour": null, "day_of_week": 0, "open_all_day": false, "open_minutes": null, "close_minutes": null, "closed_all_day": true}, {"open_hour": 9, "close_hour": 17, "day_of_week": 1, "open_all_day": false, "open_minutes": 0, "close_minutes": 0, "closed_all_day": false}, {"open_hour": 9, "close_hour": 17, "day_of_week": 2, "open_all_day": false, "open_minutes": 0, "close_minutes": 0, "closed_all_day": false}, {"open_hour": 9, "close_hour": 17, "day_of_week": 3, "open_all_day": false, "open_minutes": 0, "close_minutes": 0, "closed_all_day": false}, {"open_hour": 9, "close_hour": 17, "day_of_week": 4, "open_all_day": false, "open_minutes": 0, "close_minutes": 0, "closed_all_day": false}, {"open_hour": 9, "close_hour": 17, "day_of_week": 5, "open_all_day": false, "open_minutes": 0, "close_minutes": 0, "closed_all_day": false}, {"open_hour": null, "close_hour": null, "day_of_week": 6, "open_all_day": false, "open_minutes": null, "close_minutes": null, "closed_all_day": true}]', '', 'UTC', true, false, 'friendly', NULL, '{}', 'sealed:5e19dd26:1SltTMd1IaYDK2/YKgpjG/S86aMAKsiBcvFLW6nk', NULL, '2026-11-30 10:07:09.34959+00', '2026-11-30 10:07:09.34959+00'),
	(1, 2, 'email', 'Orders', 'zm4zjlzXLPIifZA3FdZj_irG', 'sealed:5e19dd26:4USkxBzXCZvnJVdLMkrzJOu0ps+sTDIaIEx9H4ps2NSHSlwIlL7tYtN4fvY+V1DeVrl9OBOXHc38dZPCblMkyx8MdIsWPrE', false, '', 'sealed:5e19dd26:3UYraNvAw/uCXP1/250N8U94cICs/2ZiQQ8j+btesfmfPNo1ZQFCIQM1EhIGVpo8Nt0U9RX3yW0j8yYZfBRjVzeQJq5Vykg', 'orders@kestrel.example', NULL, 2, NULL, false, '', true, '{}', '{}', true, false, '{}', false, '[{"open_hour": null, "close_hour": null, "day_of_week": 0, "open_all_day": false, "open_minutes": null, "close_minutes": null, "closed_all_day": true}, {"open_hour": 9, "close_hour": 17, "day_of_week": 1, "open_all_day": false, "open_minutes": 0, "close_minutes": 0, "closed_all_day": false}, {"open_hour": 9, "close_hour": 17, "day_of_week": 2, "open_all_day": false, "open_minutes": 0, "close_minutes": 0, "closed_all_day": false}, {"open_hour": 9, "close_hour": 17, "day_of_week": 3, "open_all_day": false, "open_minutes": 0, "close_minutes": 0, "closed_all_day": false}, {"open_hour": 9, "close_hour": 17, "day_of_week": 4, "open_all_day": false, "open_minutes": 0, "close_minutes": 0, "closed_all_day": false}, {"open_hour": 9, "close_hour": 17, "day_of_week": 5, "open_all_day": false, "open_minutes": 0, "close_minutes": 0, "closed_all_day": false}, {"open_hour": null, "close_hour": null, "day_of_week": 6, "open_all_day": false, "open_minutes": null, "close_minutes": null, "closed_all_day": true}]', '', 'UTC', true, false, 'friendly', NULL, '{}', 'sealed:5e19dd26:wgenz9PCIbqK7aD9KRJEJnFqNjRwPwq+Y/8Momi6', NULL, '2026-11-30 10:07:09.34959+00', '2026-11-30 10:07:09.34959+00');
-- Data for Name: installation; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.installation VALUES
	(true, '8163daa8-a802-4872-8b0e-958e91887b73', '2026-11-30 10:07:09.430914+00', '2026-11-30 10:07:05.238799+00');
-- Data for Name: integration_hooks; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.integration_hooks VALUES
	(1, 1, 'google_translate', NULL, true, '{"project_id": "p"}', '2026-11-30 10:08:30.436433+00', '2026-11-30 10:08:30.436433+00');
-- Data for Name: invitations; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.invitations VALUES
	(1, 1, '\x05', 'Lotte', 'lotte@kestrel.example', 'agent', '{1,2}', 1, '2030-01-01 00:00:00+00', NULL, '2026-11-30 10:08:30.436433+00');
-- Data for Name: labels; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.labels VALUES
	(1, 1, 'warranty', 'Covered by our five years', '#0e7f9b', true, '2026-11-30 10:07:09.34959+00', '2026-11-30 10:07:09.34959+00'),
	(1, 2, 'shipping', 'On its way, or lost on it', '#c4583a', true, '2026-11-30 10:07:09.34959+00', '2026-11-30 10:07:09.34959+00'),
	(1, 3, 'vip', 'Buys for a club or a team', '#b8405e', true, '2026-11-30 10:07:09.34959+00', '2026-11-30 10:07:09.34959+00'),
	(1, 4, 'billing', 'Invoices and payments', '#4a67b8', true, '2026-11-30 10:07:09.34959+00', '2026-11-30 10:07:09.34959+00'),
	(1, 5, 'refund', 'Money goes back', '#8b54a8', true, '2026-11-30 10:07:09.34959+00', '2026-11-30 10:07:09.34959+00'),
	(1, 6, 'pickup', 'Collected in a shop', '#2f8a58', true, '2026-11-30 10:07:09.34959+00', '2026-11-30 10:07:09.34959+00'),
	(1, 7, 'recall', 'Carbon fork CF-2, spring', '#b83b3b', true, '2026-11-30 10:07:09.34959+00', '2026-11-30 10:07:09.34959+00'),
	(1, 8, 'workshop', 'Needs a mechanic', '#2f8a58', true, '2026-11-30 10:07:09.34959+00', '2026-11-30 10:07:09.34959+00'),
	(1, 9, 'question', 'Nothing is broken', '#6b7785', true, '2026-11-30 10:07:09.34959+00', '2026-11-30 10:07:09.34959+00');
-- Data for Name: letters; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.letters VALUES
	(1, 1, '2adb87f7-e27e-4055-9098-ca1b8532fe7e', 'invitation', 'lotte@kestrel.example', '{"by": "Sam Whitfield", "account": "Kestrel"}', '/invitations/secret', NULL, 'waiting', 1, 0, 'Greylisted', '2026-11-20 00:00:00+00', '2030-01-01 00:00:00+00', NULL, '2026-11-20 00:00:00+00'),
	(2, NULL, '6a161dfe-0739-4f5a-9208-8480f697ced5', 'password', 'sam@kestrel.example', '{}', '', 'password:7', 'sent', 1, 1, '', '2026-11-20 00:00:00+00', '2026-11-21 00:00:00+00', '2026-11-20 00:00:00+00', '2026-11-20 00:00:00+00'),
	(3, 1, '8f953258-7046-4f3b-8679-2a87ba85848c', 'webhook_paused', 'sam@kestrel.example', '{"url": "https://hook.example/", "reason": "410", "webhook_id": 1}', '', 'webhook:1:paused', 'failed', 9, 0, 'No such user', '2026-11-20 00:00:00+00', '2026-11-21 00:00:00+00', '2026-11-20 00:00:00+00', '2026-11-20 00:00:00+00');
-- Data for Name: login_links; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.login_links VALUES
	('\x06', 1, '2030-01-01 00:00:00+00');
-- Data for Name: macro_runs; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.macro_runs VALUES
	(1, 77, 1, '2026-11-20 00:00:00+00');
-- Data for Name: macros; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.macros VALUES
	(1, 1, 'Close', 'global', '[{"action_name": "resolve_conversation", "action_params": []}]', 1, 1, '2026-11-30 10:08:30.436433+00', '2026-11-30 10:08:30.436433+00');
-- Data for Name: memberships; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.memberships VALUES
	(1, 1, 'administrator', 'online', true, NULL, NULL, NULL, '2026-11-30 10:07:09.34959+00', '2026-11-30 10:07:09.34959+00'),
	(1, 2, 'agent', 'online', true, NULL, NULL, NULL, '2026-11-30 10:07:09.34959+00', '2026-11-30 10:07:09.34959+00');
-- Data for Name: mentions; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.mentions VALUES
	(1, 1, 2, 3, '2026-11-20 00:00:00+00');
-- Data for Name: message_translations; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.message_translations VALUES
	(1, 1, 'de', 'Wo ist meine Bestellung?', 'google', '2026-11-20 00:00:00+00');
-- Data for Name: messages; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.messages VALUES
	(1, 2, 1, 2, 'activity', false, 'text', 'Ines Moreau self-assigned this conversation', '{}', '{}', NULL, NULL, 'sent', '', NULL, NULL, '021e65ec-b325-45db-a048-7d44a4987ce2', 0, '2024-07-15 15:39:46.079+00', '2024-07-15 15:39:46.079+00', NULL),
	(1, 3, 1, 2, 'outgoing', false, 'text', 'Hi Kofi,
The card had not been activated at the till. It works now, and I have added a little for the trouble.
Best wishes,
Ines', '{}', '{}', 'user', 2, 'delivered', '', NULL, NULL, '9ebb52d1-4fc4-4a82-94c2-d45dff40bae2', 0, '2024-07-15 23:25:39.901+00', '2024-07-15 23:25:39.901+00', NULL),
	(1, 4, 1, 2, 'incoming', false, 'text', 'Any news on this? I leave for a tour on Friday.', '{}', '{}', 'contact', 1, 'sent', '', NULL, NULL, '35680a66-5ac8-4f25-af35-38d357aa66d3', 0, '2024-07-16 00:05:24.136+00', '2024-07-16 00:05:24.136+00', NULL),
	(1, 5, 1, 2, 'incoming', false, 'text', 'Thanks, it has arrived.', '{}', '{}', 'contact', 1, 'sent', '', NULL, NULL, '97ad0a9a-8b24-4b35-bb42-c99378113749', 0, '2024-07-16 01:14:18.611+00', '2024-07-16 01:14:18.611+00', NULL),
	(1, 6, 1, 2, 'activity', false, 'text', 'Conversation was marked resolved by Ines Moreau', '{}', '{}', NULL, NULL, 'sent', '', NULL, NULL, '02f4943d-7711-40c6-89d3-5ebebd709f35', 0, '2024-07-16 01:27:09.69+00', '2024-07-16 01:27:09.69+00', NULL),
	(1, 7, 2, 2, 'incoming', false, 'text', 'Hi Kestrel Cycles,
The sum on page two of invoice 17919 does not match what I paid, it is off by € 106.80. Could you correct it?
One more question: does it come with the screws, or do I need to get some?
Best wishes,
Kofi', '{}', '{}', 'contact', 1, 'sent', '', NULL, NULL, 'a6d18d5e-0fd6-4dc9-b5fb-d1ed0ed39516', 0, '2025-05-31 20:33:30.516+00', '2025-05-31 20:33:30.516+00', NULL),
	(1, 8, 2, 2, 'activity', false, 'text', 'Ines Moreau self-assigned this conversation', '{}', '{}', NULL, NULL, 'sent', '', NULL, NULL, '239a8dfd-0445-45ac-b30e-696b14963bda', 0, '2025-06-01 02:58:30.957+00', '2025-06-01 02:58:30.957+00', NULL),
	(1, 9, 2, 2, 'incoming', false, 'text', 'That did it, thanks a lot!', '{}', '{}', 'contact', 1, 'sent', '', NULL, NULL, 'f48a25f8-6a32-400e-8d96-24a8bd90a366', 0, '2025-06-01 14:14:51.572+00', '2025-06-01 14:14:51.572+00', NULL),
	(1, 10, 2, 2, 'activity', false, 'text', 'Conversation was marked resolved by Ines Moreau', '{}', '{}', NULL, NULL, 'sent', '', NULL, NULL, 'b942385c-1d9e-4401-b5d4-0623c2c4442e', 0, '2025-06-01 20:05:43.52+00', '2025-06-01 20:05:43.52+00', NULL),
	(1, 11, 3, 2, 'incoming', false, 'text', 'Hi Kestrel Cycles,
I want to replace the chain of my Birch City. It says 11-speed on the cassette. Which of yours fits?
Any news on this? I leave for a tour on Friday.
Best wishes,
Miles', '{}', '{}', 'contact', 3, 'sent', '', NULL, NULL, '86a23926-710f-489f-a890-3cc53f8823f6', 0, '2026-02-02 02:24:54.272+00', '2026-02-02 02:24:54.272+00', NULL),
	(1, 12, 4, 2, 'incoming', false, 'text', 'Hi Kestrel Cycles,
I am 1.98 m and the seat post of my Rowan Gravel is at its limit. Is there a longer one?
Could you also check whether the shop in Kraków has it in size 51?
Best wishes,
Kofi', '{}', '{}', 'contact', 1, 'sent', '', NULL, NULL, 'cf30f29b-1f57-496e-9d90-7c7fc7c02f1a', 0, '2026-08-28 13:46:26.161+00', '2026-08-28 13:46:26.161+00', NULL),
	(1, 13, 4, 2, 'activity', false, 'text', 'Conversation was marked resolved by Sam Whitfield', '{}', '{}', NULL, NULL, 'sent', '', NULL, NULL, '5c3977ef-7240-4de5-9220-4d27f0e3d160', 0, '2026-08-29 06:27:02.084+00', '2026-08-29 06:27:02.084+00', NULL),
	(1, 1, 1, 2, 'incoming', false, 'text', 'Hi Kestrel Cycles,
I tried to pay with a gift card of € 179.40 and the page says that it is unknown. The number is KC-10000.
Thursday works for me, someone is home all day.
Best wishes,
Kofi', '{}', '{}', 'contact', 1, 'sent', '', NULL, NULL, 'bd359836-0571-4d0c-9438-90c2301f5106', 1, '2024-07-15 09:23:18.338+00', '2024-07-15 09:23:18.338+00', NULL),
	(1, 14, 4, 2, 'template', false, 'input_csat', 'How did we do?', '{}', '{}', NULL, NULL, 'sent', '', NULL, NULL, '945a5d66-10fe-4730-a051-5c2a92397f91', 0, '2026-08-29 06:27:02.084+00', '2026-11-30 10:08:30.436433+00', NULL),
	(1, 15, 4, 2, 'outgoing', false, 'text', 'Hello, I am the bot.', '{}', '{}', 'bot', 1, 'sent', '', NULL, NULL, '01379caf-6728-48f8-bb9d-d994df1cc389', 0, '2026-08-29 06:27:02.084+00', '2026-11-30 10:08:30.436433+00', NULL);
-- Data for Name: notes; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.notes VALUES
	(1, 1, 1, 1, 'Prefers mail.', '2026-11-30 10:08:30.436433+00', '2026-11-30 10:08:30.436433+00');
-- Data for Name: notifications; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.notifications VALUES
	(1, 1, 1, 'conversation_assignment', 1, NULL, NULL, 1, 'system', NULL, NULL, NULL, '2026-11-30 10:08:30.436433+00', '2026-11-30 10:08:30.436433+00'),
	(1, 2, 1, 'webhook_paused', NULL, NULL, 1, 2, 'system', NULL, NULL, NULL, '2026-11-30 10:08:30.436433+00', '2026-11-30 10:08:30.436433+00');
-- Data for Name: participants; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.participants VALUES
	(1, 1, 2, '2024-07-15 09:23:18.338+00'),
	(1, 2, 2, '2025-05-31 20:33:30.516+00'),
	(1, 3, 2, '2026-02-02 02:24:54.272+00'),
	(1, 4, 1, '2026-08-28 13:46:26.161+00');
-- Data for Name: password_resets; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.password_resets VALUES
	('\x07', 2, '2030-01-01 00:00:00+00', NULL, '2026-11-20 00:00:00+00');
-- Data for Name: platform_apps; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.platform_apps VALUES
	(1, 'Provisioning', '2026-11-30 10:08:30.436433+00');
-- Data for Name: platform_grants; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.platform_grants VALUES
	(1, 'user', 1),
	(1, 'account', 1);
-- Data for Name: read_marks; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.read_marks VALUES
	(1, 1, 1, 5, '2026-11-20 00:00:00+00');
-- Data for Name: reporting_events; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.reporting_events VALUES
	(1, 1, 1, 'first_response', 50541.563, 50541.563, 2, 2, 2, 1, '2024-07-15 09:23:18.338+00', '2024-07-15 23:25:39.901+00'),
	(1, 2, 2, 'conversation_resolved', 57831.352, 57831.352, 2, 2, 2, 1, '2024-07-15 09:23:18.338+00', '2024-07-16 01:27:09.69+00'),
	(1, 3, 3, 'conversation_resolved', 84733.004, 84733.004, 2, 2, 2, 2, '2025-05-31 20:33:30.516+00', '2025-06-01 20:05:43.52+00'),
	(1, 4, 4, 'conversation_resolved', 60035.923, 60035.923, 2, 1, 3, 4, '2026-08-28 13:46:26.161+00', '2026-08-29 06:27:02.084+00');
-- Data for Name: river_job; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.river_job VALUES
	(2, 'completed', 1, 25, '2026-11-30 10:07:12.531525+00', '2026-11-30 10:07:12.46986+00', '2026-11-30 10:07:12.54572+00', '2026-11-30 10:07:12.404654+00', 1, '{}', '{parley_4FSKJETHEZY32UY3YK6RW7NTQW}', NULL, 'wake_snoozed', '{"periodic": true}', 'default', '{}', NULL, NULL),
	(3, 'completed', 1, 25, '2026-11-30 10:07:12.531525+00', '2026-11-30 10:07:12.46986+00', '2026-11-30 10:07:12.53873+00', '2026-11-30 10:07:12.404654+00', 1, '{}', '{parley_4FSKJETHEZY32UY3YK6RW7NTQW}', NULL, 'auto_resolve', '{"periodic": true}', 'default', '{}', NULL, NULL),
	(6, 'completed', 1, 25, '2026-11-30 10:07:12.531525+00', '2026-11-30 10:07:12.46986+00', '2026-11-30 10:07:12.534627+00', '2026-11-30 10:07:12.404654+00', 1, '{}', '{parley_4FSKJETHEZY32UY3YK6RW7NTQW}', NULL, 'sweep_blobs', '{"periodic": true}', 'default', '{}', NULL, NULL),
	(1, 'completed', 1, 25, '2026-11-30 10:07:12.531525+00', '2026-11-30 10:07:12.46986+00', '2026-11-30 10:07:12.584461+00', '2026-11-30 10:07:12.404654+00', 1, '{}', '{parley_4FSKJETHEZY32UY3YK6RW7NTQW}', NULL, 'fold_counts', '{"periodic": true}', 'default', '{}', NULL, NULL),
	(4, 'completed', 1, 25, '2026-11-30 10:07:12.531525+00', '2026-11-30 10:07:12.46986+00', '2026-11-30 10:07:12.642053+00', '2026-11-30 10:07:12.404654+00', 1, '{}', '{parley_4FSKJETHEZY32UY3YK6RW7NTQW}', NULL, 'mend_webhooks', '{"periodic": true}', 'default', '{}', NULL, NULL),
	(5, 'completed', 1, 25, '2026-11-30 10:07:12.531525+00', '2026-11-30 10:07:12.46986+00', '2026-11-30 10:07:12.690972+00', '2026-11-30 10:07:12.404654+00', 1, '{}', '{parley_4FSKJETHEZY32UY3YK6RW7NTQW}', NULL, 'sweep_old', '{"periodic": true}', 'default', '{}', NULL, NULL),
	(7, 'scheduled', 0, 25, NULL, '2026-11-30 10:08:30.436433+00', NULL, '2030-01-01 00:00:00+00', 1, '{"letter_id": 1}', NULL, NULL, 'send_letter', '{}', 'letters', '{}', NULL, NULL),
	(8, 'available', 0, 25, NULL, '2026-11-30 10:08:30.436433+00', NULL, '2026-11-30 10:08:30.436433+00', 1, '{"account_id": 1}', NULL, NULL, 'react_events', '{}', 'default', '{}', NULL, NULL);
-- Data for Name: river_leader; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.river_leader VALUES
	('2026-11-30 10:08:30.436433+00', '2026-11-30 10:08:30.436433+00', 'somewhere', 'default');
-- Data for Name: river_migration; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.river_migration VALUES
	('main', 1, '2026-11-30 10:07:07.479714+00'),
	('main', 2, '2026-11-30 10:07:07.503807+00'),
	('main', 3, '2026-11-30 10:07:07.536943+00'),
	('main', 4, '2026-11-30 10:07:07.54336+00'),
	('main', 5, '2026-11-30 10:07:07.57157+00'),
	('main', 6, '2026-11-30 10:07:07.611078+00'),
	('main', 7, '2026-11-30 10:07:07.618752+00'),
	('main', 8, '2026-11-30 10:07:07.653055+00');
-- Data for Name: river_notification; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.river_notification VALUES
	(1, '2026-11-30 10:08:30.436433+00', '{}', 'river_insert');
-- Data for Name: river_queue; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.river_queue VALUES
	('letters', '2026-11-30 10:07:11.794854+00', '{}', NULL, '2026-11-30 10:07:11.794854+00'),
	('default', '2026-11-30 10:07:11.812143+00', '{}', NULL, '2026-11-30 10:07:11.812143+00'),
	('outgoing', '2026-11-30 10:07:11.914965+00', '{}', NULL, '2026-11-30 10:07:11.914965+00');
-- Data for Name: rule_runs; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.rule_runs VALUES
	(1, 1, 1, 'done', '', '2026-11-20 00:00:00+00');
-- Data for Name: sessions; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.sessions VALUES
	('\x08', 1, '\x00', '2030-01-01 00:00:00+00', '2026-11-20 00:00:00+00');
-- Data for Name: sign_in_attempts; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.sign_in_attempts VALUES
	('sam@kestrel.example', '2026-11-20 00:00:00+00', 3);
-- Data for Name: team_members; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.team_members VALUES
	(1, 1, 1, '2026-11-30 10:07:09.34959+00'),
	(1, 1, 2, '2026-11-30 10:07:09.34959+00'),
	(1, 2, 1, '2026-11-30 10:07:09.34959+00'),
	(1, 3, 2, '2026-11-30 10:07:09.34959+00');
-- Data for Name: teams; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.teams VALUES
	(1, 1, 'Warranty', 'Frames, wheels and parts that broke before their time', true, '2026-11-30 10:07:09.34959+00', '2026-11-30 10:07:09.34959+00'),
	(1, 2, 'Billing', 'Invoices, refunds and gift cards', true, '2026-11-30 10:07:09.34959+00', '2026-11-30 10:07:09.34959+00'),
	(1, 3, 'Workshop', 'Repairs, fitting and appointments', true, '2026-11-30 10:07:09.34959+00', '2026-11-30 10:07:09.34959+00');
-- Data for Name: users; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.users VALUES
	(1, 'Sam Whitfield', NULL, 'sam@kestrel.example', '$argon2id$v=19$m=65536,t=1,p=2$wG9qtroUMs9DD4UI1mSeCw$A6br6Zn2fS9gSdgqIPYvAjV/kV810yzVNBIw6xRVpR4', NULL, NULL, 'Sam
Kestrel Cycles', '{}', '{}', '2026-11-30 10:07:09.34959+00', '300adf24717c48c1b217a46b4611807e', '2026-11-30 10:07:09.34959+00', '2026-11-30 10:07:09.34959+00'),
	(2, 'Ines Moreau', NULL, 'ines@kestrel.example', '$argon2id$v=19$m=65536,t=1,p=2$wG9qtroUMs9DD4UI1mSeCw$A6br6Zn2fS9gSdgqIPYvAjV/kV810yzVNBIw6xRVpR4', NULL, NULL, 'Ines
Kestrel Cycles', '{}', '{}', '2026-11-30 10:07:09.34959+00', 'a2291fdbaac24f9998dcd867a41fe1e0', '2026-11-30 10:07:09.34959+00', '2026-11-30 10:07:09.34959+00');
-- Data for Name: views; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.views VALUES
	(1, 1, 1, 'Urgent ones', 'conversation', '{"payload": [{"values": ["urgent"], "attribute_key": "priority", "filter_operator": "equal_to"}]}', '2026-11-30 10:08:30.436433+00', '2026-11-30 10:08:30.436433+00');
-- Data for Name: webhook_attempts; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.webhook_attempts VALUES
	(1, 1, 1, 410, 'gone', 'no such hook', 12, '2026-11-20 00:00:00+00');
-- Data for Name: webhook_deliveries; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.webhook_deliveries VALUES
	(1, 1, 'c16b1f9d-5125-40c5-9b39-26d04afff61b', 'webhook:1', '', 1, 'message_created', 'conversation:1', 'failed', '{"id": 1}', 2, 410, '', NULL, '2026-12-03 10:08:30.436433+00', NULL, '2026-11-20 00:00:00+00'),
	(1, 2, '06e32277-a55a-4f62-9c37-4cd1a6f37f48', 'webhook:1', '', 2, 'conversation_updated', 'conversation:1', 'pending', '{"id": 1}', 0, NULL, '', NULL, '2026-12-03 10:08:30.436433+00', NULL, '2026-11-20 00:00:00+00');
-- Data for Name: webhooks; Type: TABLE DATA; Schema: public; Owner: -
INSERT INTO public.webhooks VALUES
	(1, 1, 'chatwoot', 'https://hook.example/', 'CRM', NULL, '{message_created}', 'plain-webhook-secret', 'the-one-before', NULL, '2026-11-20 00:00:00+00', '410', NULL, 0, '2026-11-30 10:08:30.436433+00', '2026-11-30 10:08:30.436433+00');
-- Name: access_tokens_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
SELECT pg_catalog.setval('public.access_tokens_id_seq', 4, true);
-- Name: accounts_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
SELECT pg_catalog.setval('public.accounts_id_seq', 1, true);
-- Name: agent_bots_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
SELECT pg_catalog.setval('public.agent_bots_id_seq', 1, true);
-- Name: attachments_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
SELECT pg_catalog.setval('public.attachments_id_seq', 1, true);
-- Name: attribute_definitions_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
SELECT pg_catalog.setval('public.attribute_definitions_id_seq', 1, true);
-- Name: automation_rules_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
SELECT pg_catalog.setval('public.automation_rules_id_seq', 1, true);
-- Name: canned_replies_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
SELECT pg_catalog.setval('public.canned_replies_id_seq', 6, true);
-- Name: contact_imports_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
SELECT pg_catalog.setval('public.contact_imports_id_seq', 1, true);
-- Name: contact_inboxes_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
SELECT pg_catalog.setval('public.contact_inboxes_id_seq', 3, true);
-- Name: contacts_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
SELECT pg_catalog.setval('public.contacts_id_seq', 3, true);
-- Name: conversations_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
SELECT pg_catalog.setval('public.conversations_id_seq', 4, true);
-- Name: csat_responses_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
SELECT pg_catalog.setval('public.csat_responses_id_seq', 1, true);
-- Name: events_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
SELECT pg_catalog.setval('public.events_id_seq', 15, true);
-- Name: goose_db_version_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
SELECT pg_catalog.setval('public.goose_db_version_id_seq', 2, true);
-- Name: inbound_mail_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
SELECT pg_catalog.setval('public.inbound_mail_id_seq', 1, true);
-- Name: inboxes_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
SELECT pg_catalog.setval('public.inboxes_id_seq', 2, true);
-- Name: integration_hooks_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
SELECT pg_catalog.setval('public.integration_hooks_id_seq', 1, true);
-- Name: invitations_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
SELECT pg_catalog.setval('public.invitations_id_seq', 1, true);
-- Name: labels_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
SELECT pg_catalog.setval('public.labels_id_seq', 9, true);
-- Name: letters_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
SELECT pg_catalog.setval('public.letters_id_seq', 3, true);
-- Name: macros_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
SELECT pg_catalog.setval('public.macros_id_seq', 1, true);
-- Name: messages_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
SELECT pg_catalog.setval('public.messages_id_seq', 15, true);
-- Name: notes_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
SELECT pg_catalog.setval('public.notes_id_seq', 1, true);
-- Name: notifications_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
SELECT pg_catalog.setval('public.notifications_id_seq', 2, true);
-- Name: platform_apps_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
SELECT pg_catalog.setval('public.platform_apps_id_seq', 1, true);
-- Name: reporting_events_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
SELECT pg_catalog.setval('public.reporting_events_id_seq', 4, true);
-- Name: river_job_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
SELECT pg_catalog.setval('public.river_job_id_seq', 8, true);
-- Name: river_notification_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
SELECT pg_catalog.setval('public.river_notification_id_seq', 1, true);
-- Name: teams_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
SELECT pg_catalog.setval('public.teams_id_seq', 3, true);
-- Name: users_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
SELECT pg_catalog.setval('public.users_id_seq', 2, true);
-- Name: views_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
SELECT pg_catalog.setval('public.views_id_seq', 1, true);
-- Name: webhook_attempts_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
SELECT pg_catalog.setval('public.webhook_attempts_id_seq', 1, true);
-- Name: webhook_deliveries_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
SELECT pg_catalog.setval('public.webhook_deliveries_id_seq', 2, true);
-- Name: webhooks_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
SELECT pg_catalog.setval('public.webhooks_id_seq', 1, true);
-- Name: access_tokens access_tokens_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.access_tokens
    ADD CONSTRAINT access_tokens_pkey PRIMARY KEY (id);
-- Name: access_tokens access_tokens_token_hash_key; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.access_tokens
    ADD CONSTRAINT access_tokens_token_hash_key UNIQUE (token_hash);
-- Name: account_counters account_counters_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.account_counters
    ADD CONSTRAINT account_counters_pkey PRIMARY KEY (account_id);
-- Name: accounts accounts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (id);
-- Name: agent_bots agent_bots_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.agent_bots
    ADD CONSTRAINT agent_bots_pkey PRIMARY KEY (account_id, id);
-- Name: attachments attachments_key_key; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.attachments
    ADD CONSTRAINT attachments_key_key UNIQUE (key);
-- Name: attachments attachments_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.attachments
    ADD CONSTRAINT attachments_pkey PRIMARY KEY (account_id, id);
-- Name: attribute_definitions attribute_definitions_account_id_model_key_key; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.attribute_definitions
    ADD CONSTRAINT attribute_definitions_account_id_model_key_key UNIQUE (account_id, model, key);
-- Name: attribute_definitions attribute_definitions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.attribute_definitions
    ADD CONSTRAINT attribute_definitions_pkey PRIMARY KEY (account_id, id);
-- Name: automation_rules automation_rules_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.automation_rules
    ADD CONSTRAINT automation_rules_pkey PRIMARY KEY (account_id, id);
-- Name: blobs blobs_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.blobs
    ADD CONSTRAINT blobs_pkey PRIMARY KEY (account_id, hash);
-- Name: canned_replies canned_replies_account_id_short_code_key; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.canned_replies
    ADD CONSTRAINT canned_replies_account_id_short_code_key UNIQUE (account_id, short_code);
-- Name: canned_replies canned_replies_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.canned_replies
    ADD CONSTRAINT canned_replies_pkey PRIMARY KEY (account_id, id);
-- Name: contact_imports contact_imports_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.contact_imports
    ADD CONSTRAINT contact_imports_pkey PRIMARY KEY (account_id, id);
-- Name: contact_inboxes contact_inboxes_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.contact_inboxes
    ADD CONSTRAINT contact_inboxes_pkey PRIMARY KEY (account_id, id);
-- Name: contact_inboxes contact_inboxes_pubsub_key; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.contact_inboxes
    ADD CONSTRAINT contact_inboxes_pubsub_key UNIQUE (pubsub_token);
-- Name: contact_inboxes contact_inboxes_source_key; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.contact_inboxes
    ADD CONSTRAINT contact_inboxes_source_key UNIQUE (account_id, inbox_id, source_id);
-- Name: contact_presences contact_presences_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.contact_presences
    ADD CONSTRAINT contact_presences_pkey PRIMARY KEY (account_id, contact_id);
-- Name: contacts contacts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.contacts
    ADD CONSTRAINT contacts_pkey PRIMARY KEY (account_id, id);
-- Name: conversation_subjects conversation_subjects_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.conversation_subjects
    ADD CONSTRAINT conversation_subjects_pkey PRIMARY KEY (account_id, conversation_id);
-- Name: conversations conversations_display_key; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_display_key UNIQUE (account_id, display_id);
-- Name: conversations conversations_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_pkey PRIMARY KEY (account_id, id);
-- Name: csat_responses csat_responses_account_id_message_id_key; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.csat_responses
    ADD CONSTRAINT csat_responses_account_id_message_id_key UNIQUE (account_id, message_id);
-- Name: csat_responses csat_responses_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.csat_responses
    ADD CONSTRAINT csat_responses_pkey PRIMARY KEY (account_id, id);
-- Name: drafts drafts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.drafts
    ADD CONSTRAINT drafts_pkey PRIMARY KEY (account_id, conversation_id, user_id, mode);
-- Name: event_counters event_counters_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.event_counters
    ADD CONSTRAINT event_counters_pkey PRIMARY KEY (account_id);
-- Name: event_cursors event_cursors_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.event_cursors
    ADD CONSTRAINT event_cursors_pkey PRIMARY KEY (account_id, follower);
-- Name: events events_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (account_id, id);
-- Name: goose_db_version goose_db_version_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.goose_db_version
    ADD CONSTRAINT goose_db_version_pkey PRIMARY KEY (id);
-- Name: idempotency_keys idempotency_keys_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (token_id, route, key);
-- Name: inbound_mail inbound_mail_once; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.inbound_mail
    ADD CONSTRAINT inbound_mail_once UNIQUE (account_id, inbox_id, key);
-- Name: inbound_mail inbound_mail_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.inbound_mail
    ADD CONSTRAINT inbound_mail_pkey PRIMARY KEY (account_id, id);
-- Name: inbox_members inbox_members_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.inbox_members
    ADD CONSTRAINT inbox_members_pkey PRIMARY KEY (account_id, inbox_id, user_id);
-- Name: inboxes inboxes_identifier_key; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.inboxes
    ADD CONSTRAINT inboxes_identifier_key UNIQUE (identifier);
-- Name: inboxes inboxes_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.inboxes
    ADD CONSTRAINT inboxes_pkey PRIMARY KEY (account_id, id);
-- Name: installation installation_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.installation
    ADD CONSTRAINT installation_pkey PRIMARY KEY (only_row);
-- Name: integration_hooks integration_hooks_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.integration_hooks
    ADD CONSTRAINT integration_hooks_pkey PRIMARY KEY (account_id, id);
-- Name: invitations invitations_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_pkey PRIMARY KEY (account_id, id);
-- Name: invitations invitations_token_hash_key; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_token_hash_key UNIQUE (token_hash);
-- Name: labels labels_account_id_title_key; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.labels
    ADD CONSTRAINT labels_account_id_title_key UNIQUE (account_id, title);
-- Name: labels labels_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.labels
    ADD CONSTRAINT labels_pkey PRIMARY KEY (account_id, id);
-- Name: letters letters_once_key; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.letters
    ADD CONSTRAINT letters_once_key UNIQUE (once);
-- Name: letters letters_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.letters
    ADD CONSTRAINT letters_pkey PRIMARY KEY (id);
-- Name: login_links login_links_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.login_links
    ADD CONSTRAINT login_links_pkey PRIMARY KEY (token_hash);
-- Name: macro_runs macro_runs_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.macro_runs
    ADD CONSTRAINT macro_runs_pkey PRIMARY KEY (account_id, job_id, conversation_id);
-- Name: macros macros_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.macros
    ADD CONSTRAINT macros_pkey PRIMARY KEY (account_id, id);
-- Name: memberships memberships_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.memberships
    ADD CONSTRAINT memberships_pkey PRIMARY KEY (account_id, user_id);
-- Name: mentions mentions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.mentions
    ADD CONSTRAINT mentions_pkey PRIMARY KEY (account_id, user_id, conversation_id);
-- Name: message_translations message_translations_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.message_translations
    ADD CONSTRAINT message_translations_pkey PRIMARY KEY (account_id, message_id, language);
-- Name: messages messages_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_pkey PRIMARY KEY (account_id, id);
-- Name: notes notes_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.notes
    ADD CONSTRAINT notes_pkey PRIMARY KEY (account_id, id);
-- Name: notifications notifications_account_id_user_id_event_id_kind_key; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_account_id_user_id_event_id_kind_key UNIQUE (account_id, user_id, event_id, kind);
-- Name: notifications notifications_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_pkey PRIMARY KEY (account_id, id);
-- Name: participants participants_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.participants
    ADD CONSTRAINT participants_pkey PRIMARY KEY (account_id, conversation_id, user_id);
-- Name: password_resets password_resets_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.password_resets
    ADD CONSTRAINT password_resets_pkey PRIMARY KEY (token_hash);
-- Name: platform_apps platform_apps_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.platform_apps
    ADD CONSTRAINT platform_apps_pkey PRIMARY KEY (id);
-- Name: platform_grants platform_grants_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.platform_grants
    ADD CONSTRAINT platform_grants_pkey PRIMARY KEY (platform_app_id, kind, object_id);
-- Name: read_marks read_marks_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.read_marks
    ADD CONSTRAINT read_marks_pkey PRIMARY KEY (account_id, user_id, conversation_id);
-- Name: reporting_events reporting_events_account_id_event_id_name_key; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.reporting_events
    ADD CONSTRAINT reporting_events_account_id_event_id_name_key UNIQUE (account_id, event_id, name);
-- Name: reporting_events reporting_events_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.reporting_events
    ADD CONSTRAINT reporting_events_pkey PRIMARY KEY (account_id, id);
-- Name: river_job river_job_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.river_job
    ADD CONSTRAINT river_job_pkey PRIMARY KEY (id);
-- Name: river_leader river_leader_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.river_leader
    ADD CONSTRAINT river_leader_pkey PRIMARY KEY (name);
-- Name: river_migration river_migration_pkey1; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.river_migration
    ADD CONSTRAINT river_migration_pkey1 PRIMARY KEY (line, version);
-- Name: river_notification river_notification_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.river_notification
    ADD CONSTRAINT river_notification_pkey PRIMARY KEY (id);
-- Name: river_queue river_queue_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.river_queue
    ADD CONSTRAINT river_queue_pkey PRIMARY KEY (name);
-- Name: rule_runs rule_runs_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.rule_runs
    ADD CONSTRAINT rule_runs_pkey PRIMARY KEY (account_id, rule_id, event_id);
-- Name: sessions sessions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (token_hash);
-- Name: sign_in_attempts sign_in_attempts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.sign_in_attempts
    ADD CONSTRAINT sign_in_attempts_pkey PRIMARY KEY (key, window_at);
-- Name: team_members team_members_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.team_members
    ADD CONSTRAINT team_members_pkey PRIMARY KEY (account_id, team_id, user_id);
-- Name: teams teams_account_id_name_key; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.teams
    ADD CONSTRAINT teams_account_id_name_key UNIQUE (account_id, name);
-- Name: teams teams_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.teams
    ADD CONSTRAINT teams_pkey PRIMARY KEY (account_id, id);
-- Name: users users_email_key; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_email_key UNIQUE (email);
-- Name: users users_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);
-- Name: users users_pubsub_token_key; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pubsub_token_key UNIQUE (pubsub_token);
-- Name: views views_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.views
    ADD CONSTRAINT views_pkey PRIMARY KEY (account_id, id);
-- Name: webhook_attempts webhook_attempts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.webhook_attempts
    ADD CONSTRAINT webhook_attempts_pkey PRIMARY KEY (account_id, id);
-- Name: webhook_deliveries webhook_deliveries_once; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_once UNIQUE (account_id, receiver, event_id, event_name, url);
-- Name: webhook_deliveries webhook_deliveries_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (account_id, id);
-- Name: webhooks webhooks_pkey; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.webhooks
    ADD CONSTRAINT webhooks_pkey PRIMARY KEY (account_id, id);
-- Name: webhooks webhooks_url_key; Type: CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.webhooks
    ADD CONSTRAINT webhooks_url_key UNIQUE (account_id, dialect, url);
-- Name: access_tokens_account_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX access_tokens_account_idx ON public.access_tokens USING btree (account_id);
-- Name: access_tokens_user_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX access_tokens_user_idx ON public.access_tokens USING btree (user_id);
-- Name: agent_bots_id_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX agent_bots_id_idx ON public.agent_bots USING btree (id);
-- Name: attachments_blob_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX attachments_blob_idx ON public.attachments USING btree (blob_hash, account_id) WHERE (blob_hash IS NOT NULL);
-- Name: attachments_conversation_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX attachments_conversation_idx ON public.attachments USING btree (account_id, conversation_id, id DESC) WHERE (conversation_id IS NOT NULL);
-- Name: attachments_loose_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX attachments_loose_idx ON public.attachments USING btree (created_at) WHERE (message_id IS NULL);
-- Name: attachments_message_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX attachments_message_idx ON public.attachments USING btree (account_id, message_id) WHERE (message_id IS NOT NULL);
-- Name: attachments_thumb_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX attachments_thumb_idx ON public.attachments USING btree (thumb_hash) WHERE (thumb_hash IS NOT NULL);
-- Name: automation_rules_event_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX automation_rules_event_idx ON public.automation_rules USING btree (account_id, event_name) WHERE active;
-- Name: blobs_hash_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX blobs_hash_idx ON public.blobs USING btree (hash);
-- Name: contact_inboxes_contact_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX contact_inboxes_contact_idx ON public.contact_inboxes USING btree (account_id, contact_id);
-- Name: contact_inboxes_source_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX contact_inboxes_source_idx ON public.contact_inboxes USING btree (account_id, source_id);
-- Name: contacts_activity_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX contacts_activity_idx ON public.contacts USING btree (account_id, last_activity_at DESC NULLS LAST, id DESC);
-- Name: contacts_avatar_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX contacts_avatar_idx ON public.contacts USING btree (avatar_hash) WHERE (avatar_hash IS NOT NULL);
-- Name: contacts_city_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX contacts_city_idx ON public.contacts USING btree (account_id, lower((additional_attributes ->> 'city'::text)), id) WHERE (lower((additional_attributes ->> 'city'::text)) IS NOT NULL);
-- Name: contacts_company_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX contacts_company_idx ON public.contacts USING btree (account_id, lower((additional_attributes ->> 'company_name'::text)), id) WHERE (lower((additional_attributes ->> 'company_name'::text)) IS NOT NULL);
-- Name: contacts_country_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX contacts_country_idx ON public.contacts USING btree (account_id, lower((additional_attributes ->> 'country'::text)), id) WHERE (lower((additional_attributes ->> 'country'::text)) IS NOT NULL);
-- Name: contacts_created_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX contacts_created_idx ON public.contacts USING btree (account_id, created_at DESC, id DESC);
-- Name: contacts_email_key; Type: INDEX; Schema: public; Owner: -
CREATE UNIQUE INDEX contacts_email_key ON public.contacts USING btree (account_id, email) WHERE (email IS NOT NULL);
-- Name: contacts_identified_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX contacts_identified_idx ON public.contacts USING btree (account_id, created_at, id) WHERE ((email IS NOT NULL) OR (phone_number IS NOT NULL) OR (identifier IS NOT NULL));
-- Name: contacts_identifier_key; Type: INDEX; Schema: public; Owner: -
CREATE UNIQUE INDEX contacts_identifier_key ON public.contacts USING btree (account_id, identifier) WHERE (identifier IS NOT NULL);
-- Name: contacts_labels_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX contacts_labels_idx ON public.contacts USING gin (account_id, labels) WHERE (labels <> '{}'::text[]);
-- Name: contacts_name_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX contacts_name_idx ON public.contacts USING btree (account_id, lower(name), id);
-- Name: contacts_phone_key; Type: INDEX; Schema: public; Owner: -
CREATE UNIQUE INDEX contacts_phone_key ON public.contacts USING btree (account_id, phone_number) WHERE (phone_number IS NOT NULL);
-- Name: contacts_words_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX contacts_words_idx ON public.contacts USING gin (account_id, (((((((name || ' '::text) || COALESCE(email, ''::text)) || ' '::text) || COALESCE(phone_number, ''::text)) || ' '::text) || COALESCE(identifier, ''::text))) public.gin_trgm_ops);
-- Name: conversation_counts_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX conversation_counts_idx ON public.conversation_counts USING btree (account_id, assignee_id, status) INCLUDE (inbox_id, team_id, n);
-- Name: conversation_subjects_words_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX conversation_subjects_words_idx ON public.conversation_subjects USING gin (account_id, subject public.gin_trgm_ops);
-- Name: conversations_activity_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX conversations_activity_idx ON public.conversations USING btree (account_id, last_activity_at DESC, id DESC);
-- Name: conversations_assignee_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX conversations_assignee_idx ON public.conversations USING btree (account_id, assignee_id, status, last_activity_at DESC, id DESC);
-- Name: conversations_bot_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX conversations_bot_idx ON public.conversations USING btree (account_id, assignee_bot_id) WHERE (assignee_bot_id IS NOT NULL);
-- Name: conversations_contact_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX conversations_contact_idx ON public.conversations USING btree (account_id, contact_id, last_activity_at DESC, id DESC);
-- Name: conversations_contact_inbox_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX conversations_contact_inbox_idx ON public.conversations USING btree (account_id, contact_inbox_id, id DESC);
-- Name: conversations_created_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX conversations_created_idx ON public.conversations USING btree (account_id, created_at DESC, id DESC);
-- Name: conversations_inbox_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX conversations_inbox_idx ON public.conversations USING btree (account_id, inbox_id, status, last_activity_at DESC, id DESC);
-- Name: conversations_labels_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX conversations_labels_idx ON public.conversations USING gin (account_id, labels) WHERE (labels <> '{}'::text[]);
-- Name: conversations_priority_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX conversations_priority_idx ON public.conversations USING btree (account_id, priority DESC NULLS LAST, last_activity_at DESC, id DESC);
-- Name: conversations_public_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX conversations_public_idx ON public.conversations USING btree (account_id, COALESCE(last_public_at, created_at) DESC, id DESC) WHERE (archived_at IS NULL);
-- Name: conversations_snoozed_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX conversations_snoozed_idx ON public.conversations USING btree (snoozed_until) WHERE ((status = 'snoozed'::public.conversation_status) AND (snoozed_until IS NOT NULL));
-- Name: conversations_status_activity_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX conversations_status_activity_idx ON public.conversations USING btree (account_id, status, last_activity_at DESC, id DESC);
-- Name: conversations_team_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX conversations_team_idx ON public.conversations USING btree (account_id, team_id, status, last_activity_at DESC, id DESC) WHERE (team_id IS NOT NULL);
-- Name: conversations_unread_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX conversations_unread_idx ON public.conversations USING btree (account_id, last_activity_at DESC, id DESC) WHERE ((unread_count > 0) AND (archived_at IS NULL));
-- Name: conversations_uuid_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX conversations_uuid_idx ON public.conversations USING btree (uuid);
-- Name: conversations_waiting_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX conversations_waiting_idx ON public.conversations USING btree (account_id, waiting_since, id) WHERE (waiting_since IS NOT NULL);
-- Name: csat_responses_created_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX csat_responses_created_idx ON public.csat_responses USING btree (account_id, created_at DESC, id DESC);
-- Name: events_conversation_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX events_conversation_idx ON public.events USING btree (account_id, conversation_id, id) WHERE (conversation_id IS NOT NULL);
-- Name: events_number_key; Type: INDEX; Schema: public; Owner: -
CREATE UNIQUE INDEX events_number_key ON public.events USING btree (account_id, number) WHERE (number IS NOT NULL);
-- Name: events_unnumbered_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX events_unnumbered_idx ON public.events USING btree (id) WHERE (number IS NULL);
-- Name: idempotency_keys_old_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX idempotency_keys_old_idx ON public.idempotency_keys USING btree (created_at);
-- Name: inbound_mail_blob_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX inbound_mail_blob_idx ON public.inbound_mail USING btree (blob_hash);
-- Name: inbox_members_user_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX inbox_members_user_idx ON public.inbox_members USING btree (account_id, user_id);
-- Name: inboxes_account_id_kind_address_key; Type: INDEX; Schema: public; Owner: -
CREATE UNIQUE INDEX inboxes_account_id_kind_address_key ON public.inboxes USING btree (account_id, kind, lower(address)) WHERE ((address <> ''::text) AND (archived_at IS NULL));
-- Name: letters_account_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX letters_account_idx ON public.letters USING btree (account_id, id DESC);
-- Name: letters_invitation_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX letters_invitation_idx ON public.letters USING btree (account_id, recipient, id DESC) WHERE (kind = 'invitation'::public.letter_kind);
-- Name: letters_old_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX letters_old_idx ON public.letters USING btree (created_at);
-- Name: login_links_expiry_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX login_links_expiry_idx ON public.login_links USING btree (expires_at);
-- Name: macro_runs_old_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX macro_runs_old_idx ON public.macro_runs USING btree (created_at);
-- Name: memberships_user_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX memberships_user_idx ON public.memberships USING btree (user_id);
-- Name: messages_created_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX messages_created_idx ON public.messages USING brin (created_at);
-- Name: messages_reports_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX messages_reports_idx ON public.messages USING btree (account_id, created_at) INCLUDE (kind, inbox_id) WHERE (kind = ANY (ARRAY['incoming'::public.message_kind, 'outgoing'::public.message_kind]));
-- Name: messages_source_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX messages_source_idx ON public.messages USING btree (account_id, conversation_id, source_id) WHERE (source_id IS NOT NULL);
-- Name: messages_survey_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX messages_survey_idx ON public.messages USING btree (account_id, created_at) WHERE (content_type = 'input_csat'::public.content_type);
-- Name: messages_thread_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX messages_thread_idx ON public.messages USING btree (account_id, conversation_id, id);
-- Name: messages_uuid_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX messages_uuid_idx ON public.messages USING btree (account_id, uuid);
-- Name: messages_words_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX messages_words_idx ON public.messages USING gin (account_id, public.words(content)) WHERE (kind = ANY (ARRAY['incoming'::public.message_kind, 'outgoing'::public.message_kind]));
-- Name: notes_contact_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX notes_contact_idx ON public.notes USING btree (account_id, contact_id, id DESC);
-- Name: notifications_conversation_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX notifications_conversation_idx ON public.notifications USING btree (account_id, conversation_id);
-- Name: notifications_unread_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX notifications_unread_idx ON public.notifications USING btree (account_id, user_id) WHERE (read_at IS NULL);
-- Name: notifications_user_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX notifications_user_idx ON public.notifications USING btree (account_id, user_id, last_activity_at DESC, id DESC);
-- Name: notifications_webhook_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX notifications_webhook_idx ON public.notifications USING btree (account_id, webhook_id) WHERE (webhook_id IS NOT NULL);
-- Name: participants_user_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX participants_user_idx ON public.participants USING btree (account_id, user_id, conversation_id DESC);
-- Name: password_resets_user_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX password_resets_user_idx ON public.password_resets USING btree (user_id);
-- Name: read_marks_conversation_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX read_marks_conversation_idx ON public.read_marks USING btree (account_id, conversation_id);
-- Name: reporting_events_conversation_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX reporting_events_conversation_idx ON public.reporting_events USING btree (account_id, conversation_id);
-- Name: reporting_events_name_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX reporting_events_name_idx ON public.reporting_events USING btree (account_id, name, ended_at);
-- Name: river_job_args_index; Type: INDEX; Schema: public; Owner: -
CREATE INDEX river_job_args_index ON public.river_job USING gin (args);
-- Name: river_job_kind; Type: INDEX; Schema: public; Owner: -
CREATE INDEX river_job_kind ON public.river_job USING btree (kind);
-- Name: river_job_metadata_index; Type: INDEX; Schema: public; Owner: -
CREATE INDEX river_job_metadata_index ON public.river_job USING gin (metadata);
-- Name: river_job_prioritized_fetching_index; Type: INDEX; Schema: public; Owner: -
CREATE INDEX river_job_prioritized_fetching_index ON public.river_job USING btree (state, queue, priority, scheduled_at, id);
-- Name: river_job_state_and_finalized_at_index; Type: INDEX; Schema: public; Owner: -
CREATE INDEX river_job_state_and_finalized_at_index ON public.river_job USING btree (state, finalized_at) WHERE (finalized_at IS NOT NULL);
-- Name: river_job_unique_idx; Type: INDEX; Schema: public; Owner: -
CREATE UNIQUE INDEX river_job_unique_idx ON public.river_job USING btree (unique_key) WHERE ((unique_key IS NOT NULL) AND (unique_states IS NOT NULL) AND public.river_job_state_in_bitmask(unique_states, state));
-- Name: river_notification_created_at_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX river_notification_created_at_idx ON public.river_notification USING btree (created_at);
-- Name: river_notification_topic_id_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX river_notification_topic_id_idx ON public.river_notification USING btree (topic, id);
-- Name: sessions_expiry_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX sessions_expiry_idx ON public.sessions USING btree (expires_at);
-- Name: sessions_user_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX sessions_user_idx ON public.sessions USING btree (user_id);
-- Name: team_members_user_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX team_members_user_idx ON public.team_members USING btree (account_id, user_id);
-- Name: views_user_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX views_user_idx ON public.views USING btree (account_id, user_id);
-- Name: webhook_attempts_delivery_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX webhook_attempts_delivery_idx ON public.webhook_attempts USING btree (account_id, delivery_id, id);
-- Name: webhook_deliveries_failed_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX webhook_deliveries_failed_idx ON public.webhook_deliveries USING btree (account_id, receiver, id) WHERE (state = ANY (ARRAY['failed'::public.delivery_state, 'dropped'::public.delivery_state]));
-- Name: webhook_deliveries_lane_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX webhook_deliveries_lane_idx ON public.webhook_deliveries USING btree (account_id, receiver, lane, id) WHERE (state = ANY (ARRAY['waiting'::public.delivery_state, 'pending'::public.delivery_state]));
-- Name: webhook_deliveries_log_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX webhook_deliveries_log_idx ON public.webhook_deliveries USING btree (account_id, receiver, id DESC);
-- Name: webhook_deliveries_old_idx; Type: INDEX; Schema: public; Owner: -
CREATE INDEX webhook_deliveries_old_idx ON public.webhook_deliveries USING btree (created_at);
-- Name: webhooks_qlara_key; Type: INDEX; Schema: public; Owner: -
CREATE UNIQUE INDEX webhooks_qlara_key ON public.webhooks USING btree (account_id) WHERE (dialect = 'qlara'::public.dialect);
-- Name: conversations conversations_count_delete; Type: TRIGGER; Schema: public; Owner: -
CREATE TRIGGER conversations_count_delete AFTER DELETE ON public.conversations FOR EACH ROW WHEN ((pg_trigger_depth() = 0)) EXECUTE FUNCTION public.count_conversation();
-- Name: conversations conversations_count_insert; Type: TRIGGER; Schema: public; Owner: -
CREATE TRIGGER conversations_count_insert AFTER INSERT ON public.conversations FOR EACH ROW EXECUTE FUNCTION public.count_conversation();
-- Name: conversations conversations_count_update; Type: TRIGGER; Schema: public; Owner: -
CREATE TRIGGER conversations_count_update AFTER UPDATE ON public.conversations FOR EACH ROW WHEN (((((old.status IS DISTINCT FROM new.status) OR (old.assignee_id IS DISTINCT FROM new.assignee_id)) OR (old.inbox_id IS DISTINCT FROM new.inbox_id)) OR (old.team_id IS DISTINCT FROM new.team_id))) EXECUTE FUNCTION public.count_conversation();
-- Name: conversations conversations_subject_insert; Type: TRIGGER; Schema: public; Owner: -
CREATE TRIGGER conversations_subject_insert AFTER INSERT ON public.conversations FOR EACH ROW WHEN ((new.subject <> ''::text)) EXECUTE FUNCTION public.note_subject();
-- Name: conversations conversations_subject_update; Type: TRIGGER; Schema: public; Owner: -
CREATE TRIGGER conversations_subject_update AFTER UPDATE OF subject ON public.conversations FOR EACH ROW WHEN ((old.subject IS DISTINCT FROM new.subject)) EXECUTE FUNCTION public.note_subject();
-- Name: access_tokens access_tokens_account_id_bot_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.access_tokens
    ADD CONSTRAINT access_tokens_account_id_bot_id_fkey FOREIGN KEY (account_id, bot_id) REFERENCES public.agent_bots(account_id, id) ON DELETE CASCADE;
-- Name: access_tokens access_tokens_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.access_tokens
    ADD CONSTRAINT access_tokens_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
-- Name: access_tokens access_tokens_platform_app_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.access_tokens
    ADD CONSTRAINT access_tokens_platform_app_id_fkey FOREIGN KEY (platform_app_id) REFERENCES public.platform_apps(id) ON DELETE CASCADE;
-- Name: access_tokens access_tokens_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.access_tokens
    ADD CONSTRAINT access_tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
-- Name: account_counters account_counters_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.account_counters
    ADD CONSTRAINT account_counters_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
-- Name: agent_bots agent_bots_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.agent_bots
    ADD CONSTRAINT agent_bots_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
-- Name: attachments attachments_account_id_blob_hash_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.attachments
    ADD CONSTRAINT attachments_account_id_blob_hash_fkey FOREIGN KEY (account_id, blob_hash) REFERENCES public.blobs(account_id, hash);
-- Name: attachments attachments_account_id_conversation_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.attachments
    ADD CONSTRAINT attachments_account_id_conversation_id_fkey FOREIGN KEY (account_id, conversation_id) REFERENCES public.conversations(account_id, id) ON DELETE CASCADE;
-- Name: attachments attachments_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.attachments
    ADD CONSTRAINT attachments_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
-- Name: attachments attachments_account_id_message_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.attachments
    ADD CONSTRAINT attachments_account_id_message_id_fkey FOREIGN KEY (account_id, message_id) REFERENCES public.messages(account_id, id) ON DELETE CASCADE;
-- Name: attribute_definitions attribute_definitions_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.attribute_definitions
    ADD CONSTRAINT attribute_definitions_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
-- Name: automation_rules automation_rules_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.automation_rules
    ADD CONSTRAINT automation_rules_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
-- Name: blobs blobs_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.blobs
    ADD CONSTRAINT blobs_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
-- Name: canned_replies canned_replies_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.canned_replies
    ADD CONSTRAINT canned_replies_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
-- Name: contact_imports contact_imports_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.contact_imports
    ADD CONSTRAINT contact_imports_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
-- Name: contact_inboxes contact_inboxes_account_id_contact_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.contact_inboxes
    ADD CONSTRAINT contact_inboxes_account_id_contact_id_fkey FOREIGN KEY (account_id, contact_id) REFERENCES public.contacts(account_id, id) ON DELETE CASCADE;
-- Name: contact_inboxes contact_inboxes_account_id_inbox_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.contact_inboxes
    ADD CONSTRAINT contact_inboxes_account_id_inbox_id_fkey FOREIGN KEY (account_id, inbox_id) REFERENCES public.inboxes(account_id, id) ON DELETE CASCADE;
-- Name: contact_presences contact_presences_account_id_contact_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.contact_presences
    ADD CONSTRAINT contact_presences_account_id_contact_id_fkey FOREIGN KEY (account_id, contact_id) REFERENCES public.contacts(account_id, id) ON DELETE CASCADE;
-- Name: contacts contacts_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.contacts
    ADD CONSTRAINT contacts_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
-- Name: conversation_counts conversation_counts_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.conversation_counts
    ADD CONSTRAINT conversation_counts_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
-- Name: conversation_subjects conversation_subjects_account_id_conversation_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.conversation_subjects
    ADD CONSTRAINT conversation_subjects_account_id_conversation_id_fkey FOREIGN KEY (account_id, conversation_id) REFERENCES public.conversations(account_id, id) ON DELETE CASCADE;
-- Name: conversations conversations_account_id_assignee_bot_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_account_id_assignee_bot_id_fkey FOREIGN KEY (account_id, assignee_bot_id) REFERENCES public.agent_bots(account_id, id) ON DELETE SET NULL (assignee_bot_id);
-- Name: conversations conversations_account_id_contact_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_account_id_contact_id_fkey FOREIGN KEY (account_id, contact_id) REFERENCES public.contacts(account_id, id);
-- Name: conversations conversations_account_id_contact_inbox_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_account_id_contact_inbox_id_fkey FOREIGN KEY (account_id, contact_inbox_id) REFERENCES public.contact_inboxes(account_id, id);
-- Name: conversations conversations_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
-- Name: conversations conversations_account_id_inbox_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_account_id_inbox_id_fkey FOREIGN KEY (account_id, inbox_id) REFERENCES public.inboxes(account_id, id);
-- Name: conversations conversations_account_id_team_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_account_id_team_id_fkey FOREIGN KEY (account_id, team_id) REFERENCES public.teams(account_id, id) ON DELETE SET NULL (team_id);
-- Name: csat_responses csat_responses_account_id_conversation_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.csat_responses
    ADD CONSTRAINT csat_responses_account_id_conversation_id_fkey FOREIGN KEY (account_id, conversation_id) REFERENCES public.conversations(account_id, id) ON DELETE CASCADE;
-- Name: drafts drafts_account_id_conversation_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.drafts
    ADD CONSTRAINT drafts_account_id_conversation_id_fkey FOREIGN KEY (account_id, conversation_id) REFERENCES public.conversations(account_id, id) ON DELETE CASCADE;
-- Name: event_cursors event_cursors_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.event_cursors
    ADD CONSTRAINT event_cursors_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
-- Name: inbound_mail inbound_mail_account_id_blob_hash_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.inbound_mail
    ADD CONSTRAINT inbound_mail_account_id_blob_hash_fkey FOREIGN KEY (account_id, blob_hash) REFERENCES public.blobs(account_id, hash);
-- Name: inbound_mail inbound_mail_account_id_inbox_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.inbound_mail
    ADD CONSTRAINT inbound_mail_account_id_inbox_id_fkey FOREIGN KEY (account_id, inbox_id) REFERENCES public.inboxes(account_id, id) ON DELETE CASCADE;
-- Name: inbound_mail inbound_mail_account_id_message_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.inbound_mail
    ADD CONSTRAINT inbound_mail_account_id_message_id_fkey FOREIGN KEY (account_id, message_id) REFERENCES public.messages(account_id, id) ON DELETE SET NULL (message_id);
-- Name: inbox_members inbox_members_account_id_inbox_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.inbox_members
    ADD CONSTRAINT inbox_members_account_id_inbox_id_fkey FOREIGN KEY (account_id, inbox_id) REFERENCES public.inboxes(account_id, id) ON DELETE CASCADE;
-- Name: inbox_members inbox_members_account_id_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.inbox_members
    ADD CONSTRAINT inbox_members_account_id_user_id_fkey FOREIGN KEY (account_id, user_id) REFERENCES public.memberships(account_id, user_id) ON DELETE CASCADE;
-- Name: inboxes inboxes_account_id_agent_bot_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.inboxes
    ADD CONSTRAINT inboxes_account_id_agent_bot_id_fkey FOREIGN KEY (account_id, agent_bot_id) REFERENCES public.agent_bots(account_id, id) ON DELETE SET NULL (agent_bot_id);
-- Name: inboxes inboxes_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.inboxes
    ADD CONSTRAINT inboxes_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
-- Name: integration_hooks integration_hooks_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.integration_hooks
    ADD CONSTRAINT integration_hooks_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
-- Name: integration_hooks integration_hooks_account_id_inbox_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.integration_hooks
    ADD CONSTRAINT integration_hooks_account_id_inbox_id_fkey FOREIGN KEY (account_id, inbox_id) REFERENCES public.inboxes(account_id, id) ON DELETE CASCADE;
-- Name: invitations invitations_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
-- Name: labels labels_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.labels
    ADD CONSTRAINT labels_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
-- Name: letters letters_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.letters
    ADD CONSTRAINT letters_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
-- Name: login_links login_links_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.login_links
    ADD CONSTRAINT login_links_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
-- Name: macro_runs macro_runs_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.macro_runs
    ADD CONSTRAINT macro_runs_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
-- Name: macros macros_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.macros
    ADD CONSTRAINT macros_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
-- Name: memberships memberships_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.memberships
    ADD CONSTRAINT memberships_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
-- Name: memberships memberships_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.memberships
    ADD CONSTRAINT memberships_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
-- Name: mentions mentions_account_id_conversation_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.mentions
    ADD CONSTRAINT mentions_account_id_conversation_id_fkey FOREIGN KEY (account_id, conversation_id) REFERENCES public.conversations(account_id, id) ON DELETE CASCADE;
-- Name: mentions mentions_account_id_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.mentions
    ADD CONSTRAINT mentions_account_id_user_id_fkey FOREIGN KEY (account_id, user_id) REFERENCES public.memberships(account_id, user_id) ON DELETE CASCADE;
-- Name: message_translations message_translations_account_id_message_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.message_translations
    ADD CONSTRAINT message_translations_account_id_message_id_fkey FOREIGN KEY (account_id, message_id) REFERENCES public.messages(account_id, id) ON DELETE CASCADE;
-- Name: messages messages_account_id_conversation_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_account_id_conversation_id_fkey FOREIGN KEY (account_id, conversation_id) REFERENCES public.conversations(account_id, id) ON DELETE CASCADE;
-- Name: notes notes_account_id_contact_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.notes
    ADD CONSTRAINT notes_account_id_contact_id_fkey FOREIGN KEY (account_id, contact_id) REFERENCES public.contacts(account_id, id) ON DELETE CASCADE;
-- Name: notifications notifications_account_id_conversation_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_account_id_conversation_id_fkey FOREIGN KEY (account_id, conversation_id) REFERENCES public.conversations(account_id, id) ON DELETE CASCADE;
-- Name: notifications notifications_account_id_webhook_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_account_id_webhook_id_fkey FOREIGN KEY (account_id, webhook_id) REFERENCES public.webhooks(account_id, id) ON DELETE CASCADE;
-- Name: participants participants_account_id_conversation_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.participants
    ADD CONSTRAINT participants_account_id_conversation_id_fkey FOREIGN KEY (account_id, conversation_id) REFERENCES public.conversations(account_id, id) ON DELETE CASCADE;
-- Name: participants participants_account_id_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.participants
    ADD CONSTRAINT participants_account_id_user_id_fkey FOREIGN KEY (account_id, user_id) REFERENCES public.memberships(account_id, user_id) ON DELETE CASCADE;
-- Name: password_resets password_resets_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.password_resets
    ADD CONSTRAINT password_resets_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
-- Name: platform_grants platform_grants_platform_app_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.platform_grants
    ADD CONSTRAINT platform_grants_platform_app_id_fkey FOREIGN KEY (platform_app_id) REFERENCES public.platform_apps(id) ON DELETE CASCADE;
-- Name: read_marks read_marks_account_id_conversation_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.read_marks
    ADD CONSTRAINT read_marks_account_id_conversation_id_fkey FOREIGN KEY (account_id, conversation_id) REFERENCES public.conversations(account_id, id) ON DELETE CASCADE;
-- Name: reporting_events reporting_events_account_id_conversation_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.reporting_events
    ADD CONSTRAINT reporting_events_account_id_conversation_id_fkey FOREIGN KEY (account_id, conversation_id) REFERENCES public.conversations(account_id, id) ON DELETE CASCADE;
-- Name: reporting_events reporting_events_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.reporting_events
    ADD CONSTRAINT reporting_events_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
-- Name: rule_runs rule_runs_account_id_rule_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.rule_runs
    ADD CONSTRAINT rule_runs_account_id_rule_id_fkey FOREIGN KEY (account_id, rule_id) REFERENCES public.automation_rules(account_id, id) ON DELETE CASCADE;
-- Name: sessions sessions_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
-- Name: team_members team_members_account_id_team_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.team_members
    ADD CONSTRAINT team_members_account_id_team_id_fkey FOREIGN KEY (account_id, team_id) REFERENCES public.teams(account_id, id) ON DELETE CASCADE;
-- Name: team_members team_members_account_id_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.team_members
    ADD CONSTRAINT team_members_account_id_user_id_fkey FOREIGN KEY (account_id, user_id) REFERENCES public.memberships(account_id, user_id) ON DELETE CASCADE;
-- Name: teams teams_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.teams
    ADD CONSTRAINT teams_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
-- Name: views views_account_id_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.views
    ADD CONSTRAINT views_account_id_user_id_fkey FOREIGN KEY (account_id, user_id) REFERENCES public.memberships(account_id, user_id) ON DELETE CASCADE;
-- Name: webhook_attempts webhook_attempts_account_id_delivery_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.webhook_attempts
    ADD CONSTRAINT webhook_attempts_account_id_delivery_id_fkey FOREIGN KEY (account_id, delivery_id) REFERENCES public.webhook_deliveries(account_id, id) ON DELETE CASCADE;
-- Name: webhook_deliveries webhook_deliveries_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
-- Name: webhooks webhooks_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.webhooks
    ADD CONSTRAINT webhooks_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
-- Name: webhooks webhooks_account_id_inbox_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
ALTER TABLE ONLY public.webhooks
    ADD CONSTRAINT webhooks_account_id_inbox_id_fkey FOREIGN KEY (account_id, inbox_id) REFERENCES public.inboxes(account_id, id) ON DELETE SET NULL (inbox_id);
