package react

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
)

// answerAutomatically posts an inbox's automatic answer to a customer's message: a greeting to the first one, the
// out-of-office message outside of working hours. Under the conversation's lock it looks in the thread whether it has
// been posted, so running twice posts once.
func (r *React) answerAutomatically(ctx context.Context, b *batch, e db.Event, d desk.Data) error {
	if d.Kind != db.MessageKindIncoming || d.MessagePrivate {
		return nil
	}
	inbox, err := b.inbox(ctx, r.q(), *e.InboxID)
	if err != nil {
		return err
	}
	greets := inbox.GreetingEnabled && inbox.GreetingMessage != ""
	hours := hoursOf(inbox)
	closed := inbox.OutOfOfficeMessage != "" && !hours.open(e.CreatedAt)
	if !greets && !closed {
		return nil
	}
	m, err := b.messageOf(ctx, r.q(), e)
	if err != nil || m.Automatic {
		return err // two programs that answer each other would not end
	}
	greeting, away := templateMessage(inbox.GreetingMessage), templateMessage(inbox.OutOfOfficeMessage)
	at := e.CreatedAt.In(hours.zone)
	today := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, hours.zone)
	return r.desk.Do(ctx, desk.System(e.AccountID), func(t *desk.Tx) error {
		c, err := t.Conversation(ctx, d.DisplayID)
		if err != nil || c.Status == db.ConversationStatusResolved {
			return err
		}
		talk, err := t.Queries().GetMessageSummary(ctx, db.GetMessageSummaryParams{
			AccountID:      c.AccountID,
			ConversationID: c.ID,
			Today:          today,
			Lately:         e.CreatedAt.Add(-5 * time.Minute),
		})
		if err != nil {
			return err
		}
		// Only one of the two is posted; the out-of-office message matters more.
		switch {
		case closed && !talk.TemplateToday && !talk.AnsweredLately:
			return postOnly(ctx, t, c.ID, away)
		case greets && !talk.Answered:
			return postOnly(ctx, t, c.ID, greeting)
		}
		return nil
	})
}

// templateMessage is an inbox's message, with its placeholders read.
func templateMessage(text string) desk.NewMessage {
	return desk.NewMessage{Kind: db.MessageKindTemplate, Content: &text, Automated: true, Template: desk.ParseTemplate(text)}
}

func postOnly(ctx context.Context, t *desk.Tx, conversationID int64, d desk.NewMessage) error {
	_, err := t.Post(ctx, conversationID, d)
	return err
}

// surveyText is used when the inbox has no text of its own.
const surveyText = "Please rate the conversation"

// survey posts the satisfaction survey when a conversation is resolved, once for each conversation.
func (r *React) survey(ctx context.Context, b *batch, e db.Event, d desk.Data) error {
	if d.Changed["status"][1] != string(db.ConversationStatusResolved) {
		return nil
	}
	inbox, err := b.inbox(ctx, r.q(), *e.InboxID)
	if err != nil || !inbox.CsatSurveyEnabled {
		return err
	}
	var set struct {
		Display string `json:"display_type"`
		Message string `json:"message"`
		Rules   struct {
			Operator string   `json:"operator"`
			Values   []string `json:"values"`
		} `json:"survey_rules"`
	}
	_ = json.Unmarshal(inbox.CsatConfig, &set)
	if set.Display == "" {
		set.Display = "emoji"
	}
	if set.Message == "" {
		set.Message = surveyText
	}
	attributes, err := json.Marshal(map[string]string{"display_type": set.Display})
	if err != nil {
		return err
	}
	message := templateMessage(set.Message)
	message.ContentType, message.Attributes = db.ContentTypeInputCsat, attributes
	return r.desk.Do(ctx, desk.System(e.AccountID), func(t *desk.Tx) error {
		c, err := t.Conversation(ctx, d.DisplayID)
		if err != nil || c.Status != db.ConversationStatusResolved || !surveyed(set.Rules.Operator, set.Rules.Values, c.Labels) {
			return err
		}
		contact, err := t.Queries().GetContact(ctx, c.AccountID, c.ContactID)
		if err != nil || contact.Blocked {
			return err
		}
		talk, err := t.Queries().GetMessageSummary(ctx, db.GetMessageSummaryParams{
			AccountID:      c.AccountID,
			ConversationID: c.ID,
			Today:          e.CreatedAt,
			Lately:         e.CreatedAt,
		})
		if err != nil || !talk.Incoming || talk.Surveyed {
			return err
		}
		return postOnly(ctx, t, c.ID, message)
	})
}

// surveyed reports whether the inbox's rule about labels allows a survey.
func surveyed(operator string, want, labels []string) bool {
	if len(want) == 0 {
		return true
	}
	has := slices.ContainsFunc(labels, func(l string) bool { return slices.Contains(want, l) })
	return has == (operator != "does_not_contain")
}
