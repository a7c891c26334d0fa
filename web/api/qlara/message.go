package qlara

import (
	"context"
	"encoding/json"
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/web/api"
)

// mostMessages bounds the messages of an answer. The oldest come first.
const mostMessages = 1000

// listMessages answers with a bare array, oldest first. It marks nothing as read.
func (h *handlers) listMessages(c *api.Call) error {
	conversation, err := h.a.Conversation(c)
	if err != nil {
		return err
	}
	p := db.ListQlaraMessagesParams{
		AccountID: c.Account(), ConversationID: conversation.ID, IDFrom: 0, IDTo: math.MaxInt64, Most: int32(max(
			2, c.Limit(mostMessages, mostMessages),
		)),
	}
	if p.IDFrom, err = bound(c, "idFrom", 0); err != nil {
		return err
	}
	if p.IDTo, err = bound(c, "idTo", math.MaxInt64); err != nil {
		return err
	}
	var last int64
	walking, err := c.Cursor(&last)
	if err != nil {
		return err
	}
	if walking {
		p.IDFrom = max(p.IDFrom, last+1)
	}
	messages, err := h.q.ListQlaraMessages(c.Ctx(), p)
	if err != nil {
		return err
	}
	if len(messages) == int(p.Most) {
		if err := c.Next(messages[len(messages)-1].ID); err != nil {
			return err
		}
	}
	files, err := h.files(c, messages)
	if err != nil {
		return err
	}
	shapes := make([]messageJSON, len(messages))
	for i, m := range messages {
		shapes[i] = h.messageShape(m, conversation.DisplayID, conversation.AgentsReadUpTo, files[m.ID])
	}
	return c.Answer(shapes)
}

func bound(c *api.Call, name string, otherwise int64) (int64, error) {
	s := c.QueryParam(name)
	if s == "" {
		return otherwise, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, api.Refuse(http.StatusBadRequest, name+" must be a number")
	}
	return n, nil
}

func (h *handlers) files(c *api.Call, messages []db.Message) (map[int64][]db.Attachment, error) {
	var ids []int64
	for _, m := range messages {
		if m.AttachmentCount > 0 {
			ids = append(ids, m.ID)
		}
	}
	of := map[int64][]db.Attachment{}
	if len(ids) == 0 {
		return of, nil
	}
	rows, err := h.q.ListMessageAttachments(c.Ctx(), c.Account(), ids)
	for _, r := range rows {
		of[*r.MessageID] = append(of[*r.MessageID], r)
	}
	return of, err
}

// reply posts a message to an existing conversation. It answers 202, and the callback reports the delivery. After the
// end of the channel's reply window it accepts the message as well, and the delivery fails.
func (h *handlers) reply(c *api.Call) error {
	body, err := c.Body()
	if err != nil {
		return err
	}
	in, err := readReply(body)
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		conversation, err := t.Conversation(ctx, in.chatID)
		if err != nil {
			return nil, err
		}
		accepted := acceptedJSON{ChatID: in.chatID, Accepted: true, Simulation: in.simulation}
		if in.simulation {
			accepted.MessageID = uuid.NewString()
		} else {
			m, err := t.Post(ctx, conversation.ID, desk.NewMessage{Kind: db.MessageKindOutgoing, Content: &in.text})
			if err != nil {
				return nil, err
			}
			accepted.ID, accepted.MessageID = &m.ID, m.Uuid.String()
		}
		accepted.CustomerMessageID = accepted.MessageID
		return api.Status{Code: http.StatusAccepted, Body: accepted}, nil
	})
}

type replyInput struct {
	chatID     int64
	text       string
	simulation bool
}

