package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"strings"
)

// usage is a mistake in how parley was called.
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
	f.SetOutput(&strings.Builder{}) // main says what is wrong, once
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
