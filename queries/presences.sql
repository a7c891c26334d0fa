-- TouchMembers records that members of all accounts are connected. It skips locked rows, which the next call records.
-- name: TouchMembers :exec
UPDATE memberships m SET active_at = @at::timestamptz
FROM (
    SELECT s.account_id, s.user_id FROM memberships s
    JOIN (SELECT unnest(@account_ids::bigint[]) AS account_id, unnest(@user_ids::bigint[]) AS user_id) x USING (account_id, user_id)
    FOR NO KEY UPDATE OF s SKIP LOCKED) here
WHERE m.account_id = here.account_id AND m.user_id = here.user_id;

-- TouchContacts records that contacts of all accounts are connected, in the order of their ids, so that two replicas do
-- not deadlock. It skips contacts that were deleted.
-- name: TouchContacts :exec
INSERT INTO contact_presences (account_id, contact_id, seen_at)
SELECT k.account_id, k.id, @at::timestamptz
FROM (SELECT unnest(@account_ids::bigint[]) AS account_id, unnest(@contact_ids::bigint[]) AS id) x JOIN contacts k USING (account_id, id)
ORDER BY 1, 2
ON CONFLICT (account_id, contact_id) DO UPDATE SET seen_at = EXCLUDED.seen_at;

-- ListPresentMembers lists an account's members who are connected, and those whose availability does not depend on it.
-- name: ListPresentMembers :many
SELECT user_id, availability FROM memberships
WHERE account_id = @account_id AND deactivated_at IS NULL AND (NOT auto_offline OR active_at > @since::timestamptz)
ORDER BY user_id;

-- ListPresentContacts lists an account's contacts who are connected.
-- name: ListPresentContacts :many
SELECT contact_id FROM contact_presences WHERE account_id = @account_id AND seen_at > @since::timestamptz ORDER BY contact_id;

-- FilterPresentContacts returns those of the contacts who are connected.
-- name: FilterPresentContacts :many
SELECT contact_id FROM contact_presences
WHERE account_id = @account_id AND contact_id = ANY (@ids::bigint[]) AND seen_at > @since::timestamptz;
