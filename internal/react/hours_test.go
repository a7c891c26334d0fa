package react

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/parleydesk/parley/db"
)

func TestHours(t *testing.T) {
	t.Parallel()
	inbox := db.Inbox{WorkingHoursEnabled: true, Timezone: "Europe/Rome", WorkingHours: json.RawMessage(`[
		{"day_of_week":1,"open_hour":9,"open_minutes":30,"close_hour":17,"close_minutes":0},
		{"day_of_week":2,"open_all_day":true},
		{"day_of_week":0,"closed_all_day":true,"open_hour":null,"close_hour":null}]`)}
	h := hoursOf(inbox)
	rome := h.zone
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 11, day, hour, minute, 0, 0, rome) }
	// 16 November 2026 is a Monday.
	for moment, want := range map[time.Time]bool{
		at(16, 9, 29): false, at(16, 9, 30): true, at(16, 16, 59): true, at(16, 17, 0): false,
		at(17, 0, 0): true, at(17, 23, 59): true, at(18, 12, 0): false, at(15, 12, 0): false,
		at(16, 9, 45).UTC(): true,
	} {
		if got := h.open(moment); got != want {
			t.Errorf("%v: open is %v", moment, got)
		}
	}
	for _, c := range []struct {
		from, to time.Time
		want     time.Duration
	}{
		{at(16, 10, 0), at(16, 11, 0), time.Hour},
		{at(16, 8, 0), at(16, 10, 0), 30 * time.Minute},
		{at(15, 12, 0), at(16, 9, 0), 0},
		{at(16, 16, 0), at(17, 1, 0), 2 * time.Hour},
		{at(16, 16, 0), at(23, 10, 0), time.Hour + 24*time.Hour + 30*time.Minute},
		{at(16, 11, 0), at(16, 10, 0), 0},
	} {
		if got := h.between(c.from, c.to); got != c.want {
			t.Errorf("%v to %v: %v, not %v", c.from, c.to, got, c.want)
		}
	}
	if d := hoursOf(db.Inbox{Timezone: "UTC"}).between(at(16, 0, 0), at(20, 0, 0)); d != 0 {
		t.Errorf("an inbox without hours worked %v", d)
	}
	// The clocks go back on 25 October 2026, a Sunday: the day has 25 hours.
	always := hoursOf(db.Inbox{
		WorkingHoursEnabled: true, Timezone: "Europe/Rome", WorkingHours: json.RawMessage(`[{"day_of_week":0,"open_all_day":true}]`),
	})
	if got := always.between(time.Date(2026, 10, 25, 0, 0, 0, 0, rome), time.Date(2026, 10, 26, 0, 0, 0, 0, rome)); got != 25*time.Hour {
		t.Errorf("the long day has %v", got)
	}
	if plain := hoursOf(db.Inbox{WorkingHoursEnabled: true, Timezone: "nowhere"}); !plain.open(time.Date(2026, 11, 16, 9, 0, 0, 0, time.UTC)) {
		t.Error("without days nobody works on Monday")
	}
}
