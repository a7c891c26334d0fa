// Command bench measures the numbers of docs/performance.md: it fills a data directory with parley seed, starts parley
// serve on it, sends requests over HTTP from the same machine, and prints a table.
//
// The client is a closed loop: a connection sends its next request when the last one was answered. It shares the
// machine's cores with the server and the database. So each row also shows how busy other processes kept the cores, and
// the processor time of a request, which depends less on them.
//
// Not here: a judgement of the numbers. No result makes the command fail.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"time"
)

// options are the flags.
type options struct {
	parley, data            string
	conversations, messages int
	agents, inboxes         int
	clients, repeat         int
	length                  time.Duration
	only                    *regexp.Regexp
}

func main() {
	var o options
	var only string
	flag.StringVar(&o.parley, "parley", "bin/parley", "the program to measure")
	flag.StringVar(&o.data, "data", "", "data directory, which is kept and used again (default: a temporary one for each size)")
	flag.IntVar(&o.conversations, "conversations", 50_000, "how many conversations to seed")
	flag.IntVar(&o.messages, "messages", 10, "how many messages a conversation has on average")
	flag.IntVar(&o.agents, "agents", 20, "how many agents")
	flag.IntVar(&o.inboxes, "inboxes", 10, "how many inboxes")
	flag.IntVar(&o.clients, "connections", 16, "how many connections send requests at the same time")
	flag.DurationVar(&o.length, "length", 5*time.Second, "how long one run of a measure takes")
	flag.IntVar(&o.repeat, "repeat", 3, "how often each measure runs; the table shows the median")
	flag.StringVar(&only, "only", "", "measure only what this regular expression matches")
	flag.Parse()
	if o.data == "" {
		o.data = filepath.Join(os.TempDir(), fmt.Sprintf("parley-bench-%d-%d", o.conversations, o.messages))
	}
	var err error
	if o.only, err = regexp.Compile(only); err == nil {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
		err = run(ctx, o)
		stop()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	s, err := newSubject(ctx, o)
	if err != nil {
		return err
	}
	defer s.stop()
	fmt.Printf("%d conversations, about %d messages; %d cores; %d connections; the median of %d runs of %s\n\n",
		o.conversations, o.conversations*o.messages, runtime.NumCPU(), o.clients, o.repeat, o.length)
	fmt.Printf("start-up, warm, until /readyz is 200: %s\n", s.startup.Round(time.Millisecond))
	fmt.Printf("resident, idle: server %.0f MB, PostgreSQL %.0f MB\n\n", s.idle.server, s.idle.postgres)
	printHead()
	for _, m := range measures(s) {
		if !o.only.MatchString(m.name) {
			continue
		}
		r, err := s.measure(ctx, m)
		if err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		r.print(m.name)
	}
	if o.only.MatchString("live") {
		if err := s.measureLive(ctx); err != nil {
			return fmt.Errorf("live: %w", err)
		}
	}
	after := s.memory()
	fmt.Printf("\nresident, at the end: server %.0f MB (peak %.0f), PostgreSQL %.0f MB\n",
		after.server, s.peak, after.postgres)
	return ctx.Err()
}
