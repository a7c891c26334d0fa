package api_test

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestDialectsAreProven holds that every row of docs/api/dialects.md names a test that exists.
func TestDialectsAreProven(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../docs/api/dialects.md")
	if err != nil {
		t.Fatal(err)
	}
	var tests strings.Builder
	for _, name := range []string{
		"bridge_test.go", "dialect_test.go", "list_test.go", "post_test.go", "refusal_test.go", "shape_test.go",
		"user_test.go", "webhook_test.go", "ndoto/ndoto_test.go", "ndoto/webhook_test.go",
		"qlara/qlara_test.go", "qlara/limit_test.go", "qlara/webhook_test.go",
	} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		tests.Write(text)
	}
	rows := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^\| (\d+) \|[^|]*\|[^|]*\| (.*) \|$`).FindAllStringSubmatch(string(raw), -1) {
		rows[m[1]] = true
		named := regexp.MustCompile("`(Test[A-Za-z]+)`(?: \"([^\"]+)\")?").FindAllStringSubmatch(m[2], -1)
		if len(named) == 0 {
			t.Errorf("row %s names no test", m[1])
		}
		for _, one := range named {
			function := strings.Contains(tests.String(), "func "+one[1]+"(")
			if !function || one[2] != "" && !strings.Contains(tests.String(), `t.Run("`+one[2]) {
				t.Errorf("row %s: there is no %s %q", m[1], one[1], one[2])
			}
		}
	}
	for n := 1; n <= 48; n++ {
		if !rows[strconv.Itoa(n)] {
			t.Errorf("row %d is not there", n)
		}
	}
}
