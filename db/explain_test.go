package db_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/seed"
)

// large are the tables that grow with the past: no query may read one from end to end.
func large() []string {
	return []string{
		"conversations", "messages", "contacts", "contact_inboxes", "events", "attachments", "participants", "read_marks",
		"notifications", "reporting_events", "webhook_deliveries", "webhook_attempts", "csat_responses", "outgoing_mails", "mentions", "drafts",
		"message_translations", "macro_runs",
	}
}

// allowed are the queries that may, each with its reason.
func allowed() map[string]string {
	return map[string]string{
		"SeedConversationCounts": "runs once, after a load, over what came in",
		"SeedSubjects":           "runs once, after a load, over what came in",
		"FindDemoConversation":   "runs twice, when the demo's data is made",
		"DeleteOldDeliveries":    "runs by night; here all deliveries are old",
		"DeleteOldOutgoingMails": "runs once an hour; here all letters are old",
		"DeleteOldMacroRuns":     "runs once an hour; here all runs are old",
	}
}

// TestExplain asks the planner about every query of the package, with all optional arguments given and with none, as
// an administrator and as an agent. Nothing has to be listed here: a new query is explained from the day it is
// written, and only a kind of argument that argument does not know needs a line there.
func TestExplain(t *testing.T) {
	t.Parallel()
	pool := fill(t)
	x := &explainer{t: t, pool: pool, rows: sizes(t, pool)}
	q := reflect.ValueOf(db.New(x))
	names := parameterNames(t)
	for i := range q.NumMethod() {
		method := q.Type().Method(i)
		params, generated := names[method.Name]
		if !generated {
			continue
		}
		for _, v := range []variant{{optional: true}, {optional: false}, {optional: true, admin: true}, {optional: false, admin: true}} {
			x.name = method.Name
			args := []reflect.Value{reflect.ValueOf(t.Context())}
			for k, name := range params {
				a, err := v.argument(name, method.Type.In(k+2))
				if err != nil {
					t.Fatalf("%s: %v", method.Name, err)
				}
				args = append(args, a)
			}
			x.asked = false
			q.Method(i).Call(args)
			if !x.asked {
				t.Errorf("%s asked the database nothing", method.Name)
			}
		}
	}
}

