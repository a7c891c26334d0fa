package desk_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
)

// house is an account with an inbox, an agent in it and an administrator.
type house struct {
	t       *testing.T
	pool    *pgxpool.Pool
	q       *db.Queries
	desk    *desk.Desk
	account db.Account
	inbox   db.Inbox
	ann     db.User // agent of the inbox
	root    db.User // administrator
}

func setup(t *testing.T) house {
	t.Helper()
	pool := dbtest.New(t)
	h := house{t: t, pool: pool, q: db.New(pool), desk: dbtest.Desk(t, pool, nil)}
	h.account = dbtest.Account(t, pool, "Kestrel")
	h.inbox = dbtest.Inbox(t, pool, h.account, "Support")
	h.ann = dbtest.Agent(t, pool, h.account, "Ann", h.inbox)
	h.root = dbtest.Admin(t, pool, h.account, "Root")
	return h
}

func (h house) as(u db.User) desk.Actor { return dbtest.Actor(h.t, h.pool, h.account, u) }

func (h house) do(who desk.Actor, fn func(ctx context.Context, t *desk.Tx) error) error {
	return h.desk.Do(context.Background(), who, func(t *desk.Tx) error { return fn(context.Background(), t) })
}

func (h house) must(who desk.Actor, fn func(ctx context.Context, t *desk.Tx) error) {
	h.t.Helper()
	if err := h.do(who, fn); err != nil {
		h.t.Fatal(err)
	}
}

func (h house) reply(c db.Conversation, text string, private bool) db.Message {
	h.t.Helper()
	var m db.Message
	h.must(h.as(h.ann), func(ctx context.Context, t *desk.Tx) (err error) {
		m, err = t.Post(ctx, c.ID, desk.NewMessage{Kind: db.MessageKindOutgoing, Content: &text, Private: private})
		return err
	})
	return m
}

func (h house) set(c db.Conversation, status db.ConversationStatus) {
	h.t.Helper()
	h.must(h.as(h.ann), func(ctx context.Context, t *desk.Tx) error { return t.SetStatus(ctx, c.ID, status, nil) })
}

func (h house) events(c db.Conversation) (kinds []string) {
	h.t.Helper()
	rows, err := h.pool.Query(context.Background(), "SELECT kind FROM events WHERE account_id = $1 AND conversation_id = $2 ORDER BY id", c.AccountID, c.ID)
	if err != nil {
		h.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var k string
		if err := rows.Scan(&k); err != nil {
			h.t.Fatal(err)
		}
		kinds = append(kinds, k)
	}
	return kinds
}

