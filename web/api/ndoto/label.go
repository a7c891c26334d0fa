package ndoto

import (
	"context"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
)

// maxSettings is how many labels or canned replies a list gives: the contract has no pages for them.
const maxSettings = 1000

func (s *surface) labelRoutes() []api.Route {
	const labels = v1 + "/labels"
	return []api.Route{
		api.Get(labels, api.Member, s.listLabels),
		api.Post(labels, api.Admin, s.createLabel),
		api.Get(v1+"/canned_responses", api.Member, s.listCannedReplies),
	}
}

// labelJSON is a label that the account offers.
type labelJSON struct {
	ID            int64  `json:"id"`
	Title         string `json:"title"`
	Description   string `json:"description"`
	Color         string `json:"color"`
	ShowOnSidebar bool   `json:"show_on_sidebar"`
	CreatedAt     int64  `json:"created_at"`
}

func labelShape(l db.Label) labelJSON {
	return labelJSON{l.ID, l.Title, l.Description, l.Color, l.ShowOnSidebar, seconds(l.CreatedAt)}
}

func (s *surface) listLabels(c *api.Call) error {
	rows, err := s.q.ListLabels(c.Ctx(), db.ListLabelsParams{AccountID: c.Account(), PageSize: maxSettings})
	if err != nil {
		return err
	}
	out := struct {
		Payload []labelJSON `json:"payload"`
	}{make([]labelJSON, len(rows))}
	for i, r := range rows {
		out.Payload[i] = labelShape(r)
	}
	return c.Answer(out)
}

// createLabel adds a label; its title is unique and in lower case.
func (s *surface) createLabel(c *api.Call) error {
	var in struct {
		Title         api.Text `json:"title"`
		Description   api.Text `json:"description"`
		Color         api.Text `json:"color"`
		ShowOnSidebar api.Bool `json:"show_on_sidebar"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	l := db.Label{Title: db.LabelTitle(in.Title.Value), Description: in.Description.Value, Color: "#1f93ff", ShowOnSidebar: in.ShowOnSidebar.Or(true)}
	if in.Color.Value != "" {
		l.Color = in.Color.Value
	}
	if wrong := l.Wrong(); len(wrong) > 0 {
		return fault.Fields(wrong)
	}
	return s.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		row, err := t.Queries().InsertLabel(ctx, db.InsertLabelParams{
			AccountID: t.Account(), Title: l.Title, Description: l.Description, Color: l.Color, ShowOnSidebar: l.ShowOnSidebar,
		})
		if db.IsDuplicate(err, "labels_account_id_title_key") {
			return nil, fault.Field("title", "Title has already been taken")
		}
		return api.Status{Code: createdStatus, Body: labelShape(row)}, err
	})
}

// cannedReplyJSON is a canned reply, as a bare list holds it.
type cannedReplyJSON struct {
	ID        int64  `json:"id"`
	AccountID int64  `json:"account_id"`
	ShortCode string `json:"short_code"`
	Content   string `json:"content"`
}

func (s *surface) listCannedReplies(c *api.Call) error {
	rows, err := s.q.ListAllCannedReplies(c.Ctx(), db.ListAllCannedRepliesParams{AccountID: c.Account(), PageSize: maxSettings})
	if err != nil {
		return err
	}
	list := make([]cannedReplyJSON, len(rows))
	for i, r := range rows {
		list[i] = cannedReplyJSON{r.ID, r.AccountID, r.ShortCode, r.Content}
	}
	return c.Answer(list)
}
