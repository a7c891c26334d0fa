package db

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5/pgxpool"
)

// large lists the tables of an account that grow without limit, in an order in which no deletion cascades to rows
// that are not counted: what refers to a row goes before it. The other tables are small and are deleted with the
// account itself.
func large() []string {
	return []string{
		"webhook_attempts", "webhook_deliveries", "reporting_events", "notifications", "read_marks", "participants",
		"mentions", "csat_responses", "drafts",
		"inbound_mail", "message_translations", "attachments", "messages", "conversation_subjects", "conversations", "conversation_counts",
		"notes", "contact_inboxes", "contacts", "contact_import_failures", "contact_imports", "outgoing_mails", "rule_runs",
		"macro_runs", "blobs", "events",
	}
}

// ClearAccount deletes up to most rows of an account from one table, and the account itself when nothing else is
// left. It reports whether there is more to do. Each call is a transaction of its own, so it continues where it
// stopped.
func ClearAccount(ctx context.Context, pool *pgxpool.Pool, accountID int64, most int32) (more bool, err error) {
	for _, table := range large() {
		tag, err := pool.Exec(ctx, fmt.Sprintf(`
			DELETE FROM %[1]s WHERE ctid = ANY (ARRAY(SELECT ctid FROM %[1]s WHERE account_id = $1 LIMIT $2))`, table), accountID, most)
		if err != nil {
			return true, fmt.Errorf("clear %s: %w", table, err)
		}
		if tag.RowsAffected() > 0 {
			return true, nil
		}
	}
	_, err = pool.Exec(ctx, `
		WITH gone AS (DELETE FROM accounts WHERE id = $1 AND status = 'deleted' RETURNING id)
		DELETE FROM event_counters c USING gone WHERE c.account_id = gone.id`, accountID)
	return false, err
}
