package seed

import (
	"container/heap"
	"iter"

	"github.com/parleydesk/parley/db"
)

// thread is a conversation in progress, with the counters that package desk keeps.
type thread struct {
	plan *plan
	next int
	row  db.Conversation
}

// placedStep is the k-th message of a thread, with the thread's state after it.
type placedStep struct {
	*thread
	k  int
	id int64
}

// weave yields the messages of all conversations in the order of time, as they would have arrived: message ids grow
// with time, and the messages of different threads alternate. Each table that needs the messages calls it again,
// because making them again is cheaper than keeping a million conversations in memory.
func (w *world) weave() iter.Seq[placedStep] {
	return func(yield func(placedStep) bool) {
		var live threads
		id := w.firstMessage
		say := func() bool {
			t := live[0]
			s := placedStep{t, t.next, id}
			w.applyMessage(s)
			id++
			t.next++
			if t.next == len(t.plan.steps) {
				heap.Pop(&live)
			} else {
				heap.Fix(&live, 0)
			}
			return yield(s)
		}
		for i := range w.Conversations {
			p := w.plan(i)
			for len(live) > 0 && live[0].at().Before(p.created) {
				if !say() {
					return
				}
			}
			heap.Push(&live, &thread{plan: p, row: w.open(p)})
		}
		for len(live) > 0 {
			if !say() {
				return
			}
		}
	}
}

// threads is a heap whose first element has the next message.
type threads []*thread

func (h threads) Len() int      { return len(h) }
func (h threads) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h threads) Less(i, j int) bool {
	if a, b := h[i].at(), h[j].at(); !a.Equal(b) {
		return a.Before(b)
	}
	return h[i].plan.index < h[j].plan.index
}
func (h *threads) Push(x any) { *h = append(*h, x.(*thread)) }
func (h *threads) Pop() any {
	old := *h
	t := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	return t
}
