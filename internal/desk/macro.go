package desk

import (
	"context"
	"encoding/json"
	"time"

	"github.com/parleydesk/parley/db"
)

// MacroFailed shows in the thread what a macro could not do, and notifies the user who ran it: they may have run it
// on many conversations and be on another page by now.
func (t *Tx) MacroFailed(ctx context.Context, conversationID, userID int64, failure string) error {
	m, err := t.Post(ctx, conversationID, NewMessage{Kind: db.MessageKindActivity, Content: &failure})
	if err != nil {
		return err
	}
	e, err := t.q.GetMessageEvent(ctx, db.GetMessageEventParams{AccountID: m.AccountID, ConversationID: conversationID, MessageID: m.ID})
	if err != nil {
		return err
	}
	notified, err := t.q.InsertNotifications(ctx, db.InsertNotificationsParams{
		AccountID: m.AccountID, UserIds: []int64{userID}, ConversationIds: []int64{conversationID},
		MessageIds: []int64{m.ID}, EventIds: []int64{e.ID},
		Kinds: []string{db.NoticeMacroFailed}, ActorKinds: []string{string(db.ActorKindSystem)}, ActorIds: []int64{0},
		Ats: []time.Time{t.Now},
	})
	if len(notified) > 0 {
		t.poke("notifications:"+id(userID), 0, nil)
	}
	return err
}

// RecordMacro records that a macro ran on a conversation, and returns the event's id: a webhook that the macro calls
// tells of it.
func (t *Tx) RecordMacro(ctx context.Context, conversationID int64) (int64, error) {
	c, err := t.lock(ctx, conversationID)
	if err != nil {
		return 0, err
	}
	data, err := json.Marshal(Data{DisplayID: c.DisplayID})
	if err != nil {
		return 0, err
	}
	return t.q.InsertEvent(ctx, db.InsertEventParams{
		AccountID: t.Account(), Kind: MacroExecuted, ActorKind: t.Actor.Kind, ActorID: t.Actor.idOrNil(), ConversationID: &c.ID,
		InboxID: &c.InboxID, TeamID: c.TeamID, ContactID: &c.ContactID, Data: data, CreatedAt: t.Now,
	})
}
