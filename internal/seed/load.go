package seed

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/parleydesk/parley/db"
)

// loaded are the tables that are filled with COPY, parents first.
var loaded = [...]string{
	"contacts", "contact_inboxes", "conversations", "messages", "attachments", "participants", "reporting_events",
	"conversation_counts", "conversation_subjects",
}

// registerEnums registers our enums on a connection: COPY is binary, so pgx must know how to encode them.
func registerEnums(ctx context.Context, conn *pgx.Conn) error {
	types, err := conn.LoadTypes(ctx, []string{
		"conversation_status", "conversation_priority", "message_kind", "content_type", "sender_kind", "delivery", "file_kind",
	})
	if err != nil {
		return err
	}
	conn.TypeMap().RegisterTypes(types)
	return nil
}

// load writes the world to the database. Other writers wait, and readers see nothing of it before it is committed.
func (w *world) load(ctx context.Context, tx pgx.Tx) error {
	for _, table := range loaded {
		if _, err := tx.Exec(ctx, "LOCK TABLE "+table+" IN SHARE ROW EXCLUSIVE MODE"); err != nil {
			return err
		}
	}
	w.tally()
	if err := w.takeIDs(ctx, tx); err != nil {
		return err
	}
	var rebuild []string
	if w.Conversations >= large {
		var err error
		if rebuild, err = strip(ctx, tx); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(
		ctx,
		"ALTER TABLE conversations DISABLE TRIGGER conversations_count_insert, DISABLE TRIGGER conversations_subject_insert",
	); err != nil {
		return err
	}
	if err := w.noteBlobs(ctx, db.New(tx)); err != nil {
		return err
	}
	if err := w.copyAll(ctx, tx); err != nil {
		return err
	}
	if _, err := tx.Exec(
		ctx,
		"ALTER TABLE conversations ENABLE TRIGGER conversations_count_insert, ENABLE TRIGGER conversations_subject_insert",
	); err != nil {
		return err
	}
	err := db.New(tx).SeedConversationCounts(ctx, w.AccountID, w.firstConversation)
	if err != nil {
		return err
	}
	if err := db.New(tx).SeedSubjects(ctx, w.AccountID, w.firstConversation); err != nil {
		return err
	}
	return restore(ctx, tx, rebuild)
}

// noteBlobs adds the account's blobs.
func (w *world) noteBlobs(ctx context.Context, q *db.Queries) error {
	for _, f := range w.blobs {
		err := q.UpsertBlob(ctx, db.UpsertBlobParams{AccountID: w.AccountID, Hash: *f.hash, Size: f.size, ContentType: f.contentType})
		if err != nil {
			return err
		}
		if f.thumb == nil {
			continue
		}
		if err := q.SetThumbnail(ctx, *f.hash, f.thumb); err != nil {
			return err
		}
	}
	return nil
}

// tally computes all plans once, for what the first rows need: the number of messages, and the time of each customer's
// first and last activity.
func (w *world) tally() {
	w.seen, w.since = make([]int64, w.Contacts), make([]int64, w.Contacts)
	w.messages = 0
	for i := range w.Conversations {
		p := w.plan(i)
		w.messages += len(p.steps)
		if began := p.created.UnixMicro(); w.since[p.customer] == 0 || began < w.since[p.customer] {
			w.since[p.customer] = began
		}
		for _, s := range p.steps {
			if s.kind == db.MessageKindIncoming {
				w.seen[p.customer] = max(w.seen[p.customer], s.at.UnixMicro())
			}
			w.files += len(s.files)
		}
	}
}

// takeIDs reserves ids from the tables' sequences. The locks keep others from taking any meanwhile.
func (w *world) takeIDs(ctx context.Context, tx pgx.Tx) error {
	for _, want := range []struct {
		table string
		n     int
		first *int64
	}{
		{"contacts", w.Contacts, &w.firstContact},
		{"contact_inboxes", w.Contacts, &w.firstContactInbox},
		{"conversations", w.Conversations, &w.firstConversation},
		{"messages", w.messages, &w.firstMessage},
		{"attachments", w.files, &w.firstFile},
		// Reporting events refer to events, which made data does not have, so they get ids that no event will have.
		{"events", w.messages, &w.firstEvent},
	} {
		if want.n == 0 {
			continue
		}
		err := tx.QueryRow(ctx, `SELECT setval(s, nextval(s) + $2 - 1) - $2 + 1 FROM (SELECT pg_get_serial_sequence($1, 'id')::regclass AS s) t`,
			want.table, want.n).Scan(want.first)
		if err != nil {
			return fmt.Errorf("ids of %s: %w", want.table, err)
		}
	}
	last, err := db.New(tx).SeedDisplayIDs(ctx, int64(w.Conversations), w.AccountID)
	w.firstDisplay = last - int64(w.Conversations) + 1
	return err
}

func (w *world) copyAll(ctx context.Context, tx pgx.Tx) error {
	for _, t := range []struct {
		table   string
		columns []string
		rows    iter.Seq[[]any]
	}{
		{
			"contacts",
			[]string{
				"account_id", "id", "name", "email", "phone_number", "identifier", "blocked", "labels", "additional_attributes",
				"custom_attributes", "last_activity_at", "created_at", "updated_at",
			},
			w.contacts(),
		},
		{"contact_inboxes", []string{"account_id", "id", "contact_id", "inbox_id", "source_id", "created_at", "updated_at"}, w.contactInboxes()},
		{"conversations", []string{
			"account_id", "id", "display_id", "uuid", "inbox_id", "contact_id", "contact_inbox_id", "status", "priority",
			"assignee_id", "team_id", "subject", "labels",
			"snoozed_until", "last_message_id", "last_talk_id", "last_public_id", "last_public_at", "last_incoming_id",
			"last_incoming_at", "last_activity_at",
			"waiting_since", "first_reply_at", "unread_count", "agents_read_up_to", "agent_last_seen_at",
			"assignee_last_seen_at", "created_at", "updated_at",
		}, w.conversations()},
		{
			"messages",
			[]string{
				"account_id", "id", "conversation_id", "inbox_id", "kind", "private", "content_type", "content",
				"content_attributes", "sender_kind", "sender_id", "delivery", "error", "uuid", "attachment_count", "created_at",
				"updated_at",
			},
			w.messageRows(),
		},
		{
			"attachments",
			[]string{
				"account_id", "id", "message_id", "conversation_id", "file_kind", "name", "content_type", "size", "blob_hash",
				"width", "height", "created_at",
			},
			w.attachments(),
		},
		{"participants", []string{"account_id", "conversation_id", "user_id", "created_at"}, w.participants()},
		{
			"reporting_events",
			[]string{
				"account_id", "event_id", "name", "value", "value_in_business_hours", "inbox_id", "user_id", "team_id",
				"conversation_id", "started_at", "ended_at",
			},
			w.reportingEvents(),
		},
	} {
		next, stop := iter.Pull(t.rows)
		_, err := tx.CopyFrom(ctx, pgx.Identifier{t.table}, t.columns, pgx.CopyFromFunc(func() ([]any, error) {
			row, ok := next()
			if !ok {
				return nil, nil
			}
			return row, ctx.Err()
		}))
		stop()
		if err != nil {
			return fmt.Errorf("copy %s: %w", t.table, err)
		}
	}
	return nil
}

func (w *world) contacts() iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for i := range w.Contacts {
			c := w.customer(i)
			labels := c.labels
			if labels == nil {
				labels = []string{}
			}
			since := w.firstSeenAt(i)
			var seen *time.Time
			if w.seen[i] != 0 {
				at := time.UnixMicro(w.seen[i])
				seen = &at
			}
			if !yield([]any{
				w.AccountID, w.firstContact + int64(i), c.name, c.email, c.phone, c.identifier, c.blocked, labels,
				orObject(c.additional), orObject(c.custom), seen, since, since,
			}) {
				return
			}
		}
	}
}

