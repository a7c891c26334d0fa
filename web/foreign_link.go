package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/internal/link"
)

// openForeignLink leads from an address of Chatwoot's dashboard to our page of the same thing. Command lines, bots and
// notes hold such addresses. Who may see the page is decided there.
func (a *App) openForeignLink(c echo.Context) error {
	return c.Redirect(http.StatusSeeOther, link.FromChatwoot(c.Param("*")))
}
