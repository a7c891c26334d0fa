package chatwoot

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

// rawCsatJSON is the answer to a survey as a raw row.
type rawCsatJSON struct {
	ID              int64  `json:"id"`
	AccountID       int64  `json:"account_id"`
	ConversationID  int64  `json:"conversation_id"`
	MessageID       int64  `json:"message_id"`
	Rating          int16  `json:"rating"`
	FeedbackMessage string `json:"feedback_message"`
	ContactID       int64  `json:"contact_id"`
	AssignedAgentID *int64 `json:"assigned_agent_id"`
	CreatedAt       string `json:"created_at"`
}

func rawCsat(r db.CsatResponse) *rawCsatJSON {
	return &rawCsatJSON{
		ID: r.ID, AccountID: r.AccountID, ConversationID: r.ConversationID, MessageID: r.MessageID, Rating: r.Rating, FeedbackMessage: r.Feedback,
		ContactID: r.ContactID, AssignedAgentID: r.AssigneeID, CreatedAt: shape.ISO(r.CreatedAt),
	}
}

// surveyJSON is a survey for the page of its link. By the contract, conversation_id is the id of the row.
type surveyJSON struct {
	ID                 int64        `json:"id"`
	CsatSurveyResponse *rawCsatJSON `json:"csat_survey_response"`
	DisplayType        string       `json:"display_type"`
	Content            *string      `json:"content"`
	InboxAvatarURL     string       `json:"inbox_avatar_url"`
	InboxName          string       `json:"inbox_name"`
	Locale             string       `json:"locale"`
	ConversationID     int64        `json:"conversation_id"`
	CreatedAt          string       `json:"created_at"`
}

// pathSurvey finds the survey by its conversation's uuid in the path.
func (h *handlers) pathSurvey(c *api.Call) (db.GetSurveyRow, error) {
	id, err := uuid.Parse(c.Param("uuid"))
	if err != nil {
		return db.GetSurveyRow{}, fault.NotFound
	}
	return h.q.GetSurvey(c.Ctx(), id)
}

func (h *handlers) surveyJSON(row db.GetSurveyRow, answer *rawCsatJSON) surveyJSON {
	var set struct {
		Display string `json:"display_type"`
	}
	_ = json.Unmarshal(row.Message.ContentAttributes, &set)
	if set.Display == "" {
		set.Display = "emoji"
	}
	return surveyJSON{
		ID: row.Message.ID, CsatSurveyResponse: answer, DisplayType: set.Display, Content: row.Message.Content,
		InboxAvatarURL: h.shape.Avatar(row.Inbox.AvatarHash), InboxName: row.Inbox.Name, Locale: row.Locale,
		ConversationID: row.Message.ConversationID, CreatedAt: shape.ISO(row.Message.CreatedAt),
	}
}

func (h *handlers) survey(c *api.Call) error {
	row, err := h.pathSurvey(c)
	if err != nil {
		return err
	}
	answer, err := h.q.FindCsatResponse(c.Ctx(), row.Message.AccountID, row.Message.ID)
	if db.IsNone(err) {
		return c.Single(h.surveyJSON(row, nil))
	}
	if err != nil {
		return err
	}
	return c.Single(h.surveyJSON(row, rawCsat(answer)))
}

func (h *handlers) answerSurvey(c *api.Call) error {
	row, err := h.pathSurvey(c)
	if err != nil {
		return err
	}
	var in struct {
		Values json.RawMessage `json:"submitted_values"`
	}
	if err := c.Read(&in, "message"); err != nil {
		return err
	}
	contact, err := h.q.GetContact(c.Ctx(), row.Message.AccountID, row.ContactID)
	if err != nil {
		return err
	}
	c.Actor = desk.Contact(contact)
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		answer, err := rate(ctx, t, row.Message, in.Values)
		if err != nil {
			return nil, err
		}
		return h.surveyJSON(row, rawCsat(answer)), nil
	})
}

// rate stores {csat_survey_response: {rating, feedback_message}} as the answer to a survey.
func rate(ctx context.Context, t *desk.Tx, m db.Message, raw json.RawMessage) (db.CsatResponse, error) {
	var in struct {
		Response *struct {
			Rating   api.ID   `json:"rating"`
			Feedback api.Text `json:"feedback_message"`
		} `json:"csat_survey_response"`
	}
	if len(raw) == 0 || json.Unmarshal(raw, &in) != nil || in.Response == nil {
		return db.CsatResponse{}, api.Unprocessable(
			"Submitted values must have csat_survey_response with rating and feedback_message",
		)
	}
	answer, err := t.Rate(
		ctx,
		m.ConversationID,
		m.ID,
		desk.Rating{Value: int(in.Response.Rating.Value), Feedback: in.Response.Feedback.Value},
	)
	if invalid := fault.In(err); invalid[""] != "" { // the error is about the survey and not about a field
		return answer, api.Unprocessable(invalid[""])
	}
	return answer, err
}
