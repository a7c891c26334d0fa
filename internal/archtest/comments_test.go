package archtest

import (
	"go/parser"
	"go/scanner"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// notInComments finds words that comments do not use, because plainer ones say the same.
var notInComments = regexp.MustCompile(
	`(?i)\b(somebody|whom|acts|(is|are|has|have) gone|by turns|in bites|twice is once|tells whether|told of|sittings?|spoilt)\b`,
)

// TestPlainComments reads the comments of all hand-written files.
func TestPlainComments(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range handWritten(t, root) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, comment := range commentsOf(filepath.Ext(path), string(text)) {
			if found := notInComments.FindString(strings.Join(strings.Fields(comment), " ")); found != "" {
				rel := strings.TrimPrefix(path, root+string(filepath.Separator))
				t.Errorf("%s: a comment says %q; say it in plainer words:\n%s", rel, found, comment)
			}
		}
	}
}

// TestPlainLocals refuses names of local variables that do not say what they hold.
func TestPlainLocals(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	vague := map[string]bool{"told": true, "wrong": true, "words": true, "somebody": true, "whom": true}
	for _, path := range handWritten(t, root) {
		if filepath.Ext(path) != ".go" {
			continue
		}
		set := token.NewFileSet()
		parsed, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range identifiers(parsed) {
			if vague[id.Name] {
				t.Errorf("%s: the name %s does not say what it holds", set.Position(id.Pos()), id.Name)
			}
		}
	}
}

func TestCommentsOf(t *testing.T) {
	t.Parallel()
	for ext, text := range map[string]string{
		".go":    "package p // one\n\nvar s = \"// none\"\n\n// two\n",
		".js":    "let a = 'http://none' // one\nlet b\n// two\n",
		".css":   ".none { color: red } /* one */\n/* two */",
		".sql":   "SELECT 1 -- one\nFROM none\n-- two\n",
		".templ": "// one\ntempl none() {\n\t<a href=\"https://none\">None</a>\n\t// two\n}\n",
	} {
		var got []string
		for _, comment := range commentsOf(ext, text) {
			got = append(got, strings.Trim(comment, "/*- \t\n"))
		}
		if all := strings.Join(got, ","); all != "one,two" {
			t.Errorf("%s: %q, want one,two", ext, all)
		}
	}
}

// commentsOf returns the comments in the text of a file with the extension.
func commentsOf(ext, text string) (comments []string) {
	patterns := map[string]string{
		".js":    `(?s:/\*.*?\*/)|(?m:(?:^|[\s;{}])//.*(?:\n\s*//.*)*)`,
		".css":   `(?s)/\*.*?\*/`,
		".sql":   `(?m)(?:^|\s)--.*(?:\n--.*)*`,
		".templ": `(?m)^\s*//.*(?:\n\s*//.*)*`,
	}
	if ext != ".go" {
		return regexp.MustCompile(patterns[ext]).FindAllString(text, -1)
	}
	set := token.NewFileSet()
	var s scanner.Scanner
	s.Init(set.AddFile("", set.Base(), len(text)), []byte(text), nil, scanner.ScanComments)
	last := 0
	for {
		pos, tok, literal := s.Scan()
		line := set.Position(pos).Line
		switch {
		case tok == token.EOF:
			return comments
		case tok == token.COMMENT && line == last+1 && len(comments) > 0:
			comments[len(comments)-1] += "\n" + literal
			last = line
		case tok == token.COMMENT:
			comments = append(comments, literal)
			last = line
		}
	}
}
