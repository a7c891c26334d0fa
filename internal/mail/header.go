package mail

import (
	"net/mail"
	"net/textproto"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/parleydesk/parley/internal/mimetext"
)

// headers reads the fields of a mail's header.
func headers(h textproto.MIMEHeader, declared string) Mail {
	m := Mail{
		To:         addresses(h, "To", declared),
		Cc:         addresses(h, "Cc", declared),
		ReplyTo:    addresses(h, "Reply-To", declared),
		Subject:    oneLine(mimetext.DecodeHeader(h.Get("Subject"), declared)),
		Date:       date(h),
		InReplyTo:  ids(h.Values("In-Reply-To")),
		References: ids(h.Values("References")),
		Automatic:  automatic(h),
		List:       h.Get("List-Id") != "" || h.Get("List-Post") != "",
	}
	for _, key := range []string{"X-Original-Sender", "X-Original-From"} {
		if m.Original == (Address{}) {
			m.Original = sender(h, key, declared)
		}
	}
	for _, key := range []string{"From", "Sender"} {
		if m.From == (Address{}) {
			m.From = sender(h, key, declared)
		}
	}
	if own := ids(h.Values("Message-Id")); len(own) > 0 {
		m.MessageID = own[0]
	} else if bare := mimetext.StripControl(strings.TrimSpace(h.Get("Message-Id"))); bare != "" && !strings.ContainsAny(bare, "<> \t") {
		m.MessageID = bare[:min(len(bare), maxID)]
	}
	return m
}

var idToken = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`<\s*([^<>\s]+)\s*>`) })

// ids finds the message ids in a header, without the words that some programs put around them. It returns the last
// hundred: a mail lists its nearest ancestors last.
func ids(values []string) (out []string) {
	for _, v := range values {
		for _, found := range idToken().FindAllStringSubmatch(mimetext.StripControl(v), -1) {
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

// date is the sender's or, if that is unreadable, that of the nearest server.
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

// automatic reports whether a mail has the marks of RFC 3834 or those in use before it.
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

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// sender is the address in a header of one author: the one in <…>. A bare address before it, and others in <…> without a
// comma between, can be false: they are a part of the name.
func sender(h textproto.MIMEHeader, key, declared string) (first Address) {
	for _, value := range h.Values(key) {
		named := ""
		for _, a := range mimetext.Addresses(value, declared) {
			if a.Joined {
				named += a.Name + " <" + a.Email + "> "
				first = Address{a.Name, a.Email}
				continue
			}
			if a.Bracketed {
				return Address{oneLine(named + a.Name), a.Email}
			}
			if first == (Address{}) {
				first = Address{a.Name, a.Email}
			}
		}
	}
	return first
}

// addresses reads a header of several addresses.
func addresses(h textproto.MIMEHeader, key, declared string) (out []Address) {
	for _, value := range h.Values(key) {
		for _, a := range mimetext.Addresses(value, declared) {
			if len(out) < maxAddresses {
				out = append(out, Address{a.Name, a.Email})
			}
		}
	}
	return out
}