// TestExplainConversationLists asks about the one query that is built by hand: each filter in the default order,
// and each order, at the first page and far behind. Orders in which most rows have no value (priority, waiting) are
// asked for what is open: over all there is they sort, and no page offers that.
func TestExplainConversationLists(t *testing.T) {
	t.Parallel()
	pool := fill(t)
	x := &explainer{t: t, pool: pool, rows: sizes(t, pool)}
	q := db.New(x)
	three, since := int64(3), time.Now().Add(-24*time.Hour)
	filters := map[string]db.ConversationFilter{
		"all":        {},
		"open":       {Statuses: []db.ConversationStatus{db.ConversationStatusOpen}},
		"resolved":   {Statuses: []db.ConversationStatus{db.ConversationStatusResolved}},
		"two":        {Statuses: []db.ConversationStatus{db.ConversationStatusOpen, db.ConversationStatusPending}},
		"mine":       {Statuses: []db.ConversationStatus{db.ConversationStatusOpen}, Assignee: db.AssignedToMe},
		"unassigned": {Statuses: []db.ConversationStatus{db.ConversationStatusOpen}, Assignee: db.AssignedToNobody},
		"inbox":      {InboxIDs: []int64{2}, Statuses: []db.ConversationStatus{db.ConversationStatusOpen}},
		"team":       {TeamID: &three, Statuses: []db.ConversationStatus{db.ConversationStatusOpen}},
		"contact":    {ContactID: &three},
		"label":      {Labels: []string{"recall"}},
		"text":       {Text: "bottom bracket"},
		"source":     {SourceID: "nobody@mail.example"},
		"since":      {ActiveSince: &since},
		"unattended": {Unattended: true, Statuses: []db.ConversationStatus{db.ConversationStatusOpen}},
		"unread":     {Unread: true, NotArchived: true},
		"followed":   {FollowedBy: &three},
		"mentioned":  {Mentioning: &three},
	}
	scopes := map[string]db.Scope{
		"administrator": {AccountID: 1, UserID: 1, Role: db.RoleAdministrator, SeesAll: true},
		"agent":         {AccountID: 1, UserID: 3, Role: db.RoleAgent, InboxIDs: []int64{1, 2, 4}, TeamIDs: []int64{1}},
	}
	middle := int64(2500)
	for who, scope := range scopes {
		for what, f := range filters {
			x.name = fmt.Sprintf("list %s, %s", what, who)
			_, _ = q.ListConversationIDs(t.Context(), db.ConversationList{
				Scope: scope, Filter: f, Order: db.ByActivityDesc, Page: db.ConversationPage{Size: 25},
			})
		}
		for _, o := range []db.ConversationOrder{
			db.ByActivityDesc, db.ByActivityAsc, db.ByCreatedDesc, db.ByCreatedAsc, db.ByPriorityDesc, db.ByWaitingAsc,
		} {
			var at db.Cursor
			filter := db.ConversationFilter{}
			if o == db.ByPriorityDesc || o == db.ByWaitingAsc {
				filter.Statuses = []db.ConversationStatus{db.ConversationStatusOpen}
			}
			for page := range 2 {
				x.name = fmt.Sprintf("order %d, page %d, %s", o, page, who)
				_, _ = q.ListConversationIDs(t.Context(), db.ConversationList{
					Scope: scope, Filter: filter, Order: o, Page: db.ConversationPage{After: at, Size: 25},
				})
				at = cursorAt(t, pool, o, middle)
			}
		}
	}
}

// cursorAt is the place of a row in the middle of an order.
func cursorAt(t *testing.T, pool *pgxpool.Pool, o db.ConversationOrder, offset int64) db.Cursor {
	t.Helper()
	all, err := db.New(pool).ListConversationIDs(t.Context(), db.ConversationList{
		Scope: db.Everything(1), Order: o, Page: db.ConversationPage{Offset: int(offset), Size: 1},
	})
	if err != nil || len(all) != 1 {
		t.Fatalf("no row in the middle: %v", err)
	}
	return all[0].Position
}

