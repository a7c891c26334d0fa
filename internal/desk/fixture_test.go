package desk_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/poke"
)

// fixture is an account with an inbox, an agent who works in it, and an administrator.
type fixture struct {
	t       *testing.T
	pool    *pgxpool.Pool
	q       *db.Queries
	desk    *desk.Desk
	now     time.Time // the moment of every transaction of desk
	account db.Account
	inbox   db.Inbox
	ann     db.User // agent of the inbox
	root    db.User // administrator
	topics  *topics
}

// topics are those of the last transaction that committed with a poke.
type topics struct {
	sync.Mutex
	last []string
}

// call is what a test does in one transaction.
type call func(ctx context.Context, tx *desk.Tx) error

func setup(t *testing.T) fixture {
	t.Helper()
	pool := dbtest.New(t)
	// Ahead of the clock by which dbtest writes, so that what is done here comes after what is given.
	f := fixture{
		t:      t,
		pool:   pool,
		q:      db.New(pool),
		now:    time.Now().UTC().Add(10 * time.Second).Truncate(time.Microsecond),
		topics: &topics{},
	}
	f.desk = dbtest.Desk(t, pool, f.topics.keep).At(func() time.Time { return f.now })
	f.account = dbtest.Account(t, pool, "Kestrel")
	f.inbox = dbtest.Inbox(t, pool, f.account, "Support")
	f.ann = dbtest.Agent(t, pool, f.account, "Ann", f.inbox)
	f.root = dbtest.Admin(t, pool, f.account, "Root")
	return f
}

func (o *topics) keep(pokes []poke.Poke) {
	o.Lock()
	defer o.Unlock()
	o.last = nil
	for _, p := range pokes {
		o.last = append(o.last, p.Topic)
	}
}

// later is the fixture with a clock that is ahead.
func (f fixture) later(by time.Duration) fixture {
	f.now = f.now.Add(by)
	now := f.now
	f.desk = f.desk.At(func() time.Time { return now })
	return f
}

func (f fixture) as(u db.User) desk.Actor { return dbtest.Actor(f.t, f.pool, f.account, u) }

func (f fixture) system() desk.Actor { return desk.System(f.account.ID) }

func (f fixture) conversation() db.Conversation {
	f.t.Helper()
	return dbtest.Conversation(f.t, f.pool, f.inbox, "Printer on fire")
}

func (f fixture) reload(c db.Conversation) db.Conversation {
	f.t.Helper()
	return dbtest.Reload(f.t, f.pool, c)
}

// bot is a new bot of the account.
func (f fixture) bot() (b db.AgentBot) {
	f.t.Helper()
	f.scan(&b.ID, "INSERT INTO agent_bots (account_id, name, secret) VALUES ($1, 'Robin', '') RETURNING id", f.account.ID)
	b.AccountID, b.Name = f.account.ID, "Robin"
	return b
}

func (f fixture) do(who desk.Actor, fn call) error {
	return f.desk.Do(context.Background(), who, func(t *desk.Tx) error { return fn(context.Background(), t) })
}

func (f fixture) must(who desk.Actor, fn call) {
	f.t.Helper()
	if err := f.do(who, fn); err != nil {
		f.t.Fatal(err)
	}
}

func (f fixture) reply(c db.Conversation, text string, private bool) db.Message {
	f.t.Helper()
	var m db.Message
	f.must(f.as(f.ann), func(ctx context.Context, t *desk.Tx) (err error) {
		m, err = t.Post(ctx, c.ID, desk.NewMessage{Kind: db.MessageKindOutgoing, Content: &text, Private: private})
		return err
	})
	return m
}

func (f fixture) set(c db.Conversation, status db.ConversationStatus) {
	f.t.Helper()
	f.must(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error { return t.SetStatus(ctx, c.ID, status, nil) })
}

func (f fixture) scan(into any, sql string, args ...any) {
	f.t.Helper()
	if err := f.pool.QueryRow(context.Background(), sql, args...).Scan(into); err != nil {
		f.t.Fatal(err)
	}
}

func (f fixture) exec(sql string, args ...any) {
	f.t.Helper()
	if _, err := f.pool.Exec(context.Background(), sql, args...); err != nil {
		f.t.Fatal(err)
	}
}

// count is the answer to a query for one number.
func (f fixture) count(sql string, args ...any) (n int) {
	f.t.Helper()
	f.scan(&n, sql, args...)
	return n
}

