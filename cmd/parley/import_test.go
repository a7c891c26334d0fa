package main

import (
	"bytes"
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/mail"
)

func TestImportCommand(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	inbox := dbtest.Inbox(t, pool, dbtest.Account(t, pool, "Lamp shop"), "Mail")
	id := strconv.FormatInt(inbox.ID, 10)
	settings := map[string]string{
		"DATABASE_URL":      pool.Config().ConnString(),
		"PARLEY_SECRET_KEY": dbtest.SecretKey,
		"PARLEY_DATA":       t.TempDir(),
	}
	const file = "../../internal/mail/testdata/shop.mbox"
	run := func(args ...string) (code int, out mail.Report, said string) {
		t.Helper()
		var stdout, stderr bytes.Buffer
		p := &program{out: &stdout, err: &stderr, environment: settings}
		code = p.main(context.Background(), append([]string{"import"}, args...))
		if code == 0 {
			if err := json.Unmarshal(stdout.Bytes(), &out); err != nil {
				t.Fatalf("%v in %q", err, stdout.String())
			}
		}
		return code, out, stderr.String()
	}

	code, first, said := run("mbox", file, "--inbox", id, "--address", "help@shop.example")
	if code != 0 || first.Posted != 7 || first.Quarantined != 2 || first.Conversations != 3 {
		t.Fatalf("exit %d, %+v, %s", code, first, said)
	}
	if code, again, said := run("mbox", "--inbox="+id, file); code != 0 || again.Posted != 0 || again.Already != 8 {
		t.Errorf("again: exit %d, %+v, %s", code, again, said)
	}
	for _, invalid := range []struct {
		args []string
		code int
		says string
	}{
		{nil, 2, "import mbox FILE"},
		{[]string{"maildir", file, "--inbox", id}, 2, "import mbox FILE"},
		{[]string{"mbox", file}, 2, "which inbox"},
		{[]string{"mbox", "--inbox", id}, 2, "which file"},
		{[]string{"mbox", file, "--inbox", "two"}, 2, "inbox"},
		{[]string{"mbox", file, "--nonsense", "1"}, 2, "nonsense"},
		{[]string{"mbox", file, "other.mbox", "--inbox", id}, 2, "other.mbox"},
		{[]string{"mbox", file, "--inbox", "999999"}, 1, "no inbox 999999"},
		{[]string{"mbox", "missing.mbox", "--inbox", id}, 1, "missing.mbox"},
		{[]string{"mbox", "import.go", "--inbox", id}, 1, "not an mbox"},
	} {
		if code, _, said := run(invalid.args...); code != invalid.code || !strings.Contains(said, invalid.says) {
			t.Errorf("%v: exit %d, %q; want %d and %q", invalid.args, code, said, invalid.code, invalid.says)
		}
	}
}
