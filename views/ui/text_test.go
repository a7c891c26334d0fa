package ui

import (
	"testing"
	"time"
)

func TestWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ what, got, want string }{
		{"an id of an element", DomID("message", 9101), "message-9101"},
		{"one", Plural(1, "reply", "replies"), "1 reply"},
		{"many", Plural(1204, "reply", "replies"), "1,204 replies"},
		{"none", Plural(0, "reply", "replies"), "0 replies"},
		{"a million", Thousands(1_000_000), "1,000,000"},
		{"below nought", Thousands(-1234), "−1,234"},
		{"bytes", Bytes(512), "512 B"},
		{"kilobytes", Bytes(84_200), "84 KB"},
		{"megabytes", Bytes(6_200_000), "6.2 MB"},
		{"round megabytes", Bytes(2_000_000), "2 MB"},
		{"nearly the next unit", Bytes(999), "999 B"},
		{"two words", Initials("Amara Okafor"), "AO"},
		{"a word between", Initials("Ana de Souza"), "AS"},
		{"one word", Initials("  sam "), "S"},
		{"an address", Initials("kofi.mensah@kestrel.example"), "K"},
		{"a number in the name", Initials("Workshop 3, Porto"), "WP"},
		{"a bracket", Initials("Jo (night shift)"), "JS"},
		{"Arabic", Initials("ليلى حدّاد"), "لح"},
		{"no letter at all", Initials("+351 21 555"), ""},
		{"nothing", Initials(""), ""},
		{"broken text", Initials("\xff\xfe Ada"), "A"},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %q, want %q", c.what, c.got, c.want)
		}
	}
}

func TestTimes(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("CET", 3600)
	now := time.Date(2026, time.November, 20, 14, 5, 0, 0, zone)
	for _, c := range []struct{ ago, clock, at string }{
		{"now", "14:04", "2026-11-20T14:04:30+01:00"},
		{"now", "14:06", "2026-11-20T14:06:00+01:00"}, // another clock runs ahead
		{"3 min", "14:02", "2026-11-20T13:02:00Z"},
		{"14 h", "00:01", "2026-11-20T00:01:00+01:00"},
		{"23 h", "Thu 14:06", "2026-11-19T14:06:00+01:00"},
		{"Yesterday", "Thu 14:04", "2026-11-19T14:04:00+01:00"},
		{"Wed", "Wed 23:59", "2026-11-18T23:59:00+01:00"},
		{"Sat", "Sat 09:12", "2026-11-14T09:12:00+01:00"},
		{"13 Nov", "13 Nov, 09:12", "2026-11-13T09:12:00+01:00"},
		{"31 Dec 2025", "31 Dec 2025, 09:12", "2025-12-31T09:12:00+01:00"},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := Ago(at, now); got != c.ago {
			t.Errorf("Ago(%s) is %q, want %q", c.at, got, c.ago)
		}
		if got := Clock(at, now); got != c.clock {
			t.Errorf("Clock(%s) is %q, want %q", c.at, got, c.clock)
		}
	}
	if got, want := Moment(now.UTC(), now), "Friday 20 November 2026, 14:05 CET"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestHues(t *testing.T) {
	t.Parallel()
	for id := int64(-3); id < 20; id++ {
		if h := Hue(id); h < 1 || h > hues {
			t.Errorf("Hue(%d) is %d", id, h)
		}
	}
	for colour, want := range map[string]int{
		"#1f93ff": 5, "#0b6070": 1, "#f97316": 2, "#22c55e": 3, "#a855f7": 4, "#e11d48": 6, "#0f0": 3,
		"#808080": 0, "#fff": 0, "#000000": 0, "": 0, "red": 0, "#12345": 0, "1f93ff": 0, "#gggggg": 0,
	} {
		if got := HueOf(colour); got != want {
			t.Errorf("HueOf(%q) is %d, want %d", colour, got, want)
		}
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	if got := keyTitle("Send", "Ctrl+Enter"); got != "Send (Ctrl Enter)" {
		t.Error(got)
	}
	if got := keyCaps("Ctrl+Shift+Enter"); len(got) != 3 || got[2] != "↵" {
		t.Error(got)
	}
	if got := keyCaps("g i"); len(got) != 2 {
		t.Error(got)
	}
	if ariaKeys("g i") != "" || ariaKeys("Ctrl+Enter") != "Control+Enter" {
		t.Error("aria-keyshortcuts has no chords and writes Control in full")
	}
}
