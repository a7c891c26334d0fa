package ndoto

import (
	"context"
	"encoding/json"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/channel"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/web/api"
)

func (h *handlers) messageRoutes() []api.Route {
	const path = v1 + "/conversations/:conversation/messages"
	return []api.Route{
		api.Get(path, api.MemberOrBot, h.listMessages),
		api.Post(path, api.MemberOrBot, h.createMessage),
		api.Delete(path+"/:message", api.MemberOrBot, h.deleteMessage),
	}
}

// createdStatus is the status for a new message. The documentation allows 200 and 201.
const createdStatus = http.StatusOK

// messageJSON is one message.
type messageJSON struct {
	ID                int64            `json:"id"`
	Content           *string          `json:"content"`
	MessageType       db.MessageKind   `json:"message_type"`
	Status            string           `json:"status"`
	Private           bool             `json:"private"`
	CreatedAt         int64            `json:"created_at"`
	Sender            *senderJSON      `json:"sender"`
	Attachments       []attachmentJSON `json:"attachments"`
	ConversationID    int64            `json:"conversation_id"`
	InboxID           int64            `json:"inbox_id"`
	ContentType       db.ContentType   `json:"content_type"`
	ContentAttributes json.RawMessage  `json:"content_attributes"`
}

type senderJSON struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	Type string `json:"type"`
}

type attachmentJSON struct {
	ID        int64       `json:"id"`
	MessageID int64       `json:"message_id"`
	FileType  db.FileKind `json:"file_type"`
	DataURL   string      `json:"data_url"`
	ThumbURL  string      `json:"thumb_url"`
	FileSize  int64       `json:"file_size"`
}

func (h *handlers) message(m db.MessageDetail, c db.Conversation, files []attachmentJSON) messageJSON {
	if files == nil {
		files = []attachmentJSON{}
	}
	return messageJSON{
		ID: m.ID, Content: m.Content, MessageType: m.Kind, Status: messageStatus(m, c), Private: m.Private, CreatedAt: seconds(m.CreatedAt),
		Sender: messageSender(m), Attachments: files, ConversationID: c.DisplayID, InboxID: m.InboxID, ContentType: m.ContentType,
		ContentAttributes: m.ContentAttributes,
	}
}

// messageStatus has two meanings here: the delivery of an outgoing message, and whether the team has read an incoming
// one.
func messageStatus(m db.MessageDetail, c db.Conversation) string {
	if m.Kind == db.MessageKindIncoming {
		if m.ID <= c.AgentsReadUpTo {
			return "read"
		}
		return "delivered"
	}
	switch m.Delivery {
	case db.DeliveryDelivered, db.DeliveryRead:
		return string(m.Delivery)
	case db.DeliveryFailed, db.DeliveryExpired:
		return "failed"
	}
	return "sent"
}

// messageSender is null for activity and for messages without a sender.
func messageSender(m db.MessageDetail) *senderJSON {
	if m.SenderID == nil {
		return nil
	}
	switch {
	case m.Sender.ContactName != nil:
		return &senderJSON{*m.SenderID, *m.Sender.ContactName, "Contact"}
	case m.Sender.UserName != nil:
		return &senderJSON{*m.SenderID, *m.Sender.UserName, "User"}
	case m.Sender.BotName != nil:
		return &senderJSON{*m.SenderID, *m.Sender.BotName, "AgentBot"}
	}
	return nil
}

func (h *handlers) attachment(f db.Attachment) attachmentJSON {
	j := attachmentJSON{ID: f.ID, FileType: f.FileKind, FileSize: f.Size}
	if f.MessageID != nil {
		j.MessageID = *f.MessageID
	}
	switch {
	case f.BlobHash != nil:
		j.DataURL = h.a.BaseURL + link.File(f.Key, f.Name)
	case f.ExternalUrl != nil:
		j.DataURL = *f.ExternalUrl
	}
	if f.FileKind == db.FileKindImage && f.BlobHash != nil {
		j.ThumbURL = h.a.BaseURL + link.Thumb(f.Key)
	}
	return j
}

