package chatwoot

import (
	"context"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/web/api"
)

func (h *handlers) transcriptRoutes() []api.Route {
	return []api.Route{api.Post(conversationPath+"/transcript", api.Member, h.sendTranscript)}
}

// sendTranscript enqueues a mail with a conversation's messages, without notes. It returns an error if no mail server
// is set up.
func (h *handlers) sendTranscript(c *api.Call) error {
	var in struct {
		Email api.Text `json:"email"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	conversation, err := h.a.Conversation(c)
	if err != nil {
		return err
	}
	if in.Email.Value == "" {
		return api.Unprocessable("email param missing")
	}
	address, err := auth.NormalEmail(in.Email.Value)
	if err != nil {
		return api.Unprocessable("Invalid email address")
	}
	if !h.a.Desk.Mails() {
		return api.Unprocessable("Mail is not set up on this server, so the transcript was not sent")
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		facts := db.OutgoingMailFacts{ConversationID: conversation.ID, DisplayID: conversation.DisplayID}
		setIfGiven(&facts.UpTo, conversation.LastMessageID)
		return api.Empty(), t.Mail(ctx, desk.OutgoingMail{Kind: db.OutgoingMailKindTranscript, To: address, Facts: facts})
	})
}
