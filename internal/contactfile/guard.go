package contactfile

import (
	"regexp"
	"strings"
)

// Guard puts a quote before cells that a spreadsheet would run as formulas.
func Guard(row []string) []string {
	out := make([]string, len(row))
	for i, s := range row {
		if isFormula(s) && !numberPattern.MatchString(s) {
			s = "'" + s
		}
		out[i] = s
	}
	return out
}

var numberPattern = regexp.MustCompile(`^[+-]?\d+(\.\d+)?$`)

func isFormula(s string) bool {
	return s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0]))
}

// withoutGuard takes that quote off again.
func withoutGuard(cell string) string {
	if strings.HasPrefix(cell, "'") && isFormula(cell[1:]) {
		return cell[1:]
	}
	return cell
}
