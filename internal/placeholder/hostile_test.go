package placeholder_test

import (
	"strings"
	"testing"

	"github.com/parleydesk/parley/internal/hostile"
)

func TestHostilePlaceholdersStayWithinBounds(t *testing.T) {
	pieces := []string{
		"{{", "}}", "{%", "%}", "{{-", "-%}", "{{contact.name}}", "{{ a | default: 'x' }}",
		"{{ a | append: a | append: a }}", "{% if a == 1 %}",
		"{% elsif %}", "{% else %}", "{% endif %}", "{% case a %}", "{% when 1, 2 %}", "{% endcase %}",
		"{% assign a = 'aaaaaaaaaaaaaaaa' %}",
		"{% assign a = a | append: a %}", "{% for i in (1..9999999) %}", "{% endfor %}", "{% capture x %}", "{% raw %}",
		"{% endraw %}",
		"{% comment %}", "{% endcomment %}", "{% include 'x' %}", "{% cycle 'a', 'b' %}", "{% tablerow i in a %}", "`",
		"```", "a[0].b", " | ", "'",
		"\"", ":", "..", "\\", "\n", "\x00", "\xff", "é",
		"{{ '" + strings.Repeat("a", 500) + "' | split: '' | join: '" + strings.Repeat("b", 500) + "' }}",
	}
	// The bound of the output, for each of the filters' intermediate outputs, and what the library takes for each tag.
	hostile.Check(t, hostile.Inputs(4, 4000, pieces...), 8_000_000, 2000, func(in string) {
		if got := fill(in); len(got) > 600_000+len(in) {
			t.Errorf("%.100q became %d bytes", in, len(got))
		}
	})
}