// jobs counts the jobs of a kind that have been ordered.
func (f fixture) jobs(kind string) int {
	f.t.Helper()
	return f.count("SELECT count(*) FROM river_job WHERE kind = $1", kind)
}

// message reads a message as it stands.
func (f fixture) message(m db.Message) db.Message {
	f.t.Helper()
	m, err := f.q.GetMessage(
		context.Background(),
		db.GetMessageParams{AccountID: m.AccountID, ConversationID: m.ConversationID, ID: m.ID},
	)
	if err != nil {
		f.t.Fatal(err)
	}
	return m
}

// records runs fn in one transaction and compares the events that it recorded with want.
func (f fixture) records(who desk.Actor, fn call, want ...string) {
	f.t.Helper()
	before := f.count("SELECT COALESCE(max(id), 0) FROM events")
	f.must(who, fn)
	if d := cmp.Diff(want, f.recorded(who, before)); d != "" {
		f.t.Error("recorded (-want +got):\n" + d)
	}
}

// once is records for what changes something the first time and nothing the second.
func (f fixture) once(who desk.Actor, fn call, want ...string) {
	f.t.Helper()
	f.records(who, fn, want...)
	f.records(who, fn)
}

// pokes compares the topics of the last transaction that had any.
func (f fixture) pokes(want ...string) {
	f.t.Helper()
	f.topics.Lock()
	defer f.topics.Unlock()
	if !slices.Equal(f.topics.last, want) {
		f.t.Errorf("poked %q, want %q", f.topics.last, want)
	}
}

// recorded are the events after one, in the form of event and says; each must be by who.
func (f fixture) recorded(who desk.Actor, after int) (lines []string) {
	f.t.Helper()
	rows, err := f.pool.Query(context.Background(), "SELECT * FROM events WHERE id > $1 ORDER BY id", after)
	if err != nil {
		f.t.Fatal(err)
	}
	events, err := pgx.CollectRows(rows, pgx.RowToStructByName[db.Event])
	if err != nil {
		f.t.Fatal(err)
	}
	for _, e := range events {
		if id := deref(e.ActorID); e.AccountID != who.Scope.AccountID || e.ActorKind != who.Kind || id != who.ID {
			f.t.Errorf("%s is by %s %d in account %d", e.Kind, e.ActorKind, id, e.AccountID)
		}
		lines = append(lines, f.line(e))
	}
	return lines
}

func (f fixture) line(e db.Event) string {
	f.t.Helper()
	data, err := desk.DataOf(e)
	if err != nil {
		f.t.Fatal(err)
	}
	if e.Kind == desk.MessageCreated && data.Kind == db.MessageKindActivity {
		return activityLine(*f.message(db.Message{AccountID: e.AccountID, ConversationID: *e.ConversationID, ID: *e.MessageID}).Content)
	}
	subject := ""
	switch {
	case e.ConversationID != nil && e.MessageID != nil:
		subject = fmt.Sprintf("conversation %d message %d", data.DisplayID, *e.MessageID)
	case e.ConversationID != nil:
		subject = fmt.Sprintf("conversation %d", data.DisplayID)
	case e.ContactID != nil:
		subject = fmt.Sprintf("contact %d", *e.ContactID)
	case e.InboxID != nil:
		subject = fmt.Sprintf("inbox %d", *e.InboxID)
	case e.TeamID != nil:
		subject = fmt.Sprintf("team %d", *e.TeamID)
	}
	data.DisplayID, data.Status, data.AssigneeID = 0, "", 0 // TestEventsHoldTheStateThatTheyLeft
	return event(e.Kind, subject, data)
}

// event is how a test writes down an event: its kind, its subject and its data.
func event(kind, subject string, data desk.Data) string {
	raw, err := json.Marshal(data)
	if err != nil {
		return err.Error()
	}
	return kind + " of " + subject + " " + string(raw)
}

// changed is an event that tells of one change.
func changed(kind, subject, field string, before, after any) string {
	return event(kind, subject, desk.Data{Changed: map[string][2]any{field: {before, after}}})
}

// activityLine is the event of a line that the thread says of itself.
func activityLine(text string) string { return "says " + text }

func of(c db.Conversation) string { return fmt.Sprintf("conversation %d", c.DisplayID) }

func ofMessage(c db.Conversation, m db.Message) string {
	return fmt.Sprintf("conversation %d message %d", c.DisplayID, m.ID)
}

func ofContact(c db.Contact) string { return fmt.Sprintf("contact %d", c.ID) }

func deref(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}

func ptr[T any](v T) *T { return &v }
