package report

import (
	"slices"
	"strconv"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

const csatPath = v1 + "/csat_survey_responses"

func (h *handlers) csatRoutes() []api.Route {
	return []api.Route{
		api.Get(csatPath, api.Admin, h.listCsat),
		api.Get(csatPath+"/metrics", api.Admin, h.csatMetrics),
		api.Get(csatPath+"/download", api.Admin, h.downloadCsat),
	}
}

// The most answers on a page and in a file.
const (
	csatSize = 25
	csatFile = 50_000
)

type csatJSON struct {
	ID              int64               `json:"id"`
	Rating          int16               `json:"rating"`
	FeedbackMessage string              `json:"feedback_message"`
	AccountID       int64               `json:"account_id"`
	MessageID       int64               `json:"message_id"`
	Contact         shape.ContactSender `json:"contact"`
	ConversationID  int64               `json:"conversation_id"`
	AssignedAgent   *shape.Agent        `json:"assigned_agent,omitempty"`
	CreatedAt       int64               `json:"created_at"`
}

// csatFilter reads which answers the query asks for.
func (h *handlers) csatFilter(c *api.Call) (db.ListCsatResponsesParams, error) {
	var in struct {
		Since  api.Text `json:"since"`
		Until  api.Text `json:"until"`
		Rating api.ID   `json:"rating"`
		Users  api.IDs  `json:"user_ids"`
		Inbox  api.ID   `json:"inbox_id"`
		Team   api.ID   `json:"team_id"`
		Sort   api.Text `json:"sort"`
	}
	p := db.ListCsatResponsesParams{AccountID: c.Account(), Since: time.Unix(0, 0), Until: h.a.Now().AddDate(1, 0, 0)}
	if err := c.ReadQuery(&in); err != nil {
		return p, err
	}
	if t, ok := api.ParseTime(in.Since.Value); ok {
		p.Since = t
	}
	if t, ok := api.ParseTime(in.Until.Value); ok {
		p.Until = t
	}
	if rating := in.Rating.Ptr(); rating != nil {
		n := int32(min(*rating, 9))
		p.Rating = &n
	}
	p.UserIds, p.InboxID, p.TeamID = in.Users.Some(), in.Inbox.Ptr(), in.Team.Ptr()
	p.ByUser = len(p.UserIds) > 0
	if p.UserIds == nil {
		p.UserIds = []int64{}
	}
	if slices.Contains([]string{"rating", "-rating", "created_at"}, in.Sort.Value) {
		p.Sort = in.Sort.Value
	}
	return p, nil
}

// csatRows reads answers with the agents whose conversations they were about.
func (h *handlers) csatRows(c *api.Call, p db.ListCsatResponsesParams) ([]csatJSON, error) {
	rows, err := h.q.ListCsatResponses(c.Ctx(), p)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, r := range rows {
		if id := r.CsatResponse.AssigneeID; id != nil && !slices.Contains(ids, *id) {
			ids = append(ids, *id)
		}
	}
	agents := map[int64]shape.Agent{}
	if len(ids) > 0 {
		people, err := h.q.ListMembersByID(c.Ctx(), c.Account(), ids)
		if err != nil {
			return nil, err
		}
		for _, m := range people {
			agents[m.User.ID] = h.shape.Agent(m.User, m.Membership)
		}
	}
	out := make([]csatJSON, len(rows))
	for i, r := range rows {
		out[i] = csatJSON{
			ID:              r.CsatResponse.ID,
			Rating:          r.CsatResponse.Rating,
			FeedbackMessage: r.CsatResponse.Feedback,
			AccountID:       r.CsatResponse.AccountID,
			MessageID:       r.CsatResponse.MessageID,
			ConversationID:  r.DisplayID,
			CreatedAt:       r.CsatResponse.CreatedAt.Unix(),
			Contact:         h.shape.ContactSender(r.Contact),
		}
		if r.CsatResponse.AssigneeID == nil {
			continue
		}
		if a, ok := agents[*r.CsatResponse.AssigneeID]; ok {
			out[i].AssignedAgent = &a
		}
	}
	return out, nil
}

// listCsat answers a page of answers as a bare list, the newest first. Its cursor is a number of rows to skip and the
// time at which the walk began: answers that came later are left out, so the rows do not move.
func (h *handlers) listCsat(c *api.Call) error {
	p, err := h.csatFilter(c)
	if err != nil {
		return err
	}
	p.Most, p.Skip = int32(c.Limit(csatSize, 100)), int32((c.PageNumber()-1)*csatSize)
	var skip int32
	var began int64
	walking, err := c.Cursor(&skip, &began)
	if err != nil {
		return err
	}
	if walking && skip >= 0 {
		p.Skip = skip
		if at := time.UnixMicro(began); at.Before(p.Until) {
			p.Until = at
		}
	} else {
		began = h.a.Now().UnixMicro()
	}
	rows, err := h.csatRows(c, p)
	if err != nil {
		return err
	}
	if len(rows) == int(p.Most) {
		if err := c.Next(p.Skip+p.Most, began); err != nil {
			return err
		}
	}
	return c.Answer(rows)
}

func (h *handlers) csatMetrics(c *api.Call) error {
	p, err := h.csatFilter(c)
	if err != nil {
		return err
	}
	rows, err := h.q.CountCsatResponses(c.Ctx(), db.CountCsatResponsesParams{
		AccountID: p.AccountID,
		Since:     p.Since,
		Until:     p.Until,
		Rating:    p.Rating,
		ByUser:    p.ByUser,
		UserIds:   p.UserIds,
		InboxID:   p.InboxID,
		TeamID:    p.TeamID,
	})
	if err != nil {
		return err
	}
	sent, err := h.q.CountSurveys(c.Ctx(), db.CountSurveysParams{
		AccountID: p.AccountID,
		Since:     p.Since,
		Until:     p.Until,
		ByUser:    p.ByUser,
		UserIds:   p.UserIds,
		InboxID:   p.InboxID,
		TeamID:    p.TeamID,
	})
	if err != nil {
		return err
	}
	out := struct {
		TotalCount             int64            `json:"total_count"`
		RatingsCount           map[string]int64 `json:"ratings_count"`
		TotalSentMessagesCount int64            `json:"total_sent_messages_count"`
	}{RatingsCount: map[string]int64{}, TotalSentMessagesCount: sent}
	for _, r := range rows {
		out.RatingsCount[strconv.Itoa(int(r.Rating))] = r.N
		out.TotalCount += r.N
	}
	return c.Answer(out)
}

func (h *handlers) downloadCsat(c *api.Call) error {
	p, err := h.csatFilter(c)
	if err != nil {
		return err
	}
	p.Most = csatFile
	rows, err := h.csatRows(c, p)
	if err != nil {
		return err
	}
	out := [][]string{{
		"Agent name", "Rating", "Feedback comment", "Contact name", "Contact e-mail address", "Contact phone number",
		"Link to the conversation", "Recorded date",
	}}
	for _, r := range rows {
		agent := ""
		if r.AssignedAgent != nil {
			agent = r.AssignedAgent.Name
		}
		out = append(out, []string{
			agent, strconv.Itoa(int(r.Rating)), r.FeedbackMessage, r.Contact.Name, shape.Deref(r.Contact.Email), shape.Deref(r.Contact.PhoneNumber),
			h.a.BaseURL + link.Conversation(r.AccountID, r.ConversationID), time.Unix(r.CreatedAt, 0).UTC().Format(time.DateTime),
		})
	}
	return writeCSV(c, "csat_survey_responses", out)
}
