package chatwoot

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/web/api"
)

func (s *surface) transcriptRoutes() []api.Route {
	return []api.Route{api.Post(conversationPath+"/transcript", api.Member, s.sendTranscript)}
}

// maxTranscript bounds a transcript; the newest messages are in it.
const maxTranscript = 1000

// sendTranscript mails what was said, without notes, to an address. Without a mail server it says so.
func (s *surface) sendTranscript(c *api.Call) error {
	var in struct {
		Email api.Text `json:"email"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	conversation, err := s.seen(c)
	if err != nil {
		return err
	}
	if in.Email.Value == "" {
		return refuse("email param missing")
	}
	address, err := auth.NormalEmail(in.Email.Value)
	if err != nil {
		return refuse("Invalid email address")
	}
	if s.a.Mail == nil {
		return refuse("Mail is not set up on this server, so the transcript was not sent")
	}
	rows, err := s.q.ListThreadBack(c.Ctx(), db.ListThreadBackParams{
		AccountID: c.Account(), ConversationID: conversation.ID, BeforeID: math.MaxInt64, TalkOnly: true, PageSize: maxTranscript,
	})
	if err != nil {
		return err
	}
	subject := "Transcript of conversation " + strconv.FormatInt(conversation.DisplayID, 10)
	if err := s.a.Mail(c.Ctx(), address, subject, transcript(rows)); err != nil {
		return api.Failure{Kind: api.Upstream, Status: 502, Sentence: "The mail server did not take the transcript"}
	}
	return c.Answer(api.Empty())
}

// transcript writes messages, which come newest first, in the order in which they were said.
func transcript(rows []db.MessageDetail) string {
	var b strings.Builder
	for i := len(rows) - 1; i >= 0; i-- {
		m := &rows[i]
		who := deref(m.ContactName) + deref(m.UserName) + deref(m.BotName)
		if who == "" {
			who = "System"
		}
		fmt.Fprintf(&b, "%s, %s UTC\n%s\n\n", who, m.CreatedAt.UTC().Format("2006-01-02 15:04"), deref(m.Content))
	}
	return b.String()
}
