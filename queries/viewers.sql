-- GetViewer reads the signed-in user of a page and what they may see, once for each request. It returns no row for
-- strangers and deactivated members, nor in a suspended account.
-- name: GetViewer :one
SELECT u.id, u.name, u.email, u.avatar_hash, u.message_signature, m.role, m.availability, a.name AS account_name, a.time_zone,
    ARRAY(SELECT im.inbox_id FROM inbox_members im WHERE im.account_id = m.account_id AND im.user_id = m.user_id)::bigint[] AS inbox_ids,
    ARRAY(SELECT tm.team_id FROM team_members tm WHERE tm.account_id = m.account_id AND tm.user_id = m.user_id)::bigint[] AS team_ids
FROM memberships m JOIN users u ON u.id = m.user_id JOIN accounts a ON a.id = m.account_id
WHERE m.account_id = @account_id AND m.user_id = @user_id AND m.deactivated_at IS NULL AND a.status = 'active';

-- FindViewerBySession is GetViewer by the token of the session, so that the caller need not read the session first.
-- name: FindViewerBySession :one
SELECT u.id, u.name, u.email, u.avatar_hash, u.message_signature, m.role, m.availability, a.name AS account_name, a.time_zone,
    ARRAY(SELECT im.inbox_id FROM inbox_members im WHERE im.account_id = m.account_id AND im.user_id = m.user_id)::bigint[] AS inbox_ids,
    ARRAY(SELECT tm.team_id FROM team_members tm WHERE tm.account_id = m.account_id AND tm.user_id = m.user_id)::bigint[] AS team_ids
FROM sessions s JOIN memberships m ON m.user_id = s.user_id JOIN users u ON u.id = m.user_id JOIN accounts a ON a.id = m.account_id
WHERE s.token_hash = @token_hash AND s.expires_at > now() AND m.account_id = @account_id AND m.deactivated_at IS NULL
    AND a.status = 'active';

-- ListSidebarItems lists the links of the sidebar in one query: the inboxes that the viewer sees, all teams and all
-- labels. The inboxes and teams have the number of their open conversations; for labels none is stored.
-- name: ListSidebarItems :many
WITH opened AS MATERIALIZED (
    SELECT k.inbox_id, k.team_id, sum(k.n)::bigint AS n FROM conversation_counts k
    WHERE k.account_id = @account_id AND k.assignee_id = -1 AND k.status = 'open'
      AND visible(k.inbox_id, k.team_id, @sees_all::bool, @inbox_ids::bigint[], @team_ids::bigint[])
    GROUP BY k.inbox_id, k.team_id
)
SELECT 'inbox'::text AS section, i.id, i.name, i.kind::text AS kind, i.hue::int AS hue, ''::text AS color,
    COALESCE((SELECT sum(o.n) FROM opened o WHERE o.inbox_id = i.id), 0)::bigint AS open_count
FROM inboxes i
WHERE i.account_id = @account_id AND i.archived_at IS NULL AND (@sees_all::bool OR i.id = ANY (@inbox_ids::bigint[]))
UNION ALL
SELECT 'team', t.id, t.name, '', 0, '', COALESCE((SELECT sum(o.n) FROM opened o WHERE o.team_id = t.id), 0)::bigint
FROM teams t WHERE t.account_id = @account_id
UNION ALL
SELECT 'label', l.id, l.title, '', 0, l.color, 0 FROM labels l WHERE l.account_id = @account_id
ORDER BY section, name, id;
