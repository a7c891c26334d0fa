package dbtest

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/job"
	"github.com/parleydesk/parley/internal/poke"
)

// Desk returns a desk on the test's database. after is called for each committed transaction and may be nil.
func Desk(t testing.TB, pool *pgxpool.Pool, after func([]poke.Poke)) *desk.Desk {
	t.Helper()
	jobs, err := job.NewInserter(pool, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return desk.New(pool, jobs, after)
}

// Account adds an account.
func Account(t testing.TB, pool *pgxpool.Pool, name string) db.Account {
	t.Helper()
	return ok(auth.NewAccount(context.Background(), db.New(pool), name))(t)
}

// Admin adds an administrator, whose e-mail address is made from the name.
func Admin(t testing.TB, pool *pgxpool.Pool, account db.Account, name string) db.User {
	t.Helper()
	return member(t, pool, account, name, db.RoleAdministrator)
}

// Agent adds an agent who works in these inboxes.
func Agent(t testing.TB, pool *pgxpool.Pool, account db.Account, name string, inboxes ...db.Inbox) db.User {
	t.Helper()
	u := member(t, pool, account, name, db.RoleAgent)
	for _, inbox := range inboxes {
		Work(t, pool, inbox, u)
	}
	return u
}

func member(t testing.TB, pool *pgxpool.Pool, account db.Account, name string, role db.Role) db.User {
	t.Helper()
	ctx, q := context.Background(), db.New(pool)
	email := strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@account" + num(account.ID) + ".example"
	u := ok(q.InsertUser(ctx, db.InsertUserParams{Name: name, Email: email}))(t)
	ok(q.InsertMembership(ctx, db.InsertMembershipParams{AccountID: account.ID, UserID: u.ID, Role: role}))(t)
	return u
}

// Work makes u a member of an inbox.
func Work(t testing.TB, pool *pgxpool.Pool, inbox db.Inbox, u db.User) {
	t.Helper()
	ok(db.New(pool).AddInboxMember(context.Background(), db.AddInboxMemberParams{
		AccountID: inbox.AccountID,
		InboxID:   inbox.ID,
		UserID:    u.ID,
	}))(t)
}

// Team adds a team with these members.
func Team(t testing.TB, pool *pgxpool.Pool, account db.Account, name string, users ...db.User) db.Team {
	t.Helper()
	ctx, q := context.Background(), db.New(pool)
	team := ok(q.InsertTeam(ctx, db.InsertTeamParams{AccountID: account.ID, Name: name, AllowAutoAssign: true}))(t)
	for _, u := range users {
		ok(q.AddTeamMember(ctx, db.AddTeamMemberParams{AccountID: account.ID, TeamID: team.ID, UserID: u.ID}))(t)
	}
	return team
}

// Token adds an access token for a user.
func Token(t testing.TB, pool *pgxpool.Pool, u db.User) string {
	t.Helper()
	return ok(auth.NewUserToken(context.Background(), db.New(pool), u.ID, "test"))(t)
}

// Actor returns u as an actor in an account.
func Actor(t testing.TB, pool *pgxpool.Pool, account db.Account, u db.User) desk.Actor {
	t.Helper()
	row := ok(db.New(pool).GetScope(context.Background(), account.ID, u.ID))(t)
	return desk.User(u.Name, row.Scope(account.ID, u.ID))
}

// Inbox adds an API inbox.
func Inbox(t testing.TB, pool *pgxpool.Pool, account db.Account, name string) db.Inbox {
	t.Helper()
	var inbox db.Inbox
	inTx(t, pool, account.ID, func(ctx context.Context, tx *desk.Tx) (err error) {
		inbox, err = tx.CreateInbox(ctx, desk.NewInbox{Kind: db.InboxKindApi, Name: name})
		return err
	})
	return inbox
}

// Contact adds a contact without an address.
func Contact(t testing.TB, pool *pgxpool.Pool, account db.Account, name string) db.Contact {
	t.Helper()
	var c db.Contact
	inTx(t, pool, account.ID, func(ctx context.Context, tx *desk.Tx) (err error) {
		c, err = tx.CreateContact(ctx, desk.ContactInput{Name: &name})
		return err
	})
	return c
}

// Conversation opens a conversation in an inbox, with a new contact.
func Conversation(t testing.TB, pool *pgxpool.Pool, inbox db.Inbox, subject string) db.Conversation {
	t.Helper()
	return ConversationWith(t, pool, inbox, Contact(t, pool, db.Account{ID: inbox.AccountID}, "Ada Example"), subject)
}

// ConversationWith opens a conversation in an inbox with a contact.
func ConversationWith(t testing.TB, pool *pgxpool.Pool, inbox db.Inbox, contact db.Contact, subject string) db.Conversation {
	t.Helper()
	var c db.Conversation
	inTx(t, pool, inbox.AccountID, func(ctx context.Context, tx *desk.Tx) error {
		ci, err := tx.Reach(ctx, contact, inbox, "")
		if err != nil {
			return err
		}
		c, err = tx.Open(ctx, desk.NewConversation{ContactInbox: ci, Subject: subject})
		return err
	})
	return c
}

// Message posts a customer's message.
func Message(t testing.TB, pool *pgxpool.Pool, c db.Conversation, text string) db.Message {
	t.Helper()
	var m db.Message
	inTx(t, pool, c.AccountID, func(ctx context.Context, tx *desk.Tx) (err error) {
		m, err = tx.Post(ctx, c.ID, desk.NewMessage{Kind: db.MessageKindIncoming, Content: &text})
		return err
	})
	return m
}

// Reload returns the conversation as it is now.
func Reload(t testing.TB, pool *pgxpool.Pool, c db.Conversation) db.Conversation {
	t.Helper()
	return ok(db.New(pool).GetConversation(context.Background(), db.GetConversationParams{
		AccountID: c.AccountID, DisplayID: c.DisplayID, SeesAll: true, InboxIds: []int64{}, TeamIds: []int64{},
	}))(t)
}

// inTx runs fn in one transaction of the system.
func inTx(t testing.TB, pool *pgxpool.Pool, accountID int64, fn func(context.Context, *desk.Tx) error) {
	t.Helper()
	ctx := context.Background()
	err := Desk(t, pool, nil).Do(ctx, desk.System(accountID), func(tx *desk.Tx) error { return fn(ctx, tx) })
	if err != nil {
		t.Fatal(err)
	}
}

func num(n int64) string { return strconv.FormatInt(n, 10) }

// ok takes the value and the error of a call. What it returns gives the value, or fails the test.
func ok[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
