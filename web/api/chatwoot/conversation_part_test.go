package chatwoot_test

import (
	"crypto/md5"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/apitest"
	"github.com/parleydesk/parley/web/api/chatwoot"
)

func conversationPartRows() map[string]apitest.Row {
	people := apitest.Row{Hidden: true, Body: `{"user_ids": [{user}]}`}
	draft := apitest.Row{Hidden: true, Body: `{"draft_message": {"message": "Dear"}}`}
	return apitest.Join(
		nil,
		apitest.Each(people, "POST "+co+"/participants", "PUT "+co+"/participants", "PATCH "+co+"/participants", "DELETE "+co+"/participants"),
		apitest.Each(draft, "PUT "+co+"/draft_messages", "PATCH "+co+"/draft_messages"),
		apitest.Each(
			apitest.Row{Hidden: true}, "DELETE "+co+"/draft_messages", "GET "+co+"/labels", "GET "+co+"/participants",
			"GET "+co+"/draft_messages", "GET "+co+"/attachments",
		),
		map[string]apitest.Row{
			"POST " + co + "/assignments":    {Hidden: true, Body: `{"assignee_id": {user}}`},
			"POST " + co + "/labels":         {Hidden: true, Body: `{"labels": ["vip"]}`},
			"GET " + cs + "/unread_counts":   {},
			"POST " + co + "/transcript":     {Hidden: true, Body: `{"email": "ada@example.test"}`, Want: 422},
			"POST " + co + "/direct_uploads": {Hidden: true, Body: `{"blob": {"filename": "a.txt", "byte_size": 5}}`},
			"PUT /api/direct_uploads/:key":   {Want: 404},
			"POST " + v1 + "/upload":         {Want: 422},
			"POST " + v1 + "/bulk_actions":   {Body: `{"type": "Conversation", "ids": [{conversation}], "fields": {"status": "resolved"}}`},
		},
	)
}

func TestAssignment(t *testing.T) {
	t.Parallel()
	w := newFixture(t)

	t.Run("assigns it to a user, a bot or a team, and answers with the assignee", func(t *testing.T) {
		for name, body := range map[string]string{
			"user": `{"assignee_id": "{user}"}`, "bot": `{"assignee_id": {bot}, "assignee_type": "AgentBot"}`, "team": `{"team_id": {team}}`,
		} {
			got := w.Do(t, apitest.Admin, "POST", co+"/assignments", body).Want(200)
			apitest.Golden(t, *update, "assigned_"+name, got.Body.Bytes())
		}
	})

	t.Run("takes it away for null, 0 and a stranger", func(t *testing.T) {
		for _, id := range []string{"null", "0", "999999", `""`} {
			w.Do(t, apitest.Admin, "POST", co+"/assignments", `{"assignee_id": {user}}`).Want(200)
			if got := w.Do(t, apitest.Admin, "POST", co+"/assignments", `{"assignee_id": `+id+`}`).Want(200).Body.String(); got != "null" {
				t.Errorf("%s answers %s, want null", id, got)
			}
			if c := dbtest.Reload(t, w.Server.Pool, w.Conversation); c.AssigneeID != nil {
				t.Errorf("%s leaves the assignee", id)
			}
		}
	})

	t.Run("shows a bot as the assignee", func(t *testing.T) {
		w := apitest.NewFixture(t, w.Server)
		bot := w.Do(t, apitest.Admin, "POST", co+"/assignments", `{"assignee_id": {bot}, "assignee_type": "AgentBot"}`).Want(200).Object()
		meta := w.Do(t, apitest.Admin, "GET", co, "").Want(200).Object()["meta"].(map[string]any)
		if meta["assignee_type"] != "AgentBot" || fmt.Sprint(meta["assignee"]) != fmt.Sprint(bot) {
			t.Errorf("assignee %v of type %v, want %v", meta["assignee"], meta["assignee_type"], bot)
		}
	})

	t.Run("says once that a bot has it", func(t *testing.T) {
		w := apitest.NewFixture(t, w.Server)
		before := w.Do(t, apitest.Admin, "POST", co+"/assignments", `{"assignee_id": {bot}, "assignee_type": "AgentBot"}`).Want(200).Body.String()
		said := len(payload(w.Do(t, apitest.Admin, "GET", co+"/messages", "").Want(200)))
		again := w.Do(t, apitest.Admin, "POST", co+"/assignments", `{"assignee_id": {bot}, "assignee_type": "AgentBot"}`).Want(200).Body.String()
		if n := len(payload(w.Do(t, apitest.Admin, "GET", co+"/messages", "").Want(200))); n != said || again != before {
			t.Errorf("%d messages, before %d; answers %s and %s", n, said, before, again)
		}
	})

	t.Run("lets the assignee win over the team, and an empty one not", func(t *testing.T) {
		w := apitest.NewFixture(t, w.Server)
		w.Do(t, apitest.Admin, "POST", co+"/assignments", `{"assignee_id": {user}, "team_id": {team}}`).Want(200)
		if c := dbtest.Reload(t, w.Server.Pool, w.Conversation); c.TeamID != nil || c.AssigneeID == nil {
			t.Errorf("team %v, assignee %v", c.TeamID, c.AssigneeID)
		}
		w.Do(t, apitest.Admin, "POST", co+"/assignments", `{"assignee_id": "", "team_id": "{team}"}`).Want(200)
		if c := dbtest.Reload(t, w.Server.Pool, w.Conversation); c.TeamID == nil {
			t.Error("the team was not set")
		}
	})
}

