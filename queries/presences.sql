-- TouchMembers notes that members are connected, all accounts in one go; one whose row someone holds is noted the
-- next time.
-- name: TouchMembers :exec
UPDATE memberships m SET active_at = @at::timestamptz
FROM (
    SELECT s.account_id, s.user_id FROM memberships s
    JOIN (SELECT unnest(@account_ids::bigint[]) AS account_id, unnest(@user_ids::bigint[]) AS user_id) x USING (account_id, user_id)
    FOR NO KEY UPDATE OF s SKIP LOCKED) here
WHERE m.account_id = here.account_id AND m.user_id = here.user_id;

-- TouchContacts notes that contacts are connected, all accounts in one go. In the order of their ids, so that two
-- replicas do not wait for each other; those who are gone are passed over.
-- name: TouchContacts :exec
INSERT INTO contact_presences (account_id, contact_id, seen_at)
SELECT k.account_id, k.id, @at::timestamptz
FROM (SELECT unnest(@account_ids::bigint[]) AS account_id, unnest(@contact_ids::bigint[]) AS id) x JOIN contacts k USING (account_id, id)
ORDER BY 1, 2
ON CONFLICT (account_id, contact_id) DO UPDATE SET seen_at = EXCLUDED.seen_at;

-- ListPresentMembers are an account's members who are connected, or who count as there without.
-- name: ListPresentMembers :many
SELECT user_id, availability FROM memberships
WHERE account_id = @account_id AND deactivated_at IS NULL AND (NOT auto_offline OR active_at > @since::timestamptz)
ORDER BY user_id;

-- ListPresentContacts are an account's contacts who are connected.
-- name: ListPresentContacts :many
SELECT contact_id FROM contact_presences WHERE account_id = @account_id AND seen_at > @since::timestamptz ORDER BY contact_id;

-- FilterPresentContacts are those of some contacts who are connected.
-- name: FilterPresentContacts :many
SELECT contact_id FROM contact_presences
WHERE account_id = @account_id AND contact_id = ANY (@ids::bigint[]) AND seen_at > @since::timestamptz;
