package react

import (
	"encoding/json"
	"time"

	"github.com/parleydesk/parley/db"
)

// hours are an inbox's working hours. on is false when it keeps none.
type hours struct {
	on   bool
	zone *time.Location
	// days are the opening times by weekday, Sunday first, as times since midnight; equal times mean closed.
	days [7][2]time.Duration
}

// hoursOf reads an inbox's working hours. Days that are not given are closed; without any, they are Monday to Friday
// from nine to five.
func hoursOf(i db.Inbox) hours {
	h := hours{on: i.WorkingHoursEnabled, zone: time.UTC}
	if zone, err := time.LoadLocation(i.Timezone); err == nil {
		h.zone = zone
	}
	var days []struct {
		Day         int  `json:"day_of_week"`
		Closed      bool `json:"closed_all_day"`
		Always      bool `json:"open_all_day"`
		OpenHour    int  `json:"open_hour"`
		OpenMinute  int  `json:"open_minutes"`
		CloseHour   int  `json:"close_hour"`
		CloseMinute int  `json:"close_minutes"`
	}
	if err := json.Unmarshal(i.WorkingHours, &days); err != nil || len(days) == 0 {
		for day := time.Monday; day <= time.Friday; day++ {
			h.days[day] = [2]time.Duration{9 * time.Hour, 17 * time.Hour}
		}
		return h
	}
	for _, d := range days {
		switch {
		case d.Day < 0 || d.Day > 6 || d.Closed:
		case d.Always:
			h.days[d.Day] = [2]time.Duration{0, 24 * time.Hour}
		default:
			h.days[d.Day] = [2]time.Duration{clock(d.OpenHour, d.OpenMinute), clock(d.CloseHour, d.CloseMinute)}
		}
	}
	return h
}

func clock(hour, minute int) time.Duration {
	return time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute
}

// open reports whether a moment is within working hours. An inbox without hours is always open.
func (h hours) open(at time.Time) bool {
	if !h.on {
		return true
	}
	from, to := h.span(at)
	return !at.Before(from) && at.Before(to)
}

// span is when the day of a moment opens and closes, by the wall clock, so that a day of 23 hours opens at nine too.
func (h hours) span(at time.Time) (from, to time.Time) {
	at = at.In(h.zone)
	open := h.days[at.Weekday()]
	wall := func(d time.Duration) time.Time {
		return time.Date(at.Year(), at.Month(), at.Day(), int(d/time.Hour), int(d%time.Hour/time.Minute), 0, 0, h.zone)
	}
	return wall(open[0]), wall(open[1])
}

// longest is how many days between looks at.
const longest = 5 * 366

// between is how much of a span lies within working hours; zero for an inbox without hours.
func (h hours) between(from, to time.Time) (sum time.Duration) {
	if !h.on {
		return 0
	}
	day := from.In(h.zone)
	for range longest {
		opens, closes := h.span(day)
		begin, end := later(opens, from), earlier(closes, to)
		if end.After(begin) {
			sum += end.Sub(begin)
		}
		day = time.Date(day.Year(), day.Month(), day.Day()+1, 12, 0, 0, 0, h.zone)
		if start := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, h.zone); !start.Before(to) {
			break
		}
	}
	return sum
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
