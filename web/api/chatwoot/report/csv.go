package report

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/parleydesk/parley/web/api"
)

// writeCSV answers with a file of comma-separated values. A quote in front of a cell keeps a spreadsheet from running it
// as a formula.
func writeCSV(c *api.Call, name string, rows [][]string) error {
	h := c.Response().Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+name+`.csv"`)
	h.Set("X-Content-Type-Options", "nosniff")
	c.Response().WriteHeader(http.StatusOK)
	w := csv.NewWriter(c.Response())
	for _, row := range rows {
		for i, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				row[i] = "'" + cell
			}
		}
	}
	return w.WriteAll(rows)
}

// formatDuration writes seconds as hours, minutes and seconds; nil is "".
func formatDuration(seconds *float64) string {
	if seconds == nil {
		return ""
	}
	d := time.Duration(*seconds * float64(time.Second)).Round(time.Second)
	return fmt.Sprintf("%d:%02d:%02d", int(d.Hours()), int(d.Minutes())%60, int(d.Seconds())%60)
}

func (p period) title() []string {
	zone := time.FixedZone("", int(p.shift/time.Second))
	return []string{"Reporting period " + p.since.In(zone).Format(time.DateOnly) + " to " + p.until.In(zone).Format(time.DateOnly)}
}

// summaryCSV is a file of the summary of agents, inboxes, labels or teams.
func (h *handlers) summaryCSV(subject, head string) api.Handler {
	return func(c *api.Call) error {
		p, err := h.readPeriod(c)
		if err != nil {
			return err
		}
		rows, err := h.summaryRows(c.Ctx(), c.Account(), p, subject)
		if err != nil {
			return err
		}
		out := [][]string{p.title(), {
			head, "Conversations", "Avg first response time", "Avg resolution time", "Avg customer waiting time", "Resolution count",
		}}
		for _, r := range rows {
			out = append(out, []string{
				r.name,
				strconv.FormatInt(r.conversations, 10),
				formatDuration(r.firstResponse),
				formatDuration(r.resolution),
				formatDuration(r.reply),
				strconv.FormatInt(r.resolved, 10),
			})
		}
		return writeCSV(c, path.Base(c.Path())+"_report", out)
	}
}

// seriesCSV is a file of all metrics by step.
func (h *handlers) seriesCSV(c *api.Call) error {
	p, err := h.readPeriod(c)
	if err != nil {
		return err
	}
	if err := h.readSubject(c, &p); err != nil {
		return err
	}
	steps, err := p.steps()
	if err != nil {
		return err
	}
	all, err := h.readMetrics(c.Ctx(), c.Account(), p, summaryMetrics()...)
	if err != nil {
		return err
	}
	out := [][]string{p.title(), {
		"Date", "Conversations", "Incoming messages", "Outgoing messages", "Avg first response time", "Avg resolution time",
		"Avg customer waiting time", "Resolution count",
	}}
	zone := time.FixedZone("", int(p.shift/time.Second))
	for _, at := range steps {
		n := func(metric string) string { return strconv.FormatInt(all[metric][at].count, 10) }
		mean := func(metric string) string { return formatDuration(all[metric][at].mean()) }
		out = append(out, []string{
			time.Unix(at, 0).In(zone).Format("2006-01-02 15:04"),
			n("conversations_count"),
			n("incoming_messages_count"),
			n("outgoing_messages_count"),
			mean("avg_first_response_time"),
			mean("avg_resolution_time"),
			mean("reply_time"),
			n("resolutions_count"),
		})
	}
	return writeCSV(c, "conversations_summary", out)
}

// trafficCSV is a file that counts conversations by hour of the day, a row each, and by day, a column each.
func (h *handlers) trafficCSV(c *api.Call) error {
	p, err := h.readPeriod(c)
	if err != nil {
		return err
	}
	p.unit = "day"
	days, err := p.steps()
	if err != nil {
		return err
	}
	if len(days) > 366 {
		return api.Unprocessable("The range is longer than a year")
	}
	p.unit = "hour"
	all, err := h.readMetrics(c.Ctx(), c.Account(), p, "conversations_count")
	if err != nil {
		return err
	}
	zone := time.FixedZone("", int(p.shift/time.Second))
	head := []string{"Start of the hour"}
	for _, day := range days {
		head = append(head, time.Unix(day, 0).In(zone).Format(time.DateOnly))
	}
	out := [][]string{p.title(), head}
	for hour := range int64(24) {
		row := []string{fmt.Sprintf("%02d:00", hour)}
		for _, day := range days {
			row = append(row, strconv.FormatInt(all["conversations_count"][day+hour*3600].count, 10))
		}
		out = append(out, row)
	}
	return writeCSV(c, "conversation_traffic", out)
}
