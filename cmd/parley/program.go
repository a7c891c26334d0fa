package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// program is a command's environment: its output, arguments and settings.
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

// usage is an error in how parley was called.
type usage string

func (u usage) Error() string { return string(u) }

// flags starts a command's flag set with the two that every command has.
func (p *program) flags(name string, cfg *Config) *flag.FlagSet {
	f := flag.NewFlagSet("parley "+name, flag.ContinueOnError)
	f.SetOutput(p.err)
	f.StringVar(&cfg.Data, "data", cfg.Data, "directory for everything that is kept (PARLEY_DATA)")
	f.StringVar(&cfg.DatabaseURL, "database-url", cfg.DatabaseURL, "PostgreSQL to use; the built-in one if empty (DATABASE_URL)")
	return f
}

// parse reads a command's arguments into its flags and the configuration, and checks the whole.
func (p *program) parse(f *flag.FlagSet, args []string, cfg *Config) error {
	f.Usage = func() {
		fmt.Fprintf(f.Output(), "Flags of %s:\n", f.Name())
		f.PrintDefaults()
	}
	said := f.Output()
	f.SetOutput(&strings.Builder{}) // main prints what is wrong, once
	err := f.Parse(args)
	f.SetOutput(said)
	switch {
	case err == flag.ErrHelp:
		f.Usage()
		return err
	case err != nil:
		return usage(err.Error())
	case f.NArg() > 0:
		return usage(fmt.Sprintf("what is %q for? It is no flag", f.Arg(0)))
	}
	return cfg.validate()
}

// print writes a command's result to stdout as JSON.
func (p *program) print(result any) error {
	return json.NewEncoder(p.out).Encode(result)
}

// logger writes to stderr.
func (p *program) logger(level slog.Level) *slog.Logger {
	return slog.New(slog.NewTextHandler(p.err, &slog.HandlerOptions{Level: level}))
}