func TestPost(t *testing.T) {
	t.Parallel()

	t.Run("a customer's message is unread, begins the wait and moves the conversation up", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		c := dbtest.Conversation(t, h.pool, h.inbox, "Printer on fire")
		m := dbtest.Message(t, h.pool, c, "Help")
		got := dbtest.Reload(t, h.pool, c)
		if got.UnreadCount != 1 || *got.LastMessageID != m.ID || *got.LastPublicID != m.ID || !got.WaitingSince.Equal(c.CreatedAt) || !got.LastActivityAt.Equal(m.CreatedAt) {
			t.Errorf("conversation stands at %+v", got)
		}
	})

	t.Run("an agent's reply ends the wait and is the first reply; a note does neither", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		c := dbtest.Conversation(t, h.pool, h.inbox, "Printer on fire")
		h.reply(c, "Between us: again?", true)
		if got := dbtest.Reload(t, h.pool, c); got.FirstReplyAt != nil || got.WaitingSince == nil || got.LastPublicID != nil {
			t.Errorf("after the note: %+v", got)
		}
		m := h.reply(c, "On our way", false)
		got := dbtest.Reload(t, h.pool, c)
		if got.FirstReplyAt == nil || !got.FirstReplyAt.Equal(m.CreatedAt) || got.WaitingSince != nil {
			t.Errorf("after the reply: %+v", got)
		}
	})

	t.Run("a customer's message reopens what was resolved or snoozed, leaves pending, and takes it out of the archive", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		for from, want := range map[db.ConversationStatus]db.ConversationStatus{
			db.ConversationStatusResolved: db.ConversationStatusOpen,
			db.ConversationStatusSnoozed:  db.ConversationStatusOpen,
			db.ConversationStatusPending:  db.ConversationStatusPending,
		} {
			c := dbtest.Conversation(t, h.pool, h.inbox, "Printer on fire")
			h.set(c, from)
			h.must(h.as(h.ann), func(ctx context.Context, t *desk.Tx) error { return t.Archive(ctx, c.ID) })
			dbtest.Message(t, h.pool, c, "Still burning")
			if got := dbtest.Reload(t, h.pool, c); got.Status != want || got.ArchivedAt != nil {
				t.Errorf("from %s to %s, archived %v; want %s", from, got.Status, got.ArchivedAt, want)
			}
		}
	})

	t.Run("what came back says so: by itself, or by whose token it came through", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		text := "Still burning"
		for _, one := range []struct {
			from    db.ConversationStatus
			private bool
			bot     bool
			want    string
		}{
			{db.ConversationStatusResolved, false, false, "System reopened the conversation due to a new incoming message."},
			{db.ConversationStatusResolved, true, false, "Conversation was reopened by Ann"},
			{db.ConversationStatusSnoozed, false, false, "Conversation was reopened by Ann"},
			{db.ConversationStatusResolved, false, true, "Conversation was marked as pending by Ann"},
		} {
			var bot *int64
			if one.bot {
				if err := h.pool.QueryRow(t.Context(), "INSERT INTO agent_bots (account_id, name, secret) VALUES ($1, 'Bot', '') RETURNING id", h.account.ID).Scan(&bot); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := h.pool.Exec(t.Context(), "UPDATE inboxes SET agent_bot_id = $1 WHERE id = $2", bot, h.inbox.ID); err != nil {
				t.Fatal(err)
			}
			c := dbtest.Conversation(t, h.pool, h.inbox, "Printer on fire")
			h.set(c, one.from)
			h.must(h.as(h.ann), func(ctx context.Context, t *desk.Tx) error {
				_, err := t.Post(ctx, c.ID, desk.NewMessage{Kind: db.MessageKindIncoming, Private: one.private, Content: &text})
				return err
			})
			if said := h.said(c); !strings.HasPrefix(said, one.want) {
				t.Errorf("%+v: said is %q", one, said)
			}
		}
	})

	t.Run("a muted contact brings nothing back", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		c := dbtest.Conversation(t, h.pool, h.inbox, "Spam")
		h.must(h.as(h.ann), func(ctx context.Context, t *desk.Tx) error { return t.Mute(ctx, c.ID) })
		dbtest.Message(t, h.pool, c, "Buy now")
		if got := dbtest.Reload(t, h.pool, c); got.Status != db.ConversationStatusResolved {
			t.Errorf("status is %s", got.Status)
		}
	})

	t.Run("an answer names what it answers by both ids; an unknown one is dropped", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		c := dbtest.Conversation(t, h.pool, h.inbox, "Printer on fire")
		source, text := "WAID:1", "Which one?"
		h.must(desk.System(h.account.ID), func(ctx context.Context, t *desk.Tx) error {
			m, err := t.Post(ctx, c.ID, desk.NewMessage{Kind: db.MessageKindIncoming, Content: &text, SourceID: &source})
			if err != nil {
				return err
			}
			a, err := t.Post(ctx, c.ID, desk.NewMessage{Kind: db.MessageKindIncoming, Content: &text, InReplyToSource: source})
			if err == nil && (a.InReplyTo == nil || *a.InReplyTo != m.ID || !strings.Contains(string(a.ContentAttributes), "WAID:1")) {
				err = errors.New("not resolved: " + string(a.ContentAttributes))
			}
			if err != nil {
				return err
			}
			b, err := t.Post(ctx, c.ID, desk.NewMessage{Kind: db.MessageKindIncoming, Content: &text, InReplyTo: 999999})
			if err == nil && b.InReplyTo != nil {
				err = errors.New("an unknown message was answered")
			}
			return err
		})
	})

	t.Run("too long, too many files, or characters that cannot be stored are refused and nothing is kept", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		c := dbtest.Conversation(t, h.pool, h.inbox, "Printer on fire")
		for field, text := range map[string]string{"long": strings.Repeat("ä", desk.MaxContent+1), "nul": "a\x00b", "utf8": "a\xffb"} {
			err := h.do(h.as(h.ann), func(ctx context.Context, t *desk.Tx) error {
				_, err := t.Post(ctx, c.ID, desk.NewMessage{Kind: db.MessageKindOutgoing, Content: &text})
				return err
			})
			if fault.In(err)["content"] == "" {
				t.Errorf("%s: %v", field, err)
			}
		}
		if got := dbtest.Reload(t, h.pool, c); got.LastMessageID != nil {
			t.Error("something was kept")
		}
	})

	t.Run("an agent outside the inbox finds no conversation", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		c := dbtest.Conversation(t, h.pool, h.inbox, "Printer on fire")
		bob := dbtest.Agent(t, h.pool, h.account, "Bob")
		text := "Hello"
		err := h.do(h.as(bob), func(ctx context.Context, t *desk.Tx) error {
			_, err := t.Post(ctx, c.ID, desk.NewMessage{Kind: db.MessageKindOutgoing, Content: &text})
			return err
		})
		if !db.IsNone(err) {
			t.Errorf("err is %v", err)
		}
	})

	t.Run("ids grow with time under sixteen writers", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		c := dbtest.Conversation(t, h.pool, h.inbox, "Busy")
		ann := h.as(h.ann)
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				for range 5 {
					text := "x"
					_ = h.do(ann, func(ctx context.Context, t *desk.Tx) error {
						_, err := t.Post(ctx, c.ID, desk.NewMessage{Kind: db.MessageKindOutgoing, Content: &text})
						return err
					})
				}
			})
		}
		wg.Wait()
		var n, last int64
		err := h.pool.QueryRow(context.Background(), "SELECT count(*), max(id) FROM messages WHERE account_id = $1 AND conversation_id = $2", c.AccountID, c.ID).Scan(&n, &last)
		if err != nil || n != 80 {
			t.Fatalf("%d messages, %v", n, err)
		}
		if got := dbtest.Reload(t, h.pool, c); *got.LastMessageID != last {
			t.Errorf("the last message is %d, the conversation says %d", last, *got.LastMessageID)
		}
	})
}

