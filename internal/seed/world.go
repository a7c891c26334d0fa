package seed

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
)

// world is the account being filled: its agents, its inboxes, its customers and their conversations.
type world struct {
	Options
	agents  []agentSpec
	teams   []int64
	inboxes []inboxSpec
	// customer and plan make the i-th customer and the plan of the i-th conversation, the same at each call, because
	// all of them do not fit into memory.
	customer func(i int) customer
	plan     func(i int) *plan

	// messages is the number of all messages; the first ids are those with which each table's new ids begin.
	messages, files                                                                                       int
	firstContact, firstContactInbox, firstConversation, firstDisplay, firstMessage, firstEvent, firstFile int64
	// seen and since hold each customer's last and first activity, in Unix microseconds; 0 is none.
	seen, since []int64
	// blobs are the demo's files, by name.
	blobs map[string]file
}

type agentSpec struct {
	id    int64
	name  string
	email string
	role  db.Role
	// passwordHash is that of the demo password or, for a user who existed before, of their own.
	passwordHash *string
}

type inboxSpec struct {
	id     int64
	medium medium
	name   string
	// members are indexes into agents.
	members []int
}

// medium is the medium of an inbox, which determines the style of its texts. Every inbox has the kind API, with which
// Parley can send: another program, such as a bridge to a mailbox or a chat, connects it to the medium.
type medium int

const (
	byMail medium = iota
	byChat
	byPhone
	byProgram
)

type customer struct {
	name, language string
	email, phone   *string
	identifier     *string
	// inbox is the index of the customer's inbox.
	inbox      int
	source     string
	labels     []string
	custom     string
	additional string
	blocked    bool
}

// dice is a random source for one object of the world, so that objects can be made in any order.
func (w *world) dice(kind, i uint64) *rand.Rand {
	return rand.New(rand.NewPCG(w.Seed^kind*0x9E3779B97F4A7C15, i*0xD1B54A32D192ED03+kind))
}

const (
	ofCustomer = iota + 1
	ofPlan
	ofSubject
	ofText
	ofUUID
	ofTime
)

// settle finds or creates the account and everything of which there are few. It takes an object that has the right name
// already, so that seeding twice adds conversations only.
func (w *world) settle(ctx context.Context, q *db.Queries, passwordHash string) error {
	if err := w.findAccount(ctx, q); err != nil {
		return err
	}
	if err := w.hire(ctx, q, passwordHash); err != nil {
		return err
	}
	if err := w.furnish(ctx, q); err != nil {
		return err
	}
	if err := w.openInboxes(ctx, q); err != nil {
		return err
	}
	// The seed depends on the existing data, so that a second run adds other conversations.
	there, err := q.SeedDisplayIDs(ctx, 0, w.AccountID)
	w.Seed += uint64(there) * 0x2545F4914F6CDD1D
	return err
}

func (w *world) findAccount(ctx context.Context, q *db.Queries) error {
	accounts, err := q.ListSeedAccounts(ctx)
	if err != nil {
		return err
	}
	if w.AccountID != 0 {
		for _, id := range accounts {
			if id == w.AccountID {
				return nil
			}
		}
		return fmt.Errorf("there is no account %d", w.AccountID)
	}
	switch len(accounts) {
	case 0:
		a, err := auth.NewAccount(ctx, q, "Kestrel Cycles")
		if err != nil {
			return err
		}
		w.AccountID = a.ID
		return q.SetInstallationSetUp(ctx, time.Now())
	case 1:
		w.AccountID = accounts[0]
		return nil
	}
	return errMany
}

func (w *world) hire(ctx context.Context, q *db.Queries, passwordHash string) error {
	for i := range w.Agents {
		p := agent(i)
		user, err := q.SeedUser(ctx, db.SeedUserParams{Name: p.name, Email: p.email, PasswordHash: &passwordHash, Signature: signature(p.name)})
		if err != nil {
			return err
		}
		p.id, p.passwordHash = user.ID, user.PasswordHash
		if err := q.SeedMembership(ctx, db.SeedMembershipParams{AccountID: w.AccountID, UserID: p.id, Role: p.role}); err != nil {
			return err
		}
		w.agents = append(w.agents, p)
	}
	return nil
}

// furnish adds teams, labels and canned replies.
func (w *world) furnish(ctx context.Context, q *db.Queries) error {
	for i, t := range teamTable {
		id, err := q.SeedTeam(ctx, db.SeedTeamParams{AccountID: w.AccountID, Name: t[0], Description: t[1]})
		if err != nil {
			return err
		}
		w.teams = append(w.teams, id)
		for j, p := range w.agents {
			if (j+i)%len(teamTable) > 1 {
				continue
			}
			if err := q.SeedTeamMember(ctx, db.SeedTeamMemberParams{AccountID: w.AccountID, TeamID: id, UserID: p.id}); err != nil {
				return err
			}
		}
	}
	for _, l := range labelTable {
		err := q.SeedLabel(ctx, db.SeedLabelParams{AccountID: w.AccountID, Title: l[0], Color: l[1], Description: l[2]})
		if err != nil {
			return err
		}
	}
	for _, r := range cannedTable {
		err := q.SeedCannedReply(ctx, db.SeedCannedReplyParams{AccountID: w.AccountID, ShortCode: r[0], Content: r[1]})
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *world) openInboxes(ctx context.Context, q *db.Queries) error {
	for i := range w.Inboxes {
		p := inbox(i)
		id, err := q.FindSeedInbox(ctx, w.AccountID, p.name)
		if db.IsNone(err) {
			id, err = q.SeedInbox(ctx, db.SeedInboxParams{
				AccountID: w.AccountID, Kind: db.InboxKindApi, Name: p.name, Hue: int16(i%6 + 1),
				Identifier: auth.NewSecret().Token[:24], HmacToken: db.Secret(auth.NewSecret().Token), WebhookSecret: db.Secret(auth.NewSecret().Token),
			})
		}
		if err != nil {
			return err
		}
		p.id = id
		// Each agent works in two of three inboxes, and the first two agents in all of them.
		for j, who := range w.agents {
			if j > 1 && (j+i)%3 == 0 {
				continue
			}
			p.members = append(p.members, j)
			if err := q.SeedInboxMember(ctx, db.SeedInboxMemberParams{AccountID: w.AccountID, InboxID: id, UserID: who.id}); err != nil {
				return err
			}
		}
		w.inboxes = append(w.inboxes, p)
	}
	return nil
}