// fill makes a database large enough for the planner to mind.
func fill(t *testing.T) *pgxpool.Pool {
	t.Helper()
	pool := dbtest.New(t)
	_, err := seed.Run(t.Context(), pool, auth.NewPasswords(), seed.Options{
		Conversations: 5000,
		Messages:      4,
		Contacts:      20_000,
		Agents:        12,
		Seed:          1,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		`INSERT INTO events (account_id, number, kind, actor_kind, conversation_id, message_id, contact_id, inbox_id, team_id, created_at)
		 SELECT m.account_id, row_number() OVER (ORDER BY m.id), 'message.created', 'user', m.conversation_id, m.id, ` +
			`c.contact_id, m.inbox_id, c.team_id, m.created_at
		 FROM messages m JOIN conversations c ON c.account_id = m.account_id AND c.id = m.conversation_id`,
		`INSERT INTO attachments (account_id, message_id, conversation_id, name)
		 SELECT account_id, id, conversation_id, 'picture.png' FROM messages WHERE id % 5 = 0`,
		`INSERT INTO read_marks (account_id, user_id, conversation_id, up_to)
		 SELECT m.account_id, m.user_id, c.id, c.last_message_id FROM memberships m JOIN conversations c USING (account_id) ` +
			`WHERE (c.id + m.user_id) % 3 = 0`,
		`INSERT INTO notifications (account_id, user_id, kind, conversation_id, message_id, event_id, read_at, created_at)
		 SELECT account_id, 1 + id % 12, 'assigned_conversation_new_message', conversation_id, message_id, id, CASE WHEN id ` +
			`% 10 > 0 THEN created_at END, created_at FROM events ON CONFLICT DO NOTHING`,
		`INSERT INTO webhook_deliveries (account_id, receiver, event_id, event_name, state, created_at, finished_at)
		 SELECT account_id, 'webhook:' || 1 + id % 3, id, kind, (CASE WHEN id % 400 = 0 THEN 'waiting' ELSE 'delivered' ` +
			`END)::delivery_state, created_at, created_at FROM events`,
		`INSERT INTO webhook_attempts (account_id, delivery_id, status, created_at) SELECT account_id, id, 200, created_at ` +
			`FROM webhook_deliveries`,
		`INSERT INTO csat_responses (account_id, conversation_id, message_id, contact_id, assignee_id, rating, created_at)
		 SELECT account_id, id, last_message_id, contact_id, assignee_id, 1 + id % 5, created_at FROM conversations`,
		`INSERT INTO outgoing_mails (account_id, kind, recipient, state, next_try_at, give_up_at, finished_at, created_at)
		 SELECT account_id, 'team', 'team@mail.example', (CASE WHEN id % 400 = 0 THEN 'waiting' ELSE 'sent' END)::outgoing_mail_state, created_at,
		 created_at, created_at, created_at FROM conversations`,
		`INSERT INTO mentions (account_id, conversation_id, user_id, message_id)
		 SELECT account_id, id, 1 + id % 12, last_message_id FROM conversations`,
		`INSERT INTO drafts (account_id, conversation_id, user_id, mode, body) SELECT account_id, id, 1 + id % 12, 'reply', ` +
			`'Dear' FROM conversations`,
		`INSERT INTO message_translations (account_id, message_id, language, content, provider)
		 SELECT account_id, id, 'pt', 'roda', 'somebody' FROM messages`,
		`INSERT INTO macro_runs (account_id, job_id, conversation_id, created_at) SELECT account_id, 1 + id % 50, id, ` +
			`created_at FROM conversations`,
		`ANALYZE`,
	} {
		if _, err := pool.Exec(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	return pool
}

func sizes(t *testing.T, pool *pgxpool.Pool) map[string]float64 {
	t.Helper()
	rows := map[string]float64{}
	for _, table := range large() {
		var n float64
		if err := pool.QueryRow(t.Context(), "SELECT count(*) FROM "+table).Scan(&n); err != nil || n < 1000 {
			t.Fatalf("%s has %v rows, too few for a planner to mind (%v)", table, n, err)
		}
		rows[table] = n
	}
	return rows
}

// explainer stands where the database would and explains what it is asked, without doing it.
type explainer struct {
	t     *testing.T
	pool  *pgxpool.Pool
	rows  map[string]float64
	name  string
	asked bool
}

var errExplained = errors.New("explained, not done")

func (x *explainer) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	x.explain(ctx, sql, args)
	return pgconn.CommandTag{}, errExplained
}

func (x *explainer) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	x.explain(ctx, sql, args)
	return nil, errExplained
}

func (x *explainer) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	x.explain(ctx, sql, args)
	return noRow{}
}

type noRow struct{}

func (noRow) Scan(...any) error { return errExplained }

// node is a step of a plan.
type node struct {
	Kind      string  `json:"Node Type"`
	Table     string  `json:"Relation Name"`
	Filter    string  `json:"Filter"`
	Cond      string  `json:"Index Cond"`
	Rows      float64 `json:"Actual Rows"`
	Filtered  float64 `json:"Rows Removed by Filter"`
	Rechecked float64 `json:"Rows Removed by Index Recheck"`
	Loops     float64 `json:"Actual Loops"`
	Plans     []node  `json:"Plans"`
}