func TestAssign(t *testing.T) {
	t.Parallel()

	t.Run("assigning records an event, a line in the thread, and a follower", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		c := dbtest.Conversation(t, h.pool, h.inbox, "Printer on fire")
		h.must(h.as(h.root), func(ctx context.Context, t *desk.Tx) error { return t.Assign(ctx, c.ID, h.ann.ID) })
		got := dbtest.Reload(t, h.pool, c)
		if got.AssigneeID == nil || *got.AssigneeID != h.ann.ID {
			t.Fatalf("assignee is %v", got.AssigneeID)
		}
		if d := cmp.Diff([]string{"conversation.created", "conversation.assigned", "message.created"}, h.events(c)); d != "" {
			t.Error(d)
		}
	})

	t.Run("a stranger cannot be assigned, and assigning twice records once", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		c := dbtest.Conversation(t, h.pool, h.inbox, "Printer on fire")
		stranger := dbtest.Admin(t, h.pool, dbtest.Account(t, h.pool, "Elsewhere"), "Eve")
		err := h.do(h.as(h.root), func(ctx context.Context, t *desk.Tx) error { return t.Assign(ctx, c.ID, stranger.ID) })
		if !errors.Is(err, fault.NotFound) {
			t.Errorf("err is %v", err)
		}
		for range 2 {
			h.must(h.as(h.root), func(ctx context.Context, t *desk.Tx) error { return t.Assign(ctx, c.ID, h.ann.ID) })
		}
		if n := len(h.events(c)); n != 3 {
			t.Errorf("%d events", n)
		}
	})

	t.Run("a new conversation goes to the members who are online, in turn", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		bob := dbtest.Agent(t, h.pool, h.account, "Bob", h.inbox)
		dbtest.Agent(t, h.pool, h.account, "Away", h.inbox)
		if _, err := h.pool.Exec(context.Background(), "UPDATE memberships SET active_at = now() WHERE user_id = ANY ($1)", []int64{h.ann.ID, bob.ID}); err != nil {
			t.Fatal(err)
		}
		had := map[int64]int{}
		for range 4 {
			contact := dbtest.Contact(t, h.pool, h.account, "Ada")
			h.must(desk.Contact(contact), func(ctx context.Context, t *desk.Tx) error {
				ci, err := t.Reach(ctx, contact, h.inbox, "")
				if err != nil {
					return err
				}
				c, err := t.Open(ctx, desk.NewConversation{ContactInbox: ci})
				if err != nil {
					return err
				}
				c, _ = t.Held(c.ID)
				had[*c.AssigneeID]++
				name := map[int64]string{h.ann.ID: h.ann.Name, bob.ID: bob.Name}[*c.AssigneeID]
				last, err := t.Queries().GetMessage(ctx, db.GetMessageParams{AccountID: c.AccountID, ConversationID: c.ID, ID: *c.LastMessageID})
				if err == nil && last.Text() != "Assigned to "+name+" by "+h.inbox.Name {
					err = errors.New("said is " + last.Text())
				}
				return err
			})
		}
		if had[h.ann.ID] != 2 || had[bob.ID] != 2 {
			t.Errorf("they had %v", had)
		}
	})

	t.Run("a team's choice is told in one line with the team", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		c := dbtest.Conversation(t, h.pool, h.inbox, "Printer on fire")
		team := dbtest.Team(t, h.pool, h.account, "billing", h.ann)
		if _, err := h.pool.Exec(t.Context(), "UPDATE memberships SET active_at = now() WHERE user_id = $1", h.ann.ID); err != nil {
			t.Fatal(err)
		}
		h.must(h.as(h.root), func(ctx context.Context, t *desk.Tx) error { return t.SetTeam(ctx, c.ID, &team.ID) })
		if got, want := h.said(c), "Assigned to "+h.ann.Name+" via billing by "+h.root.Name; got != want {
			t.Errorf("said is %q, want %q", got, want)
		}
	})

	t.Run("a team change drops an assignee who is not in the team", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		c := dbtest.Conversation(t, h.pool, h.inbox, "Printer on fire")
		team := dbtest.Team(t, h.pool, h.account, "billing", h.root)
		h.must(h.as(h.root), func(ctx context.Context, t *desk.Tx) error {
			if err := t.Assign(ctx, c.ID, h.ann.ID); err != nil {
				return err
			}
			return t.SetTeam(ctx, c.ID, &team.ID)
		})
		if got := dbtest.Reload(t, h.pool, c); got.AssigneeID != nil || *got.TeamID != team.ID {
			t.Errorf("assignee %v, team %v", got.AssigneeID, got.TeamID)
		}
	})
}

