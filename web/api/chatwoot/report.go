package chatwoot

import (
	"context"
	"encoding/json"
	"math"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
)

// Reports are made from what is there when they are asked for: conversations and messages by when they were made, and
// reporting events, which the reactions write, by when they ended. Every range is bounded.
func (s *surface) reportRoutes() []api.Route {
	r := v2 + "/reports"
	return []api.Route{
		api.Get(r, api.Admin, s.report),
		api.Get(r+"/summary", api.Admin, s.reportSummary),
		api.Get(r+"/bot_summary", api.Admin, s.reportBotSummary),
		api.Get(r+"/bot_metrics", api.Admin, s.reportBotMetrics),
		api.Get(r+"/conversations", api.Admin, s.reportConversations),
		api.Get(r+"/inbox_label_matrix", api.Admin, s.reportMatrix),
		api.Get(r+"/first_response_time_distribution", api.Admin, s.reportDistribution),
		api.Get(r+"/outgoing_messages_count", api.Admin, s.reportOutgoing),
		api.Get(r+"/agents", api.Admin, s.reportCSV("agent", "Agent name")),
		api.Get(r+"/inboxes", api.Admin, s.reportCSV("inbox", "Inbox name")),
		api.Get(r+"/labels", api.Admin, s.reportCSV("label", "Label")),
		api.Get(r+"/teams", api.Admin, s.reportCSV("team", "Team name")),
		api.Get(r+"/conversations_summary", api.Admin, s.reportDaysCSV),
		api.Get(r+"/conversation_traffic", api.Admin, s.reportTrafficCSV),
		api.Get(v2+"/summary_reports/agent", api.Admin, s.summaryReport("agent")),
		api.Get(v2+"/summary_reports/team", api.Admin, s.summaryReport("team")),
		api.Get(v2+"/summary_reports/inbox", api.Admin, s.summaryReport("inbox")),
		api.Get(v2+"/summary_reports/label", api.Admin, s.labelReport),
		api.Get(v2+"/summary_reports/channel", api.Admin, s.channelReport),
		api.Get(v2+"/live_reports/conversation_metrics", api.Admin, s.liveReport),
		api.Get(v2+"/live_reports/grouped_conversation_metrics", api.Admin, s.groupedLiveReport),
	}
}

