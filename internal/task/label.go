package task

import (
	"context"
	"slices"

	"github.com/riverqueue/river"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/job"
)

// labelBatch is how many rows one transaction relabels, few enough that others do not wait long for their locks.
const labelBatch = 50

// replaceLabel renames a label on everything that has it, in batches. Each batch is committed, so a second run begins
// where the first stopped. The actor is the system, which adds no activity to the threads.
func (c *Tasks) replaceLabel(ctx context.Context, args job.ReplaceLabel) error {
	end := c.now().Add(shift)
	for _, batch := range []func(context.Context, job.ReplaceLabel) (bool, error){c.relabelConversations, c.relabelContacts} {
		for {
			more, err := batch(ctx, args)
			if err != nil {
				return err
			}
			if !more {
				break
			}
			if c.now().After(end) {
				return river.JobSnooze(0)
			}
		}
	}
	return nil
}

func (c *Tasks) relabelConversations(ctx context.Context, args job.ReplaceLabel) (more bool, err error) {
	rows, err := c.q.ListLabelledConversations(ctx, db.ListLabelledConversationsParams{
		AccountID: args.AccountID,
		Title:     args.From,
		PageSize:  labelBatch,
	})
	if err != nil || len(rows) == 0 {
		return false, err
	}
	err = c.desk.Do(ctx, desk.System(args.AccountID), func(t *desk.Tx) error {
		for _, row := range rows {
			conversation, err := t.Conversation(ctx, row.DisplayID)
			if db.IsNone(err) {
				continue
			}
			if err != nil {
				return err
			}
			if err := t.Label(ctx, conversation.ID, replaced(conversation.Labels, args)); err != nil {
				return err
			}
		}
		return nil
	})
	return len(rows) == labelBatch, err
}

func (c *Tasks) relabelContacts(ctx context.Context, args job.ReplaceLabel) (more bool, err error) {
	ids, err := c.q.ListLabelledContacts(
		ctx,
		db.ListLabelledContactsParams{AccountID: args.AccountID, Title: args.From, PageSize: labelBatch},
	)
	if err != nil || len(ids) == 0 {
		return false, err
	}
	err = c.desk.Do(ctx, desk.System(args.AccountID), func(t *desk.Tx) error {
		for _, id := range ids {
			contact, err := t.Queries().LockContact(ctx, args.AccountID, id)
			if db.IsNone(err) {
				continue
			}
			if err != nil {
				return err
			}
			if _, err := t.UpdateContact(ctx, id, desk.ContactInput{Labels: replaced(contact.Labels, args)}); err != nil {
				return err
			}
		}
		return nil
	})
	return len(ids) == labelBatch, err
}

// replaced returns the titles with the new one in place of the old one, or without the old one if there is no new
// title. It keeps each title once.
func replaced(labels []string, args job.ReplaceLabel) []string {
	out := []string{}
	for _, title := range labels {
		if title == args.From {
			title = args.To
		}
		if title != "" && !slices.Contains(out, title) {
			out = append(out, title)
		}
	}
	return out
}
