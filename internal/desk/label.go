package desk

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/job"
)

// Label sets a conversation's labels to exactly these titles. They need not exist as labels of the account.
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
	err = t.q.SetConversationLabels(
		ctx,
		db.SetConversationLabelsParams{AccountID: c.AccountID, ID: c.ID, Labels: titles, UpdatedAt: t.Now},
	)
	if err != nil {
		return err
	}
	err = t.record(
		ctx,
		ConversationLabelled,
		subject{conversation: c},
		Data{Changed: map[string][2]any{"labels": {before, titles}}},
	)
	if err != nil || !t.Actor.speaks() {
		return err
	}
	if len(added) > 0 {
		if err := t.postActivity(ctx, c, t.Actor.Name+" added "+strings.Join(added, ", ")); err != nil {
			return err
		}
	}
	if len(removed) > 0 {
		return t.postActivity(ctx, c, t.Actor.Name+" removed "+strings.Join(removed, ", "))
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

// RemoveLabels removes titles; those that are not there are ignored.
func (t *Tx) RemoveLabels(ctx context.Context, conversationID int64, titles []string) error {
	c, err := t.lock(ctx, conversationID)
	if err != nil {
		return err
	}
	return t.Label(ctx, conversationID, without(c.Labels, titles))
}

// tidyLabels trims titles, drops blanks and duplicates, and keeps the order.
func tidyLabels(titles []string) ([]string, error) {
	out := []string{}
	for _, title := range titles {
		title = strings.TrimSpace(title)
		if utf8.RuneCountInString(title) > 255 {
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

// CreateLabel adds a label that has been checked. Administrators only.
func (t *Tx) CreateLabel(ctx context.Context, l db.Label) (db.Label, error) {
	if err := t.requireAdmin(); err != nil {
		return l, err
	}
	l, err := t.q.InsertLabel(ctx, db.InsertLabelParams{
		AccountID:     t.Account(),
		Title:         l.Title,
		Description:   l.Description,
		Color:         l.Color,
		ShowOnSidebar: l.ShowOnSidebar,
	})
	if err != nil {
		return l, err
	}
	return l, t.record(ctx, LabelCreated, subject{}, Data{LabelID: l.ID})
}

// UpdateLabel lets fn change a label; a job gives the new title to everything that carries it. It records no event if
// nothing changed. Administrators only.
func (t *Tx) UpdateLabel(ctx context.Context, id int64, fn func(l *db.Label) error) (db.Label, error) {
	if err := t.requireAdmin(); err != nil {
		return db.Label{}, err
	}
	l, err := t.q.LockLabel(ctx, t.Account(), id)
	if err != nil {
		return l, err
	}
	before := l
	if err := fn(&l); err != nil || l == before {
		return l, err
	}
	l, err = t.q.UpdateLabel(ctx, db.UpdateLabelParams{
		AccountID:     l.AccountID,
		ID:            l.ID,
		Title:         l.Title,
		Description:   l.Description,
		Color:         l.Color,
		ShowOnSidebar: l.ShowOnSidebar,
	})
	if err != nil {
		return l, err
	}
	changed := differences(map[string][2]any{
		"title": {before.Title, l.Title}, "description": {before.Description, l.Description}, "color": {before.Color, l.Color},
		"show_on_sidebar": {before.ShowOnSidebar, l.ShowOnSidebar},
	})
	if err := t.record(ctx, LabelUpdated, subject{}, Data{LabelID: l.ID, Changed: changed}); err != nil {
		return l, err
	}
	if l.Title == before.Title {
		return l, nil
	}
	return l, t.Enqueue(ctx, job.ReplaceLabel{AccountID: l.AccountID, From: before.Title, To: l.Title})
}

// DeleteLabel deletes a label; a job removes its title from everything that carries it. Administrators only.
func (t *Tx) DeleteLabel(ctx context.Context, id int64) error {
	if err := t.requireAdmin(); err != nil {
		return err
	}
	l, err := t.q.LockLabel(ctx, t.Account(), id)
	if err != nil {
		return err
	}
	if _, err := t.q.DeleteLabel(ctx, l.AccountID, l.ID); err != nil {
		return err
	}
	if err := t.record(ctx, LabelDeleted, subject{}, Data{LabelID: l.ID}); err != nil {
		return err
	}
	return t.Enqueue(ctx, job.ReplaceLabel{AccountID: l.AccountID, From: l.Title})
}
