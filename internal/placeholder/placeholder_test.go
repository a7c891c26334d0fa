package placeholder_test

import (
	"strings"
	"testing"
	"time"

	"github.com/parleydesk/parley/internal/placeholder"
)

func values() placeholder.Values {
	return placeholder.Values{
		"contact": map[string]any{
			"name": "Ada Marsh", "first_name": "Ada", "email": "", "custom_attribute": map[string]any{"tier": "gold", "orders": int64(5)},
		},
		"agent": map[string]any{"name": "Noor Idris"},
	}
}

// fill fills in a text as Post does.
func fill(text string) string {
	if t := placeholder.Parse(text); t != nil {
		return t.Fill(values())
	}
	return text
}

func TestFill(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Hi {{contact.name}}, {{ agent.name }}": "Hi Ada Marsh, Noor Idris", "{{ contact['first_name'] }}": "Ada",
		"{{contact.custom_attribute.tier}} {{contact.custom_attribute.orders}}":  "gold 5",
		"{{unknown.thing}}{{contact.nothing}}{{contact.custom_attribute.none}}.": ".",
		"{{contact.email | default: 'friend'}}":                                  "friend", "{{ nobody | default: \"there\" }}": "there",
		"{{contact.name | upcase}} {{'a' | append: 'b'}}": "ADA MARSH ab", "{{contact.name | no_such}}": "Ada Marsh",
		"{{ contact.name | truncate: 6 }}": "Ada...",
		"{% if contact.email != '' %}a{% elsif contact.custom_attribute.orders == 5 %}b{% else %}c{% endif %}": "b",
		"{% if contact.name %}yes{% endif %}{% unless contact.name %}no{% endunless %}":                        "yes",
		"{%- if true -%} x {%- endif -%}": "x", "{% case agent.name %}{% when 'Noor Idris' %}N{% else %}O{% endcase %}": "N",
		"{% assign x = contact.name | downcase %}{{ x }}": "ada marsh", "{% comment %}hush{% endcomment %}.": ".",
		"{% raw %}{{contact.name}}{% endraw %}":              "{{contact.name}}",
		"`{{contact.name}}` {{contact.name}}":                "`{{contact.name}}` Ada Marsh",
		"```\n{% for %}{{contact.name}}\n``` {{agent.name}}": "```\n{% for %}{{contact.name}}\n``` Noor Idris",
		"no placeholders } }} %}":                            "no placeholders } }} %}", "{\"a\": {\"b\": 1}}": "{\"a\": {\"b\": 1}}",
	} {
		if got := fill(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func TestFillLeavesWhatIsNoGoodLiquid(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"{{contact.name", "{{contact.name}} {{ broken", "{% if %}", "{% if contact.name %}", "{% endif %}",
		"{% nonsense %}", "{{ contact.name } {{agent.name}}", "{{ | }}", "{{ 1 +* }}",
		"{% for i in (1..1000000000) %}{% endfor %}", "{% tablerow i in (1..9) %}{% endtablerow %}",
		"{% include '/etc/passwd' %}", "{% capture x %}{{contact.name}}{% endcapture %}",
		"`{% endraw %}{{contact.name}}{% raw %}`", "{{ contact.name }}{% endraw %}",
	} {
		if got := fill(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestFillKeepsWithinBounds(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 1000)
	for _, text := range []string{
		"{% assign a = '" + long + "' %}" + strings.Repeat("{% assign a = a | append: a %}", 1000) + "{{ a }}",
		"{{ '" + long + "'" + strings.Repeat(" | replace: 'a', '"+long+"'", 50) + " }}",
		"{{ 'x'" + strings.Repeat(" | replace: '', '"+long+"'", 50) + " }}",
		"{% assign a = '" + long + "' %}" + strings.Repeat("{{ a }}", 5000),
		"{% assign a = '" + strings.Repeat(long, 100) + "' %}{{ a" + strings.Repeat(" | upcase", 5000) +
			strings.Repeat(" | truncate: 999999", 5000) + " }}",
		strings.Repeat("{% if true %}", 10000), strings.Repeat("{{", 75000),
		strings.Repeat("{{(", 40000) + strings.Repeat("}}", 100), strings.Repeat("`{% raw %}", 10000),
		strings.Repeat("`{{`", 37_500), strings.Repeat("{{ ", 50_000), strings.Repeat("{% ", 50_000),
		strings.Repeat("```", 50_000) + "{{ 1 }}", strings.Repeat("{% raw %}{% ", 12_000), strings.Repeat("{{ 1 }}", 201),
	} {
		var quickest time.Duration
		for try := range 3 { // a busy machine may be slow once; unbounded code is slow each time
			begin := time.Now()
			if got := fill(text); got != text {
				t.Errorf("%.60q… became %d bytes", text, len(got))
			}
			if took := time.Since(begin); try == 0 || took < quickest {
				quickest = took
			}
			if quickest < 5*time.Second {
				break
			}
		}
		if quickest > 5*time.Second {
			t.Errorf("%.60q… took %s", text, quickest)
		}
	}
}

func FuzzFill(f *testing.F) {
	for _, s := range []string{
		"{{contact.name | default: 'x'}}", "{% if a == 1 %}b{% endif %}", "`{{a}}`",
		"{%- assign a = 1 -%}{{ a }}", "{{ a[0].b }}", "{% case a %}{% when 1, 2 %}{% endcase %}",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got := fill(text); len(got) > 600_000+len(text) {
			t.Fatalf("%q became %d bytes", text, len(got))
		}
	})
}
