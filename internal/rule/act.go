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

// Cause is what made actions run: a rule and its event, or a macro and the job that runs it.
type Cause struct {
	RuleID    int64
	EventID   int64
	EventName string
	MacroID   int64
	JobID     int64
}

// Execute runs actions on a conversation in order, as the transaction's actor. problems names the actions that could
// not be done, for example because a team was deleted; the others are done all the same. err is an outage.
func Execute(ctx context.Context, t *desk.Tx, conversationID int64, actions []Action, why Cause) (problems []string, err error) {
	for n, a := range actions {
		a.position = n
		err := a.do(ctx, t, conversationID, why)
		switch {
		case err == nil:
		case harmless(err):
			problems = append(problems, a.Name+": "+reason(err))
		default:
			return problems, err
		}
	}
	return problems, nil
}

// harmless reports whether an error concerns one action only and left the transaction usable.
func harmless(err error) bool {
	return errors.Is(err, fault.NotFound) || errors.Is(err, fault.Forbidden) || errors.Is(err, desk.ErrNoMail) ||
		fault.In(err) != nil || db.IsNone(err)
}

// reason is what people read of an error. A row that is missing is named as such: the driver's words say nothing to them.
func reason(err error) string {
	if db.IsNone(err) || errors.Is(err, fault.NotFound) {
		return "what it names is no longer there"
	}
	return err.Error()
}

func (a Action) do(ctx context.Context, t *desk.Tx, id int64, why Cause) error {
	if problem := a.Problem(why.RuleID == 0); problem != "" {
		return fault.Field("action_params", problem)
	}
	kind, _ := FindAction(a.Name)
	return kind.Do(ctx, t, id, a, why)
}

func firstParam(params []string) string {
	if len(params) == 0 {
		return ""
	}
	return params[0]
}

func addLabels(ctx context.Context, t *desk.Tx, id int64, a Action, _ Cause) error {
	return t.AddLabels(ctx, id, texts(a.Params))
}

func removeLabels(ctx context.Context, t *desk.Tx, id int64, a Action, _ Cause) error {
	return t.RemoveLabels(ctx, id, texts(a.Params))
}

func unassign(ctx context.Context, t *desk.Tx, id int64, _ Action, _ Cause) error {
	return t.Unassign(ctx, id)
}

func removeTeam(ctx context.Context, t *desk.Tx, id int64, _ Action, _ Cause) error {
	return t.SetTeam(ctx, id, nil)
}

func mute(ctx context.Context, t *desk.Tx, id int64, _ Action, _ Cause) error {
	return t.Mute(ctx, id)
}

func changeStatus(ctx context.Context, t *desk.Tx, id int64, a Action, _ Cause) error {
	return t.SetStatus(ctx, id, db.ConversationStatus(firstParam(texts(a.Params))), nil)
}

func setStatus(to db.ConversationStatus) func(context.Context, *desk.Tx, int64, Action, Cause) error {
	return func(ctx context.Context, t *desk.Tx, id int64, _ Action, _ Cause) error {
		return t.SetStatus(ctx, id, to, nil)
	}
}

func sendMessage(ctx context.Context, t *desk.Tx, id int64, a Action, why Cause) error {
	return a.post(ctx, t, id, false, why)
}

func addNote(ctx context.Context, t *desk.Tx, id int64, a Action, why Cause) error {
	return a.post(ctx, t, id, true, why)
}

func (a Action) post(ctx context.Context, t *desk.Tx, id int64, private bool, why Cause) error {
	text := firstParam(texts(a.Params))
	_, err := t.Post(ctx, id, desk.NewMessage{
		Kind: db.MessageKindOutgoing, Private: private, Content: &text, Automated: why.RuleID != 0, Attributes: why.attributes(),
		Template: a.template,
	})
	return err
}

// attributes mark a message as sent by a rule, so that it does not count as a person's reply.
func (why Cause) attributes() json.RawMessage {
	if why.RuleID == 0 {
		return nil
	}
	return json.RawMessage(`{"automation_rule_id":` + strconv.FormatInt(why.RuleID, 10) + `}`)
}

