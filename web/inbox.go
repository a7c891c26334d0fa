package web

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
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

// inboxPage shows the list without an open conversation, or a part of it: part=list is its first rows, part=views the
// counts of the views, part=sidebar those of inboxes and teams.
func (a *App) inboxPage(c echo.Context) error {
	f := filterOf(c)
	switch c.QueryParam("part") {
	case "views":
		return a.viewsPart(c, f)
	case "sidebar":
		return a.sidebarPart(c, f)
	case "list":
		return a.rowsPart(c, f)
	}
	if htmx(c) && c.QueryParam("after") != "" {
		return a.rowsPart(c, f)
	}
	frame, list := a.newFrame(c, views.ListTitle(f), "inbox"), a.newList(c, f, 0)
	b := a.q.Batch()
	a.loadList(c, b, &list)
	a.loadSidebar(c, b, &frame.Sidebar)
	a.loadUnread(c, b, &frame.Unread)
	if c.QueryParam("choose") != "" {
		a.loadBulk(b, &list.Bulk)
		list.Bulk.Shown = true
	}
	if err := b.Run(c.Request().Context()); err != nil {
		return err
	}
	frame.Flash = a.flash(c)
	return page(c, views.InboxPage(frame, list, a.startPane(c, frame)))
}

// rowsPart answers with the first rows of a list, or with further ones for its end.
func (a *App) rowsPart(c echo.Context, f views.Filter) error {
	list := a.newList(c, f, 0)
	b := a.q.Batch()
	a.loadRows(c, b, &list)
	if err := b.Run(c.Request().Context()); err != nil {
		return err
	}
	return part(c, views.Rows(list))
}

// viewsPart answers with the counts of Mine, Unassigned and All.
func (a *App) viewsPart(c echo.Context, f views.Filter) error {
	list := a.newList(c, f, 0)
	b := a.q.Batch()
	a.loadCounts(c, b, &list)
	if err := b.Run(c.Request().Context()); err != nil {
		return err
	}
	return part(c, views.Views(list))
}

// sidebarPart answers with the counts of inboxes and teams.
func (a *App) sidebarPart(c echo.Context, f views.Filter) error {
	frame := a.newFrame(c, "", "inbox")
	b := a.q.Batch()
	a.loadSidebar(c, b, &frame.Sidebar)
	if err := b.Run(c.Request().Context()); err != nil {
		return err
	}
	return part(c, views.Sidebar(frame, f))
}

// newList is one page of a list, still without its rows. current is the display id of the conversation that is open
// beside it.
func (a *App) newList(c echo.Context, f views.Filter, current int64) views.List {
	v := viewerOf(c)
	now := a.nowFor(v)
	return views.List{
		AccountID: v.Scope.AccountID,
		Filter:    f,
		Current:   current,
		Me:        v.ID,
		Now:       now,
		Further:   cursorOf(c.QueryParam("after")) != nil,
		Bulk:      views.Bulk{AccountID: v.Scope.AccountID, Me: v.ID, Now: now},
	}
}

// loadList reads the rows of a page and the counts.
func (a *App) loadList(c echo.Context, b *db.Batch, list *views.List) {
	a.loadCounts(c, b, list)
	a.loadRows(c, b, list)
}

// loadRows reads the ids of the conversations on the page, and then what their rows show.
func (a *App) loadRows(c echo.Context, b *db.Batch, list *views.List) {
	v := viewerOf(c)
	var listed []db.ListedConversation
	db.Into(b, &listed, (*db.Queries).ListConversationIDs, db.ConversationList{
		Scope:  v.Scope,
		Filter: conversationFilter(list.Filter, v.ID),
		Order:  db.ByActivityDesc,
		Page:   db.ConversationPage{After: cursorOf(c.QueryParam("after")), Size: listPage + 1},
	})
	b.Then(func() error {
		if len(listed) > listPage {
			listed = listed[:listPage]
			list.Older = cursorText(listed[listPage-1].Position)
		}
		ids := make([]int64, len(listed))
		for i, row := range listed {
			ids[i] = row.ID
		}
		if len(ids) > 0 {
			db.Into(b, &list.Rows, (*db.Queries).ListConversationRowsByID, db.ListConversationRowsByIDParams{
				AccountID: list.AccountID,
				UserID:    list.Me,
				Ids:       ids,
			})
		}
		return nil
	})
}

// loadCounts reads the three counts, but only for filters whose counts cost the same however many rows there are.
func (a *App) loadCounts(c echo.Context, b *db.Batch, list *views.List) {
	if list.Filter.Label != "" || list.Filter.Text != "" {
		return
	}
	f := conversationFilter(list.Filter, 0)
	f.FollowedBy, f.Mentioning = nil, nil // the counts are those of the views beside it
	list.Counts = &db.ConversationCounts{}
	db.Into2(b, list.Counts, (*db.Queries).CountConversations, viewerOf(c).Scope, f)
}

// filterOf reads a list's address. It ignores words that it does not know.
func filterOf(c echo.Context) views.Filter { return filterFrom(c.QueryParams()) }

func filterFrom(q url.Values) views.Filter {
	f := views.Filter{View: "all", Status: "open", Label: q.Get("label"), Text: strings.TrimSpace(q.Get("q"))}
	if v := q.Get("view"); slices.Contains([]string{"mine", "unassigned", "all", "mentions", "following"}, v) {
		f.View = v
	}
	if s := q.Get("status"); s == "all" || db.ConversationStatus(s).Valid() {
		f.Status = s
	}
	f.InboxID, _ = strconv.ParseInt(q.Get("inbox"), 10, 64)
	f.TeamID, _ = strconv.ParseInt(q.Get("team"), 10, 64)
	f.Label, f.Text = storableText(f.Label, 255), storableText(f.Text, 200)
	return f
}

func conversationFilter(f views.Filter, me int64) db.ConversationFilter {
	out := db.ConversationFilter{Text: f.Text}
	if f.Text != "" {
		out.Subject = "%" + likeText.Replace(f.Text) + "%"
	}
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

// A cursor stands in an address as JSON in base64. It holds positions only, and the query takes them as values.
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
		return nil // not one of ours
	}
	return place
}

// startPane is shown in place of a thread while no conversation is open: first steps in a new account.
func (a *App) startPane(c echo.Context, f views.Frame) views.Start {
	inboxes := 0
	for _, p := range f.Sidebar {
		if p.Section == "inbox" {
			inboxes++
		}
	}
	return views.Start{
		Admin:   viewerOf(c).Scope.Admin(),
		Inboxes: inboxes,
		Inbox:   link.Settings(f.AccountID, "inboxes"),
		Members: link.Settings(f.AccountID, "members"),
	}
}