// explain runs pure reads, in a transaction that is rolled back, and so counts the rows that they look at; of the
// others it sees the plan only.
func (x *explainer) explain(ctx context.Context, sql string, args []any) {
	x.asked = true
	_, body, _ := strings.Cut(sql, "\n")
	if !strings.HasPrefix(sql, "-- name:") {
		body = sql
	}
	run := strings.HasPrefix(strings.TrimSpace(body), "SELECT") && !strings.Contains(body, "pg_advisory") && !strings.Contains(body, " FOR ")
	command := "EXPLAIN (FORMAT JSON) "
	if run {
		command = "EXPLAIN (ANALYZE, FORMAT JSON) "
	}
	tx, err := x.pool.Begin(ctx)
	if err != nil {
		x.t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(ctx) }()
	var raw []byte
	if err := tx.QueryRow(ctx, command+sql, args...).Scan(&raw); err != nil {
		x.t.Errorf("%s cannot be explained: %v", x.name, err)
		return
	}
	var plans []struct{ Plan node }
	if err := json.Unmarshal(raw, &plans); err != nil || len(plans) != 1 {
		x.t.Fatalf("%s: %v", x.name, err)
	}
	if allowed()[x.name] != "" {
		return
	}
	x.judge(plans[0].Plan, run)
}

// judge refuses a scan of a whole large table, and a read that looks at more than a third of one.
func (x *explainer) judge(n node, ran bool) {
	for _, child := range n.Plans {
		x.judge(child, ran)
	}
	if !slices.Contains(large(), n.Table) {
		return
	}
	if n.Kind == "Seq Scan" {
		x.t.Errorf("%s reads all %s: %s", x.name, n.Table, n.Filter)
		return
	}
	if looked := (n.Rows + n.Filtered + n.Rechecked) * max(n.Loops, 1); ran && looked > x.rows[n.Table]/3 {
		x.t.Errorf("%s looks at %.0f of %.0f %s: %s %s, %s", x.name, looked, x.rows[n.Table], n.Table, n.Kind, n.Cond, n.Filter)
	}
}

// variant is one way to call a query.
type variant struct{ optional, admin bool }

// argument is a realistic value for a parameter, by its name and its type.
func (v variant) argument(name string, want reflect.Type) (reflect.Value, error) {
	if want.Kind() == reflect.Struct && want != reflect.TypeFor[time.Time]() {
		s := reflect.New(want).Elem()
		for i := range want.NumField() {
			if !want.Field(i).IsExported() {
				continue
			}
			a, err := v.argument(want.Field(i).Name, want.Field(i).Type)
			if err != nil {
				return s, err
			}
			s.Field(i).Set(a)
		}
		return s, nil
	}
	if want.Kind() == reflect.Pointer {
		if !v.optional {
			return reflect.Zero(want), nil
		}
		a, err := v.argument(name, want.Elem())
		p := reflect.New(want.Elem())
		if err == nil {
			p.Elem().Set(a)
		}
		return p, err
	}
	return v.plainArgument(strings.ToLower(name), want)
}

func (v variant) plainArgument(name string, want reflect.Type) (reflect.Value, error) {
	if text, ok := texts()[name]; ok && want.Kind() == reflect.String {
		return reflect.ValueOf(text).Convert(want), nil
	}
	if list, ok := lists()[name]; ok && want == reflect.TypeFor[[]string]() {
		return reflect.ValueOf(list), nil
	}
	switch want {
	case reflect.TypeFor[time.Time]():
		return reflect.ValueOf(time.Now().Add(-24 * time.Hour)), nil
	case reflect.TypeFor[json.RawMessage]():
		return reflect.ValueOf(json.RawMessage("{}")), nil
	case reflect.TypeFor[[]byte]():
		return reflect.ValueOf([]byte("12345678901234567890123456789012")), nil
	case reflect.TypeFor[[]int64]():
		return reflect.ValueOf([]int64{1, 2, 3}), nil
	}
	if valid, ok := enums()[want]; ok {
		return reflect.ValueOf(valid).Convert(want), nil
	}
	switch want.Kind() {
	case reflect.Bool:
		return reflect.ValueOf(name == "seesall" && v.admin).Convert(want), nil
	case reflect.Int64, reflect.Int32, reflect.Int16:
		n := int64(1000)
		if number, ok := numbers()[name]; ok {
			n = number
		}
		return reflect.ValueOf(n).Convert(want), nil
	case reflect.Float64:
		return reflect.ValueOf(1.5), nil
	case reflect.String:
		return reflect.ValueOf("wheel").Convert(want), nil
	case reflect.Slice: // of UUIDs
		return reflect.MakeSlice(want, 2, 2), nil
	case reflect.Array: // a UUID
		return reflect.New(want).Elem(), nil
	}
	return reflect.Value{}, fmt.Errorf("what is a realistic %s of type %s? Say so in this test", name, want)
}

