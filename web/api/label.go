package api

import (
	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
)

// LabelInput holds the fields of a label that clients may send.
type LabelInput struct {
	Title         Text `json:"title"`
	Description   Text `json:"description"`
	Color         Text `json:"color"`
	ShowOnSidebar Bool `json:"show_on_sidebar"`
}

// Apply writes the fields that were sent to l, the title in lower case, and checks the result.
func (in LabelInput) Apply(l *db.Label) error {
	if in.Title.Set {
		l.Title = db.LabelTitle(in.Title.Value)
	}
	if in.Description.Set {
		l.Description = in.Description.Value
	}
	if in.Color.Value != "" {
		l.Color = in.Color.Value
	}
	l.ShowOnSidebar = in.ShowOnSidebar.Or(l.ShowOnSidebar)
	if typeErr := l.Invalid(); len(typeErr) > 0 {
		return fault.Fields(typeErr)
	}
	return nil
}

// TitleTaken turns the database's error about a second label with the same title into a field error.
func TitleTaken(err error) error {
	if db.IsDuplicate(err, "labels_account_id_title_key") {
		return fault.Field("title", "Title has already been taken")
	}
	return err
}

// Labels returns the page of the account's labels that the call asks for, ordered by title.
func Labels(c *Call, q *db.Queries) ([]db.Label, error) {
	return Page(c, func(p Position) ([]db.Label, error) {
		return q.ListLabels(c.Ctx(), db.ListLabelsParams{AccountID: c.Account(), AfterName: p.Name, AfterID: p.ID, PageSize: p.Most})
	}, func(l db.Label) (string, int64) { return l.Title, l.ID })
}
