package web

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/htmlsafe"
	"github.com/parleydesk/parley/views"
)

// mailPolicy is the content security policy of the frame that shows a mail: text and the mail's own style. Pictures
// from other servers load only when the reader asks for them, since that tells the sender that the mail was read.
const mailPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; " +
	"sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox; img-src 'self' data:"

// mailFrame answers with a mail's sanitized HTML for the frame in its message. It loads none of our scripts or
// stylesheets; the little style that it needs is inside it.
func (a *App) mailFrame(c echo.Context) error {
	open, err := a.readConversation(c)
	if err != nil {
		return err
	}
	messageID, err := pathID(c, "message")
	if err != nil {
		return err
	}
	m, err := a.q.GetMessage(c.Request().Context(), db.GetMessageParams{
		AccountID:      open.Conversation.AccountID,
		ConversationID: open.Conversation.ID,
		ID:             messageID,
	})
	if err != nil {
		return err
	}
	body := views.MailBody(m)
	if body == "" || m.DeletedAt != nil {
		return fault.NotFound
	}
	policy, images := mailPolicy, htmlsafe.Images(nil)
	if c.QueryParam("images") == "show" {
		policy += " https: http:"
		images = func(src string) string {
			if strings.HasPrefix(src, "https:") || strings.HasPrefix(src, "http:") {
				return src
			}
			return ""
		}
	}
	h := c.Response().Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Frame-Options", "SAMEORIGIN")
	h.Set("Referrer-Policy", "no-referrer")
	return render(c, http.StatusOK, views.MailFrame(htmlsafe.Mail(body, images)))
}
