package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/blob"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/job"
	"github.com/parleydesk/parley/internal/mail"
)

// importFile is "parley import mbox FILE --inbox ID": it posts a mailbox's mails to an inbox and prints a report.
// FILE may be - for standard input, and may stand before or after the flags.
func importFile(ctx context.Context, p *program, args []string) error {
	cfg, err := p.config()
	if err != nil {
		return err
	}
	f := p.flags("import mbox FILE", &cfg)
	f.StringVar(&cfg.Blob, "blob", cfg.Blob, "where the bytes of files and mails are kept (PARLEY_BLOB)")
	inbox := f.Int64("inbox", 0, "the inbox's id")
	own := f.String("address", "", "further addresses of ours, with commas: mails from them are answers")
	if len(args) == 0 || args[0] != "mbox" {
		return usage("say: parley import mbox FILE --inbox ID")
	}
	name, flags := cutFile(f, args[1:])
	if err := p.parse(f, flags, &cfg); err != nil {
		return err
	}
	if name == "" || *inbox <= 0 {
		return usage("say which file and which inbox: parley import mbox FILE --inbox ID")
	}
	file, err := openFile(name)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	return p.withDatabase(ctx, cfg, func(pool *pgxpool.Pool) error {
		return p.importMbox(ctx, cfg, pool, file, *inbox, strings.Split(*own, ","))
	})
}

func (p *program) importMbox(ctx context.Context, cfg Config, pool *pgxpool.Pool, file io.Reader, inboxID int64, own []string) error {
	inbox, err := db.New(pool).GetInboxUnscoped(ctx, inboxID)
	if db.IsNone(err) {
		return fmt.Errorf("there is no inbox %d", inboxID)
	}
	if err != nil {
		return err
	}
	store, err := blob.Open(ctx, cfg.Blob)
	if err != nil {
		return err
	}
	jobs, err := job.NewInserter(pool, time.Now)
	if err != nil {
		return err
	}
	box := mail.Mbox{Log: p.logger(cfg.LogLevel), Receiver: mail.Receiver{
		Pool:  pool,
		Desk:  desk.New(pool, jobs, nil),
		Files: blob.Intake{Store: store},
		Inbox: inbox,
		Own:   own,
	}}
	report, err := box.Import(ctx, file)
	// The report of what was done before an error matters: the next run continues from there.
	return errors.Join(err, p.print(report))
}

// cutFile separates the file's name from the flags around it. Errors in the flags are left to p.parse.
func cutFile(f *flag.FlagSet, args []string) (name string, flags []string) {
	said, usage := f.Output(), f.Usage
	f.SetOutput(io.Discard)
	f.Usage = func() {}
	err := f.Parse(args)
	f.SetOutput(said)
	f.Usage = usage
	if err != nil || f.NArg() == 0 {
		return "", args
	}
	return f.Arg(0), slices.Concat(args[:len(args)-f.NArg()], f.Args()[1:])
}

func openFile(name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(os.Stdin), nil
	}
	return os.Open(name)
}
