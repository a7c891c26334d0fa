package report

import (
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
)

// The range of a report without since, the longest range, and the most steps of a series.
const (
	usualRange   = 30 * 24 * time.Hour
	longestRange = 10 * 366 * 24 * time.Hour
	mostSteps    = 10_000
)

// period is the range of a report, its steps, and what it is narrowed to.
type period struct {
	since, until  time.Time
	unit          string
	shift         time.Duration
	businessHours bool
	// All nil is the whole account.
	inbox, agent, team *int64
	label              *string
}

// readPeriod reads the range and the steps from the query.
func (h *handlers) readPeriod(c *api.Call) (period, error) {
	p := period{unit: "day", until: h.a.Now().UTC().Truncate(time.Second).Add(time.Second)}
	if t, ok := api.ParseTime(c.QueryParam("until")); ok {
		p.until = t
	}
	p.since = p.until.Add(-usualRange)
	if t, ok := api.ParseTime(c.QueryParam("since")); ok {
		p.since = t
	}
	if p.since.After(p.until) {
		p.since = p.until
	}
	if p.until.Sub(p.since) > longestRange {
		return p, api.Unprocessable("The range is longer than ten years")
	}
	if u := c.QueryParam("group_by"); slices.Contains([]string{"hour", "day", "week", "month", "year"}, u) {
		p.unit = u
	}
	if hours, err := strconv.ParseFloat(c.QueryParam("timezone_offset"), 64); err == nil && math.Abs(hours) <= 14 {
		p.shift = time.Duration(hours * float64(time.Hour)).Truncate(time.Minute)
	}
	p.businessHours, _ = strconv.ParseBool(c.QueryParam("business_hours"))
	return p, nil
}

// readSubject narrows a period to the agent, team, inbox or label that type and id name.
func (h *handlers) readSubject(c *api.Call, p *period) error {
	subject := c.QueryParam("type")
	if subject == "" || subject == "account" {
		return nil
	}
	id, err := strconv.ParseInt(c.QueryParam("id"), 10, 64)
	if err != nil && subject != "label" {
		return fault.NotFound
	}
	rows, err := h.q.ListReportSubjects(c.Ctx(), c.Account(), subject)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(rows, func(r db.ListReportSubjectsRow) bool {
		return r.ID == id || (subject == "label" && r.Name == c.QueryParam("id"))
	})
	if at < 0 {
		return fault.NotFound
	}
	switch subject {
	case "inbox":
		p.inbox = &rows[at].ID
	case "agent":
		p.agent = &rows[at].ID
	case "team":
		p.team = &rows[at].ID
	case "label":
		p.label = &rows[at].Name
	}
	return nil
}

// steps are the seconds at which the steps of the period begin. The first is the one that holds since.
func (p period) steps() ([]int64, error) {
	zone := time.FixedZone("", int(p.shift/time.Second))
	at := p.since.In(zone)
	day := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, zone)
	next := func(t time.Time) time.Time { return t.AddDate(0, 0, 1) }
	switch p.unit {
	case "hour":
		day = time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), 0, 0, 0, zone)
		next = func(t time.Time) time.Time { return t.Add(time.Hour) }
	case "week":
		day = day.AddDate(0, 0, -(int(day.Weekday())+6)%7) // weeks begin on Monday
		next = func(t time.Time) time.Time { return t.AddDate(0, 0, 7) }
	case "month":
		day = day.AddDate(0, 0, 1-day.Day())
		next = func(t time.Time) time.Time { return t.AddDate(0, 1, 0) }
	case "year":
		day = time.Date(at.Year(), 1, 1, 0, 0, 0, 0, zone)
		next = func(t time.Time) time.Time { return t.AddDate(1, 0, 0) }
	}
	var all []int64
	for t := day; t.Before(p.until); t = next(t) {
		if len(all) == mostSteps {
			return nil, api.Unprocessable("The range has more than 10000 steps; take longer ones")
		}
		all = append(all, t.Unix())
	}
	return all, nil
}

// previous is the period of the same length that ends where this one begins.
func (p period) previous() period {
	p.since, p.until = p.since.Add(-p.until.Sub(p.since)), p.since
	return p
}
