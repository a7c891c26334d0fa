package report

import (
	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/web/api"
)

type botSummaryJSON struct {
	BotResolutionsCount int64           `json:"bot_resolutions_count"`
	BotHandoffsCount    int64           `json:"bot_handoffs_count"`
	Previous            *botSummaryJSON `json:"previous,omitempty"`
}

func (h *handlers) showBotSummary(c *api.Call) error {
	p, err := h.readPeriod(c)
	if err != nil {
		return err
	}
	if err := h.readSubject(c, &p); err != nil {
		return err
	}
	var both [2]botSummaryJSON
	for i, p := range []period{p, p.previous()} {
		p.unit = "year"
		all, err := h.readMetrics(c.Ctx(), c.Account(), p, "bot_resolutions_count", "bot_handoffs_count")
		if err != nil {
			return err
		}
		both[i] = botSummaryJSON{
			BotResolutionsCount: all.sum("bot_resolutions_count").count,
			BotHandoffsCount:    all.sum("bot_handoffs_count").count,
		}
	}
	both[0].Previous = &both[1]
	return c.Answer(both[0])
}

// showBotMetrics counts what bots did. Rates are whole per cents.
func (h *handlers) showBotMetrics(c *api.Call) error {
	p, err := h.readPeriod(c)
	if err != nil {
		return err
	}
	p.unit = "year"
	did, err := h.q.GetBotFigures(c.Ctx(), db.GetBotFiguresParams{
		AccountID: c.Account(),
		Since:     p.since,
		Until:     p.until,
	})
	if err != nil {
		return err
	}
	all, err := h.readMetrics(c.Ctx(), c.Account(), p, "bot_resolutions_count", "bot_handoffs_count")
	if err != nil {
		return err
	}
	rate := func(n int64) int64 {
		if did.Conversations == 0 {
			return 0
		}
		return n * 100 / did.Conversations
	}
	return c.Answer(struct {
		ConversationCount int64 `json:"conversation_count"`
		MessageCount      int64 `json:"message_count"`
		ResolutionRate    int64 `json:"resolution_rate"`
		HandoffRate       int64 `json:"handoff_rate"`
	}{did.Conversations, did.Messages, rate(all.sum("bot_resolutions_count").count), rate(all.sum("bot_handoffs_count").count)})
}
