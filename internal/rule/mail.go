package rule

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
)

const (
	maxRecipients  = 20
	maxTeamMessage = 10000
)

// toTeam is the parameter of send_email_to_team: one of these, or a list of one.
type toTeam struct {
	TeamIDs json.RawMessage `json:"team_ids"`
	Message string          `json:"message"`
}

func readTeam(raw json.RawMessage) (in toTeam, ids []int64) {
	var list []toTeam
	if json.Unmarshal(raw, &list) == nil && len(list) > 0 {
		in = list[0]
	} else {
		_ = json.Unmarshal(raw, &in)
	}
	for _, s := range texts(in.TeamIDs) {
		if id, err := strconv.ParseInt(s, 10, 64); err == nil {
			ids = append(ids, id)
		}
	}
	return in, ids
}

// mailTeam orders a mail to each member of some teams.
func mailTeam(ctx context.Context, t *desk.Tx, id int64, a Action, why Cause) error {
	in, ids := readTeam(a.Params)
	to, err := t.Queries().ListTeamAddresses(ctx, t.Account(), ids)
	if err != nil {
		return err
	}
	if len(to) == 0 {
		return fault.Field("team_ids", "there is nobody in the team")
	}
	if r := []rune(in.Message); len(r) > maxTeamMessage {
		in.Message = string(r[:maxTeamMessage])
	}
	return a.mail(ctx, t, id, why, db.OutgoingMailKindTeam, to, db.OutgoingMailFacts{Message: in.Message})
}

// mailTranscript orders a mail with the conversation's messages to addresses that are separated by commas.
func mailTranscript(ctx context.Context, t *desk.Tx, id int64, a Action, why Cause) error {
	to, ok := addresses(strings.Join(texts(a.Params), ","))
	if !ok || len(to) == 0 || len(to) > maxRecipients {
		return fault.Field("email", "there must be one to "+strconv.Itoa(maxRecipients)+" addresses")
	}
	return a.mail(ctx, t, id, why, db.OutgoingMailKindTranscript, to, db.OutgoingMailFacts{})
}

// mail orders the same mail for several people. The order's key is made of the action, its cause and the address, so
// an action that runs again for the same cause orders nothing.
func (a Action) mail(
	ctx context.Context, t *desk.Tx, id int64, why Cause, kind db.OutgoingMailKind, to []string,
	facts db.OutgoingMailFacts,
) error {
	c, held := t.Held(id)
	if !held {
		return fault.NotFound
	}
	facts.ConversationID, facts.DisplayID, facts.RuleID, facts.EventID = c.ID, c.DisplayID, why.RuleID, why.EventID
	if why.RuleID == 0 {
		facts.MacroBy = t.Actor.ID
	}
	if c.LastMessageID != nil {
		facts.UpTo = *c.LastMessageID
	}
	for _, address := range to {
		err := t.Mail(ctx, desk.OutgoingMail{Kind: kind, To: address, Facts: facts, Once: why.mailOnce(c.ID, a.position, address)})
		if err != nil {
			return err
		}
	}
	return nil
}

// mailOnce is the key of an order, so that it is done once.
func (why Cause) mailOnce(conversationID int64, position int, address string) string {
	n := func(id int64) string { return strconv.FormatInt(id, 10) }
	if why.RuleID != 0 {
		return "rule:" + n(why.RuleID) + ":event:" + n(why.EventID) + ":action:" + strconv.Itoa(position) + ":" + address
	}
	return "macro:" + n(why.JobID) + ":conversation:" + n(conversationID) + ":action:" + strconv.Itoa(position) + ":" + address
}
