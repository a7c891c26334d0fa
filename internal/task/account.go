package task

import (
	"context"

	"github.com/riverqueue/river"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/job"
)

// accountBatch is how many rows of a deleted account one transaction deletes.
const accountBatch = 5000

// deleteAccount deletes the rows of an account that is marked as deleted, some in each transaction, and the account
// last. It does nothing for other accounts.
func (c *Tasks) deleteAccount(ctx context.Context, args job.DeleteAccount) error {
	account, err := c.q.GetAccount(ctx, args.AccountID)
	if db.IsNone(err) || err == nil && account.Status != db.AccountStatusDeleted {
		return nil
	}
	if err != nil {
		return err
	}
	for end := c.now().Add(shift); ; {
		more, err := db.ClearAccount(ctx, c.pool, args.AccountID, accountBatch)
		if err != nil || !more {
			return err
		}
		if c.now().After(end) {
			return river.JobSnooze(0)
		}
	}
}
