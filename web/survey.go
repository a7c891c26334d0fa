package web

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/views"
)

// surveyPage asks a customer to rate a conversation. Only they get its address, which is the permission.
func (a *App) surveyPage(c echo.Context) error {
	s, err := a.survey(c)
	if err != nil {
		return err
	}
	if s.Answer != nil {
		s.Value, s.Feedback = int(s.Answer.Rating), s.Answer.Feedback
		s.Thanks = c.QueryParam("thanks") != ""
	}
	return page(c, views.SurveyPage(s))
}

// rateSurvey saves the rating; a later one replaces it. Text that was typed stays in a form that has to be corrected.
func (a *App) rateSurvey(c echo.Context) error {
	ctx := c.Request().Context()
	s, err := a.survey(c)
	if err != nil {
		return err
	}
	if wait, err := auth.Post(ctx, a.q, a.now(), "survey", c.RealIP()); err != nil {
		return err
	} else if wait > 0 {
		s.Invalid = fault.Fields{"rating": fmt.Sprintf(tooManyTriesWords, int(wait.Minutes())+1)}
		c.Response().Header().Set("Retry-After", strconv.Itoa(int(wait.Seconds())+1))
		return again(c, http.StatusTooManyRequests, views.SurveyPage(s))
	}
	s.Value, _ = strconv.Atoi(c.FormValue("rating")) // 0 is no rating
	s.Feedback = strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(c.FormValue("feedback"), "\x00", ""), ""))
	contact, err := a.q.GetContact(ctx, s.Row.Message.AccountID, s.Row.ContactID)
	if err != nil {
		return err
	}
	err = a.desk.Do(ctx, desk.Contact(contact), func(t *desk.Tx) error {
		_, err := t.Rate(ctx, s.Row.Message.ConversationID, s.Row.Message.ID, desk.Rating{Value: s.Value, Feedback: s.Feedback})
		return err
	})
	if invalid := fault.In(err); invalid != nil {
		if s.Invalid = invalid; s.Value == 0 {
			s.Invalid = fault.Fields{"rating": "Choose one of the five"}
		}
		return again(c, http.StatusUnprocessableEntity, views.SurveyPage(s))
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, link.With(link.Survey(s.Row.Uuid.String()), "thanks", "1"))
}

func (a *App) survey(c echo.Context) (views.Survey, error) {
	ctx := c.Request().Context()
	h := c.Response().Header()
	h.Set("X-Robots-Tag", "noindex")
	h.Set("Referrer-Policy", "no-referrer")
	s := views.Survey{Look: lookOf(c)}
	id, err := uuid.Parse(c.Param("survey"))
	if err != nil {
		return s, fault.NotFound
	}
	if s.Row, err = a.q.GetSurvey(ctx, id); err != nil {
		return s, err
	}
	s.Closed = a.now().Sub(s.Row.Message.CreatedAt) > desk.SurveyOpen
	answer, err := a.q.FindCsatResponse(ctx, s.Row.Message.AccountID, s.Row.Message.ID)
	if db.IsNone(err) {
		return s, nil
	}
	s.Answer = &answer
	return s, err
}
