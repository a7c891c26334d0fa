package web

import (
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/views"
)

// cannedPart lists the canned replies that match what was typed after "/" in the composer.
func (a *App) cannedPart(c echo.Context) error {
	typed := strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(storableText(c.QueryParam("q"), 100))
	found, err := a.q.ListCannedReplySuggestions(c.Request().Context(), db.ListCannedReplySuggestionsParams{
		AccountID: viewerOf(c).Scope.AccountID, Beginning: typed + "%", Within: "%" + typed + "%",
	})
	if err != nil {
		return err
	}
	return part(c, views.CannedReplies(found))
}
