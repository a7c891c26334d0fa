package seed

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/blob"
)

// Demo fills a new installation: with the conversations of scenes.go as the current ones, and with made ones of the
// months before. It puts pictures and documents into the store.
func Demo(ctx context.Context, pool *pgxpool.Pool, passwords *auth.Passwords, store blob.Store) (Result, error) {
	o := Options{Conversations: 36 + len(scenes()), Messages: 4, Agents: 6, Contacts: 40 + len(scenes()), Seed: 20377}.withDefaults()
	return in(ctx, pool, passwords, o, func(w *world) error {
		files, err := makeFiles(ctx, store)
		if err != nil {
			return err
		}
		w.blobs = files
		w.stage()
		return nil
	})
}

// stage merges the conversations of scenes.go with made ones, in the order in which they began.
func (w *world) stage() {
	written := scenes()
	w.customer = func(i int) customer {
		if i < len(written) {
			return w.cast(written[i], i)
		}
		return w.makeCustomer(i)
	}
	var all []*plan
	for i, s := range written {
		all = append(all, w.script(s, i))
	}
	for i := range w.Conversations - len(written) {
		all = append(all, w.past(i, len(written)))
	}
	slices.SortStableFunc(all, func(a, b *plan) int { return a.created.Compare(b.created) })
	for i, p := range all {
		p.index = i
	}
	w.plan = func(i int) *plan { return all[i] }
}

// past makes a conversation that ended some days to some months ago.
func (w *world) past(i, written int) *plan {
	p := w.makePlan(i)
	p.customer = written + i%(w.Contacts-written)
	p.who = w.customer(p.customer)
	in := w.inboxes[p.who.inbox]
	back := w.Now.Add(-time.Duration(3+i*i/12)*24*time.Hour - time.Duration(i%9)*47*time.Minute)
	p.created, p.status, p.snoozed, p.steps, p.assignee = back, db.ConversationStatusResolved, nil, nil, in.members[i%len(in.members)]
	p.subject = ""
	d := w.dice(ofPlan, uint64(i)+1<<32)
	p.topic = d.IntN(len(spoken(p.who.language).topics))
	if in.medium == byMail {
		p.subject = p.fill(spoken(p.who.language).topics[p.topic].subject, "", w.dice(ofSubject, uint64(i)))
	}
	p.labels = p.labels[:0]
	w.steps(p, in, d)
	p.read = len(p.steps)
	return p
}

// cast returns the customer of a scene.
func (w *world) cast(s scene, i int) customer {
	c := customer{
		name:     s.name,
		language: s.language,
		inbox:    s.inbox,
		custom:   s.custom,
		labels:   s.customerLabels,
		source:   uuidFrom(w.dice(ofCustomer, uint64(i))).String(),
	}
	if c.language == "" {
		c.language = "en"
	}
	if s.city != "" {
		c.additional = `{"city": "` + s.city + `"}`
	}
	if s.email != "" {
		c.email = &s.email
	}
	if s.phone != "" {
		c.phone = &s.phone
	}
	return c
}

// script returns the plan of a scene.
func (w *world) script(s scene, i int) *plan {
	p := &plan{
		customer: i, status: cmp.Or(
			s.status, db.ConversationStatusOpen,
		), assignee: s.assignee, team: s.team - 1, labels: s.labels, subject: s.subject,
		created: w.Now.Add(-s.messages[0].ago),
	}
	p.who = w.customer(i)
	if s.priority != "" {
		p.priority = &s.priority
	}
	if s.sleeps > 0 {
		until := w.Now.Add(s.sleeps).Truncate(time.Hour)
		p.snoozed = &until
	}
	for _, l := range s.messages {
		m := step{
			at:       w.Now.Add(-l.ago),
			text:     l.text,
			by:       l.by,
			kind:     db.MessageKindOutgoing,
			delivery: l.delivery,
			failure:  l.failure,
			cards:    l.cards,
		}
		switch {
		case l.by == them:
			m.kind, m.by = db.MessageKindIncoming, 0
		case l.by == nobody && l.cards == "":
			m.kind, m.by = db.MessageKindActivity, 0
		case l.note:
			m.private = true
		}
		if l.resolves {
			m.activity = resolved
		}
		for _, name := range l.files {
			m.files = append(m.files, w.blobs[name])
		}
		p.steps = append(p.steps, m)
	}
	p.read = len(p.steps) - s.unread
	return p
}
