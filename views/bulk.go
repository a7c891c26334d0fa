package views

import (
	"strconv"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/views/ui"
)

// Bulk is the bar below the list for changing all picked conversations.
type Bulk struct {
	AccountID int64
	// Shown is set where the page was requested with checkboxes, as it is without script and on a phone.
	Shown bool
	// People and Labels are read once a row is picked; Known is set when they are here.
	Known   bool
	Members []db.ListMembersRow
	Labels  []db.Label
	Me      int64
	Now     time.Time
}

func (b Bulk) address() string { return link.Bulk(b.AccountID) }

// unchanged is the choice that changes nothing; "" assigns nobody.
const unchanged = "-"

func bulkPeople(b Bulk) []ui.Option {
	all := []ui.Option{{Value: unchanged, Label: "Assign to"}, {Value: "me", Label: "Me"}}
	for _, p := range b.Members {
		if p.User.ID != b.Me {
			all = append(all, ui.Option{Value: strconv.FormatInt(p.User.ID, 10), Label: p.User.Name})
		}
	}
	return append(all, ui.Option{Value: "nobody", Label: "Nobody"})
}

func bulkLabels(b Bulk) []ui.Option {
	all := []ui.Option{{Value: unchanged, Label: "Label"}}
	for _, l := range b.Labels {
		all = append(all, ui.Option{Value: l.Title, Label: l.Title})
	}
	return all
}