// What some parameters' names mean.
func numbers() map[string]int64 {
	return map[string]int64{
		"accountid": 1, "userid": 3, "me": 3, "inboxid": 2, "teamid": 2, "assigneeid": 3, "pagesize": 25, "limit": 25,
		"most": 100, "size": 25, "n": 1,
		"offset": 0, "skip": 0, "beforeid": 1 << 60, "after": 19_000, "afterid": 19_000, "first": 19_000, "last": 19_100, "attempts": 1,
	}
}

func texts() map[string]string {
	return map[string]string{
		"email": "nobody@mail.example", "phonenumber": "+351215550142", "receiver": "webhook:1", "key": "0123456789abcdef", "name": "Support",
		"pattern": "%okafor.12%", "label": "vip", "title": "vip", "query": "bottom bracket",
	}
}

func lists() map[string][]string {
	return map[string][]string{
		"statuses": {"open"}, "labels": {"recall"}, "titles": {"recall"}, "receivers": {"webhook:1"}, "lanes": {"7"},
		"keys": {"0123456789abcdef"},
	}
}

func enums() map[reflect.Type]string {
	return map[reflect.Type]string{
		reflect.TypeFor[db.ConversationStatus](): "open", reflect.TypeFor[db.ConversationPriority](): "high", reflect.TypeFor[db.Role](): "agent",
		reflect.TypeFor[db.MessageKind](): "incoming", reflect.TypeFor[db.ContentType](): "text", reflect.TypeFor[db.SenderKind](): "user",
		reflect.TypeFor[db.Delivery](): "sent", reflect.TypeFor[db.FileKind](): "file", reflect.TypeFor[db.ActorKind](): "user",
		reflect.TypeFor[db.TokenKind](): "user", reflect.TypeFor[db.InboxKind](): "api", reflect.TypeFor[db.Availability](): "online",
		reflect.TypeFor[db.DeliveryState](): "pending", reflect.TypeFor[db.MailState](): "stored", reflect.TypeFor[db.Dialect](): "chatwoot",
		reflect.TypeFor[db.AttributeModel](): "contact_attribute", reflect.TypeFor[db.AttributeType](): "text",
		reflect.TypeFor[db.AccountStatus]():    "active",
		reflect.TypeFor[db.KeyOwner]():         "user",
		reflect.TypeFor[db.OutgoingMailKind](): "team", reflect.TypeFor[db.OutgoingMailState](): "waiting",
	}
}

// parameterNames reads the generated files: reflection does not tell what a parameter is called.
func parameterNames(t *testing.T) map[string][]string {
	t.Helper()
	names := map[string][]string{}
	files, err := filepath.Glob("*.sql.go")
	if err != nil || len(files) == 0 {
		t.Fatal("no generated files", err)
	}
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Recv == nil {
				continue
			}
			params := []string{}
			for _, field := range fn.Type.Params.List[1:] {
				for _, name := range field.Names {
					params = append(params, name.Name)
				}
			}
			names[fn.Name.Name] = params
		}
	}
	return names
}
