package desk

import (
	"context"
	"slices"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
)

// Label sets a conversation's labels to exactly these titles. They need not be offered by the account.
func (t *Tx) Label(ctx context.Context, conversationID int64, titles []string) error {
	titles, err := tidyLabels(titles)
	if err != nil {
		return err
	}
	c, err := t.lock(ctx, conversationID)
	if err != nil {
		return err
	}
	added, removed := without(titles, c.Labels), without(c.Labels, titles)
	if len(added)+len(removed) == 0 {
		return nil
	}
	before := c.Labels
	c.Labels, c.UpdatedAt = titles, t.Now
	err = t.q.SetConversationLabels(ctx, db.SetConversationLabelsParams{AccountID: c.AccountID, ID: c.ID, Labels: titles, UpdatedAt: t.Now})
	if err != nil {
		return err
	}
	err = t.record(ctx, ConversationLabelled, subject{conversation: c}, Data{Changed: map[string][2]any{"labels": {before, titles}}})
	if err != nil || !t.Actor.speaks() {
		return err
	}
	if len(added) > 0 {
		if err := t.say(ctx, c, t.Actor.Name+" added "+strings.Join(added, ", ")); err != nil {
			return err
		}
	}
	if len(removed) > 0 {
		return t.say(ctx, c, t.Actor.Name+" removed "+strings.Join(removed, ", "))
	}
	return nil
}

// AddLabels and RemoveLabels change a conversation's labels without knowing the others.
func (t *Tx) AddLabels(ctx context.Context, conversationID int64, titles []string) error {
	c, err := t.lock(ctx, conversationID)
	if err != nil {
		return err
	}
	return t.Label(ctx, conversationID, append(slices.Clone(c.Labels), titles...))
}

// RemoveLabels takes titles away; those that are not there are passed over.
func (t *Tx) RemoveLabels(ctx context.Context, conversationID int64, titles []string) error {
	c, err := t.lock(ctx, conversationID)
	if err != nil {
		return err
	}
	return t.Label(ctx, conversationID, without(c.Labels, titles))
}

// tidyLabels trims, drops blanks and doubles, and keeps the order.
func tidyLabels(titles []string) ([]string, error) {
	out := []string{}
	for _, title := range titles {
		title = strings.TrimSpace(title)
		if len(title) > 255 {
			return nil, fault.Field("labels", "Labels are too long (maximum is 255 characters)")
		}
		if title != "" && !slices.Contains(out, title) {
			out = append(out, title)
		}
	}
	return out, nil
}

func without(all, these []string) []string {
	out := []string{}
	for _, s := range all {
		if !slices.Contains(these, s) {
			out = append(out, s)
		}
	}
	return out
}
