// Command parley is the one binary: the server and the commands around it. Each file named after a command holds
// that command; serve.go is the only place where all parts of the house meet.
// Not here: anything that a page, the API or a job does.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// command is one thing that parley can be asked to do.
type command struct {
	name, about string
	run         func(ctx context.Context, p *program, args []string) error
}

// commands is the whole table, in the order in which help shows it.
func commands() []command {
	return []command{
		{"serve", "run the helpdesk: pages, REST APIs, jobs", serve},
		{"setup", "make the first account and its administrator", setup},
		{"token", "make an access token for a user", token},
		{"seed", "fill an account with made data", seedData},
		{"migrate", "bring the database's schema to this version", migrate},
		{"import", "read a mailbox file: import mbox FILE --inbox ID", importFile},
		{"version", "say which version this is", version},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the second signal ends the process at once
	p := &program{out: os.Stdout, err: os.Stderr, environment: environment(os.Environ())}
	os.Exit(p.main(ctx, os.Args[1:]))
}

// program is what a command has of the world.
type program struct {
	out, err    io.Writer // results, and everything else
	environment map[string]string
}

// main runs one command and returns the exit code: 0 done, 1 failed, 2 called wrongly.
func (p *program) main(ctx context.Context, args []string) int {
	if len(args) == 0 || args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		p.help()
		return 0
	}
	for _, c := range commands() {
		if c.name != args[0] {
			continue
		}
		switch err := c.run(ctx, p, args[1:]); {
		case err == nil, errors.Is(err, flag.ErrHelp):
			return 0
		case errors.As(err, new(usage)):
			fmt.Fprintf(p.err, "parley %s: %v\n", c.name, err)
			return 2
		default:
			fmt.Fprintf(p.err, "parley %s: %v\n", c.name, err)
			return 1
		}
	}
	fmt.Fprintf(p.err, "parley: there is no command %q; \"parley help\" lists them\n", args[0])
	return 2
}

func (p *program) help() {
	fmt.Fprintf(p.out, "Parley, a helpdesk.\n\n")
	for _, c := range commands() {
		fmt.Fprintf(p.out, "  parley %-9s %s\n", c.name, c.about)
	}
	fmt.Fprintf(p.out, "\n\"parley COMMAND -h\" lists a command's flags; the README lists the environment variables.\n")
}
