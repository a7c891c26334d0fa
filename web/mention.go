package web

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/views"
)

// peoplePart lists the colleagues that match what was typed after "@" in the composer.
func (a *App) peoplePart(c echo.Context) error {
	open, err := a.readConversation(c)
	if err != nil {
		return err
	}
	var people []db.ListAssignableRow
	b := a.q.Batch()
	loadAssignable(b, open, &people)
	if err := b.Run(c.Request().Context()); err != nil {
		return err
	}
	typed := strings.ToLower(c.QueryParam("q"))
	found := slices.DeleteFunc(people, func(p db.ListAssignableRow) bool {
		return !strings.Contains(strings.ToLower(p.Name), typed)
	})
	return part(c, views.Mentionable(found[:min(len(found), 8)]))
}

// withMentions turns "@Name" in a note into the form of a mention that the APIs share, so that the colleague is
// notified. It looks for the longest name first: "@Ann Lee" is not "@Ann".
func withMentions(ctx context.Context, t *desk.Tx, c db.Conversation, body string) (string, error) {
	if !strings.Contains(body, "@") || strings.Contains(body, "](mention://") {
		return body, nil
	}
	people, err := t.Queries().ListAssignable(ctx, db.ListAssignableParams{AccountID: c.AccountID, InboxID: c.InboxID, TeamID: c.TeamID})
	if err != nil {
		return body, err
	}
	slices.SortFunc(people, func(x, y db.ListAssignableRow) int { return len(y.Name) - len(x.Name) })
	pairs := make([]string, 0, 2*len(people))
	for _, p := range people {
		if p.Name != "" {
			pairs = append(pairs, "@"+p.Name, fmt.Sprintf("[@%s](mention://user/%d/%s)", p.Name, p.ID, url.PathEscape(p.Name)))
		}
	}
	return strings.NewReplacer(pairs...).Replace(body), nil
}
