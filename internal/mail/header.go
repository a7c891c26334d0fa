package mail

import (
	"mime"
	"net/mail"
	"net/textproto"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jhillyerd/enmime/v2"
)

// headers reads what the header says about a mail.
func headers(h textproto.MIMEHeader) Mail {
	m := Mail{
		To:         addresses(h, "To"),
		Cc:         addresses(h, "Cc"),
		ReplyTo:    addresses(h, "Reply-To"),
		Subject:    oneLine(decodeWords(h.Get("Subject"))),
		Date:       date(h),
		InReplyTo:  ids(h.Values("In-Reply-To")),
		References: ids(h.Values("References")),
		Automatic:  automatic(h),
	}
	for _, key := range []string{"From", "Sender"} {
		if from := addresses(h, key); len(from) > 0 && m.From == (Address{}) {
			m.From = from[0]
		}
	}
	if own := ids(h.Values("Message-Id")); len(own) > 0 {
		m.MessageID = own[0]
	} else if bare := stripControl(strings.TrimSpace(h.Get("Message-Id"))); bare != "" && !strings.ContainsAny(bare, "<> \t") {
		m.MessageID = bare[:min(len(bare), maxID)]
	}
	return m
}

var idToken = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`<\s*([^<>\s]+)\s*>`) })

// ids finds the message ids in a header; the words some programs put around them are
// not ids. Only the newest hundred count: a mail of a thread names its nearest last.
func ids(values []string) (out []string) {
	for _, v := range values {
		for _, found := range idToken().FindAllStringSubmatch(stripControl(v), -1) {
			if id := found[1]; len(id) <= maxID && !slices.Contains(out, id) {
				out = append(out, id)
			}
			if len(out) > maxReferences {
				out = slices.Delete(out, 0, 1)
			}
		}
	}
	return out
}

// date is the sender's, or when that is unreadable the nearest server's.
func date(h textproto.MIMEHeader) time.Time {
	if t, err := mail.ParseDate(strings.TrimSpace(h.Get("Date"))); err == nil {
		return t
	}
	for _, r := range h.Values("Received") {
		if i := strings.LastIndexByte(r, ';'); i >= 0 {
			if t, err := mail.ParseDate(strings.TrimSpace(r[i+1:])); err == nil {
				return t
			}
		}
	}
	return time.Time{}
}

// automatic knows the marks of RFC 3834 and those in use before it.
func automatic(h textproto.MIMEHeader) bool {
	auto := strings.ToLower(strings.TrimSpace(h.Get("Auto-Submitted")))
	if auto != "" && auto != "no" {
		return true
	}
	switch strings.ToLower(strings.TrimSpace(h.Get("Precedence"))) {
	case "bulk", "junk", "list", "auto_reply":
		return true
	}
	if strings.TrimSpace(h.Get("Return-Path")) == "<>" {
		return true
	}
	for _, key := range []string{"List-Id", "List-Unsubscribe", "X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress", "Feedback-Id"} {
		if h.Get(key) != "" {
			return true
		}
	}
	return strings.HasPrefix(strings.ToLower(h.Get("Content-Type")), "multipart/report")
}

// decodeWords decodes =?charset?…?= and whatever raw bytes a program left there.
func decodeWords(s string) string {
	decoded, err := (&mime.WordDecoder{CharsetReader: charsetReader}).DecodeHeader(s)
	if err != nil {
		decoded = s
	}
	return decode([]byte(decoded), "", false)
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

var anyAddress = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`[^\s<>"(),:;@\[\]\\]+@[^\s<>"(),:;@\[\]\\]+`)
})

// addresses reads a header by the rules, then leniently, then by looking for anything
// with an at sign. What it returns can be written to, as far as its form goes.
func addresses(h textproto.MIMEHeader, key string) (out []Address) {
	for _, value := range h.Values(key) {
		value = decode([]byte(value), "", false) // raw bytes of any charset would end the parser
		parsed, err := (&mail.AddressParser{WordDecoder: &mime.WordDecoder{CharsetReader: charsetReader}}).ParseList(value)
		if err != nil {
			parsed, err = enmime.ParseAddressList(value)
		}
		if err != nil {
			parsed = nil
			for _, found := range anyAddress().FindAllString(decodeWords(value), 50) {
				parsed = append(parsed, &mail.Address{Address: found})
			}
		}
		for _, a := range parsed {
			if email := strings.ToLower(stripControl(a.Address)); plausible(email) && len(out) < 200 {
				out = append(out, Address{oneLine(decodeWords(a.Name)), email})
			}
		}
	}
	return out
}

func plausible(email string) bool {
	local, domain, ok := strings.Cut(email, "@")
	return ok && local != "" && domain != "" && len(email) <= 254 && !strings.ContainsAny(email, " \t\r\n<>\",;") && !strings.Contains(domain, "@")
}
