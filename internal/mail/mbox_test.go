package mail_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/parleydesk/parley/internal/mail"
)

func TestReadMbox(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what, in string
		want     []string
	}{
		{
			"two mails", "From a@b Tue Nov  3 09:14:00 2026\nA: 1\n\nx\n\nFrom c@d Tue Nov  3 09:15:00 2026\nA: 2\n\ny\n",
			[]string{"A: 1\n\nx\n", "A: 2\n\ny\n"},
		},
		{"marks are taken away", "From a@b Tue Nov  3 09:14:00 2026\n\n>From x\n>>From y\n> From z\n", []string{"\nFrom x\n>From y\n> From z\n"}},
		{
			"a sentence is no separator",
			"From a@b Tue Nov  3 09:14:00 2026\n\nx\n\nFrom here on\nFrom a@b Tue Nov  3 09:14:00 2026\n",
			[]string{"\nx\n\nFrom here on\nFrom a@b Tue Nov  3 09:14:00 2026\n"},
		},
		{"Windows line ends", "From - Tue Nov 03 09:14:00 2026\r\nA: 1\r\n\r\nx\r\n\r\nFrom - Tue Nov 03 09:15:00 " +
			"2026\r\nA: 2\r\n\r\ny\r\n", []string{"A: 1\r\n\r\nx\r\n", "A: 2\r\n\r\ny\r\n"}},
		{"no newline at the end", "From a@b Tue Nov  3 09:14:00 2026\nA: 1\n\nx", []string{"A: 1\n\nx"}},
		{"a mail without content", "From a@b Tue Nov  3 09:14:00 2026\n\nFrom a@b Tue Nov  3 09:14:00 2026\nA: 1\n", []string{"", "A: 1\n"}},
		{"an empty file", "", nil},
		{"blank lines before", "\n\nFrom a@b Tue Nov  3 09:14:00 2026\nA: 1\n", []string{"A: 1\n"}},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			var got []string
			for m, err := range mail.ReadMbox(iotest.OneByteReader(strings.NewReader(c.in))) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, string(m.Bytes))
			}
			want := c.want
			if len(want) > 0 && want[0] == "" {
				got[0] = strings.TrimSpace(got[0])
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}

	t.Run("dates of the From line are read in the forms in use", func(t *testing.T) {
		t.Parallel()
		want := time.Date(2026, 11, 3, 9, 14, 0, 0, time.UTC)
		for _, line := range []string{
			"From a@b Tue Nov  3 09:14:00 2026", "From - Tue Nov 03 09:14:00 2026",
			"From 123@xxx Tue Nov 03 10:14:00 +0100 2026", "From a@b Tue Nov  3 09:14:00 UTC 2026",
		} {
			for m, err := range mail.ReadMbox(strings.NewReader(line + "\n\nx\n")) {
				if err != nil || !m.Date.Equal(want) {
					t.Errorf("%s: %s, %v", line, m.Date, err)
				}
			}
		}
	})

	t.Run("a file of another kind is refused with a sentence", func(t *testing.T) {
		t.Parallel()
		for _, err := range mail.ReadMbox(strings.NewReader("PK\x03\x04 not a mailbox")) {
			if err == nil || !strings.Contains(err.Error(), "From") {
				t.Errorf("got %v", err)
			}
		}
	})

	t.Run("a disk error ends it after the mails before", func(t *testing.T) {
		t.Parallel()
		broken := errors.New("bad sector")
		in := io.MultiReader(strings.NewReader("From a@b Tue Nov  3 09:14:00 2026\n\nx\n\nFrom a@b Tue Nov  3 "+
			"09:14:00 2026\n\ny"), iotest.ErrReader(broken))
		mails, last := 0, error(nil)
		for _, err := range mail.ReadMbox(in) {
			if last = err; err == nil {
				mails++
			}
		}
		if mails != 1 || !errors.Is(last, broken) {
			t.Errorf("%d mails, %v", mails, last)
		}
	})

	t.Run("a mail larger than any is cut, and the next one is whole", func(t *testing.T) {
		t.Parallel()
		in := io.MultiReader(strings.NewReader("From a@b Tue Nov  3 09:14:00 2026\nA: 1\n\n"),
			io.LimitReader(endlessText{}, mail.MaxBytes+1000),
			strings.NewReader("\n\nFrom a@b Tue Nov  3 09:15:00 2026\nA: 2\n"))
		var sizes []bool
		for m, err := range mail.ReadMbox(in) {
			if err != nil || len(m.Bytes) > mail.MaxBytes {
				t.Fatal(err, len(m.Bytes))
			}
			sizes = append(sizes, m.Truncated)
		}
		if diff := cmp.Diff([]bool{true, false}, sizes); diff != "" {
			t.Error(diff)
		}
	})
}

// endlessText is a reader that never ends.
type endlessText struct{}

func (endlessText) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}
