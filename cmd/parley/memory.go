package main

import (
	"os"
	"runtime/debug"
)

// mostHeap is where memory counts more than processor time. With the program itself it stays below what
// docs/security.md promises.
const mostHeap = 150 << 20

// setGC trades memory for processor time. A request makes some hundred kilobytes of garbage beside a few megabytes
// that live, so at Go's usual ratio a collection runs every few dozen requests and takes a fifth of the time. At this
// ratio it takes a twentieth, for about 50 MB more under load and none when idle (docs/performance.md). Near mostHeap it
// runs as often as it must. GOGC and GOMEMLIMIT override both, as in any Go program.
func setGC() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(mostHeap)
	}
}
