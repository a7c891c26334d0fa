package desk

import (
	"context"
	"encoding/json"
	"time"
	"unicode/utf8"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
)

// SurveyOpen is how long a survey can be answered.
const SurveyOpen = 14 * 24 * time.Hour

// Rating is a customer's answer to a survey.
type Rating struct {
	// Value is from 1 to 5.
	Value    int
	Feedback string
}

// Rate stores a rating for the survey of a message and replaces an earlier one. fault.Fields if it is out of range,
// or the survey older than two weeks; fault.NotFound if the message is no survey.
func (t *Tx) Rate(ctx context.Context, conversationID, messageID int64, r Rating) (db.CsatResponse, error) {
	var none db.CsatResponse
	c, m, err := t.message(ctx, conversationID, messageID)
	switch {
	case err != nil:
		return none, err
	case m.ContentType != db.ContentTypeInputCsat:
		return none, fault.NotFound
	case t.Now.Sub(m.CreatedAt) > SurveyOpen:
		return none, fault.Field("", "You cannot update the CSAT survey after 14 days")
	case r.Value < 1 || r.Value > 5:
		return none, fault.Field("rating", "Rating must be from 1 to 5")
	case utf8.RuneCountInString(r.Feedback) > 20_000:
		return none, fault.Field("feedback_message", "Feedback message is too long (maximum is 20000 characters)")
	}
	row, err := t.q.UpsertCsatResponse(ctx, db.UpsertCsatResponseParams{
		AccountID: c.AccountID, ConversationID: c.ID, MessageID: m.ID, ContactID: c.ContactID, AssigneeID: c.AssigneeID,
		Rating: int16(r.Value), Feedback: r.Feedback, CreatedAt: t.Now,
	})
	if err != nil {
		return row, err
	}
	submitted, err := json.Marshal(
		map[string]any{"csat_survey_response": map[string]any{"rating": r.Value, "feedback_message": r.Feedback}},
	)
	if err != nil {
		return row, err
	}
	_, err = t.Answer(ctx, conversationID, messageID, submitted)
	return row, err
}

// Answer stores what a customer submitted to an interactive message: a choice, a form's fields, a rating.
func (t *Tx) Answer(ctx context.Context, conversationID, messageID int64, submitted json.RawMessage) (db.Message, error) {
	_, m, err := t.message(ctx, conversationID, messageID)
	if err != nil {
		return m, err
	}
	if m.DeletedAt != nil {
		return m, fault.NotFound
	}
	all := map[string]json.RawMessage{}
	if err := json.Unmarshal(object(m.ContentAttributes), &all); err != nil {
		return m, err
	}
	all["submitted_values"] = submitted
	raw, err := json.Marshal(all)
	if err != nil {
		return m, err
	}
	return t.SetMessageAttributes(ctx, conversationID, messageID, raw)
}
