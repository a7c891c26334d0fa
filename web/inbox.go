package web

import (
	"encoding/base64"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/views"
)

// listPage is how many rows a list shows at a time.
const listPage = 30

// inboxPage is the list without an open conversation, or a fragment of it: part=list are its first rows, part=views
// its figures, part=sidebar the figures beside it.
func (a *App) inboxPage(c echo.Context) error {
	f := filterOf(c)
	switch c.QueryParam("part") {
	case "views":
		return a.viewsPart(c, f)
	case "sidebar":
		return a.sidebarPart(c, f)
	case "list":
		list, err := a.list(c, f, 0)
		if err != nil {
			return err
		}
		return part(c, views.Rows(list))
	}
	if htmx(c) && c.QueryParam("after") != "" { // more rows, for the end of the list
		list, err := a.list(c, f, 0)
		if err != nil {
			return err
		}
		return part(c, views.Rows(list))
	}
	frame, list := a.newFrame(c, views.ListTitle(f), "inbox"), a.newListing(c, f, 0)
	err := a.q.Together(c.Request().Context(), append(a.askList(c, &list), a.askSidebar(c, &frame.Sidebar), a.askUnread(c, &frame.Unread))...)
	if err != nil {
		return err
	}
	if err := a.readRows(c, &list); err != nil {
		return err
	}
	if c.QueryParam("choose") != "" {
		if list.Bulk, err = a.bulk(c); err != nil {
			return err
		}
		list.Bulk.Shown = true
	}
	frame.Flash = a.flash(c)
	start, err := a.start(c, frame)
	if err != nil {
		return err
	}
	return page(c, views.InboxPage(frame, list.List, start))
}

// viewsPart is the figures beside Mine, Unassigned and All.
func (a *App) viewsPart(c echo.Context, f views.Filter) error {
	list := a.newListing(c, f, 0)
	if err := a.q.Together(c.Request().Context(), a.askCounts(c, &list.List)...); err != nil {
		return err
	}
	return part(c, views.Views(list.List))
}

// sidebarPart is the figures beside inboxes and teams.
func (a *App) sidebarPart(c echo.Context, f views.Filter) error {
	frame := a.newFrame(c, "", "inbox")
	if err := a.askSidebar(c, &frame.Sidebar)(a.q); err != nil {
		return err
	}
	return part(c, views.Sidebar(frame, f))
}

// listing is a list whose rows are not read yet.
type listing struct {
	views.List
	after db.Cursor
	ids   []int64
}

// newListing is one page of a list. current is the display id of the conversation that stands beside it.
func (a *App) newListing(c echo.Context, f views.Filter, current int64) listing {
	v := viewerOf(c)
	l := listing{
		List:  views.List{AccountID: v.Scope.AccountID, Filter: f, Current: current, Me: v.ID, Now: a.nowFor(v)},
		after: cursorOf(c.QueryParam("after")),
	}
	l.Bulk = views.Bulk{AccountID: l.AccountID, Me: v.ID, Now: l.Now}
	l.Further = l.after != nil
	return l
}

// list reads one page of rows, without the figures.
func (a *App) list(c echo.Context, f views.Filter, current int64) (views.List, error) {
	l := a.newListing(c, f, current)
	if err := a.askRows(c, &l)(a.q); err != nil {
		return l.List, err
	}
	return l.List, a.readRows(c, &l)
}

// askList reads which conversations stand on the page, and the figures. What the rows show is read afterwards (cards).
func (a *App) askList(c echo.Context, l *listing) []db.Ask {
	return append(a.askCounts(c, &l.List), a.askRows(c, l))
}

func (a *App) askRows(c echo.Context, l *listing) db.Ask {
	ctx, v := c.Request().Context(), viewerOf(c)
	return func(q *db.Queries) error {
		listed, err := q.ListConversationIDs(ctx, db.ConversationList{
			Scope: v.Scope, Filter: conversationFilter(l.Filter, v.ID), Page: db.ConversationPage{After: l.after, Size: listPage + 1},
		})
		if err != nil {
			return err
		}
		if len(listed) > listPage {
			listed = listed[:listPage]
			l.Older = cursorText(listed[listPage-1].Position)
		}
		for _, row := range listed {
			l.ids = append(l.ids, row.ID)
		}
		return nil
	}
}

