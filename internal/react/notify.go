package react

import (
	"context"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/job"
	"github.com/parleydesk/parley/internal/poke"
)

// notice is a notification of one user, to be inserted.
type notice struct {
	event db.Event
	kind  string
	user  int64
}

// notify adds a notification of an event for users, except for the one who caused it.
func (b *batch) notify(e db.Event, kind string, users ...int64) {
	for _, user := range users {
		if e.ActorKind != db.ActorKindUser || orZero(e.ActorID) != user {
			b.pending = append(b.pending, notice{e, kind, user})
		}
	}
}

// insertNotifications inserts the notifications of the range. Doing it again for the same range changes nothing.
func (r *React) insertNotifications(ctx context.Context, b *batch) error {
	if len(b.notices) == 0 {
		return nil
	}
	p := db.InsertNotificationsParams{AccountID: b.account}
	for _, n := range b.notices {
		p.UserIds = append(p.UserIds, n.user)
		p.ConversationIds = append(p.ConversationIds, *n.event.ConversationID)
		p.MessageIds = append(p.MessageIds, orZero(n.event.MessageID))
		p.EventIds = append(p.EventIds, n.event.ID)
		p.Kinds = append(p.Kinds, n.kind)
		p.ActorKinds = append(p.ActorKinds, string(n.event.ActorKind))
		p.ActorIds = append(p.ActorIds, orZero(n.event.ActorID))
		p.Ats = append(p.Ats, n.event.CreatedAt)
	}
	var inserted []db.Notification
	err := db.Tx(ctx, r.pool, func(tx pgx.Tx) (err error) {
		q := db.New(tx)
		if err := q.LockNotified(ctx, b.account, p.ConversationIds); err != nil {
			return err
		}
		if inserted, err = q.InsertNotifications(ctx, p); err != nil || len(inserted) == 0 {
			return err
		}
		return r.orderPushes(ctx, tx, b.account, inserted)
	})
	if err != nil {
		return err
	}
	r.pokeNotified(inserted)
	return nil
}

// orderPushes inserts a job for each device on which one of the notifications is pushed.
func (r *React) orderPushes(ctx context.Context, tx pgx.Tx, accountID int64, inserted []db.Notification) error {
	ids := make([]int64, len(inserted))
	for i, n := range inserted {
		ids[i] = n.ID
	}
	targets, err := db.New(tx).ListPushTargets(ctx, accountID, ids)
	if err != nil {
		return err
	}
	jobs := make([]job.Args, len(targets))
	for i, t := range targets {
		jobs[i] = job.SendPush{AccountID: accountID, NotificationID: t.NotificationID, SubscriptionID: t.SubscriptionID}
	}
	return r.jobs.InsertMany(ctx, tx, jobs)
}

// pokeNotified pokes the pages that show the notifications of the users whose have changed.
func (r *React) pokeNotified(changed []db.Notification) {
	pokes := map[poke.Poke]bool{}
	for _, n := range changed {
		pokes[poke.Poke{AccountID: n.AccountID, Topic: "notifications:" + strconv.FormatInt(n.UserID, 10)}] = true
	}
	if len(pokes) > 0 {
		r.poke(slices.Collect(maps.Keys(pokes)))
	}
}

func orZero(id *int64) int64 {
	if id == nil {
		return 0
	}
	return *id
}

// notifyCreated notifies the members of a new conversation's inbox who asked for that, and its assignee. A
// conversation that begins with a bot notifies no one yet.
func (r *React) notifyCreated(ctx context.Context, b *batch, e db.Event, d desk.Data) error {
	status, assignee, err := b.stateAt(ctx, r.q(), e, d)
	if err != nil || status == db.ConversationStatusPending || e.ActorKind == db.ActorKindSystem {
		return err
	}
	members, err := r.q().ListInboxMemberIDs(ctx, e.AccountID, *e.InboxID)
	if err != nil {
		return err
	}
	if assignee != 0 {
		members = slices.DeleteFunc(members, func(id int64) bool { return id == assignee })
		b.notify(e, db.NoticeAssigned, assignee)
	}
	b.notify(e, db.NoticeCreated, members...)
	return nil
}

