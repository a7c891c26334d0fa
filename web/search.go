package web

import (
	"math"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/views"
)

// How many hits a page and the palette show.
const (
	searchHits  = 20
	paletteHits = 5
)

// likeText escapes text for a LIKE pattern.
var likeText = strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`)

// searchPage searches the text of messages, or part of a subject, a name or an address. part=palette is what the
// palette asks for while the viewer types.
func (a *App) searchPage(c echo.Context) error {
	v := viewerOf(c)
	s := views.Search{
		AccountID: v.Scope.AccountID,
		Kind:      c.QueryParam("kind"),
		Text:      strings.TrimSpace(storableText(c.QueryParam("q"), 200)),
		Now:       a.nowFor(v),
	}
	if s.Kind != "conversations" && s.Kind != "contacts" {
		s.Kind = "messages"
	}
	if c.QueryParam("part") == "palette" {
		return a.palettePart(c, s)
	}
	if err := a.find(c, &s, s.Kind, searchHits); err != nil {
		return err
	}
	if htmx(c) {
		return part(c, views.Hits(s))
	}
	frame, err := a.frame(c, "Search", "search")
	if err != nil {
		return err
	}
	for _, p := range frame.Sidebar {
		if p.Section == "inbox" {
			s.Inboxes++
		}
	}
	if s.Text != "" {
		frame.Title = "Search: " + s.Text
	}
	return page(c, views.SearchPage(frame, s))
}

func (a *App) palettePart(c echo.Context, s views.Search) error {
	if s.Text == "" {
		return part(c)
	}
	for _, kind := range []string{"conversations", "contacts"} {
		if err := a.find(c, &s, kind, paletteHits); err != nil {
			return err
		}
	}
	return part(c, views.PaletteHits(s))
}

// find reads one page of one kind of result, and one row more to know whether there is another page.
func (a *App) find(c echo.Context, s *views.Search, kind string, size int32) (err error) {
	if s.Text == "" {
		return nil
	}
	ctx, scope, before := c.Request().Context(), viewerOf(c).Scope, int64(math.MaxInt64)
	if n, err := strconv.ParseInt(c.QueryParam("before"), 10, 64); err == nil && n > 0 {
		before = n
	}
	pattern := "%" + likeText.Replace(s.Text) + "%"
	switch kind {
	case "contacts":
		s.Contacts, err = a.q.SearchContacts(ctx, db.SearchContactsParams{
			AccountID: scope.AccountID,
			BeforeID:  before,
			Pattern:   pattern,
			PageSize:  size + 1,
		})
		if len(s.Contacts) > int(size) {
			s.Contacts = s.Contacts[:size]
			s.More = s.Contacts[size-1].ID
		}
	case "conversations":
		number, _ := strconv.ParseInt(strings.TrimPrefix(s.Text, "#"), 10, 64)
		s.Conversations, err = a.q.SearchConversations(ctx, db.SearchConversationsParams{
			AccountID: scope.AccountID, BeforeID: before, Pattern: pattern, Number: number, PageSize: size + 1,
			SeesAll: scope.SeesAll, InboxIds: scope.InboxIDs, TeamIds: scope.TeamIDs,
		})
		if len(s.Conversations) > int(size) {
			s.Conversations = s.Conversations[:size]
			s.More = s.Conversations[size-1].ID
		}
	default:
		s.Messages, err = a.q.SearchMessages(ctx, db.SearchMessagesParams{
			AccountID: scope.AccountID, BeforeID: before, Query: s.Text, PageSize: size + 1,
			SeesAll: scope.SeesAll, InboxIds: scope.InboxIDs, TeamIds: scope.TeamIDs,
		})
		if len(s.Messages) > int(size) {
			s.Messages = s.Messages[:size]
			s.More = s.Messages[size-1].ID
		}
	}
	return err
}