// readReply reads the conversation and the text by any of their names.
func readReply(body json.RawMessage) (replyInput, error) {
	var in replyInput
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return in, api.Refuse(http.StatusBadRequest, "The body must be a JSON object")
	}
	for _, name := range replyChatNames {
		var id api.ID
		if raw, ok := fields[name]; ok && json.Unmarshal(raw, &id) != nil {
			return in, api.Refuse(http.StatusBadRequest, name+" must be a number")
		}
		if id.Ptr() != nil {
			in.chatID = id.Value
			break
		}
	}
	if in.chatID == 0 {
		return in, api.Refuse(http.StatusBadRequest, "chatId is required")
	}
	for _, name := range replyTextNames {
		raw, ok := fields[name]
		if !ok || string(raw) == "null" {
			continue
		}
		text, ok := replyText(raw)
		if !ok {
			return in, api.Refuse(http.StatusBadRequest, name+" must be text, or an object with a text")
		}
		in.text = text
		break
	}
	if strings.TrimSpace(in.text) == "" {
		return in, api.Refuse(http.StatusBadRequest, "text is required")
	}
	var simulation api.Bool
	if raw, ok := fields["simulation"]; ok && json.Unmarshal(raw, &simulation) != nil {
		return in, api.Refuse(
			http.StatusBadRequest,
			"simulation must be true or false",
		) // a dry run must not be sent
	}
	in.simulation = simulation.Value
	return in, nil
}

func replyText(raw json.RawMessage) (string, bool) {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text, true
	}
	var object struct {
		Text *string `json:"text"`
	}
	if json.Unmarshal(raw, &object) == nil && object.Text != nil {
		return *object.Text, true
	}
	return "", false
}

func (h *handlers) statusRoutes(base string) []api.Route {
	return []api.Route{
		api.Get(base, api.Key, h.listStatuses),
		api.Get(base+"/:message", api.Key, h.getStatus),
	}
}

// getStatus answers with the delivery of a message. It answers 404 for another channel than the message's.
func (h *handlers) getStatus(c *api.Call) error {
	found, err := h.statuses(c, []string{c.Param("message")})
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return fault.NotFound
	}
	return c.Single(found[0])
}

// listStatuses answers with the deliveries of several messages, without unknown ids. The guide has another name for the
// parameter.
func (h *handlers) listStatuses(c *api.Call) error {
	var ids []string
	for _, name := range []string{"ids", "customerMessageIds"} {
		for _, list := range c.QueryParams()[name] {
			ids = append(ids, strings.Split(list, ",")...)
		}
	}
	found, err := h.statuses(c, ids)
	if err != nil {
		return err
	}
	return c.Answer(found)
}

func (h *handlers) statuses(c *api.Call, ids []string) ([]statusJSON, error) {
	p := db.ListMessagesByUuidParams{
		AccountID: c.Account(),
		SeesAll:   c.Scope().SeesAll,
		InboxIds:  c.Scope().InboxIDs,
		TeamIds:   c.Scope().TeamIDs,
	}
	for _, id := range ids {
		if u, err := uuid.Parse(strings.TrimSpace(id)); err == nil && len(p.Uuids) < mostMessages {
			p.Uuids = append(p.Uuids, u)
		}
	}
	found := []statusJSON{}
	if len(p.Uuids) == 0 {
		return found, nil
	}
	rows, err := h.q.ListMessagesByUuid(c.Ctx(), p)
	for _, r := range rows {
		if channel := c.QueryParam("channel"); channel != "" && !strings.EqualFold(channel, channelKey(r.InboxKind)) {
			continue
		}
		found = append(
			found,
			statusJSON{CustomerMessageID: r.Uuid.String(), DeliveryStatus: deliveryStatus(r.Delivery), Description: r.Error},
		)
	}
	return found, err
}

// file redirects from a callback's mediaKey to the file.
func (h *handlers) file(c *api.Call) error {
	sc := c.Scope()
	f, err := h.q.GetAttachmentInScope(c.Ctx(), db.GetAttachmentInScopeParams{
		AccountID: sc.AccountID, Key: c.Param("key"), SeesAll: sc.SeesAll, InboxIds: sc.InboxIDs, TeamIds: sc.TeamIDs,
	})
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusFound, link.File(f.Key, f.Name))
}
