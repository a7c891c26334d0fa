package ui

import "strings"

// keyCaps splits "g i" and "Ctrl+Shift+Enter" into what stands on the caps.
func keyCaps(key string) []string {
	if key == "+" {
		return []string{key}
	}
	caps := strings.FieldsFunc(key, func(r rune) bool { return r == ' ' || r == '+' })
	for i, cap := range caps {
		switch cap {
		case "Enter":
			caps[i] = "↵"
		case "Shift":
			caps[i] = "⇧"
		case "Escape":
			caps[i] = "Esc"
		}
	}
	return caps
}

// keyTitle names an act with its key, "Resolve (e)".
func keyTitle(label, key string) string {
	if key == "" {
		return label
	}
	return label + " (" + strings.ReplaceAll(key, "+", " ") + ")"
}

// ariaKeys is the key for aria-keyshortcuts, which has no notation for a chord.
func ariaKeys(key string) string {
	if strings.Contains(key, " ") {
		return ""
	}
	return strings.Replace(key, "Ctrl", "Control", 1)
}
