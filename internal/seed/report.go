package seed

import (
	"iter"
	"time"

	"github.com/parleydesk/parley/db"
)

// reportingEvents returns the durations of a conversation for the reports, as package react records them: of the first
// reply, of each later reply to a customer who waited, and of the resolution.
func (w *world) reportingEvents() iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		event := w.firstEvent
		for i := range w.Conversations {
			p := w.plan(i)
			for k, m := range durations(p) {
				event++
				s := &p.steps[k]
				var team *int64
				if p.team >= 0 {
					team = &w.teams[p.team]
				}
				seconds := s.at.Sub(m.since).Seconds()
				if !yield([]any{
					w.AccountID, event - 1, m.name, seconds, seconds, w.inboxes[p.who.inbox].id, &w.agents[s.by].id, team,
					w.firstConversation + int64(i), m.since, s.at,
				}) {
					return
				}
			}
		}
	}
}

// moment returns a duration that ends with a step.
type moment struct {
	name  string
	since time.Time
}

func durations(p *plan) iter.Seq2[int, moment] {
	return func(yield func(int, moment) bool) {
		waiting, replied := p.created, false
		for k, s := range p.steps {
			var m moment
			switch {
			case s.kind == db.MessageKindIncoming && waiting.IsZero():
				waiting = s.at
			case s.kind == db.MessageKindOutgoing && !s.private && s.cards == "":
				if m = (moment{"reply_time", waiting}); !replied {
					m = moment{"first_response", p.created}
				}
				if waiting.IsZero() {
					m.name = ""
				}
				waiting, replied = time.Time{}, true
			case s.activity == resolved:
				m = moment{"conversation_resolved", p.created}
			}
			if m.name != "" && !yield(k, m) {
				return
			}
		}
	}
}
