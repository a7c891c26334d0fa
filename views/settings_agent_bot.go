package views

import (
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
)

func botInboxes(bot int64, all []db.ListInboxBotsRow) string {
	var names []string
	for _, i := range all {
		if i.AgentBotID != nil && *i.AgentBotID == bot {
			names = append(names, i.Name)
		}
	}
	if len(names) == 0 {
		return "None"
	}
	return strings.Join(names, ", ")
}

func addressOrNone(s string) string {
	if s == "" {
		return "None"
	}
	return s
}

// BotView is what the page of a bot shows, as its form was filled in. Name is what the bot is called until it is saved.
type BotView struct {
	Bot     db.AgentBot
	Name    string
	Inboxes []db.ListInboxBotsRow
	Chosen  []int64
	// Made is a new token, which only this page shows.
	Made    string
	Show    bool
	Log     DeliveryLog
	Invalid fault.Fields
}

// botChoice is an inbox as a choice, with the bot that it has already.
func botChoice(i db.ListInboxBotsRow, bot int64) string {
	if i.AgentBotID != nil && *i.AgentBotID != bot && i.BotName != nil {
		return i.Name + " (now " + *i.BotName + ")"
	}
	return i.Name
}
