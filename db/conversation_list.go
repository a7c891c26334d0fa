package db

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The list of conversations. The query is built by hand, like that of contacts, because people choose its filters and
// its order (conversation_order.go). It reads only ids; a sqlc query then reads what is shown of them. Every fragment
// comes from the fixed texts below; what people type is an argument, never SQL.

// AssigneeFilter filters a list by the assignee.
type AssigneeFilter int

// Whose conversations a list shows.
const (
	AnyAssignee AssigneeFilter = iota
	AssignedToMe
	AssignedToNobody
	AssignedToAnyone
)

// ConversationFilter filters a list of conversations. Its zero value selects all that the scope sees.
type ConversationFilter struct {
	Statuses []ConversationStatus
	Assignee AssigneeFilter
	// InboxIDs selects any of them.
	InboxIDs  []int64
	TeamID    *int64
	ContactID *int64
	// Labels selects conversations that carry any of them.
	Labels []string
	// Text is searched in the messages (search_words).
	Text string
	// Subject is a LIKE pattern for subjects that are found beside Text. Of more than 5,000 such it looks at 5,000.
	Subject string
	// SourceID is the contact's address on the channel.
	SourceID string
	// ActiveSince selects conversations with activity after it.
	ActiveSince *time.Time
	// PublicSince selects conversations with a public message since then.
	PublicSince *time.Time
	// Unattended selects conversations whose customer waits: no reply yet, or a new message since.
	Unattended bool
	// Unread selects conversations with an incoming message that the team has not read.
	Unread bool
	// NotArchived skips archived conversations.
	NotArchived bool
	// FollowedBy and Mentioning select conversations that a user follows, or is mentioned in.
	FollowedBy *int64
	Mentioning *int64
	// Where is an expression of the filter language (conversation_filter.go).
	Where *Clause
}

// Clause is a condition made by this package from its own fragments and the caller's values.
type Clause struct {
	sql  func(arg func(any) string) string
	text string
}

// key identifies a filter in PageMap.
func (f ConversationFilter) key() string {
	where := ""
	if f.Where != nil {
		where = f.Where.text
	}
	pointed := fmt.Sprint(
		where, value(f.TeamID), value(f.ContactID), value(f.ActiveSince), value(f.PublicSince), value(f.FollowedBy),
		value(f.Mentioning),
	)
	f.Where, f.TeamID, f.ContactID, f.ActiveSince, f.PublicSince, f.FollowedBy, f.Mentioning = nil, nil, nil, nil, nil, nil, nil
	return fmt.Sprintf("%+v|%s", f, pointed)
}

func value[T any](p *T) any {
	if p == nil {
		return nil
	}
	return *p
}

// ConversationPage is the part of a list to read: what follows After (or all, if nil), without the first Offset rows,
// at most Size.
type ConversationPage struct {
	After  Cursor
	Offset int
	Size   int
}

// ListedConversation is a row of the list: its id, and its position for the next page.
type ListedConversation struct {
	ID       int64
	Position Cursor
}

// ConversationList is one page of a list of conversations: those that a scope sees through a filter, in an order.
type ConversationList struct {
	Scope  Scope
	Filter ConversationFilter
	Order  ConversationOrder
	Page   ConversationPage
}