// firstSeenAt returns when a contact was created: with its first conversation, or at a made time if it has none.
func (w *world) firstSeenAt(i int) time.Time {
	if w.since[i] != 0 {
		return time.UnixMicro(w.since[i])
	}
	return w.Now.Add(-time.Duration(w.dice(ofTime, uint64(i)).Int64N(int64(span)))).Truncate(time.Microsecond)
}

func orObject(s string) []byte {
	if s == "" {
		s = "{}"
	}
	return []byte(s)
}

func (w *world) contactInboxes() iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for i := range w.Contacts {
			c, since := w.customer(i), w.firstSeenAt(i)
			if !yield([]any{w.AccountID, w.firstContactInbox + int64(i), w.firstContact + int64(i), w.inboxes[c.inbox].id, c.source, since, since}) {
				return
			}
		}
	}
}

// conversations yields the conversations in the order in which they ended.
func (w *world) conversations() iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for s := range w.weave() {
			if s.k+1 < len(s.plan.steps) {
				continue
			}
			c := &s.row
			if !yield([]any{
				c.AccountID, c.ID, c.DisplayID, [16]byte(c.Uuid), c.InboxID, c.ContactID, c.ContactInboxID, string(c.Status),
				(*string)(c.Priority), c.AssigneeID, c.TeamID,
				c.Subject, c.Labels, c.SnoozedUntil, c.LastMessageID, c.LastTalkID, c.LastPublicID, c.LastPublicAt, c.LastIncomingID, c.LastIncomingAt,
				c.LastActivityAt, c.WaitingSince, c.FirstReplyAt, c.UnreadCount, c.AgentsReadUpTo, c.AgentLastSeenAt,
				c.AssigneeLastSeenAt, c.CreatedAt, c.UpdatedAt,
			}) {
				return
			}
		}
	}
}

