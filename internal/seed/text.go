package seed

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"

	"github.com/parleydesk/parley/db"
)

var (
	allSpeeches = sync.OnceValue(speeches)
	allNames    = sync.OnceValue(nameTable)
	allWeights  = sync.OnceValue(func() int {
		sum := 0
		for _, n := range allNames() {
			sum += n.weight
		}
		return sum
	})
)

// spoken returns the texts of a language, or else the English ones.
func spoken(language string) speech {
	if s, ok := allSpeeches()[language]; ok {
		return s
	}
	return allSpeeches()["en"]
}

func pickNames(d *rand.Rand) *names {
	n := d.IntN(allWeights())
	all := allNames()
	for i := range all {
		if n -= all[i].weight; n < 0 {
			return &all[i]
		}
	}
	return &all[0]
}

// lower returns a name in the form for e-mail addresses.
func lower(s string) string { return strings.ToLower(asciiName(s)) }

// text returns the text of a step of a plan.
func (w *world) text(p *plan, k int) string {
	s := p.steps[k]
	if s.text != "" {
		return s.text
	}
	d := w.dice(ofText, uint64(p.index)<<12|uint64(k))
	who := p.who
	me := who.name
	if s.kind != db.MessageKindIncoming {
		me = w.agents[s.by].name
	}
	speech := spoken(who.language)
	t := speech.topics[p.topic]
	fill := func(text string) string { return p.fill(text, me, d) }
	mail := w.inboxes[who.inbox].medium == byMail
	switch s.activity {
	case opener:
		if mail {
			return fill(strings.Replace(
				speech.greet, "{name}", "Kestrel Cycles", 1,
			) + "\n\n" + t.opener + "\n\n" + one(d, speech.followUps) + "\n\n" + speech.signOff)
		}
		return fill(t.opener)
	case reply:
		return fill(speech.greet + "\n\n" + t.reply + "\n\n" + speech.signOff)
	case more:
		if mail {
			return fill(speech.greet + "\n\n" + one(d, speech.more) + "\n\n" + speech.signOff)
		}
		return fill(one(d, speech.more))
	case further:
		return fill(one(d, speech.followUps))
	case thanks:
		return fill(one(d, speech.thanks))
	case note:
		return fill(noteTable[d.IntN(len(noteTable))])
	case assigned:
		return me + " self-assigned this conversation"
	}
	return "Conversation was marked resolved by " + me
}

func one(d *rand.Rand, from []string) string { return from[d.IntN(len(from))] }

// fill replaces the placeholders in braces. The order number and the product are the same throughout a conversation.
func (p *plan) fill(text, me string, d *rand.Rand) string {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		var name string
		name, text, _ = strings.Cut(rest, "}")
		switch name {
		case "name":
			out.WriteString(firstName(p.who.name))
		case "me":
			out.WriteString(firstName(me))
		case "order":
			out.WriteString(strconv.Itoa(10000 + (p.number*7919)%90000))
		case "product":
			out.WriteString(productTable[p.number%len(productTable)])
		case "amount":
			fmt.Fprintf(&out, "€ %d.%02d", 9+d.IntN(240), d.IntN(20)*5)
		case "city":
			out.WriteString(branches[d.IntN(len(branches))])
		case "size":
			out.WriteString(sizeTable[d.IntN(len(sizeTable))])
		case "day":
			days := spoken(p.who.language).days
			if len(days) == 0 {
				days = spoken("en").days
			}
			out.WriteString(one(d, days))
		}
	}
}
