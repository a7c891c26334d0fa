package chatwoot

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

// The numbers of conversations in a list, of messages in a single conversation, and of messages in each conversation of
// a list. The contract has no limits, but a long thread would be an answer of megabytes for each visitor.
const (
	publicListSize   = 100
	publicThread     = 1000
	publicThreadPart = 100
)

type publicConversationJSON struct {
	ID                int64                 `json:"id"`
	UUID              string                `json:"uuid"`
	InboxID           int64                 `json:"inbox_id"`
	ContactLastSeenAt int64                 `json:"contact_last_seen_at"`
	Status            db.ConversationStatus `json:"status"`
	AgentLastSeenAt   int64                 `json:"agent_last_seen_at"`
	Messages          []publicMessageJSON   `json:"messages"`
	Contact           shape.RawContact      `json:"contact"`
}

// publicShown returns the JSON of a visitor's conversations with their newest messages.
func (h *handlers) publicShown(
	ctx context.Context,
	q *db.Queries,
	v visitor,
	rows []db.Conversation,
	most int32,
) ([]publicConversationJSON, error) {
	list := make([]publicConversationJSON, len(rows))
	ids, at := make([]int64, len(rows)), make(map[int64]int, len(rows))
	for i, c := range rows {
		ids[i], at[c.ID] = c.ID, i
		list[i] = publicConversationJSON{
			ID: c.DisplayID, UUID: c.Uuid.String(), InboxID: c.InboxID, ContactLastSeenAt: shape.Unix(c.ContactLastSeenAt), Status: c.Status,
			AgentLastSeenAt: shape.Unix(
				c.AgentLastSeenAt,
			), Messages: []publicMessageJSON{}, Contact: shape.RawContactOf(v.shown()),
		}
	}
	if len(rows) == 0 {
		return list, nil
	}
	read, err := q.ListPublicMessages(
		ctx,
		db.ListPublicMessagesParams{AccountID: v.inbox.AccountID, ConversationIds: ids, BeforeID: noBound, Most: most},
	)
	if err != nil {
		return nil, err
	}
	messages := db.DetailsOf(read)
	files, err := h.attachmentsOf(ctx, q, v.inbox.AccountID, messages)
	if err != nil {
		return nil, err
	}
	for i := range messages {
		to := &list[at[messages[i].ConversationID]]
		to.Messages = append(to.Messages, h.publicMessage(v, &messages[i], to.ID, files[messages[i].ID]))
	}
	return list, nil
}

func (h *handlers) publicOne(ctx context.Context, q *db.Queries, v visitor, row db.Conversation) (publicConversationJSON, error) {
	return only(h.publicShown(ctx, q, v, []db.Conversation{row}, publicThread))
}

// publicConversations answers with a bare list, oldest first.
func (h *handlers) publicConversations(c *api.Call) error {
	v, err := h.visitor(c)
	if err != nil {
		return err
	}
	var after int64
	if _, err := c.Cursor(&after); err != nil {
		return err
	}
	most := int32(c.Limit(publicListSize, publicListSize))
	rows, err := h.q.ListPublicConversations(c.Ctx(), db.ListPublicConversationsParams{
		AccountID: v.inbox.AccountID, Reach: v.reach, AfterID: after, Most: most + 1,
	})
	if err != nil {
		return err
	}
	if len(rows) > int(most) {
		rows = rows[:most]
		if err := c.Next(rows[most-1].ID); err != nil {
			return err
		}
	}
	list, err := h.publicShown(c.Ctx(), h.q, v, rows, publicThreadPart)
	if err != nil {
		return err
	}
	return c.Answer(list)
}

func (h *handlers) publicConversation(c *api.Call) error {
	v, err := h.visitor(c)
	if err != nil {
		return err
	}
	row, err := v.conversation(c, h.q)
	if err != nil {
		return err
	}
	j, err := h.publicOne(c.Ctx(), h.q, v, row)
	if err != nil {
		return err
	}
	return c.Single(j)
}

