package main

import (
	"fmt"
	"testing"
)

// tells a member that the conversation was assigned to them.
func (o office) tells(email string) {
	o.t.Helper()
	var to int64
	if err := o.pool.QueryRow(o.t.Context(), "SELECT id FROM users WHERE email = $1", email).Scan(&to); err != nil {
		o.t.Fatal(err)
	}
	_, err := o.pool.Exec(o.t.Context(), `
		INSERT INTO notifications (account_id, user_id, kind, conversation_id, event_id, actor_kind, actor_id) VALUES (1, $1, 'conversation_assignment', $2, 1, 'user', $3)`,
		to, o.thread.ID, o.agent.ID)
	if err != nil {
		o.t.Fatal(err)
	}
}

func TestNotificationJourney(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	b := newBrowser(t, o.instance)
	signIn(b, o.agent.Email, "battery staple")

	// A page that shows nothing else of conversations hears of it all the same.
	b.open("/accounts/1/settings/access-tokens")
	b.until(`document.documentElement.dataset.line === 'up'`)
	b.until(`document.querySelector('#bell') && !document.querySelector('.rail-count')`)
	body := fmt.Sprintf(`{"assignee_id": %d}`, o.agent.ID)
	if status, answer := o.send("POST", fmt.Sprintf("/api/v1/accounts/1/conversations/%d/assignments", o.thread.DisplayID), body, "api_access_token", o.token, "Content-Type", "application/json"); status != 200 {
		t.Fatalf("%d %s", status, answer)
	}
	b.until(`document.querySelector('.rail-count')?.innerText === '1'`)

	value[bool](b, `['g', 'n'].forEach((key) => document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))), true`)
	b.until(`location.pathname.endsWith('/notifications') && document.querySelectorAll('.hit[data-unread]').length === 1`)

	// What comes meanwhile joins the list.
	o.writes("The printer is on fire")
	b.until(`document.querySelectorAll('.hit[data-unread]').length === 2 && document.querySelector('.hit').innerText.includes('on fire')`)

	b.click(".hit:nth-child(2) a")
	b.until(`location.pathname === '` + o.page() + `'`)
	// Here it is read: all that was told of the conversation.
	b.until(`document.querySelector('#bell') && !document.querySelector('.rail-count')`)
}