func (h *handlers) attachments(
	ctx context.Context, q *db.Queries, accountID int64, messages []db.MessageDetail,
) (map[int64][]attachmentJSON, error) {
	var ids []int64
	for _, m := range messages {
		if m.AttachmentCount > 0 {
			ids = append(ids, m.ID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	files := map[int64][]attachmentJSON{}
	rows, err := q.ListMessageAttachments(ctx, accountID, ids)
	for _, f := range rows {
		files[*f.MessageID] = append(files[*f.MessageID], h.attachment(f))
	}
	return files, err
}

type messagesJSON struct {
	Payload []messageJSON `json:"payload"`
}

// listMessages answers with the whole thread, or with the messages between two times. limit and cursor divide it into
// pages.
func (h *handlers) listMessages(c *api.Call) error {
	conversation, err := h.a.Conversation(c)
	if err != nil {
		return err
	}
	p := db.ListNdotoMessagesParams{
		AccountID: c.Account(), ConversationID: conversation.ID, PageSize: int32(c.Limit(math.MaxInt32, math.MaxInt32)),
		AfterAt: time.Unix(-1<<35, 0), BeforeAt: time.Unix(1<<37, 0),
	}
	if err := readTime(c, "after", &p.AfterAt); err != nil {
		return err
	}
	if err := readTime(c, "before", &p.BeforeAt); err != nil {
		return err
	}
	if _, err := c.Cursor(&p.AfterID); err != nil {
		return err
	}
	if p.WithActivity, err = h.showsActivity(c); err != nil {
		return err
	}
	rows, err := h.q.ListNdotoMessages(c.Ctx(), p)
	if err != nil {
		return err
	}
	messages := db.DetailsOf(rows)
	files, err := h.attachments(c.Ctx(), h.q, c.Account(), messages)
	if err != nil {
		return err
	}
	out := messagesJSON{make([]messageJSON, len(messages))}
	for i, m := range messages {
		out.Payload[i] = h.message(m, conversation, files[m.ID])
	}
	if len(messages) == int(p.PageSize) {
		if err := c.Next(messages[len(messages)-1].ID); err != nil {
			return err
		}
	}
	return c.Answer(out)
}

// readTime reads Unix seconds, which some clients send with a fraction. They are compared with the stored microseconds.
func readTime(c *api.Call, name string, at *time.Time) error {
	s := c.QueryParam(name)
	if s == "" {
		return nil
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || !(n >= -1<<35 && n <= 1<<37) { // also refuses NaN
		return api.Refuse(http.StatusBadRequest, name+" must be a Unix time in seconds")
	}
	*at = time.UnixMicro(int64(math.Round(n * 1e6)))
	return nil
}

// showsActivity is a setting of the account, because strict clients know only two values of message_type.
func (h *handlers) showsActivity(c *api.Call) (bool, error) {
	settings, err := h.q.GetAccountSettings(c.Ctx(), c.Account())
	return settings.NdotoActivity, err
}

type messageInput struct {
	Content           api.Text    `json:"content"`
	MessageType       api.Text    `json:"message_type"`
	Private           api.Bool    `json:"private"`
	ContentType       api.Text    `json:"content_type"`
	ContentAttributes api.Object  `json:"content_attributes"`
	Attachments       api.Strings `json:"attachments"`
}

// newMessage reads a message to post, with files as in Chatwoot's multipart bodies.
func (in messageInput) newMessage(files []desk.File) (desk.NewMessage, error) {
	d := desk.NewMessage{
		Kind: db.MessageKind(in.MessageType.Value), Private: in.Private.Value,
		ContentType: db.ContentType(in.ContentType.Value), Content: in.Content.Given(),
		Attributes: json.RawMessage(in.ContentAttributes), Files: files, Uploads: in.Attachments.Values,
	}
	if d.Kind != db.MessageKindIncoming && d.Kind != db.MessageKindOutgoing {
		return d, fault.Field("message_type", "message_type is required and must be incoming or outgoing")
	}
	if d.Private && d.Kind == db.MessageKindIncoming {
		return d, fault.Field("private", "a private note is outgoing: message_type must be outgoing")
	}
	switch d.ContentType {
	case "", db.ContentTypeText, db.ContentTypeInputSelect, db.ContentTypeInputEmail:
	default:
		return d, fault.Field("content_type", "content_type must be text, input_select or input_email")
	}
	if strings.TrimSpace(in.Content.Value) == "" && len(files)+len(in.Attachments.Values) == 0 {
		return d, fault.Field("content", "content can't be blank")
	}
	return d, nil
}

func (h *handlers) createMessage(c *api.Call) error {
	var in messageInput
	if err := c.Read(&in); err != nil {
		return err
	}
	d, err := in.newMessage(uploadedFiles(c))
	if err != nil {
		return err
	}
	return h.a.ChangeConversation(c, func(ctx context.Context, t *desk.Tx, conversation db.Conversation) (any, error) {
		if err := incomingAllowed(ctx, t, conversation.InboxID, d.Kind); err != nil {
			return nil, err
		}
		m, err := t.Post(ctx, conversation.ID, d)
		if err != nil {
			return nil, err
		}
		j, err := h.oneMessage(ctx, t, conversation.ID, m.ID)
		return api.Status{Code: createdStatus, Body: j}, err
	})
}

// uploadedFiles returns the files of the message.
func uploadedFiles(c *api.Call) (all []desk.File) {
	for _, u := range c.Files("attachments") {
		all = append(all, u.File())
	}
	return all
}

// incomingAllowed allows incoming messages on API channels only.
func incomingAllowed(ctx context.Context, t *desk.Tx, inboxID int64, kind db.MessageKind) error {
	if kind != db.MessageKindIncoming {
		return nil
	}
	inbox, err := t.Queries().GetInbox(ctx, t.Account(), inboxID)
	if err == nil && !channel.Of(inbox.Kind).Bridge {
		return fault.Field("message_type", "incoming messages are only allowed in API channels")
	}
	return err
}

func (h *handlers) oneMessage(ctx context.Context, t *desk.Tx, conversationID, id int64) (messageJSON, error) {
	row, err := t.Queries().
		GetMessageDetail(ctx, db.GetMessageDetailParams{AccountID: t.Account(), ConversationID: conversationID, ID: id})
	if err != nil {
		return messageJSON{}, err
	}
	m := db.DetailOf(row)
	files, err := h.attachments(ctx, t.Queries(), t.Account(), []db.MessageDetail{m})
	now, _ := t.Held(conversationID)
	return h.message(m, now, files[id]), err
}

// deleteMessage answers with {}. The list no longer has the message, and deleting it again answers 404.
func (h *handlers) deleteMessage(c *api.Call) error {
	return h.a.ChangeConversation(c, func(ctx context.Context, t *desk.Tx, conversation db.Conversation) (any, error) {
		id, err := c.ID("message")
		if err != nil {
			return nil, err
		}
		_, err = t.DeleteMessage(ctx, conversation.ID, id)
		return struct{}{}, err
	})
}
