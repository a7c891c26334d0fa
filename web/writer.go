package web

import (
	"time"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/views"
)

// A sign of typing is valid for this long; the browser repeats it every ten seconds.
const typingFresh = 15 * time.Second

// writersPart answers with the line above the composer that says who else is writing.
func (a *App) writersPart(c echo.Context) error {
	open, err := a.readConversation(c)
	if err != nil {
		return err
	}
	v := viewerOf(c)
	who, err := a.q.ListTypingUsers(c.Request().Context(), db.ListTypingUsersParams{
		AccountID: v.Scope.AccountID, ConversationID: open.Conversation.ID, Me: v.ID, Since: a.now().Add(-typingFresh),
	})
	if err != nil {
		return err
	}
	return part(c, views.Writers(v.Scope.AccountID, open.Conversation.DisplayID, who))
}
