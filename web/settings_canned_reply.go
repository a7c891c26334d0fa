package web

import (
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/views"
)

func (a *App) cannedRepliesPage(c echo.Context) error {
	f, err := a.frame(c, "Canned replies", "settings")
	if err != nil {
		return err
	}
	rows, err := a.q.ListAllCannedReplies(c.Request().Context(), f.AccountID, settingsListLimit)
	if err != nil {
		return err
	}
	return page(c, views.CannedRepliesPage(f, rows))
}

func (a *App) newCannedReplyPage(c echo.Context) error {
	return a.showCannedReply(c, http.StatusOK, db.CannedReply{}, nil)
}

func (a *App) cannedReplyPage(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	r, err := a.q.GetCannedReply(c.Request().Context(), viewerOf(c).Scope.AccountID, id)
	if err != nil {
		return err
	}
	return a.showCannedReply(c, http.StatusOK, r, nil)
}

func (a *App) showCannedReply(c echo.Context, status int, r db.CannedReply, invalid fault.Fields) error {
	f, err := a.frame(c, "Canned reply", "settings")
	if err != nil {
		return err
	}
	return render(c, status, views.CannedReplyPage(f, r, invalid))
}

func checkCannedReply(r db.CannedReply) fault.Fields {
	invalid := fault.Fields{}
	if r.ShortCode == "" || utf8.RuneCountInString(r.ShortCode) > 255 || strings.ContainsAny(r.ShortCode, " \t\n") || !db.IsText(r.ShortCode) {
		invalid["short_code"] = "Give a short word without blanks"
	}
	if r.Content == "" || utf8.RuneCountInString(r.Content) > maxNote || !db.IsText(r.Content) {
		invalid["content"] = "Write the text, at most 20,000 characters"
	}
	return invalid
}

// saveCannedReply creates a reply or changes the one in the path.
func (a *App) saveCannedReply(c echo.Context) error {
	r := db.CannedReply{
		ShortCode: strings.TrimPrefix(strings.TrimSpace(c.FormValue("short_code")), "/"),
		Content:   normalizeNewlines(c.FormValue("content")),
	}
	return a.saveSetting(c, "canned-replies", func(t *desk.Tx, id int64) (err error) {
		ctx := c.Request().Context()
		r.ID = id
		if invalid := checkCannedReply(r); len(invalid) > 0 {
			return invalid
		}
		if id == 0 {
			_, err = t.Queries().CreateCannedReply(ctx, db.CreateCannedReplyParams{
				AccountID: t.Account(),
				ShortCode: r.ShortCode,
				Content:   r.Content,
			})
		} else {
			_, err = t.Queries().UpdateCannedReply(ctx, db.UpdateCannedReplyParams{
				AccountID: t.Account(),
				ID:        id,
				ShortCode: r.ShortCode,
				Content:   r.Content,
			})
		}
		if db.IsDuplicate(err, "canned_replies_account_id_short_code_key") {
			return fault.Field("short_code", "There is a reply of this name")
		}
		return err
	}, func(invalid fault.Fields) error {
		return a.showCannedReply(c, http.StatusUnprocessableEntity, r, invalid)
	})
}

func (a *App) deleteCannedReply(c echo.Context) error {
	return a.changeSetting(c, "canned-replies", "The reply is gone", func(t *desk.Tx, id int64) error {
		n, err := t.Queries().DeleteCannedReply(c.Request().Context(), t.Account(), id)
		return fault.Found(n, err)
	})
}
