package web

import (
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/internal/link"
)

// securityTxtLife is how long the answer is valid; RFC 9116 wants less than a year.
const securityTxtLife = 90 * 24 * time.Hour

// securityTxt says where to report a vulnerability (RFC 9116).
func (a *App) securityTxt(c echo.Context) error {
	var out strings.Builder
	for _, contact := range a.securityContacts {
		out.WriteString("Contact: " + contact + "\n")
	}
	out.WriteString("Expires: " + a.now().UTC().Truncate(24*time.Hour).Add(securityTxtLife).Format(time.RFC3339) + "\n")
	out.WriteString("Preferred-Languages: en\n")
	out.WriteString("Canonical: " + a.baseURL + link.SecurityTxt + "\n")
	c.Response().Header().Set("Cache-Control", "public, max-age=86400")
	return c.String(http.StatusOK, out.String())
}