// The names of reporting events.
const (
	evFirstResponse = "first_response"
	evReplyTime     = "reply_time"
	evResolved      = "conversation_resolved"
	evBotHandOff    = "conversation_bot_handoff"
	evBotResolved   = "conversation_bot_resolved"
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
func (s *surface) period(c *api.Call) (period, error) {
	p := period{unit: "day", until: s.a.Now().UTC().Truncate(time.Second).Add(time.Second)}
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
func (s *surface) about(c *api.Call, p *period) error {
	what := c.QueryParam("type")
	if what == "" || what == "account" {
		return nil
	}
	id, err := strconv.ParseInt(c.QueryParam("id"), 10, 64)
	if err != nil && what != "label" {
		return fault.NotFound
	}
	rows, err := s.q.ListReported(c.Ctx(), c.Account(), what)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(rows, func(r db.ListReportedRow) bool {
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

// figure is a number of things, and how long they took in all.
type figure struct {
	n     int64
	total float64
}

// mean is the average, or nil of nothing.
func (f figure) mean() *float64 {
	if f.n == 0 {
		return nil
	}
	m := f.total / float64(f.n)
	return &m
}

// series are figures by metric and by the second at which their step begins.
type series map[string]map[int64]figure

func (s series) add(metric string, bucket int64, f figure) {
	if s[metric] == nil {
		s[metric] = map[int64]figure{}
	}
	s[metric][bucket] = f
}

// sum is a metric over all steps.
func (s series) sum(metric string) (all figure) {
	for _, f := range s[metric] {
		all.n, all.total = all.n+f.n, all.total+f.total
	}
	return all
}

// metricEvents are the metrics that come from reporting events.
var metricEvents = map[string]string{
	"avg_first_response_time": evFirstResponse, "avg_resolution_time": evResolved, "reply_time": evReplyTime,
	"resolutions_count": evResolved, "bot_resolutions_count": evBotResolved, "bot_handoffs_count": evBotHandOff,
}

// figures reads what the metrics need: at most one query for each of the three tables.
func (s *surface) figures(ctx context.Context, accountID int64, p period, metrics ...string) (series, error) {
	out := series{}
	shift := int64(p.shift / time.Second)
	var events []string
	conversations, messages := false, false
	for _, m := range metrics {
		conversations = conversations || m == "conversations_count"
		messages = messages || m == "incoming_messages_count" || m == "outgoing_messages_count"
		if name := metricEvents[m]; name != "" {
			events = append(events, name)
		}
	}
	if conversations {
		rows, err := s.q.CountConversationsByTime(ctx, db.CountConversationsByTimeParams{
			AccountID: accountID, Since: p.since, Until: p.until, Unit: p.unit, Shift: shift, InboxID: p.inbox, AgentID: p.agent, TeamID: p.team, Label: p.label,
		})
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			out.add("conversations_count", r.Bucket, figure{n: r.N})
		}
	}
	if messages {
		rows, err := s.q.CountMessagesByTime(ctx, db.CountMessagesByTimeParams{
			AccountID: accountID, Since: p.since, Until: p.until, Unit: p.unit, Shift: shift, InboxID: p.inbox, AgentID: p.agent, TeamID: p.team, Label: p.label,
		})
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			out.add(string(r.Kind)+"_messages_count", r.Bucket, figure{n: r.N})
		}
	}
	if len(events) == 0 {
		return out, nil
	}
	rows, err := s.q.SumReportingEventsByTime(ctx, db.SumReportingEventsByTimeParams{
		AccountID: accountID, Names: events, Since: p.since, Until: p.until, Unit: p.unit, Shift: shift, BusinessHours: p.businessHours,
		InboxID: p.inbox, AgentID: p.agent, TeamID: p.team, Label: p.label,
	})
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		for metric, name := range metricEvents {
			if name == r.Name {
				out.add(metric, r.Bucket, figure{r.N, r.Total})
			}
		}
	}
	return out, nil
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

type pointJSON struct {
	Value     float64 `json:"value"`
	Timestamp int64   `json:"timestamp"`
	Count     *int64  `json:"count,omitempty"`
}

// isMean tells a metric of durations from one of numbers.
func isMean(metric string) bool {
	return metric == "avg_first_response_time" || metric == "avg_resolution_time" || metric == "reply_time"
}

// report is one metric as a series of steps, those without anything too.
func (s *surface) report(c *api.Call) error {
	metric := c.QueryParam("metric")
	p, err := s.period(c)
	if err != nil {
		return err
	}
	if err := s.about(c, &p); err != nil {
		return err
	}
	if metricEvents[metric] == "" && !slices.Contains([]string{"conversations_count", "incoming_messages_count", "outgoing_messages_count"}, metric) {
		return c.Answer(struct{}{})
	}
	steps, err := p.steps()
	if err != nil {
		return err
	}
	all, err := s.figures(c.Ctx(), c.Account(), p, metric)
	if err != nil {
		return err
	}
	points := make([]pointJSON, len(steps))
	for i, at := range steps {
		f := all[metric][at]
		points[i] = pointJSON{Value: float64(f.n), Timestamp: at}
		if isMean(metric) {
			points[i].Value, points[i].Count = 0, &f.n
			if m := f.mean(); m != nil {
				points[i].Value = *m
			}
		}
	}
	return c.Answer(points)
}

type summaryJSON struct {
	ConversationsCount    int64        `json:"conversations_count"`
	IncomingMessagesCount int64        `json:"incoming_messages_count"`
	OutgoingMessagesCount int64        `json:"outgoing_messages_count"`
	AvgFirstResponseTime  *float64     `json:"avg_first_response_time"`
	AvgResolutionTime     *float64     `json:"avg_resolution_time"`
	ResolutionsCount      int64        `json:"resolutions_count"`
	ReplyTime             *float64     `json:"reply_time"`
	Previous              *summaryJSON `json:"previous,omitempty"`
}

// before is the time of equal length that ended when the period began.
func (p period) before() period {
	p.since, p.until = p.since.Add(-p.until.Sub(p.since)), p.since
	return p
}

func (s *surface) summaryOf(ctx context.Context, accountID int64, p period) (summaryJSON, error) {
	p.unit = "year"
	all, err := s.figures(ctx, accountID, p, "conversations_count", "incoming_messages_count", "avg_first_response_time", "avg_resolution_time", "reply_time")
	return summaryJSON{
		ConversationsCount: all.sum("conversations_count").n, IncomingMessagesCount: all.sum("incoming_messages_count").n,
		OutgoingMessagesCount: all.sum("outgoing_messages_count").n, AvgFirstResponseTime: all.sum("avg_first_response_time").mean(),
		AvgResolutionTime: all.sum("avg_resolution_time").mean(), ResolutionsCount: all.sum("resolutions_count").n, ReplyTime: all.sum("reply_time").mean(),
	}, err
}

func (s *surface) reportSummary(c *api.Call) error {
	p, err := s.period(c)
	if err != nil {
		return err
	}
	if err := s.about(c, &p); err != nil {
		return err
	}
	now, err := s.summaryOf(c.Ctx(), c.Account(), p)
	if err != nil {
		return err
	}
	previous, err := s.summaryOf(c.Ctx(), c.Account(), p.before())
	if err != nil {
		return err
	}
	now.Previous = &previous
	return c.Answer(now)
}

type botSummaryJSON struct {
	BotResolutionsCount int64           `json:"bot_resolutions_count"`
	BotHandoffsCount    int64           `json:"bot_handoffs_count"`
	Previous            *botSummaryJSON `json:"previous,omitempty"`
}

func (s *surface) reportBotSummary(c *api.Call) error {
	p, err := s.period(c)
	if err != nil {
		return err
	}
	if err := s.about(c, &p); err != nil {
		return err
	}
	var both [2]botSummaryJSON
	for i, p := range []period{p, p.before()} {
		p.unit = "year"
		all, err := s.figures(c.Ctx(), c.Account(), p, "bot_resolutions_count", "bot_handoffs_count")
		if err != nil {
			return err
		}
		both[i] = botSummaryJSON{BotResolutionsCount: all.sum("bot_resolutions_count").n, BotHandoffsCount: all.sum("bot_handoffs_count").n}
	}
	both[0].Previous = &both[1]
	return c.Answer(both[0])
}

// reportBotMetrics tells what bots did: rates are whole per cents.
func (s *surface) reportBotMetrics(c *api.Call) error {
	p, err := s.period(c)
	if err != nil {
		return err
	}
	p.unit = "year"
	did, err := s.q.GetBotFigures(c.Ctx(), db.GetBotFiguresParams{AccountID: c.Account(), Since: p.since, Until: p.until})
	if err != nil {
		return err
	}
	all, err := s.figures(c.Ctx(), c.Account(), p, "bot_resolutions_count", "bot_handoffs_count")
	if err != nil {
		return err
	}
	rate := func(n int64) int64 {
		if did.Conversations == 0 {
			return 0
		}
		return n * 100 / did.Conversations
	}
	return c.Answer(struct {
		ConversationCount int64 `json:"conversation_count"`
		MessageCount      int64 `json:"message_count"`
		ResolutionRate    int64 `json:"resolution_rate"`
		HandoffRate       int64 `json:"handoff_rate"`
	}{did.Conversations, did.Messages, rate(all.sum("bot_resolutions_count").n), rate(all.sum("bot_handoffs_count").n)})
}

type matrixJSON struct {
	Inboxes []matrixInboxJSON `json:"inboxes"`
	Labels  []matrixLabelJSON `json:"labels"`
	Matrix  [][]int64         `json:"matrix"`
}

type matrixInboxJSON struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

type matrixLabelJSON struct {
	ID    int64  `json:"id"`
	Title string `json:"title"`
}

// reportMatrix counts conversations by inbox, a row each, and by label that the account offers, a column each.
func (s *surface) reportMatrix(c *api.Call) error {
	p, err := s.period(c)
	if err != nil {
		return err
	}
	inboxes, err := s.reported(c, "inbox", "inbox_ids")
	if err != nil {
		return err
	}
	labels, err := s.reported(c, "label", "label_ids")
	if err != nil {
		return err
	}
	rows, err := s.q.GroupLabelConversations(c.Ctx(), db.GroupLabelConversationsParams{AccountID: c.Account(), Since: p.since, Until: p.until})
	if err != nil {
		return err
	}
	out := matrixJSON{Inboxes: []matrixInboxJSON{}, Labels: []matrixLabelJSON{}, Matrix: make([][]int64, len(inboxes))}
	for i, inbox := range inboxes {
		out.Inboxes = append(out.Inboxes, matrixInboxJSON{inbox.ID, inbox.Name})
		out.Matrix[i] = make([]int64, len(labels))
		for k, label := range labels {
			for _, r := range rows {
				if r.InboxID == inbox.ID && r.Label == label.Name {
					out.Matrix[i][k] = r.N
				}
			}
		}
	}
	for _, label := range labels {
		out.Labels = append(out.Labels, matrixLabelJSON{label.ID, label.Name})
	}
	return c.Answer(out)
}

// reported are those whom a report is about, or those of them that a list in the query names.
func (s *surface) reported(c *api.Call, what, chosen string) ([]db.ListReportedRow, error) {
	var in map[string]json.RawMessage
	if err := c.ReadQuery(&in); err != nil {
		return nil, err
	}
	var ids api.IDs
	if raw := in[chosen]; len(raw) > 0 {
		if err := ids.UnmarshalJSON(raw); err != nil {
			return nil, refuse(chosen + " must be numbers")
		}
	}
	rows, err := s.q.ListReported(c.Ctx(), c.Account(), what)
	if len(ids.Values) > 0 {
		rows = slices.DeleteFunc(rows, func(r db.ListReportedRow) bool { return !slices.Contains(ids.Values, r.ID) })
	}
	return rows, err
}

// reportDistribution counts first replies by channel and by how long they took.
func (s *surface) reportDistribution(c *api.Call) error {
	p, err := s.period(c)
	if err != nil {
		return err
	}
	rows, err := s.q.GroupFirstResponses(c.Ctx(), db.GroupFirstResponsesParams{AccountID: c.Account(), Since: p.since, Until: p.until})
	if err != nil {
		return err
	}
	names := [...]string{"0-1h", "1-4h", "4-8h", "8-24h", "24h+"}
	out := map[string]map[string]int64{}
	for _, r := range rows {
		at := api.Channel(r.Kind)
		if out[at] == nil {
			out[at] = map[string]int64{}
			for _, name := range names {
				out[at][name] = 0
			}
		}
		out[at][names[r.Step]] += r.N
	}
	return c.Answer(out)
}

type outgoingJSON struct {
	ID    int64  `json:"id"`
	Name  string `json:"name"`
	Count int64  `json:"outgoing_messages_count"`
}

// reportOutgoing counts what went out by agent, team, inbox or label; those without any are left out.
func (s *surface) reportOutgoing(c *api.Call) error {
	what := c.QueryParam("group_by")
	if !slices.Contains([]string{"agent", "team", "inbox", "label"}, what) {
		return api.RefuseWith(http.StatusUnprocessableEntity, nil)
	}
	p, err := s.period(c)
	if err != nil {
		return err
	}
	whom, err := s.q.ListReported(c.Ctx(), c.Account(), what)
	if err != nil {
		return err
	}
	counts := map[int64]int64{}
	if what == "label" {
		rows, err := s.q.GroupLabelOutgoing(c.Ctx(), db.GroupLabelOutgoingParams{AccountID: c.Account(), Since: p.since, Until: p.until})
		if err != nil {
			return err
		}
		for _, w := range whom {
			for _, r := range rows {
				if r.Label == w.Name {
					counts[w.ID] = r.N
				}
			}
		}
	} else {
		rows, err := s.q.GroupOutgoing(c.Ctx(), db.GroupOutgoingParams{AccountID: c.Account(), ByWhat: what, Since: p.since, Until: p.until})
		if err != nil {
			return err
		}
		for _, r := range rows {
			counts[r.Key] = r.N
		}
	}
	out := []outgoingJSON{}
	for _, w := range whom {
		if counts[w.ID] > 0 {
			out = append(out, outgoingJSON{w.ID, w.Name, counts[w.ID]})
		}
	}
	return c.Answer(out)
}
