// Package hostile makes inputs for tests of parsers, as strangers would send them, and counts what reading them costs.
// The inputs are the same on every run.
package hostile

import (
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
)

// Count is how many inputs each parser must bear.
const Count = 1000

// Inputs puts pieces together in Count ways: few pieces repeated many times, all of them mixed, nested, cut off, and
// with bytes changed. No input is longer than size.
func Inputs(seed uint64, size int, pieces ...string) []string {
	r := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // the same on every run
	piece := func() string { return pieces[r.IntN(len(pieces))] }
	inputs := make([]string, Count)
	for i := range inputs {
		var b strings.Builder
		switch want := 1 + r.IntN(size); i % 4 {
		case 0: // one run of up to three pieces, again and again
			run := piece() + piece() + piece()[:]
			b.WriteString(strings.Repeat(run, want/len(run)+1))
		case 1: // opened many times, and closed as often
			open, shut := piece(), piece()
			n := want/(len(open)+len(shut)) + 1
			b.WriteString(strings.Repeat(open, n) + piece() + strings.Repeat(shut, n))
		default:
			for b.Len() < want {
				b.WriteString(piece())
			}
		}
		raw := []byte(b.String())[:min(b.Len(), size)]
		for range r.IntN(3) * (i % 2) {
			raw[r.IntN(len(raw))] = byte(r.IntN(256))
		}
		inputs[i] = string(raw)
	}
	return inputs
}

// Allocated is how many bytes work allocates, a measure that does not depend on the machine or on what else it does.
// The calling test must not be parallel.
func Allocated(work func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	work()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// Check does work with each input and fails where it allocates more than perByte for each byte of the input, and base
// beside. The calling test must not be parallel.
func Check(t *testing.T, inputs []string, base, perByte uint64, work func(in string)) {
	t.Helper()
	work(inputs[0]) // what is made once is made here
	for i, in := range inputs {
		if got, limit := Allocated(func() { work(in) }), base+perByte*uint64(len(in)); got > limit {
			t.Errorf("input %d of %d bytes allocates %d bytes, more than %d: %.200q", i, len(in), got, limit, in)
		}
	}
}
