package mail

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"regexp"
	"strings"
	"sync"
	"time"
)

// RawMail is an unparsed mail of a mailbox file.
type RawMail struct {
	Bytes     []byte
	Offset    int64     // where it starts in the file
	Date      time.Time // of the "From " line, as if in UTC; zero when unreadable
	Truncated bool      // larger than MaxBytes; the rest is not in Bytes
}

// ReadMbox yields the mails of a mailbox file and keeps one at a time in memory. At the start of a line ">From "
// becomes "From " and ">>From " becomes ">From " (mboxrd; in an mboxo file ">>From " loses a mark, because the formats
// cannot be told apart). It stops after an error, such as a file without any "From " line.
func ReadMbox(r io.Reader) iter.Seq2[RawMail, error] {
	return func(yield func(RawMail, error) bool) {
		m := mboxReader{in: bufio.NewReaderSize(r, 64<<10)}
		if err := m.begin(); err != nil {
			if !errors.Is(err, io.EOF) {
				yield(RawMail{}, err)
			}
			return
		}
		for {
			mail, err := m.next()
			if err != nil && !errors.Is(err, io.EOF) {
				yield(RawMail{}, err)
				return
			}
			if !yield(mail, nil) || err != nil {
				return
			}
		}
	}
}

// mboxReader is positioned just after a "From " line.
type mboxReader struct {
	in     *bufio.Reader
	offset int64
	date   time.Time
}

// begin finds the first "From " line. Only blank lines and a byte order mark may come before it.
func (m *mboxReader) begin() error {
	for {
		line, err := m.line()
		text := strings.TrimSpace(strings.TrimPrefix(string(line), "\uFEFF"))
		if strings.HasPrefix(text, "From ") {
			m.date = envelopeDate(text)
			return nil
		}
		if text != "" {
			return fmt.Errorf("not an mbox file: it must begin with a line “From …”, not %.40q", text)
		}
		if err != nil {
			return err
		}
	}
}

// next reads up to the following "From " line, or to the end with io.EOF.
func (m *mboxReader) next() (RawMail, error) {
	mail := RawMail{Offset: m.offset, Date: m.date}
	var content bytes.Buffer
	blank, whole := true, true // the line before was blank, and complete
	for {
		line, err := m.line()
		if whole && blank && separates(line) {
			m.date = envelopeDate(string(line))
			mail.Bytes = withoutLastBlank(content.Bytes())
			return mail, nil
		}
		if whole {
			line = unescape(line)
		}
		if content.Len()+len(line) <= MaxBytes {
			content.Write(line)
		} else {
			mail.Truncated = true
		}
		blank = whole && len(bytes.TrimRight(line, "\r\n")) == 0
		whole = bytes.HasSuffix(line, []byte("\n"))
		if err != nil {
			mail.Bytes = withoutLastBlank(content.Bytes())
			return mail, err
		}
	}
}

// line returns the next line, or a part of a line that is longer than the buffer.
func (m *mboxReader) line() ([]byte, error) {
	line, err := m.in.ReadSlice('\n')
	m.offset += int64(len(line))
	if errors.Is(err, bufio.ErrBufferFull) {
		err = nil
	}
	return line, err
}

var separator = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^From \S.*\d{1,2}:\d{2}`)
})

// separates reports whether a line after a blank one begins a mail. Sentences that begin with "From " rarely contain a
// time of day.
func separates(line []byte) bool {
	return bytes.HasPrefix(line, []byte("From ")) && separator().Match(line)
}

func unescape(line []byte) []byte {
	if rest := bytes.TrimLeft(line, ">"); len(rest) < len(line) && bytes.HasPrefix(rest, []byte("From ")) {
		return line[1:]
	}
	return line
}

// withoutLastBlank removes the blank line that belongs to the following "From " line.
func withoutLastBlank(b []byte) []byte {
	for _, end := range []string{"\r\n\r\n", "\n\n"} {
		if bytes.HasSuffix(b, []byte(end)) {
			return b[:len(b)-len(end)/2]
		}
	}
	return b
}

var envelope = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`([A-Z][a-z]{2} [A-Z][a-z]{2}\s+\d{1,2} \d{2}:\d{2}:\d{2})(?: ([+-]\d{4}|[A-Z]{3,4}))? (\d{4})`)
})

func envelopeDate(line string) time.Time {
	part := envelope().FindStringSubmatch(line)
	if part == nil {
		return time.Time{}
	}
	stamp := oneLine(part[1]) + " " + part[3]
	if strings.HasPrefix(part[2], "+") || strings.HasPrefix(part[2], "-") {
		t, _ := time.Parse("Mon Jan 2 15:04:05 2006 -0700", stamp+" "+part[2])
		return t
	}
	t, _ := time.Parse("Mon Jan 2 15:04:05 2006", stamp)
	return t
}
