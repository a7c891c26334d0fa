package chatwoot

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

// This dialect calls canned replies canned responses.
func (h *handlers) cannedRoutes() []api.Route {
	all, one := v1+"/canned_responses", v1+"/canned_responses/:reply"
	return append([]api.Route{
		api.Get(all, api.Member, h.listCanned),
		api.Post(all, api.Member, h.createCanned),
		api.Delete(one, api.Member, h.deleteCanned),
	}, api.Update(one, api.Member, h.updateCanned)...)
}

type cannedJSON struct {
	ID        int64  `json:"id"`
	AccountID int64  `json:"account_id"`
	ShortCode string `json:"short_code"`
	Content   string `json:"content"`
	CreatedAt string `json:"created_at"`
	UpdatedAt string `json:"updated_at"`
}

func cannedOf(r db.CannedReply) cannedJSON {
	return cannedJSON{r.ID, r.AccountID, r.ShortCode, r.Content, shape.ISO(r.CreatedAt), shape.ISO(r.UpdatedAt)}
}

// listCanned answers with all replies, or with those that a search finds: first those whose code begins with the text,
// then those whose code contains it, then those whose content does.
func (h *handlers) listCanned(c *api.Call) error {
	rows, err := h.findCanned(c, strings.TrimSpace(c.QueryParam("search")))
	if err != nil {
		return err
	}
	list := make([]cannedJSON, len(rows))
	for i, row := range rows {
		list[i] = cannedOf(row)
	}
	return c.Answer(list)
}

func (h *handlers) findCanned(c *api.Call, text string) ([]db.CannedReply, error) {
	if text != "" {
		within := db.Containing(text)
		return h.q.SearchCannedReplies(c.Ctx(), db.SearchCannedRepliesParams{
			AccountID: c.Account(),
			Pattern:   within,
			Beginning: strings.TrimPrefix(within, "%"),
		})
	}
	return api.CannedReplies(c, h.q)
}

type cannedInput struct {
	ShortCode api.Text `json:"short_code"`
	Content   api.Text `json:"content"`
}

func (in cannedInput) apply(r *db.CannedReply) error {
	if in.ShortCode.Set {
		r.ShortCode = strings.TrimSpace(in.ShortCode.Value)
	}
	if in.Content.Set {
		r.Content = in.Content.Value
	}
	invalid := fault.Fields{}
	switch {
	case r.ShortCode == "":
		invalid["short_code"] = "Short code can't be blank"
	case utf8.RuneCountInString(r.ShortCode) > 255:
		invalid["short_code"] = "Short code is too long (maximum is 255 characters)"
	}
	switch {
	case strings.TrimSpace(r.Content) == "":
		invalid["content"] = "Content can't be blank"
	case utf8.RuneCountInString(r.Content) > maxText:
		invalid["content"] = "Content is too long (maximum is 20000 characters)"
	}
	if len(invalid) > 0 {
		return invalid
	}
	return nil
}

func codeTaken(err error) error {
	if db.IsDuplicate(err, "canned_replies_account_id_short_code_key") {
		return fault.Field("short_code", "Short code has already been taken")
	}
	return err
}

func (h *handlers) createCanned(c *api.Call) error {
	var in cannedInput
	if err := c.Read(&in, "canned_response"); err != nil {
		return err
	}
	var r db.CannedReply
	if err := in.apply(&r); err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		row, err := t.Queries().CreateCannedReply(ctx, db.CreateCannedReplyParams{
			AccountID: t.Account(),
			ShortCode: r.ShortCode,
			Content:   r.Content,
		})
		return cannedOf(row), codeTaken(err)
	})
}

func (h *handlers) updateCanned(c *api.Call) error {
	var in cannedInput
	if err := c.Read(&in, "canned_response"); err != nil {
		return err
	}
	id, err := c.ID("reply")
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		r, err := t.Queries().GetCannedReply(ctx, t.Account(), id)
		if err != nil {
			return nil, err
		}
		if err := in.apply(&r); err != nil {
			return nil, err
		}
		row, err := t.Queries().UpdateCannedReply(ctx, db.UpdateCannedReplyParams{
			AccountID: r.AccountID,
			ID:        r.ID,
			ShortCode: r.ShortCode,
			Content:   r.Content,
		})
		return cannedOf(row), codeTaken(err)
	})
}

func (h *handlers) deleteCanned(c *api.Call) error {
	id, err := c.ID("reply")
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		n, err := t.Queries().DeleteCannedReply(ctx, t.Account(), id)
		return api.Empty(), fault.Found(n, err)
	})
}
