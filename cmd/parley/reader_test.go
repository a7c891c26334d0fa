package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/parleydesk/parley/internal/dbtest"
)

// The types that Chatwoot's command line reads answers into, field by field. Where it expects a whole number, a fraction,
// a text or an object ends it; null is nothing.
type (
	cliNamed struct {
		ID   int    `json:"id"`
		Name string `json:"name"`
	}
	cliUser struct {
		ID                   int            `json:"id"`
		AccountID            int            `json:"account_id"`
		Name                 string         `json:"name"`
		AvailableName        string         `json:"available_name"`
		Email                string         `json:"email"`
		PhoneNumber          string         `json:"phone_number"`
		Identifier           string         `json:"identifier"`
		Type                 string         `json:"type"`
		Role                 string         `json:"role"`
		Thumbnail            string         `json:"thumbnail"`
		AvatarURL            string         `json:"avatar_url"`
		AvailabilityStatus   string         `json:"availability_status"`
		Provider             string         `json:"provider"`
		PubsubToken          string         `json:"pubsub_token"`
		UID                  string         `json:"uid"`
		DisplayName          *string        `json:"display_name"`
		MessageSignature     *string        `json:"message_signature"`
		InviterID            *int           `json:"inviter_id"`
		Confirmed            bool           `json:"confirmed"`
		UISettings           map[string]any `json:"ui_settings"`
		CustomAttributes     map[string]any `json:"custom_attributes"`
		AdditionalAttributes map[string]any `json:"additional_attributes"`
		LastActivityAt       int64          `json:"last_activity_at"`
		CreatedAt            int64          `json:"created_at"`
	}
	cliFile struct {
		ID       int    `json:"id"`
		FileType string `json:"file_type"`
		DataURL  string `json:"data_url"`
		ThumbURL string `json:"thumb_url"`
		FileSize int    `json:"file_size"`
	}
	cliMessage struct {
		ID                int            `json:"id"`
		Content           string         `json:"content"`
		InboxID           int            `json:"inbox_id"`
		ConversationID    int            `json:"conversation_id"`
		ContentType       string         `json:"content_type"`
		Status            string         `json:"status"`
		ContentAttributes map[string]any `json:"content_attributes"`
		MessageType       int            `json:"message_type"`
		CreatedAt         int64          `json:"created_at"`
		Private           bool           `json:"private"`
		SourceID          *string        `json:"source_id"`
		Sender            *cliUser       `json:"sender"`
		Attachments       []cliFile      `json:"attachments"`
		Conversation      *struct {
			UnreadCount    int   `json:"unread_count"`
			LastActivityAt int64 `json:"last_activity_at"`
		} `json:"conversation"`
	}
	cliConversation struct {
		ID                   int            `json:"id"`
		AccountID            int            `json:"account_id"`
		InboxID              int            `json:"inbox_id"`
		Status               string         `json:"status"`
		Priority             *string        `json:"priority"`
		MessagesCount        int            `json:"messages_count"`
		UnreadCount          int            `json:"unread_count"`
		CreatedAt            int64          `json:"created_at"`
		Timestamp            int64          `json:"timestamp"`
		LastActivityAt       int64          `json:"last_activity_at"`
		ContactLastSeenAt    int64          `json:"contact_last_seen_at"`
		AgentLastSeenAt      int64          `json:"agent_last_seen_at"`
		AdditionalAttributes map[string]any `json:"additional_attributes"`
		Labels               []string       `json:"labels"`
		Messages             []cliMessage   `json:"messages"`
		Meta                 struct {
			Sender   *cliUser  `json:"sender"`
			Assignee *cliUser  `json:"assignee"`
			Team     *cliNamed `json:"team"`
			Channel  string    `json:"channel"`
		} `json:"meta"`
	}
	cliInbox struct {
		ID              int    `json:"id"`
		Name            string `json:"name"`
		ChannelType     string `json:"channel_type"`
		AvatarURL       string `json:"avatar_url"`
		ChannelID       int    `json:"channel_id"`
		GreetingEnabled bool   `json:"greeting_enabled"`
		GreetingMessage string `json:"greeting_message"`
	}
	cliLabel struct {
		ID            int    `json:"id"`
		Title         string `json:"title"`
		Description   string `json:"description"`
		Color         string `json:"color"`
		ShowOnSidebar bool   `json:"show_on_sidebar"`
	}
)

