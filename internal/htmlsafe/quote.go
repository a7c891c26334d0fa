package htmlsafe

import (
	"regexp"
	"strings"
	"sync"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// SplitQuote parts a plain-text reply from the quoted mails below it. quoted is ""
// when there are none, when the answers stand between the quotes, or when nothing but
// a quote was sent; joined, both parts are the text again.
func SplitQuote(text string) (fresh, quoted string) {
	lines := strings.SplitAfter(text, "\n")
	at := quoteStart(lines)
	if at < 0 {
		return text, ""
	}
	fresh = strings.Join(lines[:at], "")
	if strings.TrimSpace(fresh) == "" || forwarded(strings.Join(lines[max(at-3, 0):min(at+3, len(lines))], "")) {
		return text, ""
	}
	return fresh, strings.Join(lines[at:], "")
}

// quoteStart is the index of the first line of the quoted tail, or -1.
func quoteStart(lines []string) int {
	for i, line := range lines {
		if divider().MatchString(line) || headerBlock(lines[i:]) {
			return withRule(lines, i)
		}
		if n := attribution(lines[i:]); n > 0 && onlyQuotes(lines[i+n:]) {
			return i
		}
		if strings.HasPrefix(line, ">") && onlyQuotes(lines[i:]) {
			return i
		}
	}
	return -1
}

var divider = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^\s*-{2,}\s*(original message|original appointment|ursprüngliche nachricht|originalnachricht|` +
		`message d'origine|message original|mensaje original|messaggio originale|mensagem original|oorspronkelijk bericht|` +
		`oprindelig meddelelse|ursprungligt meddelande|исходное сообщение|原始邮件|元のメッセージ)\s*-{2,}\s*$`)
})

// withRule takes the line of underscores that Outlook draws above into the tail.
func withRule(lines []string, at int) int {
	for i := at - 1; i >= 0 && i >= at-2; i-- {
		s := strings.TrimSpace(lines[i])
		if len(s) >= 10 && strings.Trim(s, "_") == "" {
			return i
		}
	}
	return at
}

var headerLine = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^\*?(from|sent|date|to|cc|subject|von|gesendet|datum|an|betreff|de|envoyé|à|objet|enviado|para|asunto|` +
		`da|inviato|a|oggetto|van|verzonden|aan|onderwerp|от|отправлено|кому|тема|发件人|发送时间|收件人|主题)\s?:\*?\s*\S`)
})

// headerBlock reports whether lines begin with at least three header lines, the first of
// them naming a sender, as Outlook puts above what it quotes.
func headerBlock(lines []string) bool {
	if len(lines) < 3 || !headerLine().MatchString(lines[0]) || !strings.ContainsAny(lines[0], "@<") && !strings.Contains(lines[0], "mailto") {
		return false
	}
	return headerLine().MatchString(lines[1]) && headerLine().MatchString(lines[2])
}

var wrote = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)\d.*(wrote|schrieb|a écrit|escribió|ha scritto|schreef|escreveu|skrev|` +
		`написал|пишет|写道|書きました|のメール)[^:：]{0,120}[:：]\s*$`)
})

// attribution is the number of lines, up to three, of "On … wrote:" at the start of lines, or 0.
func attribution(lines []string) int {
	joined := ""
	for n := range min(3, len(lines)) {
		s := strings.TrimSpace(lines[n])
		if s == "" || strings.HasPrefix(s, ">") {
			return 0
		}
		joined = strings.TrimSpace(joined + " " + s)
		if len(joined) > 400 {
			return 0
		}
		if wrote().MatchString(joined) {
			return n + 1
		}
	}
	return 0
}

// onlyQuotes reports whether at least one quoted line follows, and after the quotes
// nothing but blank lines or a signature.
func onlyQuotes(lines []string) bool {
	seen := false
	for _, line := range lines {
		switch s := strings.TrimRight(line, "\r\n"); {
		case strings.HasPrefix(s, ">"):
			seen = true
		case s == "-- ":
			return seen
		case strings.TrimSpace(s) != "":
			return false
		}
	}
	return seen
}

// SplitQuoteHTML does the same for an HTML body, by the marks that mail programs leave.
// Neither part is sanitised or has balanced tags; Mail does that to each.
func SplitQuoteHTML(body string) (fresh, quoted string) {
	z := html.NewTokenizer(strings.NewReader(body))
	offset, seen := 0, false
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return body, ""
		}
		start := offset
		offset += len(z.Raw())
		switch kind {
		case html.TextToken:
			seen = seen || strings.TrimSpace(string(z.Text())) != ""
		case html.StartTagToken:
			t := z.Token()
			if unread(t.DataAtom) {
				offset += skip(z, t.DataAtom)
				continue
			}
			seen = seen || t.DataAtom == atom.Img
			if seen && quoteMark(t) {
				return splitAt(body, start)
			}
		}
	}
}

// forwarded reports whether what looks like a quote is the very thing that was sent.
func forwarded(s string) bool {
	s = strings.ToLower(s)
	for _, mark := range []string{
		"forwarded message", "weitergeleitete nachricht", "message transféré", "mensaje reenviado", "messaggio inoltrato",
		"doorgestuurd bericht", "mensagem encaminhada",
	} {
		if strings.Contains(s, mark) {
			return true
		}
	}
	return false
}

// splitAt gives up when people wrote below the quote as well.
func splitAt(body string, at int) (fresh, quoted string) {
	rest := body[at:]
	if forwarded(rest[:min(len(rest), 400)]) {
		return body, ""
	}
	if end := strings.LastIndex(rest, "</blockquote>"); end >= 0 && strings.TrimSpace(Text(rest[end:])) != "" {
		return body, ""
	}
	return body[:at], rest
}

func skip(z *html.Tokenizer, until atom.Atom) (length int) {
	for {
		kind := z.Next()
		length += len(z.Raw())
		if kind == html.ErrorToken {
			return length
		}
		if name, _ := z.TagName(); kind == html.EndTagToken && atom.Lookup(name) == until {
			return length
		}
	}
}

// quoteMark knows Gmail, Apple Mail and Thunderbird, Outlook (desktop, web, mobile), Yahoo, Proton.
func quoteMark(t html.Token) bool {
	for _, class := range strings.Fields(attribute(t, "class")) {
		switch class {
		case "gmail_quote", "gmail_quote_container", "moz-cite-prefix", "yahoo_quoted", "protonmail_quote", "OutlookMessageHeader", "zmail_extra":
			return true
		}
	}
	switch attribute(t, "id") {
	case "divRplyFwdMsg", "appendonsend", "mail-editor-reference-message-container":
		return true
	}
	return t.DataAtom == atom.Blockquote && attribute(t, "type") == "cite" ||
		t.DataAtom == atom.Div && strings.HasPrefix(strings.ReplaceAll(attribute(t, "style"), " ", ""), "border:none;border-top:solid#")
}