// ListConversationIDs reads one page of a list.
func (q *Queries) ListConversationIDs(ctx context.Context, l ConversationList) ([]ListedConversation, error) {
	sql, args := conversationSQL(l)
	rows, err := q.db.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	width := len(l.Order.keys())
	list := make([]ListedConversation, 0, l.Page.Size)
	for rows.Next() {
		row := ListedConversation{Position: make(Cursor, width)}
		into := make([]any, 0, width+1)
		into = append(into, &row.ID)
		for i := range row.Position {
			into = append(into, &row.Position[i])
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		list = append(list, row)
	}
	return list, rows.Err()
}

func conversationSQL(l ConversationList) (string, []any) {
	b := &builder{}
	keys := l.Order.keys()
	var places, order []string
	for _, k := range keys {
		places = append(places, k.column+"::text")
		by := k.column
		if k.desc {
			by += " DESC"
		}
		if k.nullable {
			by += " NULLS LAST"
		}
		order = append(order, by)
	}
	where := b.where(l.Scope, l.Filter)
	if len(l.Page.After) == len(keys) {
		where = append(where, b.after(keys, l.Page.After))
	}
	sql := "SELECT c.id, " + strings.Join(places, ", ") + " FROM conversations c WHERE " + strings.Join(where, " AND ") +
		" ORDER BY " + strings.Join(order, ", ") + " LIMIT " + strconv.Itoa(l.Page.Size)
	if l.Page.Offset > 0 {
		sql += " OFFSET " + b.arg(l.Page.Offset)
	}
	return sql, b.args
}

// builder collects the arguments of a statement.
type builder struct{ args []any }

func (b *builder) arg(v any) string {
	b.args = append(b.args, v)
	return fmt.Sprintf("$%d", len(b.args))
}

func (b *builder) where(s Scope, f ConversationFilter) []string {
	w := []string{"c.account_id = " + b.arg(s.AccountID)}
	add := func(fragment string, v any) { w = append(w, fmt.Sprintf(fragment, b.arg(v))) }
	if !s.SeesAll {
		w = append(w, fmt.Sprintf("visible(c.inbox_id, c.team_id, false, %s::bigint[], %s::bigint[])", b.arg(s.InboxIDs), b.arg(s.TeamIDs)))
	}
	switch len(f.Statuses) {
	case 0:
	case 1:
		w = append(w, statusIs(f.Statuses[0]))
	default:
		add("c.status = ANY (CAST(%s::text[] AS conversation_status[]))", texts(f.Statuses))
	}
	switch f.Assignee {
	case AssignedToMe:
		add("c.assignee_id = %s::bigint", s.UserID)
	case AssignedToNobody:
		w = append(w, "c.assignee_id IS NULL")
	case AssignedToAnyone:
		w = append(w, "c.assignee_id IS NOT NULL")
	}
	switch len(f.InboxIDs) {
	case 0:
	case 1:
		add("c.inbox_id = %s::bigint", f.InboxIDs[0])
	default:
		add("c.inbox_id = ANY (%s::bigint[])", f.InboxIDs)
	}
	if f.TeamID != nil {
		add("c.team_id = %s::bigint", *f.TeamID)
	}
	if f.ContactID != nil {
		add("c.contact_id = %s::bigint", *f.ContactID)
	}
	if len(f.Labels) > 0 {
		add("c.labels <> '{}' AND c.labels && %s::text[]", f.Labels)
	}
	if f.ActiveSince != nil {
		add("c.last_activity_at > %s::timestamptz", *f.ActiveSince)
	}
	if f.PublicSince != nil {
		add("COALESCE(c.last_public_at, c.created_at) > %s::timestamptz", *f.PublicSince)
	}
	if f.Unattended {
		w = append(w, "(c.first_reply_at IS NULL OR c.waiting_since IS NOT NULL)")
	}
	if f.Unread {
		w = append(w, "c.unread_count > 0")
	}
	if f.NotArchived {
		w = append(w, "c.archived_at IS NULL")
	}
	return append(w, b.related(f)...)
}

// statusIs and the limit are written into the statement, because there are few: as arguments they would make
// PostgreSQL find each time that it could plan better for these very values, and plan anew for longer than the query
// runs.
func statusIs(s ConversationStatus) string {
	switch s {
	case ConversationStatusOpen, ConversationStatusResolved, ConversationStatusPending, ConversationStatusSnoozed:
		return "c.status = '" + string(s) + "'"
	}
	return "false"
}

// related returns the conditions on other tables. They name the account by the argument $1, not by the conversation's
// column: a subquery that does not depend on the outer row runs once, not for each conversation.
func (b *builder) related(f ConversationFilter) (w []string) {
	add := func(fragment string, v any) { w = append(w, fmt.Sprintf(fragment, b.arg(v))) }
	if f.Text != "" {
		// An array is made once, from the word index. Of a subquery in IN, PostgreSQL expects thousands of hits whatever the
		// word, and reads the words of every conversation's messages instead.
		said := fmt.Sprintf(`SELECT DISTINCT m.conversation_id FROM messages m WHERE m.account_id = $1
			AND m.kind IN ('incoming', 'outgoing') AND words(m.content) @@ search_words(%s::text)`, b.arg(f.Text))
		if f.Subject != "" {
			said += fmt.Sprintf(` UNION (SELECT s.conversation_id FROM conversation_subjects s
				WHERE s.account_id = $1 AND s.subject ILIKE %s::text LIMIT 5000)`, b.arg(f.Subject))
		}
		w = append(w, "c.id = ANY (ARRAY("+said+"))")
	}
	if f.SourceID != "" {
		add(`c.contact_inbox_id IN (SELECT ci.id FROM contact_inboxes ci WHERE ci.account_id = $1 AND ci.source_id = %s::text)`, f.SourceID)
	}
	if f.FollowedBy != nil {
		add(`c.id IN (SELECT p.conversation_id FROM participants p WHERE p.account_id = $1 AND p.user_id = %s::bigint)`, *f.FollowedBy)
	}
	if f.Mentioning != nil {
		add(`c.id IN (SELECT n.conversation_id FROM mentions n WHERE n.account_id = $1 AND n.user_id = %s::bigint)`, *f.Mentioning)
	}
	if f.Where != nil {
		w = append(w, "("+f.Where.sql(b.arg)+")")
	}
	return w
}

func texts[T ~string](all []T) []string {
	out := make([]string, len(all))
	for i, v := range all {
		out[i] = string(v)
	}
	return out
}
