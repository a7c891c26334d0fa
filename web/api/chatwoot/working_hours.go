package chatwoot

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
)

// dayJSON is one day of an inbox's working hours; day 0 is Sunday.
type dayJSON struct {
	DayOfWeek    int64  `json:"day_of_week"`
	ClosedAllDay bool   `json:"closed_all_day"`
	OpenHour     *int64 `json:"open_hour"`
	OpenMinutes  *int64 `json:"open_minutes"`
	CloseHour    *int64 `json:"close_hour"`
	CloseMinutes *int64 `json:"close_minutes"`
	OpenAllDay   bool   `json:"open_all_day"`
}

// workingHours has the days that were sent.
type workingHours []dayInput

type dayInput struct {
	DayOfWeek    api.ID   `json:"day_of_week"`
	ClosedAllDay api.Bool `json:"closed_all_day"`
	OpenHour     api.ID   `json:"open_hour"`
	OpenMinutes  api.ID   `json:"open_minutes"`
	CloseHour    api.ID   `json:"close_hour"`
	CloseMinutes api.ID   `json:"close_minutes"`
	OpenAllDay   api.Bool `json:"open_all_day"`
}

// UnmarshalJSON accepts a list of days, the same as text, null and "".
func (v *workingHours) UnmarshalJSON(raw []byte) error {
	var text string
	if raw[0] == '"' {
		if err := json.Unmarshal(raw, &text); err != nil {
			return err
		}
		if text = strings.TrimSpace(text); text == "" || text == "null" {
			return nil
		}
		raw = []byte(text)
	}
	return json.Unmarshal(raw, (*[]dayInput)(v))
}

// apply sets the days of the inbox that were sent.
func (v workingHours) apply(i *db.Inbox) error {
	if len(v) == 0 {
		return nil
	}
	var days []dayJSON
	if err := json.Unmarshal(i.WorkingHours, &days); err != nil {
		return err
	}
	for _, in := range v {
		at := slices.IndexFunc(days, func(d dayJSON) bool { return in.DayOfWeek.Set && d.DayOfWeek == in.DayOfWeek.Value })
		if at < 0 {
			return fault.Field("working_hours", "Working hours are invalid")
		}
		var err error
		if days[at], err = in.mergeInto(days[at]); err != nil {
			return err
		}
	}
	raw, err := json.Marshal(days)
	i.WorkingHours = raw
	return err
}

// mergeInto sets the fields of a day that were sent.
func (in dayInput) mergeInto(d dayJSON) (dayJSON, error) {
	setIfGiven(&d.ClosedAllDay, in.ClosedAllDay.Ptr())
	setIfGiven(&d.OpenAllDay, in.OpenAllDay.Ptr())
	if !in.ClosedAllDay.Set && in.OpenAllDay.Value { // a day cannot be both
		d.ClosedAllDay = false
	}
	if !in.OpenAllDay.Set && in.ClosedAllDay.Value {
		d.OpenAllDay = false
	}
	if d.ClosedAllDay && d.OpenAllDay {
		return d, fault.Field("working_hours", "Working hours cannot be open and closed all day")
	}
	if d.ClosedAllDay {
		return dayJSON{DayOfWeek: d.DayOfWeek, ClosedAllDay: true}, nil
	}
	if d.OpenAllDay {
		zero, end, last := int64(0), int64(23), int64(59)
		d.OpenHour, d.OpenMinutes, d.CloseHour, d.CloseMinutes = &zero, &zero, &end, &last
		return d, nil
	}
	for _, part := range []struct {
		in   api.ID
		most int64
		to   **int64
	}{
		{in.OpenHour, 23, &d.OpenHour},
		{in.OpenMinutes, 59, &d.OpenMinutes},
		{in.CloseHour, 23, &d.CloseHour},
		{in.CloseMinutes, 59, &d.CloseMinutes},
	} {
		if part.in.Set {
			n := part.in.Value
			*part.to = &n
		}
		if n := *part.to; n == nil || *n < 0 || *n > part.most {
			return d, fault.Field("working_hours", "Working hours are invalid")
		}
	}
	if *d.CloseHour*60+*d.CloseMinutes <= *d.OpenHour*60+*d.OpenMinutes {
		return d, fault.Field("working_hours", "Working hours must close after they open")
	}
	return d, nil
}
