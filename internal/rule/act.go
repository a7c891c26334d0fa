package rule

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/job"
)

// Cause is why actions are done: a rule and its event, or the job that runs a macro.
type Cause struct {
	RuleID    int64
	EventID   int64
	EventName string
	JobID     int64
}

// Execute does actions on a conversation, one after the other, as the sitting's actor. wrong tells of those that
// could not be done, such as a team that is no more; the others are done all the same. err is an outage.
func Execute(ctx context.Context, t *desk.Tx, conversationID int64, actions []Action, why Cause) (wrong []string, err error) {
	for n, a := range actions {
		a.place = n
		err := a.do(ctx, t, conversationID, why)
		switch {
		case err == nil:
		case harmless(err):
			wrong = append(wrong, a.Name+": "+err.Error())
		default:
			return wrong, err
		}
	}
	return wrong, nil
}

// harmless tells whether a failure is the action's own, and left the sitting as it was.
func harmless(err error) bool {
	return errors.Is(err, fault.NotFound) || errors.Is(err, fault.Forbidden) || errors.Is(err, desk.ErrNoMail) || fault.In(err) != nil || db.IsNone(err)
}

func (a Action) do(ctx context.Context, t *desk.Tx, id int64, why Cause) error {
	params := texts(a.Params)
	switch a.Name {
	case "send_message":
		return a.post(ctx, t, id, false, why)
	case "add_private_note":
		return a.post(ctx, t, id, true, why)
	case "send_attachment":
		return sendFiles(ctx, t, id, params, why)
	case "add_label":
		return t.AddLabels(ctx, id, params)
	case "remove_label":
		return t.RemoveLabels(ctx, id, params)
	case "assign_team":
		return assignTeam(ctx, t, id, params)
	case "assign_agent":
		return assignAgent(ctx, t, id, params)
	case "remove_assigned_agent":
		return t.Unassign(ctx, id)
	case "remove_assigned_team":
		return t.SetTeam(ctx, id, nil)
	case "mute_conversation":
		return t.Mute(ctx, id)
	case "change_status":
		return t.SetStatus(ctx, id, db.ConversationStatus(first(params)), nil)
	case "resolve_conversation":
		return t.SetStatus(ctx, id, db.ConversationStatusResolved, nil)
	case "open_conversation":
		return t.SetStatus(ctx, id, db.ConversationStatusOpen, nil)
	case "pending_conversation":
		return t.SetStatus(ctx, id, db.ConversationStatusPending, nil)
	case "snooze_conversation":
		return t.SetStatus(ctx, id, db.ConversationStatusSnoozed, nil)
	case "change_priority":
		return setPriority(ctx, t, id, first(params))
	case "send_webhook_event":
		return sendWebhook(ctx, t, params, why)
	case "send_email_to_team":
		return a.mailTeam(ctx, t, id, why)
	case "send_email_transcript":
		return a.mailTranscript(ctx, t, id, why)
	}
	return fault.Field("action", "there is no such action")
}

func first(params []string) string {
	if len(params) == 0 {
		return ""
	}
	return params[0]
}

func (a Action) post(ctx context.Context, t *desk.Tx, id int64, private bool, why Cause) error {
	text := first(texts(a.Params))
	if text == "" {
		return fault.Field("content", "there is nothing to say")
	}
	_, err := t.Post(ctx, id, desk.NewMessage{
		Kind: db.MessageKindOutgoing, Private: private, Content: &text, Automated: why.RuleID != 0, Attributes: why.attributes(),
		Placeholders: true,
	})
	return err
}

// attributes mark a message as a rule's, so that it counts as nobody's reply.
func (why Cause) attributes() json.RawMessage {
	if why.RuleID == 0 {
		return nil
	}
	return json.RawMessage(`{"automation_rule_id":` + strconv.FormatInt(why.RuleID, 10) + `}`)
}

// sendFiles posts files that were uploaded with the rule: their bytes are shared, not copied.
func sendFiles(ctx context.Context, t *desk.Tx, id int64, keys []string, why Cause) error {
	d := desk.NewMessage{Kind: db.MessageKindOutgoing, Automated: why.RuleID != 0, Attributes: why.attributes()}
	for _, key := range keys {
		a, err := t.Queries().GetAttachmentOf(ctx, t.Account(), key)
		if err != nil {
			return err
		}
		d.Files = append(d.Files, desk.File{
			Kind: a.FileKind, Name: a.Name, ContentType: a.ContentType, Size: a.Size, BlobHash: a.BlobHash, ThumbHash: a.ThumbHash, Width: a.Width, Height: a.Height,
		})
	}
	if len(d.Files) == 0 {
		return fault.Field("attachments", "there is no file")
	}
	_, err := t.Post(ctx, id, d)
	return err
}

func assignTeam(ctx context.Context, t *desk.Tx, id int64, params []string) error {
	team, err := strconv.ParseInt(first(params), 10, 64)
	if err != nil || team == 0 {
		return t.SetTeam(ctx, id, nil)
	}
	return t.SetTeam(ctx, id, &team)
}

func assignAgent(ctx context.Context, t *desk.Tx, id int64, params []string) error {
	who := first(params)
	if who == "self" && t.Actor.Kind == db.ActorKindUser {
		return t.Assign(ctx, id, t.Actor.ID)
	}
	user, err := strconv.ParseInt(who, 10, 64)
	if err != nil || user == 0 {
		return t.Unassign(ctx, id)
	}
	return t.Assign(ctx, id, user)
}

func setPriority(ctx context.Context, t *desk.Tx, id int64, word string) error {
	if word == "" || word == "nil" || word == "none" {
		return t.SetPriority(ctx, id, nil)
	}
	p := db.ConversationPriority(word)
	return t.SetPriority(ctx, id, &p)
}

// sendWebhook orders a delivery; the event's body is made by the job.
func sendWebhook(ctx context.Context, t *desk.Tx, urls []string, why Cause) error {
	if why.EventID == 0 {
		return fault.Field("url", "only a rule can send an event")
	}
	for _, url := range urls {
		err := t.Enqueue(ctx, job.SendRuleWebhook{AccountID: t.Account(), RuleID: why.RuleID, EventID: why.EventID, EventName: why.EventName, URL: url})
		if err != nil {
			return err
		}
	}
	return nil
}
