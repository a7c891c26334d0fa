package htmlsafe

import (
	"html"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// target is where an address leads: what a browser follows, and the host, mailbox or number that a reader must see.
type target struct{ href, shown string }

// parseTarget reads an address that people may follow: http, https, mailto or tel, without tricks that make a browser go
// elsewhere than a reader thinks.
func parseTarget(address string) (target, bool) {
	scheme, rest, _ := strings.Cut(address, ":")
	switch strings.ToLower(scheme) {
	case "http", "https":
		return webTarget(address)
	case "mailto":
		return mailTarget(rest)
	case "tel":
		return phoneTarget(rest)
	}
	return target{}, false
}

func webTarget(address string) (target, bool) {
	if strings.Contains(address, `\`) || strings.ContainsFunc(address, unseen) {
		return target{}, false
	}
	u, err := url.Parse(address)
	if err != nil {
		return target{}, false
	}
	host, ok := asciiHost(u.Hostname())
	if !ok {
		return target{}, false
	}
	if u.Host = host; strings.Contains(host, ":") {
		u.Host = "[" + host + "]"
	}
	if port := u.Port(); port != "" {
		u.Host += ":" + port
	}
	return target{u.String(), host}, true
}

// unseen reports whether a reader cannot see a character or take it for what it is.
func unseen(r rune) bool { return unicode.In(r, unicode.C, unicode.Z) || r == utf8.RuneError }

var (
	hostName  = regexp.MustCompile(`^[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?$`)
	hostCodes = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.CheckHyphens(false), idna.StrictDomainName(false))
)

// asciiHost is a host as name servers know it: in small letters, with xn-- for what is not ASCII. The codes show that
// a name only looks like another.
func asciiHost(host string) (string, bool) {
	if _, err := netip.ParseAddr(host); err == nil {
		return host, true
	}
	ascii, err := hostCodes.ToASCII(host)
	if err != nil || !hostName.MatchString(ascii) {
		return "", false
	}
	return ascii, true
}

func mailTarget(address string) (target, bool) {
	box, query, _ := strings.Cut(address, "?")
	local, host, ok := strings.Cut(box, "@")
	host, isHost := asciiHost(host)
	if !ok || !isHost || local == "" || strings.ContainsAny(local, "\"<>,;:%/\\") || strings.ContainsFunc(address, unseen) {
		return target{}, false
	}
	box = local + "@" + host
	if query == "" {
		return target{"mailto:" + box, box}, true
	}
	return target{"mailto:" + box + "?" + query, box}, true
}

func phoneTarget(number string) (target, bool) {
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" ()./-\u00a0", r) {
			return -1
		}
		return r
	}, number)
	rest := strings.TrimPrefix(digits, "+")
	if len(rest) < 3 || len(rest) > 20 || strings.Trim(rest, "0123456789") != "" {
		return target{}, false
	}
	return target{"tel:" + digits, digits}, true
}

// linkable finds what may be an address, a mailbox or a number with its country's code. It is linear.
var linkable = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)(?:https?://|www\.)[^\s<>"“”„«»` + "`" + `\\\p{C}\p{Z}。，、；：！？（）「」『』【】《》…]+` +
		`|(?:mailto:)?[a-z0-9_](?:[a-z0-9._%+'=&-]*[a-z0-9_+-])?@[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?(?:\.[\p{L}\p{N}-]*[\p{L}\p{N}])+` +
		`|(?:tel:)?\+[1-9][0-9 ()./-]{5,22}[0-9]|tel:[0-9][0-9()./-]{1,20}[0-9]`)
})

// writeLinked writes text as HTML, with its addresses, mailboxes and numbers as links.
func writeLinked(w *strings.Builder, text string) {
	if !strings.ContainsAny(text, "@+:") && !strings.Contains(strings.ToLower(text), "www.") {
		w.WriteString(html.EscapeString(text))
		return
	}
	done := 0
	for _, at := range linkable().FindAllStringIndex(text, -1) {
		start, end := at[0], at[0]+len(trimAddress(text[at[0]:at[1]]))
		to, ok := linkAt(text, start, end)
		if !ok {
			continue
		}
		w.WriteString(html.EscapeString(text[done:start]))
		w.WriteString(`<a href="` + html.EscapeString(to.href) + `">` + html.EscapeString(text[start:end]))
		if !namesTarget(text[start:end], to) {
			w.WriteString(" (" + html.EscapeString(to.shown) + ")")
		}
		w.WriteString("</a>")
		done = end
	}
	w.WriteString(html.EscapeString(text[done:]))
}

// linkAt is where the part of a text leads, or false where it stands inside a word.
func linkAt(text string, start, end int) (target, bool) {
	before, _ := utf8.DecodeLastRuneInString(text[:start])
	after, _ := utf8.DecodeRuneInString(text[end:])
	part := strings.ToLower(text[start:min(end, start+8)])
	switch {
	case start > 0 && wordly(before):
		return target{}, false
	case strings.HasPrefix(part, "http"), strings.HasPrefix(part, "mailto:"):
		return parseTarget(text[start:end])
	case strings.HasPrefix(part, "www."):
		return parseTarget("http://" + text[start:end])
	case strings.Contains(text[start:end], "@"):
		return parseTarget("mailto:" + text[start:end])
	case end < len(text) && (wordly(after) || after == '@'):
		return target{}, false
	}
	number := text[start:end]
	if len(part) > 4 && part[:4] == "tel:" {
		number = number[4:]
	}
	to, ok := phoneTarget(number)
	return to, ok && (len(to.shown) >= 8 && len(to.shown) <= 16 || number != text[start:end])
}

// wordly reports whether a letter or digit belongs to the word beside it; scripts without spaces are left out.
func wordly(r rune) bool { return (unicode.IsLetter(r) || unicode.IsDigit(r)) && !spaceless(r) }

func spaceless(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul,
		unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// trimAddress leaves out the punctuation of the sentence in which an address stands.
func trimAddress(s string) string {
	open := map[byte]int{}
	for i := range len(s) {
		open[s[i]]++
	}
	for s != "" {
		last := s[len(s)-1]
		pair, closes := map[byte]byte{')': '(', ']': '[', '}': '{'}[last]
		if !strings.ContainsRune(".,;:!?'*_~|", rune(last)) && (!closes || open[last] <= open[pair]) {
			break
		}
		open[last]--
		s = s[:len(s)-1]
	}
	return s
}

// namesTarget reports whether words are the very address of a target, so that nobody is led elsewhere.
func namesTarget(text string, to target) bool {
	text = strings.TrimSpace(text)
	for _, prefix := range []string{"", "http://", "mailto:", "tel:"} {
		of, ok := parseTarget(prefix + text)
		if !ok || of.shown != to.shown {
			continue
		}
		// The host that is written must be the host that is meant: not a name before an @, no letters that look alike.
		rest := strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(prefix+text), "http://"), "https://")
		rest = strings.TrimPrefix(rest, "mailto:")
		return strings.HasPrefix(of.href, "tel:") || strings.HasPrefix(strings.TrimPrefix(rest, "["), strings.ToLower(to.shown))
	}
	return false
}

// hostLike finds what a reader takes for a host, or for an address at one.
var hostLike = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)*\.\p{L}[\p{L}\p{N}-]+`)
})

// misleads reports whether the words of a link name a host that is not where it leads.
func misleads(text string, to target) bool {
	if to.shown == "" || strings.HasPrefix(to.href, "tel:") || strings.HasSuffix(text, "("+to.shown+")") {
		return false
	}
	host := to.shown[strings.LastIndex(to.shown, "@")+1:]
	first := hostLike().FindString(text)
	if at := strings.Index(text, first); first != "" && strings.HasPrefix(text[at+len(first):], "@") {
		first = hostLike().FindString(text[at+len(first):])
	}
	named, ok := asciiHost(first)
	if first == "" || ok && named == strings.ToLower(first) && (named == host || strings.HasSuffix(host, "."+named) || named == "www."+host) {
		return false
	}
	return true
}
