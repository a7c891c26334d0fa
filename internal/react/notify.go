package react

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/poke"
)

// The kinds of notifications, as Chatwoot names them.
const (
	noticeCreated       = "conversation_creation"
	noticeAssigned      = "conversation_assignment"
	noticeMessage       = "assigned_conversation_new_message"
	noticeMention       = "conversation_mention"
	noticeParticipating = "participating_conversation_new_message"
)

// notice is a notification of one user, to be inserted.
type notice struct {
	event db.Event
	kind  string
	user  int64
	// fold replaces earlier unread notifications of the same kind.
	fold bool
}

// notify adds a notification of an event for users, except for the one who caused it.
func (b *batch) notify(e db.Event, kind string, users []int64, fold bool) {
	for _, user := range users {
		if e.ActorKind == db.ActorKindUser && e.ActorID != nil && *e.ActorID == user {
			continue
		}
		if fold {
			// The newest of the range replaces the others of the range, too.
			b.notices = slices.DeleteFunc(b.notices, func(had notice) bool {
				return had.fold && had.kind == kind && had.user == user && *had.event.ConversationID == *e.ConversationID
			})
		}
		b.notices = append(b.notices, notice{e, kind, user, fold})
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
		p.Folds = append(p.Folds, n.fold)
	}
	notified, err := r.q().InsertNotifications(ctx, p)
	if err != nil || len(notified) == 0 {
		return err
	}
	slices.Sort(notified)
	var pokes []poke.Poke
	for _, id := range slices.Compact(notified) {
		pokes = append(pokes, poke.Poke{AccountID: b.account, Topic: "notifications:" + strconv.FormatInt(id, 10)})
	}
	r.poke(pokes)
	return nil
}

func orZero(id *int64) int64 {
	if id == nil {
		return 0
	}
	return *id
}

// notifyCreated notifies the members of a new conversation's inbox, and its assignee. A conversation that begins with
// a bot notifies no one yet.
func (r *React) notifyCreated(ctx context.Context, b *batch, e db.Event, _ desk.Data) error {
	c, err := r.q().GetConversationUnscoped(ctx, e.AccountID, *e.ConversationID)
	if err != nil || c.Status == db.ConversationStatusPending || e.ActorKind == db.ActorKindSystem {
		return err
	}
	members, err := r.q().ListInboxMemberIDs(ctx, e.AccountID, c.InboxID)
	if err != nil {
		return err
	}
	if c.AssigneeID != nil {
		members = slices.DeleteFunc(members, func(id int64) bool { return id == *c.AssigneeID })
		b.notify(e, noticeAssigned, []int64{*c.AssigneeID}, false)
	}
	b.notify(e, noticeCreated, members, false)
	return nil
}

// notifyAssigned notifies a user that a conversation was assigned to them, unless its creation did.
func (r *React) notifyAssigned(_ context.Context, b *batch, e db.Event, d desk.Data) error {
	to, ok := d.Changed["assignee_id"][1].(json.Number)
	if !ok {
		return nil
	}
	user, err := to.Int64()
	if err != nil {
		return err
	}
	b.notify(e, noticeAssigned, []int64{user}, true)
	return nil
}

// notifyMessage notifies the assignee and the participants of a message that someone else wrote, except for those who
// are mentioned in it: they have a notification of that.
func (r *React) notifyMessage(ctx context.Context, b *batch, e db.Event, d desk.Data) error {
	if d.Kind != db.MessageKindIncoming && d.Kind != db.MessageKindOutgoing {
		return nil
	}
	c, err := b.subject(ctx, r.q(), e)
	if err != nil || c.Status == db.ConversationStatusPending {
		return err
	}
	followers, err := b.following(ctx, r.q(), c.ID)
	if err != nil {
		return err
	}
	var named []int64
	if d.MessagePrivate {
		m, err := b.messageOf(ctx, r.q(), e)
		if err != nil {
			return err
		}
		if named, err = r.named(ctx, c, m); err != nil {
			return err
		}
	}
	others := func(ids []int64) []int64 {
		return slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return slices.Contains(named, id) })
	}
	if c.AssigneeID != nil {
		b.notify(e, noticeMessage, others([]int64{*c.AssigneeID}), true)
		named = append(named, *c.AssigneeID)
	}
	b.notify(e, noticeParticipating, others(followers), true)
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
	b.notify(e, noticeMention, users, false)
	return nil
}

// named returns the users whom a note mentions, by themselves or with their team, and who may see the conversation.
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