// reader calls as someone and reads into fixed types.
type reader struct {
	*testing.T
	base   string
	header http.Header
}

// read makes a call that must succeed, reads its answer into v unless that is nil, and gives the answer's header.
func (r reader) read(method, path, body string, v any) http.Header {
	r.Helper()
	q, err := http.NewRequestWithContext(r.Context(), method, r.base+path, strings.NewReader(body))
	if err != nil {
		r.Fatal(err)
	}
	q.Header = r.header.Clone()
	q.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(q)
	if err != nil {
		r.Fatal(err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		r.Fatal(err)
	}
	if answer.StatusCode != http.StatusOK {
		r.Fatalf("%s %s answers %d %s", method, path, answer.StatusCode, raw)
	}
	if v != nil {
		if err := json.NewDecoder(bytes.NewReader(raw)).Decode(v); err != nil {
			r.Errorf("%s %s: %v in %s", method, path, err, raw)
		}
	}
	return answer.Header
}

// TestReaders lets the calls and types of programs that cannot be installed here read what the real program answers:
// Chatwoot's command line, its application for telephones, NocoDB's sync.
func TestReaders(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	settings := []string{"DATABASE_URL=" + pool.Config().ConnString(), "PARLEY_DATA=" + t.TempDir()}
	p := serveParley(t, settings).ready()
	account := dbtest.Account(t, pool, "Acme")
	ann, ben := dbtest.Admin(t, pool, account, "Ann"), dbtest.Agent(t, pool, account, "Ben")
	w := reader{t, p.url, http.Header{"Api_access_token": {dbtest.Token(t, pool, ann)}}}
	api := fmt.Sprintf("/api/v1/accounts/%d", account.ID)

	// Thirty conversations, with a file, a note, labels, a priority, a team and both kinds of assignee among them.
	var inbox cliInbox
	w.read("POST", api+"/inboxes", `{"name": "Bridge", "channel": {"type": "api"}}`, &inbox)
	w.read("POST", api+"/inbox_members", fmt.Sprintf(`{"inbox_id": %d, "user_ids": [%d]}`, inbox.ID, ben.ID), nil)
	var team cliNamed
	w.read("POST", api+"/teams", `{"name": "support", "description": null}`, &team)
	w.read("POST", fmt.Sprintf("%s/teams/%d/team_members", api, team.ID), fmt.Sprintf(`{"user_ids": [%d]}`, ben.ID), nil)
	w.read("POST", api+"/labels", `{"title": "vip"}`, nil)
	for i := range 30 {
		var c struct {
			Payload struct{ Contact cliUser } `json:"payload"`
		}
		w.read("POST", api+"/contacts", fmt.Sprintf(`{"inbox_id": %d, "name": "Customer %d", "email": "c%d@example.test"}`, inbox.ID, i, i), &c)
		w.read(
			"POST", api+"/conversations",
			fmt.Sprintf(
				`{"inbox_id": %d, "contact_id": %d, "message": {"content": "Hello %d", "message_type": "incoming"}}`, inbox.ID,
				c.Payload.Contact.ID, i,
			),
			nil,
		)
	}
	one := api + "/conversations/30"
	w.read("POST", one+"/messages", `{"content": "Among us", "private": true}`, nil)

	t.Run("Chatwoot's command line", func(t *testing.T) {
		r := reader{t, p.url, w.header}
		var me cliUser
		if r.read("GET", "/api/v1/profile", "", &me); me.AccountID != int(account.ID) || me.Role != "administrator" || me.UISettings == nil {
			t.Errorf("the profile is %+v", me)
		}
		var agents, members []cliUser
		r.read("GET", api+"/agents", "", &agents)
		var teams []cliNamed
		r.read("GET", api+"/teams", "", &teams)
		var inboxes struct{ Payload []cliInbox }
		r.read("GET", api+"/inboxes", "", &inboxes)
		r.read("GET", fmt.Sprintf("%s/inboxes/%d", api, inbox.ID), "", &inbox)
		var labels struct{ Payload []cliLabel }
		r.read("GET", api+"/labels", "", &labels)
		r.read("GET", fmt.Sprintf("%s/teams/%d/team_members", api, team.ID), "", &members)
		if len(agents) != 2 || len(teams) != 1 || len(inboxes.Payload) != 1 || len(labels.Payload) != 1 || len(members) != 1 {
			t.Errorf(
				"%d agents, %d teams, %d inboxes, %d labels, %d members", len(agents), len(teams), len(inboxes.Payload),
				len(labels.Payload), len(members),
			)
		}

		// It assigns, with and without a team, and unassigns with a nought; it takes what comes back for a user.
		var user cliUser
		if r.read("POST", one+"/assignments", fmt.Sprintf(`{"assignee_id": %d}`, ben.ID), &user); user.ID != int(ben.ID) ||
			user.Email != ben.Email {
			t.Errorf("the assignee is %+v", user)
		}
		r.read("POST", one+"/assignments", `{"assignee_id": 0}`, nil)
		var assigned cliNamed
		r.read("POST", one+"/assignments", fmt.Sprintf(`{"team_id": %d}`, team.ID), &assigned)
		r.read("POST", one+"/assignments", fmt.Sprintf(`{"assignee_id": %d, "team_id": %d}`, ann.ID, team.ID), &user)
		r.read("POST", one+"/toggle_priority", `{"priority": "urgent"}`, nil)
		var names struct{ Payload []string }
		r.read("POST", one+"/labels", `{"labels": ["vip", "new"]}`, &names)
		r.read("GET", one+"/labels", "", &names)
		var toggled struct {
			Payload struct {
				Success        bool   `json:"success"`
				CurrentStatus  string `json:"current_status"`
				ConversationID int    `json:"conversation_id"`
			} `json:"payload"`
		}
		for _, body := range []string{`{"status": "snoozed", "snoozed_until": 1900000000}`, `{"status": "open"}`} {
			if r.read("POST", one+"/toggle_status", body, &toggled); !toggled.Payload.Success || toggled.Payload.ConversationID != 30 {
				t.Errorf("%s gives %+v", body, toggled)
			}
		}
		var c cliConversation
		if r.read("GET", one, "", &c); c.ID != 30 || c.Meta.Assignee.ID != int(ann.ID) || c.Meta.Team.ID != team.ID ||
			*c.Priority != "urgent" || len(c.Labels) != 2 || len(c.Messages) != 1 {
			t.Errorf("the conversation is %+v", c)
		}
		var list struct {
			Data struct {
				Meta struct {
					All        int `json:"all_count"`
					Assigned   int `json:"assigned_count"`
					Unassigned int `json:"unassigned_count"`
					Mine       int `json:"mine_count"`
				} `json:"meta"`
				Payload []cliConversation `json:"payload"`
			} `json:"data"`
		}
		for query, want := range map[string]int{
			url.Values{
				"status": {"open"}, "assignee_type": {"all"}, "page": {"2"}, "sort_by": {"last_activity_at_desc"},
			}.Encode(): 5,
			url.Values{
				"labels": {"vip", "none"}, "inbox_id": {fmt.Sprint(inbox.ID)}, "team_id": {fmt.Sprint(team.ID)},
				"assignee_type": {"me"},
			}.Encode(): 1,
			"labels[]=vip":             1,
			"q=Hello+29&status=open":   1,
			"status=resolved&page=700": 0,
		} {
			list.Data.Payload = nil
			if r.read("GET", api+"/conversations?"+query, "", &list); len(list.Data.Payload) != want || list.Data.Payload == nil {
				t.Errorf("%s lists %d, want %d", query, len(list.Data.Payload), want)
			}
		}
		if m := list.Data.Meta; m.All != m.Assigned+m.Unassigned {
			t.Errorf("counted are %+v", m)
		}

		var said cliMessage
		if r.read("POST", one+"/messages", `{"content": "On its way", "message_type": "outgoing"}`, &said); said.MessageType != 1 ||
			said.Sender.Type != "user" {
			t.Errorf("said is %+v", said)
		}
		var thread struct {
			Meta    map[string]any
			Payload []cliMessage
		}
		if r.read("GET", fmt.Sprintf("%s/messages?before=%d", one, said.ID), "", &thread); len(thread.Payload) < 3 ||
			thread.Payload[0].Content != "Hello 29" {
			t.Errorf("the thread is %+v", thread.Payload)
		}
		var contacts struct {
			Meta    map[string]any
			Payload []cliUser
		}
		r.read("GET", api+"/contacts?page=2&sort=-last_activity_at", "", &contacts)
		if r.read("GET", api+"/contacts/search?q=c29&sort=email&page=1", "", &contacts); len(contacts.Payload) != 1 {
			t.Fatalf("found are %+v", contacts)
		}
		id := contacts.Payload[0].ID
		var contact struct{ Payload cliUser }
		r.read("GET", fmt.Sprintf("%s/contacts/%d", api, id), "", &contact)
		var theirs struct{ Payload []cliConversation }
		if r.read("GET", fmt.Sprintf("%s/contacts/%d/conversations", api, id), "", &theirs); len(theirs.Payload) != 1 ||
			theirs.Payload[0].ID != 30 {
			t.Errorf("theirs are %+v", theirs)
		}
		var found struct {
			Payload struct {
				Conversations []struct {
					ID        int         `json:"id"`
					AccountID int         `json:"account_id"`
					CreatedAt int64       `json:"created_at"`
					Message   *cliMessage `json:"message"`
					Contact   *cliUser    `json:"contact"`
					Inbox     *cliNamed   `json:"inbox"`
					Agent     *cliUser    `json:"agent"`
				} `json:"conversations"`
				Contacts []cliUser         `json:"contacts"`
				Messages []cliMessage      `json:"messages"`
				Articles []json.RawMessage `json:"articles"`
			} `json:"payload"`
		}
		if r.read("GET", api+"/search?q=c29@example.test&page=1", "", &found); len(found.Payload.Conversations) != 1 ||
			len(found.Payload.Contacts) != 1 || found.Payload.Articles == nil {
			t.Errorf("found are %+v", found.Payload)
		}
		if r.read("GET", api+"/search?q=way", "", &found); len(found.Payload.Messages) != 1 {
			t.Errorf("found are %+v", found.Payload.Messages)
		}
		r.read("DELETE", fmt.Sprintf("%s/messages/%d", one, said.ID), "", nil)
	})

	t.Run("NocoDB's sync", func(t *testing.T) {
		r := reader{t, p.url, w.header}
		seen := map[int]bool{}
		for page := 1; ; page++ {
			var list struct {
				Data struct {
					Payload []struct {
						cliConversation
						UpdatedAt float64 `json:"updated_at"` // times 1,000 it is a date
						Messages  []struct {
							cliMessage
							SenderID   *int    `json:"sender_id"`
							SenderType *string `json:"sender_type"`
						} `json:"messages"`
					} `json:"payload"`
				} `json:"data"`
			}
			r.read("GET", fmt.Sprintf("%s/conversations?page=%d&status=all", api, page), "", &list)
			for _, c := range list.Data.Payload {
				seen[c.ID] = true
				if c.UpdatedAt < 1e9 || c.UpdatedAt > 1e10 || c.CreatedAt == 0 || c.Meta.Sender == nil || c.Meta.Sender.Name == "" ||
					len(c.Messages) != 1 {
					t.Errorf("%d is %+v", c.ID, c)
				}
				if m := c.Messages[0]; m.MessageType == 0 && (*m.SenderType != "Contact" || *m.SenderID != c.Meta.Sender.ID || m.Sender == nil) {
					t.Errorf("the message is %+v", m)
				}
			}
			if len(list.Data.Payload) < 25 {
				break
			}
		}
		if len(seen) != 30 {
			t.Errorf("it saw %d conversations, want 30", len(seen))
		}
		var teams []struct {
			ID                int
			Name, Description *string
		}
		r.read("GET", api+"/teams", "", &teams)
		var members []cliUser
		if r.read("GET", fmt.Sprintf("%s/teams/%d/team_members", api, team.ID), "", &members); len(members) != 1 || members[0].Email == "" {
			t.Errorf("the members are %+v", members)
		}
	})

	t.Run("the application for telephones, with a session", func(t *testing.T) {
		platform := reader{t, p.url, http.Header{"Api_access_token": {platformToken(t, settings, "telephones")}}}
		var branch, gil cliNamed
		platform.read("POST", "/platform/api/v1/accounts", `{"name": "Branch"}`, &branch)
		platform.read("POST", "/platform/api/v1/users", `{"name": "Gil", "email": "gil@example.test", "password": "Correct-horse-9"}`, &gil)
		platform.read(
			"POST", fmt.Sprintf("/platform/api/v1/accounts/%d/account_users", branch.ID),
			fmt.Sprintf(`{"user_id": %d, "role": "administrator"}`, gil.ID), nil,
		)

		r := reader{t, p.url, http.Header{}}
		r.read("GET", "/api", "", nil)
		var in struct{ Data cliUser }
		head := r.read("POST", "/auth/sign_in", `{"email": "gil@example.test", "password": "Correct-horse-9"}`, &in)
		if in.Data.AccountID != branch.ID || in.Data.PubsubToken == "" || in.Data.Role != "administrator" {
			t.Fatalf("signed in is %+v", in.Data)
		}
		// It keeps three of the five headers.
		for _, name := range []string{"access-token", "uid", "client"} {
			r.header.Set(name, head.Get(name))
		}
		api := fmt.Sprintf("/api/v1/accounts/%d", branch.ID)
		var me cliUser
		r.read("GET", "/api/v1/profile", "", &me)
		r.read("POST", "/api/v1/profile/availability", fmt.Sprintf(`{"profile": {"availability": "busy", "account_id": %d}}`, branch.ID), &me)
		r.read("PUT", "/api/v1/profile/set_active_account", fmt.Sprintf(`{"profile": {"account_id": %d}}`, branch.ID), nil)
		for _, path := range []string{
			"/inboxes", "/labels", "/teams", "/canned_responses?search=", "/custom_attribute_definitions", "/macros",
			"/integrations/apps",
		} {
			r.read("GET", api+path, "", nil)
		}

		var inbox cliInbox
		r.read("POST", api+"/inboxes", `{"name": "Bridge", "channel": {"type": "api"}}`, &inbox)
		var team cliNamed
		r.read("POST", api+"/teams", `{"name": "support"}`, &team)
		var made struct{ Payload struct{ Contact cliUser } }
		r.read("POST", api+"/contacts", fmt.Sprintf(`{"inbox_id": %d, "name": "Ada"}`, inbox.ID), &made)
		var c cliConversation
		r.read(
			"POST", api+"/conversations",
			fmt.Sprintf(
				`{"inbox_id": %d, "contact_id": %d, "assignee_id": %d, "message": {"content": "Hi", "message_type": "incoming"}}`,
				inbox.ID, made.Payload.Contact.ID, gil.ID,
			),
			&c,
		)
		var list struct {
			Data struct {
				Meta    map[string]int
				Payload []cliConversation
			}
		}
		if r.read("GET", api+"/conversations?assignee_type=me&status=open&page=1&sort_by=latest", "", &list); len(list.Data.Payload) != 1 {
			t.Fatalf("listed are %+v", list.Data)
		}
		one := fmt.Sprintf("%s/conversations/%d", api, c.ID)
		for _, path := range []string{"/unread", "/update_last_seen"} {
			var seen struct {
				ID              int
				UnreadCount     *int   `json:"unread_count"`
				AgentLastSeenAt *int64 `json:"agent_last_seen_at"`
			}
			if r.read("POST", one+path, "", &seen); seen.ID != c.ID || seen.UnreadCount == nil || seen.AgentLastSeenAt == nil {
				t.Errorf("%s gives %+v", path, seen)
			}
		}
		// The team is in the query, and there is no body.
		r.read("POST", fmt.Sprintf("%s/assignments?team_id=%d", one, team.ID), "", nil)
		if r.read("GET", one, "", &c); c.Meta.Team == nil || c.Meta.Team.ID != team.ID {
			t.Errorf("the team is %+v", c.Meta.Team)
		}
		var people []cliUser
		r.read("GET", one+"/participants", "", &people)
		r.read("PUT", one+"/participants", fmt.Sprintf(`{"user_ids": [%d]}`, gil.ID), &people)
		var able struct{ Payload []cliUser }
		if r.read("GET", fmt.Sprintf("%s/assignable_agents?inbox_ids[]=%d", api, inbox.ID), "", &able); len(people) != 1 ||
			len(able.Payload) != 1 {
			t.Errorf("%d take part, %d can be assigned", len(people), len(able.Payload))
		}
		r.read("POST", one+"/toggle_typing_status", `{"typing_status": "on", "is_private": false}`, nil)
		r.read("POST", one+"/toggle_priority", `{"priority": null}`, nil)
		r.read("POST", one+"/labels", `{"labels": ["vip"]}`, nil)
		r.read("POST", one+"/mute", "", nil)
		r.read("POST", one+"/unmute", "", nil)
		r.read("POST", api+"/bulk_actions", fmt.Sprintf(`{"type": "Conversation", "ids": [%d], "fields": {"status": "open"}}`, c.ID), nil)
		var toggled struct {
			Payload struct {
				CurrentStatus string  `json:"current_status"`
				SnoozedUntil  *string `json:"snoozed_until"`
			}
		}
		if r.read(
			"POST", one+"/toggle_status", `{"status": "snoozed", "snoozed_until": 1900000000}`, &toggled,
		); toggled.Payload.SnoozedUntil == nil {
			t.Errorf("toggled is %+v", toggled)
		}
		var noted struct {
			Data struct {
				Meta struct {
					Unread int             `json:"unread_count"`
					Count  int             `json:"count"`
					Page   json.RawMessage `json:"current_page"`
				} `json:"meta"`
				Payload []struct {
					ID               int    `json:"id"`
					Kind             string `json:"notification_type"`
					Title            string `json:"push_message_title"`
					PrimaryActorType string `json:"primary_actor_type"`
					PrimaryActorID   int    `json:"primary_actor_id"`
					CreatedAt        int64  `json:"created_at"`
					LastActivityAt   int64  `json:"last_activity_at"`
				} `json:"payload"`
			} `json:"data"`
		}
		r.read("GET", api+"/notifications?page=1&sort_order=desc&includes[]=snoozed&includes[]=read", "", &noted)
		r.read("POST", api+"/notifications/read_all", fmt.Sprintf(`{"primary_actor_type": "Conversation", "primary_actor_id": %d}`, c.ID), nil)
		var unread int
		r.read("GET", api+"/notifications/unread_count", "", &unread)
		r.read("POST", api+"/notifications/read_all", "", nil)
		r.read("DELETE", "/auth/sign_out", "", nil)
	})
}