// askCounts reads the three figures, where they cost the same however many there are.
func (a *App) askCounts(c echo.Context, list *views.List) []db.Ask {
	if list.Filter.Label != "" || list.Filter.Text != "" {
		return nil
	}
	f := conversationFilter(list.Filter, 0)
	f.FollowedBy, f.Mentioning = nil, nil // the three figures are those of the views beside it
	return []db.Ask{func(q *db.Queries) error {
		n, err := q.CountConversations(c.Request().Context(), viewerOf(c).Scope, f)
		list.Counts = &n
		return err
	}}
}

func (a *App) readRows(c echo.Context, l *listing) (err error) {
	if len(l.ids) == 0 {
		return nil
	}
	l.Rows, err = a.q.ListInboxRows(c.Request().Context(), db.ListInboxRowsParams{AccountID: l.AccountID, UserID: l.Me, Ids: l.ids})
	return err
}

// filterOf reads a list's address. Words that it does not know count as not said.
func filterOf(c echo.Context) views.Filter {
	f := views.Filter{View: "all", Status: "open", Label: c.QueryParam("label"), Text: strings.TrimSpace(c.QueryParam("q"))}
	if v := c.QueryParam("view"); slices.Contains([]string{"mine", "unassigned", "all", "mentions", "following"}, v) {
		f.View = v
	}
	if s := c.QueryParam("status"); s == "all" || db.ConversationStatus(s).Valid() {
		f.Status = s
	}
	f.InboxID, _ = strconv.ParseInt(c.QueryParam("inbox"), 10, 64)
	f.TeamID, _ = strconv.ParseInt(c.QueryParam("team"), 10, 64)
	f.Label, f.Text = storableText(f.Label, 255), storableText(f.Text, 200)
	return f
}

func conversationFilter(f views.Filter, me int64) db.ConversationFilter {
	out := db.ConversationFilter{Text: f.Text}
	if f.Status != "all" {
		out.Statuses = []db.ConversationStatus{db.ConversationStatus(f.Status)}
	}
	switch f.View {
	case "mine":
		out.Assignee = db.AssignedToMe
	case "unassigned":
		out.Assignee = db.AssignedToNobody
	case "mentions":
		out.Mentioning = &me
	case "following":
		out.FollowedBy = &me
	}
	if f.InboxID > 0 {
		out.InboxIDs = []int64{f.InboxID}
	}
	if f.TeamID > 0 {
		out.TeamID = &f.TeamID
	}
	if f.Label != "" {
		out.Labels = []string{f.Label}
	}
	return out
}

// timeText is a timestamp as PostgreSQL writes it.
var timeText = regexp.MustCompile(`^\d{4,5}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?\+00(:00)?$`)

// A cursor travels in an address as JSON in base64: it holds only places, and the query takes them as values.
func cursorText(place db.Cursor) string {
	raw, err := json.Marshal(place)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

func cursorOf(text string) db.Cursor {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	var place db.Cursor
	if text == "" || err != nil || json.Unmarshal(raw, &place) != nil || len(place) != 2 || place[0] == nil || place[1] == nil {
		return nil
	}
	if _, err := strconv.ParseInt(*place[1], 10, 64); err != nil || !timeText.MatchString(*place[0]) {
		return nil // somebody made it up
	}
	return place
}

// start is what stands in place of a thread while none is open: first steps in a new account.
func (a *App) start(c echo.Context, f views.Frame) (views.Start, error) {
	inboxes := 0
	for _, p := range f.Sidebar {
		if p.Section == "inbox" {
			inboxes++
		}
	}
	return views.Start{Admin: viewerOf(c).Scope.Admin(), Inboxes: inboxes, Inbox: link.Settings(f.AccountID, "inboxes"), Members: link.Settings(f.AccountID, "members")}, nil
}
