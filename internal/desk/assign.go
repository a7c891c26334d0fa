package desk

import (
	"context"
	"slices"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
)

// Assign assigns a conversation to a user and replaces the former assignee. fault.NotFound if the user is no member
// of the account. The user need not be a member of the inbox: an administrator may bring a colleague in.
func (t *Tx) Assign(ctx context.Context, conversationID, userID int64) error {
	c, err := t.lock(ctx, conversationID)
	if err != nil {
		return err
	}
	if c.AssigneeID != nil && *c.AssigneeID == userID && c.AssigneeBotID == nil {
		return nil
	}
	member, err := t.q.GetMember(ctx, t.Account(), userID)
	if db.IsNone(err) {
		return fault.NotFound
	}
	if err != nil {
		return err
	}
	if err := t.setAssignee(ctx, c, &userID, nil); err != nil {
		return err
	}
	if _, err := t.q.AddParticipant(ctx, db.AddParticipantParams{
		AccountID: c.AccountID, ConversationID: c.ID, UserID: userID, At: t.Now,
	}); err != nil {
		return err
	}
	if !t.Actor.speaks() {
		return nil
	}
	if t.Actor.Kind == db.ActorKindUser && t.Actor.ID == userID {
		return t.postActivity(ctx, c, t.Actor.Name+" self-assigned this conversation")
	}
	return t.postActivity(ctx, c, "Assigned to "+member.User.Name+" by "+t.Actor.Name)
}

// AssignBot assigns a conversation to a bot and replaces the former assignee. fault.NotFound for an unknown bot.
func (t *Tx) AssignBot(ctx context.Context, conversationID, botID int64) error {
	c, err := t.lock(ctx, conversationID)
	if err != nil {
		return err
	}
	bot, err := t.q.GetAgentBot(ctx, t.Account(), botID)
	if db.IsNone(err) {
		return fault.NotFound
	}
	if err != nil {
		return err
	}
	if c.AssigneeID == nil && c.AssigneeBotID != nil && *c.AssigneeBotID == botID {
		return nil
	}
	if err := t.setAssignee(ctx, c, nil, &botID); err != nil {
		return err
	}
	if !t.Actor.speaks() {
		return nil
	}
	return t.postActivity(ctx, c, "Assigned to "+bot.Name+" by "+t.Actor.Name)
}

// Unassign removes the assignee; the team stays. It does nothing if there is no assignee.
func (t *Tx) Unassign(ctx context.Context, conversationID int64) error {
	c, err := t.lock(ctx, conversationID)
	if err != nil {
		return err
	}
	if c.AssigneeID == nil && c.AssigneeBotID == nil {
		return nil
	}
	if err := t.setAssignee(ctx, c, nil, nil); err != nil {
		return err
	}
	if !t.Actor.speaks() {
		return nil
	}
	return t.postActivity(ctx, c, "Conversation unassigned by "+t.Actor.Name)
}

// takeFrom unassigns a conversation whose assignee was removed from the account. It was not whoever removed them who
// unassigned it.
func (t *Tx) takeFrom(ctx context.Context, conversationID int64, former string) error {
	c, err := t.lock(ctx, conversationID)
	if err != nil || c.AssigneeID == nil {
		return err
	}
	if err := t.setAssignee(ctx, c, nil, nil); err != nil {
		return err
	}
	return t.postActivity(ctx, c, "Conversation was unassigned by system because "+former+" was removed from the account")
}

// SetTeam assigns a conversation to a team, or to none. An assignee who is not in the new team is removed. If no
// assignee is left and the team assigns automatically, an online member of the team who works in the inbox is
// assigned.
func (t *Tx) SetTeam(ctx context.Context, conversationID int64, teamID *int64) error {
	c, err := t.lock(ctx, conversationID)
	if err != nil {
		return err
	}
	if same(c.TeamID, teamID) {
		return nil
	}
	before := c.TeamID
	sentence := "Removed from its team by " + t.Actor.Name
	var team db.Team
	if teamID != nil {
		team, err = t.q.GetTeam(ctx, t.Account(), *teamID)
		if db.IsNone(err) {
			return fault.NotFound
		}
		if err != nil {
			return err
		}
		sentence = "Assigned to " + team.Name + " by " + t.Actor.Name
	} else if old, err := t.q.GetTeam(ctx, t.Account(), *before); err == nil {
		sentence = "Unassigned from " + old.Name + " by " + t.Actor.Name
	}
	c.TeamID = teamID
	if err := t.q.SetConversationTeam(ctx, db.SetConversationTeamParams{
		AccountID: c.AccountID,
		ID:        c.ID,
		TeamID:    teamID,
		UpdatedAt: t.Now,
	}); err != nil {
		return err
	}
	err = t.record(
		ctx,
		ConversationTeamChanged,
		subject{conversation: c},
		Data{Changed: map[string][2]any{"team_id": {before, teamID}}},
	)
	if err != nil {
		return err
	}
	if before != nil {
		t.poke("conversation:"+id(c.DisplayID), c.InboxID, before)
	}
	if teamID != nil {
		had := c.AssigneeID
		if err := t.assignWithin(ctx, c, team); err != nil {
			return err
		}
		if c.AssigneeID != nil && !same(had, c.AssigneeID) { // one activity line shows both changes
			member, err := t.q.GetMember(ctx, t.Account(), *c.AssigneeID)
			if err != nil {
				return err
			}
			sentence = "Assigned to " + member.User.Name + " via " + team.Name + " by " + t.Actor.Name
		}
	}
	if !t.Actor.speaks() {
		return nil
	}
	return t.postActivity(ctx, c, sentence)
}

