package seed

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"github.com/parleydesk/parley/db"
)

// plan is the course of one conversation, without ids and texts.
type plan struct {
	index int
	// number determines order numbers and products.
	number   int
	customer int
	who      customer
	status   db.ConversationStatus
	// assignee is an index into people, -1 for nobody; team one into teams, -1 for none.
	assignee, team int
	priority       *db.ConversationPriority
	labels         []string
	topic          int
	// subject is set for made conversations only if the channel has subjects.
	subject string
	created time.Time
	snoozed *time.Time
	steps   []step
	// read is how many of the steps the team has read.
	read int
}

// step is one message of a plan.
type step struct {
	kind    db.MessageKind
	private bool
	// by is an index into people, or the customer for an incoming message.
	by       int
	at       time.Time
	activity saying
	// text is set in hand-written conversations; otherwise says determines the text.
	text     string
	delivery db.Delivery
	failure  string
	cards    string
	files    []file
}

type saying int

const (
	opener saying = iota
	reply
	further
	more
	thanks
	note
	assigned
	resolved
)

const span = 3 * 365 * 24 * time.Hour

// makePlan makes the i-th of the conversations, which begin in the order of their numbers.
func (w *world) makePlan(i int) *plan {
	d := w.dice(ofPlan, uint64(i))
	c := w.customerOf(d)
	who := w.customer(c)
	p := &plan{index: i, number: i, customer: c, who: who, created: w.beginning(i), assignee: -1, team: -1}
	in := w.inboxes[who.inbox]
	speech := spoken(who.language)
	p.topic = d.IntN(len(speech.topics))
	t := speech.topics[p.topic]
	if in.medium == byMail || in.medium == byProgram {
		p.subject = p.fill(t.subject, "", w.dice(ofSubject, uint64(i)))
	}
	if t.team > 0 && d.IntN(10) < 8 {
		p.team = t.team - 1
	}
	for _, l := range t.labels {
		if d.IntN(10) < 6 {
			p.labels = append(p.labels, l)
		}
	}
	if d.IntN(20) == 0 {
		p.labels = append(p.labels, "vip")
	}
	p.priority = priority(d)
	p.status = w.statusOf(p.created, d)
	w.steps(p, in, d)
	return p
}

// customerOf picks a customer: some write often, most once or twice.
func (w *world) customerOf(d *rand.Rand) int {
	u := d.Float64()
	return min(int(math.Pow(u, 1.6)*float64(w.Contacts)), w.Contacts-1)
}

// beginning spreads conversations over three years. Their number grows, and most begin by day.
func (w *world) beginning(i int) time.Time {
	u := (float64(i) + 0.5) / float64(w.Conversations)
	// The inverse of x(1+x)/2: twice as many a day at the end as at the beginning.
	x := (math.Sqrt(1+8*u) - 1) / 2
	at := w.Now.Add(-span).Add(time.Duration(x * float64(span)))
	midnight := at.Truncate(24 * time.Hour)
	part := float64(at.Sub(midnight)) / float64(24*time.Hour)
	switch { // the first twentieth of a day's conversations come by night, before seven
	case part < 0.05:
		part *= 7.0 / 24 / 0.05
	case part < 0.95:
		part = (7 + (part-0.05)*14/0.9) / 24
	default:
		part = (21 + (part-0.95)*3/0.05) / 24
	}
	at = midnight.Add(time.Duration(part * float64(24*time.Hour))).Truncate(time.Millisecond)
	if at.After(w.Now.Add(-time.Minute)) { // today is not over yet
		at = w.Now.Add(-time.Minute)
	}
	return at
}

func priority(d *rand.Rand) *db.ConversationPriority {
	var p db.ConversationPriority
	switch n := d.IntN(100); {
	case n < 75:
		return nil
	case n < 83:
		p = db.ConversationPriorityLow
	case n < 92:
		p = db.ConversationPriorityMedium
	case n < 98:
		p = db.ConversationPriorityHigh
	default:
		p = db.ConversationPriorityUrgent
	}
	return &p
}

// statusOf returns a status: new conversations are open, old ones resolved, except for a few.
func (w *world) statusOf(created time.Time, d *rand.Rand) db.ConversationStatus {
	open, pending, snoozed := 20, 6, 5 // in a thousand
	switch age := w.Now.Sub(created); {
	case age < 24*time.Hour:
		open, pending, snoozed = 600, 60, 30
	case age < 7*24*time.Hour:
		open, pending, snoozed = 200, 40, 40
	}
	switch n := d.IntN(1000); {
	case n < open:
		return db.ConversationStatusOpen
	case n < open+pending:
		return db.ConversationStatusPending
	case n < open+pending+snoozed:
		return db.ConversationStatusSnoozed
	}
	return db.ConversationStatusResolved
}

