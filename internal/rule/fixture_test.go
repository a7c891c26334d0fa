package rule_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/rule"
)

// fixture is an account with an inbox, an agent, an administrator, a team of the agent and one conversation.
type fixture struct {
	t       *testing.T
	pool    *pgxpool.Pool
	q       *db.Queries
	desk    *desk.Desk
	account db.Account
	inbox   db.Inbox
	ann     db.User // agent of the inbox
	root    db.User // administrator
	team    db.Team
	c       db.Conversation
}

func setup(t *testing.T) fixture {
	t.Helper()
	pool := dbtest.New(t)
	f := fixture{t: t, pool: pool, q: db.New(pool), desk: dbtest.Desk(t, pool, nil).WithMail()}
	f.account = dbtest.Account(t, pool, "Kestrel")
	f.inbox = dbtest.Inbox(t, pool, f.account, "Support")
	f.ann = dbtest.Agent(t, pool, f.account, "Ann", f.inbox)
	f.root = dbtest.Admin(t, pool, f.account, "Root")
	f.team = dbtest.Team(t, pool, f.account, "billing", f.ann)
	f.c = dbtest.Conversation(t, pool, f.inbox, "Printer on fire")
	return f
}

func (f fixture) as(u db.User) desk.Actor { return dbtest.Actor(f.t, f.pool, f.account, u) }

func (f fixture) do(who desk.Actor, fn func(ctx context.Context, t *desk.Tx) error) error {
	return f.desk.Do(context.Background(), who, func(t *desk.Tx) error { return fn(context.Background(), t) })
}

func (f fixture) must(who desk.Actor, fn func(ctx context.Context, t *desk.Tx) error) {
	f.t.Helper()
	if err := f.do(who, fn); err != nil {
		f.t.Fatal(err)
	}
}

// textColumn is what a query for one text column finds.
func (f fixture) textColumn(sql string, args ...any) []string {
	f.t.Helper()
	rows, err := f.pool.Query(context.Background(), sql, args...)
	if err != nil {
		f.t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		f.t.Fatal(err)
	}
	return lines
}

// upload keeps a file that waits for a message, and returns its key.
func (f fixture) upload(name string) string {
	f.t.Helper()
	return f.textColumn(`INSERT INTO attachments (account_id, uploader_id, name, content_type) VALUES ($1, $2, $3, `+
		`'text/plain') RETURNING key`,
		f.account.ID, f.ann.ID, name)[0]
}

// rule keeps a rule.
func (f fixture) rule(event, conditions, actions string) (r db.AutomationRule) {
	f.t.Helper()
	f.must(f.as(f.root), func(ctx context.Context, t *desk.Tx) (err error) {
		r, err = rule.Save(ctx, t, db.AutomationRule{
			Name: "Rule", EventName: event, Conditions: json.RawMessage(conditions), Actions: json.RawMessage(actions), Active: true,
		})
		return err
	})
	return r
}

// shows is everything in which the conversation differs from a new one, and what was ordered.
func (f fixture) shows() []string {
	f.t.Helper()
	var lines []string
	add := func(ok bool, format string, args ...any) {
		if ok {
			lines = append(lines, fmt.Sprintf(format, args...))
		}
	}
	c := dbtest.Reload(f.t, f.pool, f.c)
	add(c.Status != db.ConversationStatusOpen, "status %s", c.Status)
	if c.Priority != nil {
		add(true, "priority %s", *c.Priority)
	}
	if c.AssigneeID != nil {
		add(true, "assignee %s", f.textColumn("SELECT name FROM users WHERE id = $1", *c.AssigneeID)[0])
	}
	add(c.TeamID != nil, "team billing")
	add(len(c.Labels) > 0, "labels %v", c.Labels)
	for _, sql := range []string{
		"SELECT 'blocked ' || name FROM contacts WHERE blocked",
		`SELECT CASE WHEN private THEN 'note ' ELSE 'message ' END || content FROM messages
		 WHERE kind = 'outgoing' AND content IS NOT NULL ORDER BY id`,
		"SELECT 'file ' || name FROM attachments WHERE message_id IS NOT NULL ORDER BY id",
		"SELECT 'calls ' || (args->>'url') FROM river_job WHERE kind = 'send_rule_webhook' ORDER BY id",
	} {
		lines = append(lines, f.textColumn(sql)...)
	}
	return append(lines, f.mails()...)
}

// mails are the mails that were ordered.
func (f fixture) mails() []string {
	f.t.Helper()
	return f.textColumn("SELECT kind || ' mail to ' || recipient FROM outgoing_mails ORDER BY id")
}
