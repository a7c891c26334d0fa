package main

import (
	"testing"

	"github.com/parleydesk/parley/db"
)

// notify tells a member that the conversation was assigned to them.
func (f fixture) notify(to db.User) {
	f.t.Helper()
	f.exec(`
		INSERT INTO notifications (account_id, user_id, kind, conversation_id, event_id, actor_kind, actor_id) VALUES ($4, `+
		`$1, 'conversation_assignment', $2, 1, 'user', $3)
		ON CONFLICT (account_id, conversation_id, user_id) DO UPDATE SET read_at = NULL`,
		to.ID, f.thread.ID, f.agent.ID, f.inbox.AccountID)
}

func TestNotificationJourney(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	b := f.as(f.agent)

	// A page that shows nothing else of conversations hears of it all the same.
	b.open(f.path("/settings/access-tokens"))
	b.until(`document.documentElement.dataset.line === 'up'`)
	b.until(`document.querySelector('#bell') && !document.querySelector('.rail-count')`)
	f.api("POST", "/conversations/"+f.number()+"/assignments", map[string]any{"assignee_id": f.agent.ID})
	b.until(`document.querySelector('.rail-count')?.innerText === '1'`)

	b.keys("g n")
	b.until(`location.pathname.endsWith('/notifications') && document.querySelectorAll('.hit[data-unread]').length === 1`)

	// What comes meanwhile takes the place of what the list said of the conversation.
	f.writes("It smokes, too")
	b.until(`document.querySelectorAll('.hit').length === 1 && document.querySelector('.hit[data-unread]')?.innerText.includes('It smokes')`)

	b.click(".hit a")
	b.until(`location.pathname === '` + f.page() + `'`)
	// Opening the conversation marks all its notifications as read.
	b.until(`document.querySelector('#bell') && !document.querySelector('.rail-count')`)
}
