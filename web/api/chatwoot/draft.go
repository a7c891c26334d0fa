package chatwoot

import (
	"context"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/web/api"
)

const draftPath = conversationPath + "/draft_messages"

func (h *handlers) draftRoutes() []api.Route {
	return append([]api.Route{
		api.Get(draftPath, api.Member, h.showDraft),
		api.Delete(draftPath, api.Member, h.deleteDraft),
	}, api.Update(draftPath, api.Member, h.saveDraft)...)
}

// sharedDraft is the user id of the draft that agents share in the API. Pages keep a draft for each user.
const sharedDraft = 0

type draftJSON struct {
	HasDraft bool    `json:"has_draft"`
	Message  *string `json:"message,omitempty"`
}

func (h *handlers) showDraft(c *api.Call) error {
	conversation, err := h.a.Conversation(c)
	if err != nil {
		return err
	}
	drafts, err := h.q.ListDrafts(
		c.Ctx(),
		db.ListDraftsParams{AccountID: c.Account(), ConversationID: conversation.ID, UserID: sharedDraft},
	)
	if err != nil {
		return err
	}
	if len(drafts) == 0 {
		return c.Answer(draftJSON{})
	}
	return c.Answer(draftJSON{true, &drafts[0].Body})
}

func (h *handlers) saveDraft(c *api.Call) error {
	var in struct {
		Message api.Text `json:"message"`
	}
	if err := c.Read(&in, "draft_message"); err != nil {
		return err
	}
	if len(in.Message.Value) > desk.MaxContent {
		return api.Unprocessable("Draft is too long (maximum is 150000 characters)")
	}
	return h.changeQuietly(c, func(ctx context.Context, t *desk.Tx, id int64) error {
		return t.Queries().UpsertDraft(ctx, db.UpsertDraftParams{
			AccountID: t.Account(), ConversationID: id, UserID: sharedDraft, Mode: "reply", Body: in.Message.Value,
		})
	})
}

func (h *handlers) deleteDraft(c *api.Call) error {
	return h.changeQuietly(c, func(ctx context.Context, t *desk.Tx, id int64) error {
		return t.Queries().
			DeleteDraft(ctx, db.DeleteDraftParams{AccountID: t.Account(), ConversationID: id, UserID: sharedDraft, Mode: "reply"})
	})
}
