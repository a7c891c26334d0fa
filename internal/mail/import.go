package mail

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"

	"github.com/parleydesk/parley/db"
)

// Mbox imports mailbox files into an inbox. A run after an interrupted one continues there, and a second run posts
// nothing twice.
type Mbox struct {
	Receiver
	Log *slog.Logger
}

// Report counts what became of the mails of a file.
type Report struct {
	Mails         int       `json:"mails"`
	Posted        int       `json:"posted"`
	Already       int       `json:"already"` // posted by an earlier run, or twice in the file
	Quarantined   int       `json:"quarantined"`
	Conversations int       `json:"conversations"` // opened by this run
	Failures      []Failure `json:"failures,omitempty"`
}

// Failure is a stored mail that could not be posted.
type Failure struct {
	Offset int64  `json:"offset"` // of its start in the file
	Key    string `json:"key"`    // its Message-ID, or the hash of its bytes
	Reason string `json:"reason"`
}

// waiting is a mail of the file that has not been posted yet.
type waiting struct {
	entry
	offset int64
}

// Import imports a file. It posts mails in the order of their dates, because threads show messages in the order of
// posting. It returns errors of the file, the store or the database. A mail that cannot be posted only counts in the
// report.
func (m *Mbox) Import(ctx context.Context, file io.Reader) (Report, error) {
	var r Report
	known, err := m.recall(ctx)
	if err != nil {
		return r, err
	}
	all, err := m.store(ctx, file, known, &r)
	if err != nil {
		return r, err
	}
	slices.SortStableFunc(all, func(a, b waiting) int { return a.at.Compare(b.at) })
	for i, w := range all {
		o, err := m.post(ctx, known, w.entry)
		if err != nil {
			return r, fmt.Errorf("the mail at byte %d: %w", w.offset, err)
		}
		m.count(&r, w, o)
		if (i+1)%1000 == 0 {
			m.Log.Info("importing", "posted", r.Posted, "of", len(all))
		}
	}
	return r, nil
}

// store enters every mail of the file in the ledger and returns those that are not posted.
func (m *Mbox) store(ctx context.Context, file io.Reader, known *memory, r *Report) ([]waiting, error) {
	var all []waiting
	seen := map[string]bool{}
	for raw, err := range ReadMbox(file) {
		if err != nil {
			return nil, err
		}
		r.Mails++
		head := peek(raw.Bytes)
		e := entry{at: sane(head.Date, raw.Date), key: key(head.MessageID, raw.Bytes), truncated: raw.Truncated}
		if seen[e.key] {
			r.Already++
			continue
		}
		seen[e.key] = true
		row, err := m.enter(ctx, e.key, raw.Bytes)
		if err != nil {
			return nil, err
		}
		if row.State == db.MailStatePosted {
			r.Already++
			if row.ConversationID != nil {
				known.remember(head, *row.ConversationID)
			}
			continue
		}
		e.id, e.hash = row.ID, row.BlobHash
		all = append(all, waiting{e, raw.Offset})
	}
	return all, nil
}

// count adds a mail to the report.
func (m *Mbox) count(r *Report, w waiting, o Outcome) {
	switch {
	case o.Already:
		r.Already++
	case o.State == db.MailStateQuarantined:
		r.Quarantined++
		r.Failures = append(r.Failures, Failure{w.offset, o.Key, o.Reason})
		m.Log.Warn("a mail was kept but not posted", "offset", w.offset, "key", o.Key, "reason", o.Reason)
	default:
		r.Posted++
	}
	if o.Opened {
		r.Conversations++
	}
}
