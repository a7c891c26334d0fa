package views

import (
	"strconv"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/views/ui"
)

// Bulk is what stands at the foot of the list while conversations are picked: what can be done to all of them.
type Bulk struct {
	AccountID int64
	// Shown says that the page was asked for with boxes, which is the way without script and on a phone.
	Shown bool
	// People and Labels are read once somebody picks; Known says that they are here.
	Known  bool
	People []db.ListMembersRow
	Labels []db.Label
	Me     int64
	Now    time.Time
}

func (b Bulk) address() string { return link.Bulk(b.AccountID) }

// unchanged is the choice that changes nothing; empty is nobody.
const unchanged = "-"

func bulkPeople(b Bulk) []ui.Option {
	all := []ui.Option{{Value: unchanged, Label: "Assign to"}, {Value: "me", Label: "Me"}}
	for _, p := range b.People {
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