func TestConversationParts(t *testing.T) {
	t.Parallel()
	w := newFixture(t)

	t.Run("labels replace each other", func(t *testing.T) {
		w.Do(t, apitest.Inside, "POST", co+"/labels", `{"labels": ["a", "b"]}`).Want(200)
		got := w.Server.Do(
			t, w.Tokens[apitest.Inside], "POST", w.Fill(co+"/labels"), "labels[]=b&labels[]=c", "Content-Type",
			"application/x-www-form-urlencoded",
		).Want(200)
		apitest.Golden(t, *update, "labels", got.Body.Bytes())
		w.Do(t, apitest.Inside, "POST", co+"/labels", `{"labels": []}`).Want(200)
		if got := w.Do(t, apitest.Inside, "GET", co+"/labels", "").Body.String(); got != `{"payload":[]}` {
			t.Errorf("labels %s, want none", got)
		}
	})

	t.Run("participants are added, set and removed", func(t *testing.T) {
		if got := w.Do(t, apitest.Admin, "POST", co+"/participants", `{"user_ids": ["{user}", 999999]}`).
			Want(200).Body.String(); !strings.Contains(got, "Ann Agent") {
			t.Errorf("added %s", got)
		}
		if got := w.Do(t, apitest.Admin, "POST", co+"/participants", `{"user_ids": [{user}]}`).Want(200).Body.String(); got != "[]" {
			t.Errorf("added again: %s", got)
		}
		apitest.Golden(t, *update, "participants", w.Do(t, apitest.Admin, "GET", co+"/participants", "").Want(200).Body.Bytes())
		w.Do(t, apitest.Admin, "PATCH", co+"/participants", fmt.Sprintf(`{"user_ids": [%d]}`, w.Admin.ID)).Want(200)
		w.Do(t, apitest.Admin, "DELETE", co+"/participants", fmt.Sprintf(`{"user_ids": [%d]}`, w.Admin.ID)).Want(200)
		if got := w.Do(t, apitest.Admin, "GET", co+"/participants", "").Body.String(); got != "[]" {
			t.Errorf("left: %s", got)
		}
	})

	t.Run("one draft is shared", func(t *testing.T) {
		draft := co + "/draft_messages"
		if got := w.Do(t, apitest.Inside, "GET", draft, "").Want(200).Body.String(); got != `{"has_draft":false}` {
			t.Errorf("draft %s, want none", got)
		}
		w.Do(t, apitest.Inside, "PATCH", draft, `{"draft_message": {"message": "Dear Ada"}}`).Want(200)
		if got := w.Do(t, apitest.Admin, "GET", draft, "").Body.String(); got != `{"has_draft":true,"message":"Dear Ada"}` {
			t.Errorf("draft %s", got)
		}
		w.Do(t, apitest.Admin, "DELETE", draft, "").Want(200)
	})

	t.Run("unread ones are counted by inbox, team and label", func(t *testing.T) {
		apitest.Golden(t, *update, "unread_counts", w.Do(t, apitest.Inside, "GET", cs+"/unread_counts", "").Want(200).Body.Bytes())
	})

	t.Run("labels that many give a contact at once are all kept", func(t *testing.T) {
		w := apitest.NewFixture(t, w.Server)
		var all sync.WaitGroup
		for i := range 12 {
			all.Go(func() {
				body := fmt.Sprintf(`{"type": "Contact", "ids": [{contact}], "labels": {"add": ["label-%d"]}}`, i)
				if got := w.Do(t, apitest.Admin, "POST", v1+"/bulk_actions", body); got.Code != 200 {
					t.Errorf("status %d: %s", got.Code, got.Body)
				}
			})
		}
		all.Wait()
		if n := len(payload(w.Do(t, apitest.Admin, "GET", k+"/labels", "").Want(200))); n != 12 {
			t.Errorf("%d labels, want 12", n)
		}
	})

	t.Run("a bulk action changes what the caller sees", func(t *testing.T) {
		w := apitest.NewFixture(t, w.Server)
		w.Do(
			t, apitest.Outside, "POST", v1+"/bulk_actions",
			`{"type": "Conversation", "ids": [{conversation}], "fields": {"status": "resolved"}}`,
		).Want(200)
		if c := dbtest.Reload(t, w.Server.Pool, w.Conversation); c.Status != db.ConversationStatusOpen {
			t.Errorf("status %s by an agent who does not see it", c.Status)
		}
		w.Do(t, apitest.Inside, "POST", v1+"/bulk_actions", `{"type": "Conversation", "ids": [{conversation}, 999999], `+
			`"fields": {"status": "snoozed", "assignee_id": {user}},
			"labels": {"add": ["vip"]}, "snoozed_until": 1995168931}`).Want(200)
		if c := dbtest.Reload(t, w.Server.Pool, w.Conversation); c.Status != db.ConversationStatusSnoozed || c.AssigneeID == nil ||
			!slices.Equal(c.Labels, []string{"vip"}) {
			t.Errorf("status %s, assignee %v, labels %v", c.Status, c.AssigneeID, c.Labels)
		}
		w.Do(t, apitest.Inside, "POST", v1+"/bulk_actions", `{"type": "Inbox", "ids": [1]}`).Want(422)
	})
}

