-- Package seed alone uses these queries. It finds what it made before by name.

-- ListSeedAccounts lists up to two accounts, to find the one to fill if none was named.
-- name: ListSeedAccounts :many
SELECT id FROM accounts ORDER BY id;

-- SeedUser adds a user with the demo password, or finds the user who has the address and leaves their password as it
-- is. The addresses are under .example, where nobody has one.
-- name: SeedUser :one
INSERT INTO users (name, email, password_hash, message_signature, confirmed_at)
    VALUES (@name, @email, @password_hash, @signature::text, now())
ON CONFLICT (email) DO UPDATE SET email = EXCLUDED.email RETURNING id, password_hash;

-- name: SeedMembership :exec
INSERT INTO memberships (account_id, user_id, role) VALUES (@account_id, @user_id, @role) ON CONFLICT DO NOTHING;

-- name: SeedTeam :one
INSERT INTO teams (account_id, name, description) VALUES (@account_id, @name, @description)
ON CONFLICT (account_id, name) DO UPDATE SET name = EXCLUDED.name RETURNING id;

-- name: SeedTeamMember :exec
INSERT INTO team_members (account_id, team_id, user_id) VALUES (@account_id, @team_id, @user_id) ON CONFLICT DO NOTHING;

-- name: SeedLabel :exec
INSERT INTO labels (account_id, title, color, description) VALUES (@account_id, @title, @color, @description) ON CONFLICT DO NOTHING;

-- name: SeedCannedReply :exec
INSERT INTO canned_replies (account_id, short_code, content) VALUES (@account_id, @short_code, @content) ON CONFLICT DO NOTHING;

-- name: FindSeedInbox :one
SELECT id FROM inboxes WHERE account_id = @account_id AND name = @name ORDER BY id LIMIT 1;

-- name: SeedInbox :one
INSERT INTO inboxes (account_id, kind, name, identifier, hmac_token, webhook_secret, hue)
VALUES (@account_id, @kind, @name, @identifier, @hmac_token, @webhook_secret, @hue) RETURNING id;

-- name: SeedInboxMember :exec
INSERT INTO inbox_members (account_id, inbox_id, user_id) VALUES (@account_id, @inbox_id, @user_id) ON CONFLICT DO NOTHING;

-- SeedDisplayIDs takes n conversation numbers at once and returns the last.
-- name: SeedDisplayIDs :one
UPDATE account_counters SET conversations = conversations + @n WHERE account_id = @account_id RETURNING conversations;

-- SeedConversationCounts adds what the row trigger, which is disabled during the load, would have added.
-- name: SeedConversationCounts :exec
INSERT INTO conversation_counts (account_id, status, assignee_id, inbox_id, team_id, n)
SELECT account_id, status, COALESCE(assignee_id, 0), inbox_id, COALESCE(team_id, 0), count(*)
FROM conversations c WHERE c.account_id = @account_id AND c.id >= @first_id GROUP BY 1, 2, 3, 4, 5
UNION ALL
SELECT account_id, status, -1, inbox_id, COALESCE(team_id, 0), count(*)
FROM conversations c WHERE c.account_id = @account_id AND c.id >= @first_id GROUP BY 1, 2, 4, 5;

-- SeedSubjects adds what the trigger on subjects, which is disabled during the load, would have added.
-- name: SeedSubjects :exec
INSERT INTO conversation_subjects (account_id, conversation_id, subject)
SELECT c.account_id, c.id, c.subject FROM conversations c WHERE c.account_id = @account_id AND c.id >= @first_id AND c.subject <> '';

-- ListDemoSignIns lists the users of the demo, administrators first, for the output of serve --demo.
-- name: ListDemoSignIns :many
SELECT u.email, m.role FROM users u JOIN memberships m ON m.user_id = u.id
WHERE u.email LIKE '%@kestrel.example' AND m.deactivated_at IS NULL ORDER BY m.role DESC, u.id LIMIT 3;

-- FindDemoConversation finds the newest conversation of the demo with a subject.
-- name: FindDemoConversation :one
SELECT id FROM conversations WHERE account_id = @account_id AND subject = @subject ORDER BY id DESC LIMIT 1;