func (w *world) messageRows() iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for s := range w.weave() {
			m := &s.plan.steps[s.k]
			kind, id := w.sender(s)
			delivery := m.delivery
			if delivery == "" {
				delivery = deliveryOf(m)
			}
			content, attributes, contentType := any(w.text(s.plan, s.k)), []byte("{}"), string(db.ContentTypeText)
			if m.cards != "" {
				attributes, contentType = []byte(m.cards), string(db.ContentTypeCards)
			}
			if !yield([]any{
				w.AccountID, s.id, s.row.ID, s.row.InboxID, string(m.kind), m.private, contentType, content, attributes, kind, id, string(delivery),
				m.failure, [16]byte(uuidFrom(w.dice(ofUUID, uint64(s.id)|1<<62))), int16(len(m.files)), m.at, m.at,
			}) {
				return
			}
		}
	}
}

func (w *world) sender(s placedStep) (kind *string, id *int64) {
	m := &s.plan.steps[s.k]
	var k string
	switch m.kind {
	case db.MessageKindIncoming:
		k = string(db.SenderKindContact)
		return &k, &s.row.ContactID
	case db.MessageKindOutgoing:
		if m.cards != "" {
			return nil, nil
		}
		k = string(db.SenderKindUser)
		return &k, &w.agents[m.by].id
	}
	return nil, nil
}

func deliveryOf(m *step) db.Delivery {
	if m.kind == db.MessageKindOutgoing && !m.private {
		return db.DeliveryDelivered
	}
	return db.DeliverySent
}

func (w *world) attachments() iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		if w.files == 0 {
			return
		}
		id := w.firstFile
		for s := range w.weave() {
			for _, f := range s.plan.steps[s.k].files {
				if !yield([]any{
					w.AccountID, id, s.id, s.row.ID, string(f.kind), f.name, f.contentType, f.size, f.hash, f.width,
					f.height, s.plan.steps[s.k].at,
				}) {
					return
				}
				id++
			}
		}
	}
}

// participants yields the assignees as participants of their conversations.
func (w *world) participants() iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for i := range w.Conversations {
			p := w.plan(i)
			if p.assignee >= 0 && !yield([]any{w.AccountID, w.firstConversation + int64(i), w.agents[p.assignee].id, p.created}) {
				return
			}
		}
	}
}
