package blob

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	maxName      = 200 // bytes; file systems take 255, and "(1)" or ".part" must still fit
	maxExtension = 20
	// unnamed replaces a name of which nothing is left.
	unnamed = "file"
)

// SafeName turns a file name that a stranger chose into one that can be shown, sent in a header and saved on any
// system: no folders, no control or direction-changing characters, no leading dots, at most 200 bytes with the
// extension kept, and never empty. SafeName(SafeName(s)) == SafeName(s).
func SafeName(name string) string {
	name = norm.NFC.String(strings.ToValidUTF8(name, "_"))
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = norm.NFC.String(strings.Map(safeRune, name)) // again, because a dropped rune may have stood before an accent
	name = trim(name)
	if len(name) > maxName {
		name = shorten(name)
	}
	if name == "" {
		return unnamed
	}
	if reserved(name) {
		return "_" + name
	}
	return name
}

// safeRune drops invisible runes and replaces those that some system forbids.
func safeRune(r rune) rune {
	switch {
	case r == '\t' || r == '\n' || r == '\r' || unicode.Is(unicode.Zs, r):
		return ' '
	case r == 0x200D: // joins emoji and Indic letters
		return r
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp):
		return -1
	case strings.ContainsRune(`<>:"|?*`, r), r == utf8.RuneError:
		return '_'
	}
	return r
}

// trim removes leading dots (hidden files) and trailing dots and spaces (which Windows drops, so that "a.exe ." would
// become "a.exe").
func trim(name string) string {
	return strings.TrimRight(strings.TrimLeft(name, ". \u200D"), ". ")
}

// shorten cuts out the middle, between two letters, and keeps the extension.
func shorten(name string) string {
	ext := ""
	if i := strings.LastIndexByte(name, '.'); i > 0 && len(name)-i <= maxExtension {
		ext = name[i:]
	}
	stem := name[:maxName-len(ext)]
	for !utf8.ValidString(stem) {
		stem = stem[:len(stem)-1]
	}
	return norm.NFC.String(trim(stem)) + ext
}

// reserved reports whether Windows would open a device instead of the file.
func reserved(name string) bool {
	stem, _, _ := strings.Cut(strings.ToUpper(name), ".")
	switch stem = strings.TrimRight(stem, " "); stem {
	case "CON", "PRN", "AUX", "NUL":
		return true
	}
	return len(stem) == 4 && (strings.HasPrefix(stem, "COM") || strings.HasPrefix(stem, "LPT")) &&
		stem[3] >= '1' && stem[3] <= '9'
}