func TestUploads(t *testing.T) {
	t.Parallel()
	w := apitest.NewFixture(t, apitest.New(t, chatwoot.Routes, func(c *api.Config) { c.MaxFile = 1 << 20 }))

	t.Run("a file uploaded before is attached by its id, once, and listed; so is a direct upload", func(t *testing.T) {
		body, kind := form(t, nil, map[string][]byte{"box.png": picture(t)})
		body = []byte(strings.Replace(string(body), "attachments[]", "attachment", 1))
		up := w.Server.Do(t, w.Tokens[apitest.Inside], "POST", w.Fill(v1+"/upload"), body, "Content-Type", kind).Want(200)
		apitest.Golden(t, *update, "upload", up.Body.Bytes())
		w.Vars["blob"] = up.Object()["blob_id"].(string)
		w.Do(t, apitest.Admin, "POST", ms, `{"attachments": ["{blob}"]}`).Want(422)
		w.Do(t, apitest.Inside, "POST", ms, `{"attachments": ["{blob}"]}`).Want(200)
		w.Do(t, apitest.Inside, "POST", ms, `{"attachments": ["{blob}"]}`).Want(422)
		apitest.Golden(t, *update, "attachments", w.Do(t, apitest.Inside, "GET", co+"/attachments", "").Want(200).Body.Bytes())

		content := "hello"
		sum := md5.Sum([]byte(content))
		said := w.Do(t, apitest.Inside, "POST", co+
			"/direct_uploads", fmt.Sprintf(`{"blob": {"filename": "a.txt", "byte_size": 5, "content_type": "text/plain", "checksum": %q}}`,
			base64.StdEncoding.EncodeToString(sum[:]))).Want(200)
		apitest.Golden(t, *update, "direct_upload", said.Body.Bytes())
		w.Vars["blob"] = said.Object()["signed_id"].(string)
		w.Do(t, apitest.Inside, "POST", ms, `{"attachments": ["{blob}"]}`).Want(422)
		to := strings.TrimPrefix(said.Object()["direct_upload"].(map[string]any)["url"].(string), apitest.BaseURL)
		w.Server.Do(t, "", "PUT", to, "jello", "Content-Type", "text/plain").Want(422)
		w.Server.Do(t, "", "PUT", to, content, "Content-Type", "text/plain").Want(204)
		w.Server.Do(t, "", "PUT", to, content, "Content-Type", "text/plain").Want(404)
		w.Do(t, apitest.Inside, "POST", ms, `{"attachments": ["{blob}"]}`).Want(200)
	})

	t.Run("a file that is too large is refused in a sentence, and so are sixteen", func(t *testing.T) {
		body, kind := form(t, nil, map[string][]byte{"note.txt": make([]byte, 1<<20+1)})
		got := w.Server.Do(t, w.Tokens[apitest.Inside], "POST", w.Fill(ms), body, "Content-Type", kind).Want(413)
		apitest.Golden(t, *update, "error_file_too_large", got.Body.Bytes())
		var many strings.Builder
		for range 16 {
			many.WriteString("--x\r\nContent-Disposition: form-data; name=\"attachments[]\"; filename=\"a.txt\"\r\n\r\na\r\n")
		}
		many.WriteString("--x--\r\n")
		w.Server.Do(t, w.Tokens[apitest.Inside], "POST", w.Fill(ms), many.String(), "Content-Type", "multipart/form-data; boundary=x").Want(422)
	})

	t.Run("a transcript needs an address and a mail server", func(t *testing.T) {
		apitest.Golden(t, *update, "error_transcript", w.Do(t, apitest.Inside, "POST", co+"/transcript", "").Want(422).Body.Bytes())
		w.Do(t, apitest.Inside, "POST", co+"/transcript", `{"email": "ada@example.test"}`).Want(422)
	})
}

func TestTranscript(t *testing.T) {
	t.Parallel()
	w := apitest.NewFixture(t, apitest.New(t, chatwoot.Routes, apitest.WithMail))
	box := w.Server.SendMail(t)
	w.Do(t, apitest.Inside, "POST", ms, `{"content": "Hush", "private": true}`).Want(200)
	w.Do(t, apitest.Inside, "POST", ms, `{"content": "On its way"}`).Want(200)

	w.Do(t, apitest.Inside, "POST", co+"/transcript", `{"email": "nobody"}`).Want(422)
	if got := w.Do(t, apitest.Inside, "POST", co+"/transcript", `{"email": "ada@example.test"}`).Want(200).Body.String(); got != "" {
		t.Errorf("body %q, want none", got)
	}
	got := box.Next(t)
	if got.To != "ada@example.test" || !strings.Contains(got.Text, "Ada Marsh") ||
		strings.Index(got.Text, "parcel") > strings.Index(got.Text, "On its way") {
		t.Errorf("%+v", got)
	}
	if strings.Contains(got.Raw, "Hush") {
		t.Error("a note is in the transcript")
	}
}