// sendFiles posts the files that were uploaded with the rule. The stored content is shared, not copied.
func sendFiles(ctx context.Context, t *desk.Tx, id int64, a Action, why Cause) error {
	d := desk.NewMessage{Kind: db.MessageKindOutgoing, Automated: why.RuleID != 0, Attributes: why.attributes()}
	for _, key := range texts(a.Params) {
		f, err := t.Queries().GetAccountAttachmentByKey(ctx, t.Account(), key)
		if db.IsNone(err) {
			return fault.Field("attachments", "a file is no longer there")
		}
		if err != nil {
			return err
		}
		d.Files = append(d.Files, desk.File{
			Kind: f.FileKind, Name: f.Name, ContentType: f.ContentType, Size: f.Size, BlobHash: f.BlobHash,
			Width: f.Width, Height: f.Height,
		})
	}
	_, err := t.Post(ctx, id, d)
	return err
}

func assignTeam(ctx context.Context, t *desk.Tx, id int64, a Action, _ Cause) error {
	to := firstParam(texts(a.Params))
	if to == nobody {
		return t.SetTeam(ctx, id, nil)
	}
	team, err := strconv.ParseInt(to, 10, 64)
	if err != nil {
		return err
	}
	return t.SetTeam(ctx, id, &team)
}

func assignAgent(ctx context.Context, t *desk.Tx, id int64, a Action, _ Cause) error {
	switch to := firstParam(texts(a.Params)); to {
	case nobody:
		return t.Unassign(ctx, id)
	case whoeverRuns:
		return assignReader(ctx, t, id, t.Actor.ID)
	case lastResponder:
		user, err := t.Queries().FindLastResponder(ctx, t.Account(), id)
		if err != nil {
			return ignoreNone(err)
		}
		return assignReader(ctx, t, id, user)
	default:
		user, err := strconv.ParseInt(to, 10, 64)
		if err != nil {
			return err
		}
		return assignReader(ctx, t, id, user)
	}
}

// assignReader assigns a member who sees the conversation, and nobody else: unlike a person who assigns, a rule does not
// notice that its assignee cannot open the conversation.
func assignReader(ctx context.Context, t *desk.Tx, id, user int64) error {
	c, err := t.Queries().GetConversationUnscoped(ctx, t.Account(), id)
	if err != nil {
		return err
	}
	sees, err := t.Queries().IsAssignable(ctx, db.IsAssignableParams{
		AccountID: t.Account(), UserID: user, InboxID: c.InboxID, TeamID: c.TeamID,
	})
	if err != nil {
		return err
	}
	if _, err := t.Queries().GetMember(ctx, t.Account(), user); err != nil {
		return err
	}
	if !sees {
		return fault.Field("assignee_id", "Assignee must work in the conversation's inbox or team, or be an administrator")
	}
	return t.Assign(ctx, id, user)
}

func ignoreNone(err error) error {
	if db.IsNone(err) {
		return nil
	}
	return err
}

func setPriority(ctx context.Context, t *desk.Tx, id int64, a Action, _ Cause) error {
	word := firstParam(texts(a.Params))
	if word == nobody || word == "none" {
		return t.SetPriority(ctx, id, nil)
	}
	p := db.ConversationPriority(word)
	return t.SetPriority(ctx, id, &p)
}

// sendWebhook orders a webhook delivery; the job makes the body. A macro's run is an event of its own.
func sendWebhook(ctx context.Context, t *desk.Tx, id int64, a Action, why Cause) error {
	if why.RuleID == 0 {
		event, err := t.RecordMacro(ctx, id)
		if err != nil {
			return err
		}
		why.EventID, why.EventName = event, desk.MacroExecuted
	}
	for _, url := range texts(a.Params) {
		err := t.Enqueue(ctx, job.SendRuleWebhook{
			AccountID: t.Account(),
			RuleID:    why.RuleID,
			MacroID:   why.MacroID,
			EventID:   why.EventID,
			EventName: why.EventName,
			URL:       url,
		})
		if err != nil {
			return err
		}
	}
	return nil
}