// notifyAssigned notifies a user that a conversation was assigned to them, unless its creation did. While a bot has
// the conversation, nobody is waited for.
func (r *React) notifyAssigned(ctx context.Context, b *batch, e db.Event, d desk.Data) error {
	to, ok := d.Changed["assignee_id"][1].(json.Number)
	if !ok {
		return nil
	}
	user, err := to.Int64()
	if err != nil {
		return err
	}
	status, _, err := b.stateAt(ctx, r.q(), e, d)
	if err != nil || status == db.ConversationStatusPending {
		return err
	}
	b.notify(e, db.NoticeAssigned, user)
	return nil
}

// notifyMessage notifies those who were assignee and participants when a message was written, except for its sender
// and for those who are mentioned in it: they have a notification of that.
func (r *React) notifyMessage(ctx context.Context, b *batch, e db.Event, d desk.Data) error {
	if d.Kind != db.MessageKindIncoming && d.Kind != db.MessageKindOutgoing {
		return nil
	}
	status, assignee, err := b.stateAt(ctx, r.q(), e, d)
	if err != nil || status == db.ConversationStatusPending {
		return err
	}
	followers, err := b.following(ctx, r.q(), e)
	if err != nil {
		return err
	}
	m, err := b.messageOf(ctx, r.q(), e)
	if err != nil {
		return err
	}
	var others []int64 // who know of it already
	if m.Private {
		c, err := b.subject(ctx, r.q(), e)
		if err != nil {
			return err
		}
		if others, err = r.named(ctx, c, m); err != nil {
			return err
		}
	}
	if m.SenderKind != nil && *m.SenderKind == db.SenderKindUser {
		others = append(others, orZero(m.SenderID))
	}
	if assignee != 0 && !slices.Contains(others, assignee) {
		b.notify(e, db.NoticeMessage, assignee)
		others = append(others, assignee)
	}
	b.notify(e, db.NoticeParticipating, slices.DeleteFunc(followers, func(id int64) bool { return slices.Contains(others, id) })...)
	return nil
}

var mentionPattern = regexp.MustCompile(`mention://(user|team)/(\d{1,18})/`)

// mention makes the users mentioned in a private note participants, and notifies them.
func (r *React) mention(ctx context.Context, b *batch, e db.Event, d desk.Data) error {
	if !d.MessagePrivate || e.MessageID == nil {
		return nil
	}
	c, err := b.subject(ctx, r.q(), e)
	if err != nil {
		return err
	}
	m, err := b.messageOf(ctx, r.q(), e)
	if err != nil {
		return err
	}
	users, err := r.named(ctx, c, m)
	if err != nil || len(users) == 0 {
		return err
	}
	err = r.desk.Do(ctx, desk.System(e.AccountID), func(t *desk.Tx) error {
		for _, user := range users {
			if _, err := t.AddParticipant(ctx, c.ID, user); err != nil {
				return err
			}
			err := t.Queries().UpsertMention(ctx, db.UpsertMentionParams{
				AccountID:      c.AccountID,
				ConversationID: c.ID,
				UserID:         user,
				MessageID:      m.ID,
				CreatedAt:      m.CreatedAt,
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	b.forget(c.ID)
	b.notify(e, db.NoticeMention, users...)
	return nil
}

// named returns the users that a note mentions, by name or with their team, if they may see the conversation.
func (r *React) named(ctx context.Context, c db.Conversation, m db.Message) ([]int64, error) {
	var users, teams []int64
	for _, found := range mentionPattern.FindAllStringSubmatch(m.Text(), 100) {
		id, err := strconv.ParseInt(found[2], 10, 64)
		switch {
		case err != nil:
		case found[1] == "team":
			teams = append(teams, id)
		default:
			users = append(users, id)
		}
	}
	if len(teams) > 0 {
		members, err := r.q().ListTeamMemberIDs(ctx, c.AccountID, teams)
		if err != nil {
			return nil, err
		}
		users = append(users, members...)
	}
	if len(users) == 0 {
		return nil, nil
	}
	return r.q().FilterUsersWithAccess(ctx, db.FilterUsersWithAccessParams{
		AccountID: c.AccountID,
		UserIds:   users,
		InboxID:   c.InboxID,
		TeamID:    c.TeamID,
	})
}
