// Command parley is the one binary: the server and the commands around it. Each file named after a command holds that
// command; serve.go is the only place where all packages meet.
//
// Not here: anything that a page, the API or a job does.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// command is a subcommand of parley.
type command struct {
	name, about string
	run         func(ctx context.Context, p *program, args []string) error
}

// commands lists them in the order in which help shows them.
func commands() []command {
	return []command{
		{"serve", "run the helpdesk: pages, REST APIs, jobs", serve},
		{"setup", "make the first account and its administrator", setup},
		{"token", "make an access token for a user", token},
		{"platform-app", "let an application manage users and accounts", platformApp},
		{"seed", "fill an account with made data", seedData},
		{"migrate", "bring the database's schema to this version", migrate},
		{"import", "read a mailbox file: import mbox FILE --inbox ID", importFile},
		{"version", "say which version this is", version},
	}
}

func main() {
	p := &program{out: os.Stdout, err: os.Stderr, environment: environment(os.Environ())}
	setGC()
	os.Exit(p.main(untilSignal(), os.Args[1:]))
}

// untilSignal returns a context that ends with the first signal to stop. The second one ends the process at once.
func untilSignal() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		cancel()
		<-signals
		os.Exit(130) // the exit code of a shell after Ctrl-C
	}()
	return ctx
}
