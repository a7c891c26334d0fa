package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Processor time and memory as Linux reports them. On other systems these numbers are 0.

// process is what /proc/PID/stat says: the parent, and processor time in seconds, of itself and of children that ended.
type process struct {
	parent         int
	own, inherited float64
}

// tick is USER_HZ: /proc counts time in hundredths of a second.
const tick = 100

func readProcess(pid int) (process, bool) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return process{}, false
	}
	f := strings.Fields(string(raw[strings.LastIndexByte(string(raw), ')')+1:]))
	if len(f) < 15 {
		return process{}, false
	}
	number := func(i int) float64 { n, _ := strconv.ParseFloat(f[i], 64); return n }
	p := process{
		parent:    int(number(1)),
		own:       (number(11) + number(12)) / tick,
		inherited: (number(13) + number(14)) / tick,
	}
	return p, true
}

// below returns all descendants of a process.
func below(pid int) []int {
	children := map[int][]int{}
	entries, _ := filepath.Glob("/proc/[0-9]*")
	for _, e := range entries {
		id, err := strconv.Atoi(filepath.Base(e))
		if err != nil {
			continue
		}
		if p, ok := readProcess(id); ok {
			children[p.parent] = append(children[p.parent], id)
		}
	}
	var all []int
	for next := children[pid]; len(next) > 0; {
		id := next[0]
		next = append(next[1:], children[id]...)
		all = append(all, id)
	}
	return all
}

// spent is processor time in seconds: of the server, its database, this program, and all processes together.
type spent struct{ server, postgres, client, all float64 }

func spentBy(server int) spent {
	var s spent
	if p, ok := readProcess(server); ok {
		s.server = p.own
	}
	for _, pid := range below(server) {
		if p, ok := readProcess(pid); ok {
			s.postgres += p.own + p.inherited
		}
	}
	if p, ok := readProcess(os.Getpid()); ok {
		s.client = p.own
	}
	raw, _ := os.ReadFile("/proc/stat")
	line, _, _ := strings.Cut(string(raw), "\n")
	for i, f := range strings.Fields(line) {
		// Without idle time (4) and waiting for disks (5).
		if n, err := strconv.ParseFloat(f, 64); err == nil && i != 4 && i != 5 && i < 9 {
			s.all += n / tick
		}
	}
	return s
}

func (s spent) since(before spent) spent {
	return spent{
		server:   s.server - before.server,
		postgres: s.postgres - before.postgres,
		client:   s.client - before.client,
		all:      s.all - before.all,
	}
}

// others is how many cores other processes kept busy, on average over a number of seconds.
func (s spent) others(seconds float64) float64 {
	return max(0, (s.all-s.server-s.postgres-s.client)/seconds)
}

// resident is resident memory in megabytes, of the server and of the database. Pages that the database's processes share
// are counted once.
type resident struct{ server, postgres float64 }

func residentOf(server int) resident {
	r := resident{server: field(server, "status", "VmRSS:")}
	for _, pid := range below(server) {
		r.postgres += field(pid, "smaps_rollup", "Pss:")
	}
	return r
}

func field(pid int, file, name string) float64 {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, file))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(raw)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == name {
			kb, _ := strconv.ParseFloat(f[1], 64)
			return kb / 1024
		}
	}
	return 0
}
