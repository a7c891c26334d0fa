package desk_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
)

func (f fixture) survey(c db.Conversation) (m db.Message) {
	f.t.Helper()
	f.must(f.system(), func(ctx context.Context, t *desk.Tx) (err error) {
		m, err = t.Post(ctx, c.ID, desk.NewMessage{
			Kind: db.MessageKindTemplate, ContentType: db.ContentTypeInputCsat, Content: ptr("How was it?"),
		})
		return err
	})
	return m
}

func TestRate(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c := f.conversation()
	m := f.survey(c)
	who := desk.Contact(db.Contact{ID: c.ContactID, AccountID: c.AccountID})
	rate := func(messageID int64, value int) call {
		return func(ctx context.Context, t *desk.Tx) error {
			_, err := t.Rate(ctx, c.ID, messageID, desk.Rating{Value: value, Feedback: "Good"})
			return err
		}
	}
	f.once(who, rate(m.ID, 4), answered(c, m))
	f.once(who, rate(m.ID, 5), answered(c, m)) // a later one takes its place
	if n := f.count("SELECT rating FROM csat_responses WHERE message_id = $1", m.ID); n != 5 {
		t.Errorf("the rating is %d", n)
	}
	want := `{"submitted_values": {"csat_survey_response": {"rating": 5, "feedback_message": "Good"}}}`
	if got := string(f.message(m).ContentAttributes); got != want {
		t.Errorf("attributes are %s", got)
	}
	if err := f.do(who, rate(m.ID, 6)); fault.In(err)["rating"] == "" {
		t.Errorf("six of five: %v", err)
	}
	if err := f.do(who, rate(f.reply(c, "Hello", false).ID, 5)); !errors.Is(err, fault.NotFound) {
		t.Errorf("a message that is no survey: %v", err)
	}
	f = f.later(desk.SurveyOpen + time.Second)
	if err := f.do(who, rate(m.ID, 4)); fault.In(err) == nil {
		t.Errorf("after two weeks: %v", err)
	}
}

func TestAnswer(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c := f.conversation()
	m := f.reply(c, "Which one?", false)
	answer := func(ctx context.Context, t *desk.Tx) error {
		_, err := t.Answer(ctx, c.ID, m.ID, json.RawMessage(`[{"value":"a"}]`))
		return err
	}
	f.once(f.system(), answer, answered(c, m))
	if got := string(f.message(m).ContentAttributes); got != `{"submitted_values": [{"value": "a"}]}` {
		t.Errorf("attributes are %s", got)
	}
	f.must(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error {
		_, err := t.DeleteMessage(ctx, c.ID, m.ID)
		return err
	})
	if err := f.do(f.system(), answer); !errors.Is(err, fault.NotFound) {
		t.Errorf("a deleted message: %v", err)
	}
}