func (h *handlers) publicCreateConversation(c *api.Call) error {
	v, err := h.visitor(c)
	if err != nil {
		return err
	}
	var in struct {
		CustomAttributes api.Object `json:"custom_attributes"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	if err := checkAttributes("custom_attributes", in.CustomAttributes); err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		row, err := h.openConversation(ctx, t, v.address, newConversationInput{CustomAttributes: in.CustomAttributes})
		if err != nil {
			return nil, err
		}
		return h.publicOne(ctx, t.Queries(), v, row)
	})
}

// publicChange runs fn in a transaction of the visitor, with their conversation locked.
func (h *handlers) publicChange(
	c *api.Call,
	fn func(ctx context.Context, t *desk.Tx, v visitor, conversation db.Conversation) (any, error),
) error {
	v, err := h.visitor(c)
	if err != nil {
		return err
	}
	row, err := v.conversation(c, h.q)
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		held, err := t.Conversation(ctx, row.DisplayID)
		if err != nil {
			return nil, err
		}
		return fn(ctx, t, v, held)
	})
}

// publicResolve resolves a conversation. Unlike agents, visitors cannot open it again.
func (h *handlers) publicResolve(c *api.Call) error {
	return h.publicChange(c, func(ctx context.Context, t *desk.Tx, v visitor, row db.Conversation) (any, error) {
		if err := t.SetStatus(ctx, row.ID, db.ConversationStatusResolved, nil); err != nil {
			return nil, err
		}
		now, _ := t.Held(row.ID)
		return h.publicOne(ctx, t.Queries(), v, now)
	})
}

func (h *handlers) publicTyping(c *api.Call) error {
	var in api.TypingInput
	if err := c.Read(&in); err != nil {
		return err
	}
	in.Private = api.Bool{} // what a contact types is never private
	return h.publicChange(c, func(ctx context.Context, t *desk.Tx, _ visitor, row db.Conversation) (any, error) {
		return api.Empty(), in.Apply(ctx, t, row.ID)
	})
}

func (h *handlers) publicSeen(c *api.Call) error {
	return h.publicChange(c, func(ctx context.Context, t *desk.Tx, _ visitor, row db.Conversation) (any, error) {
		return api.Empty(), t.SeenByContact(ctx, row.ID)
	})
}

type publicMessageJSON struct {
	ID                int64              `json:"id"`
	Content           *string            `json:"content"`
	MessageType       int                `json:"message_type"`
	ContentType       db.ContentType     `json:"content_type"`
	ContentAttributes json.RawMessage    `json:"content_attributes"`
	CreatedAt         int64              `json:"created_at"`
	ConversationID    int64              `json:"conversation_id"`
	Attachments       []shape.Attachment `json:"attachments,omitempty"`
	Sender            any                `json:"sender,omitempty"`
}

func (h *handlers) publicMessage(v visitor, m *db.MessageDetail, displayID int64, files []shape.Attachment) publicMessageJSON {
	return publicMessageJSON{
		ID:                m.ID,
		Content:           m.Content,
		MessageType:       shape.MessageType(m.Kind),
		ContentType:       m.ContentType,
		ContentAttributes: shape.PublicAttributes(m.ContentAttributes),
		CreatedAt:         m.CreatedAt.Unix(), ConversationID: displayID, Attachments: files, Sender: h.publicSender(v, m),
	}
}

// publicSender returns the sender of a message, with the fields of a contact that the caller may see.
func (h *handlers) publicSender(v visitor, m *db.MessageDetail) any {
	if m.SenderKind != nil && *m.SenderKind == db.SenderKindContact {
		return h.shape.ContactSender(v.shown())
	}
	return h.shape.Sender(m)
}

// publicMessages answers with a bare list of the newest 20 messages, or of those before an id, oldest first. The cursor
// leads to earlier ones.
func (h *handlers) publicMessages(c *api.Call) error {
	v, err := h.visitor(c)
	if err != nil {
		return err
	}
	row, err := v.conversation(c, h.q)
	if err != nil {
		return err
	}
	before := int64(noBound)
	if b := c.QueryParam("before"); b != "" {
		before = toInt(b)
	}
	if _, err := c.Cursor(&before); err != nil {
		return err
	}
	most := int32(c.Limit(threadBack, publicThreadPart))
	read, err := h.q.ListPublicMessages(c.Ctx(), db.ListPublicMessagesParams{
		AccountID: row.AccountID, ConversationIds: []int64{row.ID}, BeforeID: before, Most: most,
	})
	if err != nil {
		return err
	}
	rows := db.DetailsOf(read)
	if len(rows) == int(most) {
		if err := c.Next(rows[0].ID); err != nil {
			return err
		}
	}
	files, err := h.attachmentsOf(c.Ctx(), h.q, row.AccountID, rows)
	if err != nil {
		return err
	}
	list := make([]publicMessageJSON, len(rows))
	for i := range rows {
		list[i] = h.publicMessage(v, &rows[i], row.DisplayID, files[rows[i].ID])
	}
	return c.Answer(list)
}

// publicCreateMessage posts a message of the contact.
func (h *handlers) publicCreateMessage(c *api.Call) error {
	var in struct {
		Content     api.Text    `json:"content"`
		EchoID      api.Text    `json:"echo_id"`
		Attachments api.Strings `json:"attachments"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	return h.publicChange(c, func(ctx context.Context, t *desk.Tx, v visitor, row db.Conversation) (any, error) {
		d := desk.NewMessage{
			Kind:    db.MessageKindIncoming,
			Content: in.Content.Given(),
			EchoID:  in.EchoID.Value,
			Uploads: in.Attachments.Values,
		}
		for _, u := range c.Files("attachments") {
			d.Files = append(d.Files, u.File())
		}
		m, err := t.Post(ctx, row.ID, d)
		if err != nil {
			return nil, err
		}
		return h.publicOneMessage(ctx, t.Queries(), v, row, m.ID)
	})
}

func (h *handlers) publicOneMessage(
	ctx context.Context,
	q *db.Queries,
	v visitor,
	row db.Conversation,
	id int64,
) (publicMessageJSON, error) {
	read, err := q.GetMessageDetail(ctx, db.GetMessageDetailParams{AccountID: row.AccountID, ConversationID: row.ID, ID: id})
	if err != nil {
		return publicMessageJSON{}, err
	}
	m := db.DetailOf(read)
	files, err := h.attachmentsOf(ctx, q, row.AccountID, []db.MessageDetail{m})
	return h.publicMessage(v, &m, row.DisplayID, files[id]), err
}

// publicAnswer stores the contact's answer to a select, a form or a survey.
func (h *handlers) publicAnswer(c *api.Call) error {
	var in struct {
		Values json.RawMessage `json:"submitted_values"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	id, err := c.ID("message")
	if err != nil {
		return err
	}
	return h.publicChange(c, func(ctx context.Context, t *desk.Tx, v visitor, row db.Conversation) (any, error) {
		m, err := t.Queries().GetMessage(ctx, db.GetMessageParams{AccountID: row.AccountID, ConversationID: row.ID, ID: id})
		if err != nil {
			return nil, err
		}
		if !m.Public() {
			return nil, fault.NotFound
		}
		if m.ContentType == db.ContentTypeInputCsat {
			if _, err := rate(ctx, t, m, in.Values); err != nil {
				return nil, err
			}
			return h.publicOneMessage(ctx, t.Queries(), v, row, id)
		}
		if len(in.Values) == 0 || string(in.Values) == "null" {
			return h.publicOneMessage(ctx, t.Queries(), v, row, id)
		}
		clean, err := answerFields(in.Values)
		if err != nil {
			return nil, err
		}
		if clean == nil {
			return h.publicOneMessage(ctx, t.Queries(), v, row, id)
		}
		if _, err := t.Answer(ctx, row.ID, id, clean); err != nil {
			return nil, err
		}
		return h.publicOneMessage(ctx, t.Queries(), v, row, id)
	})
}

// maxAnswers is the largest number of fields of an answer, and maxAnswersSize its length.
const (
	maxAnswers     = 100
	maxAnswersSize = 100_000
)

// answerFields returns the submitted values with the keys of the contract. Clients send one value also without a list.
// The result is nil if the values are empty.
func answerFields(raw json.RawMessage) (json.RawMessage, error) {
	alone := raw[0] == '{'
	if alone {
		raw = slices.Concat(json.RawMessage("["), raw, json.RawMessage("]"))
	}
	var in []struct {
		Name  *api.Text `json:"name"`
		Title *api.Text `json:"title"`
		Value *api.Text `json:"value"`
	}
	if json.Unmarshal(raw, &in) != nil || len(in) > maxAnswers || len(raw) > maxAnswersSize {
		return nil, api.Unprocessable("Submitted values must be a list of objects with name, title and value")
	}
	type answer struct {
		Name  *string `json:"name,omitempty"`
		Title *string `json:"title,omitempty"`
		Value *string `json:"value,omitempty"`
	}
	given := func(t *api.Text) *string {
		if t == nil {
			return nil
		}
		return t.Given()
	}
	out := make([]answer, len(in))
	for i, a := range in {
		out[i] = answer{given(a.Name), given(a.Title), given(a.Value)}
	}
	if alone && out[0] == (answer{}) {
		return nil, nil
	}
	return json.Marshal(out)
}