// assignWithin removes an assignee who is not in the team, and assigns a member of the team.
func (t *Tx) assignWithin(ctx context.Context, c *db.Conversation, team db.Team) error {
	if c.AssigneeID != nil {
		in, err := t.q.IsTeamMember(ctx, db.IsTeamMemberParams{AccountID: c.AccountID, TeamID: team.ID, UserID: *c.AssigneeID})
		if err != nil || in {
			return err
		}
		if err := t.setAssignee(ctx, c, nil, nil); err != nil {
			return err
		}
	}
	if !team.AllowAutoAssign {
		return nil
	}
	inbox, err := t.q.LockInbox(ctx, c.AccountID, c.InboxID)
	if err != nil {
		return err
	}
	return t.roundRobin(ctx, c, inbox)
}

// autoAssign assigns an open conversation without an assignee to the next online member of its inbox.
func (t *Tx) autoAssign(ctx context.Context, c *db.Conversation) error {
	if c.Status != db.ConversationStatusOpen || c.AssigneeBotID != nil {
		return nil
	}
	inbox, err := t.q.GetInbox(ctx, c.AccountID, c.InboxID)
	if err != nil || !inbox.EnableAutoAssignment {
		return err
	}
	if c.AssigneeID != nil {
		in, err := t.q.IsInboxMember(
			ctx,
			db.IsInboxMemberParams{AccountID: c.AccountID, InboxID: c.InboxID, UserID: *c.AssigneeID},
		)
		if err != nil || in {
			return err
		}
	}
	if c.TeamID != nil {
		team, err := t.q.GetTeam(ctx, c.AccountID, *c.TeamID)
		if err != nil || !team.AllowAutoAssign {
			return err
		}
	}
	online, err := t.online(ctx, c)
	if err != nil || len(online) == 0 {
		return err
	}
	// The queue is stored in the inbox's row. Its lock is always taken after the conversation's.
	if inbox, err = t.q.LockInbox(ctx, c.AccountID, c.InboxID); err != nil {
		return err
	}
	had := c.AssigneeID
	if err := t.roundRobin(ctx, c, inbox); err != nil || same(had, c.AssigneeID) {
		return err
	}
	member, err := t.q.GetMember(ctx, t.Account(), *c.AssigneeID)
	if err != nil {
		return err
	}
	return t.postActivity(ctx, c, "Assigned to "+member.User.Name+" by "+inbox.Name)
}

func (t *Tx) online(ctx context.Context, c *db.Conversation) ([]int64, error) {
	return t.q.ListOnlineInboxMembers(ctx, db.ListOnlineInboxMembersParams{
		AccountID: c.AccountID, InboxID: c.InboxID, SeenAfter: t.Now.Add(-db.OnlineFor), TeamID: c.TeamID,
	})
}

// roundRobin assigns the eligible member nearest to the end of the inbox's queue and moves them to its front.
func (t *Tx) roundRobin(ctx context.Context, c *db.Conversation, inbox db.Inbox) error {
	online, err := t.online(ctx, c)
	if err != nil || len(online) == 0 {
		return err
	}
	queue := inbox.AssignmentQueue
	for _, userID := range online {
		if !slices.Contains(queue, userID) {
			queue = append(queue, userID)
		}
	}
	for i := len(queue) - 1; i >= 0; i-- {
		if !slices.Contains(online, queue[i]) {
			continue
		}
		chosen := queue[i]
		queue = append([]int64{chosen}, slices.Delete(queue, i, i+1)...)
		if err := t.q.SetAssignmentQueue(ctx, db.SetAssignmentQueueParams{
			AccountID:       c.AccountID,
			ID:              inbox.ID,
			AssignmentQueue: queue,
		}); err != nil {
			return err
		}
		if err := t.setAssignee(ctx, c, &chosen, nil); err != nil {
			return err
		}
		_, err := t.q.AddParticipant(ctx, db.AddParticipantParams{
			AccountID: c.AccountID, ConversationID: c.ID, UserID: chosen, At: t.Now,
		})
		return err
	}
	return nil
}

func (t *Tx) setAssignee(ctx context.Context, c *db.Conversation, userID, botID *int64) error {
	changed := map[string][2]any{}
	if !same(c.AssigneeID, userID) {
		changed["assignee_id"] = [2]any{c.AssigneeID, userID}
	}
	if !same(c.AssigneeBotID, botID) {
		changed["assignee_bot_id"] = [2]any{c.AssigneeBotID, botID}
	}
	c.AssigneeID, c.AssigneeBotID, c.UpdatedAt = userID, botID, t.Now
	err := t.q.SetConversationAssignee(ctx, db.SetConversationAssigneeParams{
		AccountID: c.AccountID, ID: c.ID, AssigneeID: userID, AssigneeBotID: botID, UpdatedAt: t.Now,
	})
	if err != nil {
		return err
	}
	return t.record(ctx, ConversationAssigned, subject{conversation: c}, Data{Changed: changed})
}

// checkAssignable refuses a user who is no member of the account.
func (t *Tx) checkAssignable(ctx context.Context, userID *int64) error {
	if userID == nil {
		return nil
	}
	if _, err := t.q.GetMember(ctx, t.Account(), *userID); err != nil {
		if db.IsNone(err) {
			return fault.Field("assignee_id", "Assignee must be a member of the account")
		}
		return err
	}
	return nil
}

func same[T comparable](a, b *T) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}