// steps makes the messages of a conversation: the customer asks, an agent takes the conversation, and they exchange
// messages.
func (w *world) steps(p *plan, in inboxSpec, d *rand.Rand) {
	n := 1 + int(d.ExpFloat64()*(float64(w.Messages)-0.5))
	n = min(n, 40*w.Messages)
	if w.Messages == 1 {
		n = 1
	}
	over := p.status == db.ConversationStatusResolved
	if d.IntN(100) < 90 || over && d.IntN(100) < 70 {
		p.assignee = in.members[d.IntN(len(in.members))]
	}
	at := p.created
	next := func(s step) {
		s.at = at
		p.steps = append(p.steps, s)
		at = at.Add(w.pause(in.medium, d))
	}
	next(step{kind: db.MessageKindIncoming, activity: opener})
	for k := 1; k < n; k++ {
		switch r := d.IntN(100); {
		case k == n-1 && over && p.assignee >= 0:
			next(step{kind: db.MessageKindActivity, by: p.assignee, activity: resolved})
		case k == 1 && n > 3 && p.assignee >= 0 && r < 60:
			next(step{kind: db.MessageKindActivity, by: p.assignee, activity: assigned})
		case r < 12:
			next(step{kind: db.MessageKindOutgoing, private: true, by: in.members[d.IntN(len(in.members))], activity: note})
		case r < 55 && p.assignee >= 0:
			next(step{kind: db.MessageKindOutgoing, by: p.assignee, activity: more})
		case over && k >= n-2:
			next(step{kind: db.MessageKindIncoming, activity: thanks})
		default:
			next(step{kind: db.MessageKindIncoming, activity: further})
		}
	}
	answered := false
	for k := range p.steps {
		if s := &p.steps[k]; s.activity == more && !answered {
			s.activity, answered = reply, true
		}
	}
	w.fit(p)
	w.endRead(p, d)
	if p.status == db.ConversationStatusSnoozed && d.IntN(4) > 0 {
		until := w.Now.Add(time.Hour + time.Duration(d.Int64N(int64(20*24*time.Hour)))).Truncate(time.Hour)
		p.snoozed = &until
	}
}

func (w *world) pause(m medium, d *rand.Rand) time.Duration {
	mean := 5 * time.Hour
	if m == byChat || m == byPhone {
		mean = 8 * time.Minute
	}
	pause := time.Duration(d.ExpFloat64() * float64(mean))
	return min(20*time.Second+pause, 6*24*time.Hour).Truncate(time.Millisecond)
}

// fit compresses a conversation that would end in the future.
func (w *world) fit(p *plan) {
	last := p.steps[len(p.steps)-1].at
	room := w.Now.Add(-20 * time.Second).Sub(p.created)
	if !last.After(p.created.Add(room)) {
		return
	}
	scale := float64(room) / float64(last.Sub(p.created))
	for k := range p.steps {
		since := p.steps[k].at.Sub(p.created)
		p.steps[k].at = p.created.Add(time.Duration(float64(since) * scale)).Truncate(time.Microsecond)
	}
}

// endRead leaves the newest customer messages of some open conversations unread.
func (w *world) endRead(p *plan, d *rand.Rand) {
	p.read = len(p.steps)
	if p.status == db.ConversationStatusResolved || d.IntN(100) < 45 {
		return
	}
	for p.read > 0 && p.steps[p.read-1].kind == db.MessageKindIncoming {
		p.read--
	}
}

// makeCustomer makes the i-th customer.
func (w *world) makeCustomer(i int) customer {
	d := w.dice(ofCustomer, uint64(i))
	n := pickNames(d)
	given, family := n.given[d.IntN(len(n.given))], n.family[d.IntN(len(n.family))]
	c := customer{name: given + " " + family, language: n.language, inbox: d.IntN(len(w.inboxes))}
	if n.familyFirst {
		c.name = family + given
	}
	number := w.firstContact + int64(i)
	email := fmt.Sprintf("%s.%s.%d@mail.example", lower(given), lower(family), number)
	phone := fmt.Sprintf("%s%07d", n.code, number%10_000_000)
	m := w.inboxes[c.inbox].medium
	c.source = uuidFrom(d).String()
	if m == byMail || d.IntN(10) < 7 {
		c.email = &email
	}
	if m == byPhone || d.IntN(10) < 4 {
		c.phone = &phone
	}
	if m == byProgram {
		identifier := fmt.Sprintf("KC-%06d", number)
		c.identifier = &identifier
	}
	if d.IntN(25) == 0 {
		c.labels = []string{"vip"}
	}
	c.additional = fmt.Sprintf(`{"city": %q}`, branches[d.IntN(len(branches))])
	c.custom = fmt.Sprintf(`{"orders": %d, "last_order": "%d"}`, 1+d.IntN(9), 10000+d.IntN(90000))
	return c
}

func uuidFrom(d *rand.Rand) uuid.UUID {
	var id uuid.UUID
	for i := range 2 {
		n := d.Uint64()
		for k := range 8 {
			id[i*8+k] = byte(n >> (8 * k))
		}
	}
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return id
}