func TestRead(t *testing.T) {
	t.Parallel()
	h := setup(t)
	c := dbtest.Conversation(t, h.pool, h.inbox, "Printer on fire")
	dbtest.Message(t, h.pool, c, "One")
	dbtest.Message(t, h.pool, c, "Two")
	for range 2 {
		h.must(h.as(h.ann), func(ctx context.Context, t *desk.Tx) error { return t.MarkRead(ctx, c.ID) })
	}
	if got := dbtest.Reload(t, h.pool, c); got.UnreadCount != 0 || got.AgentsReadUpTo != *got.LastMessageID {
		t.Errorf("after reading: %d unread, mark %d", got.UnreadCount, got.AgentsReadUpTo)
	}
	h.must(h.as(h.ann), func(ctx context.Context, t *desk.Tx) error { return t.MarkUnread(ctx, c.ID) })
	if got := dbtest.Reload(t, h.pool, c); got.UnreadCount != 1 {
		t.Errorf("after marking unread: %d unread, want the last message", got.UnreadCount)
	}
}

func TestMessageLife(t *testing.T) {
	t.Parallel()

	t.Run("delivery moves forward only, and a failed message can be queued again once", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		c := dbtest.Conversation(t, h.pool, h.inbox, "Printer on fire")
		m := h.reply(c, "On our way", false)
		deliver := func(d db.Delivery, reason string) (got db.Message) {
			h.must(h.as(h.ann), func(ctx context.Context, t *desk.Tx) (err error) {
				got, err = t.Deliver(ctx, c.ID, m.ID, d, reason)
				return err
			})
			return got
		}
		if got := deliver(db.DeliveryRead, ""); got.Delivery != db.DeliveryRead {
			t.Errorf("got %s", got.Delivery)
		}
		if got := deliver(db.DeliveryDelivered, ""); got.Delivery != db.DeliveryRead {
			t.Errorf("it went back to %s", got.Delivery)
		}
		if got := deliver(db.DeliveryFailed, "mailbox full"); got.Error != "mailbox full" || !strings.Contains(string(got.ContentAttributes), "external_error") {
			t.Errorf("got %+v", got)
		}
		for range 2 {
			h.must(h.as(h.ann), func(ctx context.Context, t *desk.Tx) error {
				_, err := t.Retry(ctx, c.ID, m.ID)
				return err
			})
		}
		n := 0
		for _, kind := range h.events(c) {
			if kind == desk.MessageUpdated {
				n++
			}
		}
		if n != 3 {
			t.Errorf("%d updates, want read, failed, queued", n)
		}
	})

	t.Run("deleting leaves a tombstone and is done once", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		c := dbtest.Conversation(t, h.pool, h.inbox, "Printer on fire")
		m := dbtest.Message(t, h.pool, c, "My card is 4111…")
		drop := func() error {
			return h.do(h.as(h.ann), func(ctx context.Context, t *desk.Tx) error {
				_, err := t.DeleteMessage(ctx, c.ID, m.ID)
				return err
			})
		}
		if err := drop(); err != nil {
			t.Fatal(err)
		}
		if err := drop(); !errors.Is(err, fault.NotFound) {
			t.Errorf("the second time: %v", err)
		}
		got, err := h.q.GetMessage(context.Background(), db.GetMessageParams{AccountID: c.AccountID, ConversationID: c.ID, ID: m.ID})
		if err != nil || got.Text() != desk.DeletedText {
			t.Errorf("%q, %v", got.Text(), err)
		}
		if c := dbtest.Reload(t, h.pool, c); c.UnreadCount != 0 {
			t.Errorf("%d unread", c.UnreadCount)
		}
	})
}

