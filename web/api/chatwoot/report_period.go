package chatwoot

import (
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
)

// Bounds of a report: the usual range where none is given, the longest, and the most steps of a series.
const (
	reportUsual = 30 * 24 * time.Hour
	reportMost  = 10 * 366 * 24 * time.Hour
	reportSteps = 10_000
)

// period is what a report is about.
type period struct {
	since, until  time.Time
	unit          string
	shift         time.Duration
	businessHours bool
	// of whom; all nil is the account
	inbox, agent, team *int64
	label              *string
}

// period reads the range and the rest of the query.
func (h *handlers) period(c *api.Call) (period, error) {
	p := period{unit: "day", until: h.a.Now().UTC().Truncate(time.Second).Add(time.Second)}
	if t, ok := api.ParseTime(c.QueryParam("until")); ok {
		p.until = t
	}
	p.since = p.until.Add(-reportUsual)
	if t, ok := api.ParseTime(c.QueryParam("since")); ok {
		p.since = t
	}
	if p.since.After(p.until) {
		p.since = p.until
	}
	if p.until.Sub(p.since) > reportMost {
		return p, refuse("The range is longer than ten years")
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

// about narrows a period to what type and id name. One that is not there is not found.
func (h *handlers) about(c *api.Call, p *period) error {
	what := c.QueryParam("type")
	if what == "" || what == "account" {
		return nil
	}
	id, err := strconv.ParseInt(c.QueryParam("id"), 10, 64)
	if err != nil && what != "label" {
		return fault.NotFound
	}
	rows, err := h.q.ListReportSubjects(c.Ctx(), c.Account(), what)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(rows, func(r db.ListReportSubjectsRow) bool {
		return r.ID == id || (what == "label" && r.Name == c.QueryParam("id"))
	})
	if at < 0 {
		return fault.NotFound
	}
	switch what {
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

// steps are the seconds at which the steps of a period begin, the first one with since in it.
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
		if len(all) == reportSteps {
			return nil, refuse("The range has more than 10000 steps; take longer ones")
		}
		all = append(all, t.Unix())
	}
	return all, nil
}

// before is the time of equal length that ended when the period began.
func (p period) before() period {
	p.since, p.until = p.since.Add(-p.until.Sub(p.since)), p.since
	return p
}