func TestContacts(t *testing.T) {
	t.Parallel()
	h := setup(t)
	email, phone := "Ada@Example.TEST", "+3312345"
	var ada, other db.Contact
	h.must(h.as(h.ann), func(ctx context.Context, t *desk.Tx) (err error) {
		if ada, err = t.CreateContact(ctx, desk.ContactInput{Email: &email}); err != nil {
			return err
		}
		other, err = t.CreateContact(ctx, desk.ContactInput{PhoneNumber: &phone})
		return err
	})
	if *ada.Email != "ada@example.test" {
		t.Errorf("e-mail kept as %s", *ada.Email)
	}
	err := h.do(h.as(h.ann), func(ctx context.Context, t *desk.Tx) error {
		_, err := t.CreateContact(ctx, desk.ContactInput{Email: &email})
		return err
	})
	if fault.In(err)["email"] != "Email has already been taken" {
		t.Errorf("a second Ada: %v", err)
	}
	c := dbtest.ConversationWith(t, h.pool, h.inbox, other, "Mine")
	dbtest.Message(t, h.pool, c, "Hello")
	h.must(h.as(h.ann), func(ctx context.Context, t *desk.Tx) error {
		_, err := t.MergeContacts(ctx, ada.ID, other.ID)
		return err
	})
	got, err := h.q.GetContact(context.Background(), h.account.ID, ada.ID)
	if err != nil || got.PhoneNumber == nil || *got.PhoneNumber != phone {
		t.Errorf("merged contact is %+v, %v", got, err)
	}
	if c := dbtest.Reload(t, h.pool, c); c.ContactID != ada.ID {
		t.Error("the conversation did not move")
	}
}

func TestDoTellsOfWhatItDidAfterCommitOnly(t *testing.T) {
	t.Parallel()
	h := setup(t)
	c := dbtest.Conversation(t, h.pool, h.inbox, "Printer on fire")
	var heard [][]desk.Poke
	d := dbtest.Desk(t, h.pool, func(p []desk.Poke) { heard = append(heard, p) })
	boom := errors.New("boom")
	err := d.Do(context.Background(), h.as(h.ann), func(t *desk.Tx) error {
		if err := t.Archive(context.Background(), c.ID); err != nil {
			return err
		}
		return boom
	})
	if !errors.Is(err, boom) || len(heard) != 0 || dbtest.Reload(t, h.pool, c).ArchivedAt != nil {
		t.Fatalf("err %v, heard %v", err, heard)
	}
	now := time.Now()
	if err := d.At(func() time.Time { return now }).Do(context.Background(), h.as(h.ann), func(t *desk.Tx) error { return t.Archive(context.Background(), c.ID) }); err != nil {
		t.Fatal(err)
	}
	if len(heard) != 1 || heard[0][0].Topic != "conversation:1" || heard[0][0].InboxID != h.inbox.ID {
		t.Errorf("heard %+v", heard)
	}
}

// said is the last line that the thread says of itself.
func (h house) said(c db.Conversation) (text string) {
	h.t.Helper()
	err := h.pool.QueryRow(h.t.Context(), "SELECT content FROM messages WHERE conversation_id = $1 AND kind = 'activity' ORDER BY id DESC LIMIT 1", c.ID).Scan(&text)
	if err != nil {
		h.t.Fatal(err)
	}
	return text
}
