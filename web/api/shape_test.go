package api_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleydesk/parley/web/api/apitest"
)

// TestShapes holds what the three dialects show of a conversation, its messages and its contact. docs/api/dialects.md
// says which test holds which row.
func TestShapes(t *testing.T) {
	t.Parallel()

	t.Run("row 3: two write snake_case, the third camelCase", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		for path, style := range map[string]string{
			inChatwoot + one:              `^[a-z0-9_]+$`,
			inChatwoot + thread:           `^[a-z0-9_]+$`,
			inNdoto + one:                 `^[a-z0-9_]+$`,
			inNdoto + thread:              `^[a-z0-9_]+$`,
			inQlara + one:                 `^[a-z][A-Za-z0-9]*$`,
			inQlara + thread:              `^[a-z][A-Za-z0-9]*$`,
			inQlara + "/assignable-users": `^[a-z][A-Za-z0-9]*$`,
		} {
			for _, name := range names(call[any](b, "GET", path, "", 200)) {
				if !regexp.MustCompile(style).MatchString(name) {
					t.Errorf("%s has %s", path, name)
				}
			}
		}
	})

	t.Run("row 4: a conversation has one number, in all three and under both of Chatwoot's names", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		other := apitest.NewFixture(t, b.w.Server) // another account counts from one as well
		b.w = other
		c := call[object](b, "GET", inChatwoot+one, "", 200)
		n := call[object](b, "GET", inNdoto+one, "", 200)
		q := call[object](b, "GET", inQlara+one, "", 200)
		want := float64(b.w.Conversation.DisplayID)
		if c["id"] != want || n["id"] != want || q["chatId"] != want || want < 1 {
			t.Errorf("%v, %v, %v, want %v", c["id"], n["id"], q["chatId"], want)
		}
	})

	t.Run("row 10: each takes its own content types, and shows the others'", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		for kind, want := range map[string][2]int{
			"text":           {200, 200},
			"input_text":     {200, 422},
			"input_textarea": {200, 422},
			"input_email":    {200, 200},
			"sideways":       {422, 422},
		} {
			body := `{"content":"x","message_type":"outgoing","content_type":"` + kind + `"}`
			c := b.status(apitest.Admin, "POST", inChatwoot+thread, body)
			n := b.status(apitest.Admin, "POST", inNdoto+thread, body)
			if c != want[0] || n != want[1] {
				t.Errorf("%s: %d, %d, want %v", kind, c, n, want)
			}
		}
		call[any](b, "POST", inChatwoot+thread, `{"content":"Choose","content_type":"cards","content_attributes":{"items":[
			{"title":"Red","description":"A red one","actions":[{"type":"link","text":"See","uri":"https://a.example"}]}]}}`, 200)
		n := call[struct{ Payload []object }](b, "GET", inNdoto+thread, "", 200).Payload
		q := call[[]object](b, "GET", inQlara+thread, "", 200)
		if n[len(n)-1]["content_type"] != "cards" || q[len(q)-1]["messageType"] != "TEXT" {
			t.Errorf("cards are %v and %v", n[len(n)-1]["content_type"], q[len(q)-1]["messageType"])
		}
	})

	t.Run("rows 11 and 12: each list has its own envelope", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		keys := func(path string, within ...string) string {
			v := call[any](b, "GET", path, "", 200)
			for _, name := range within {
				v = v.(object)[name]
			}
			if _, ok := v.([]any); ok {
				return "a bare list"
			}
			return strings.Join(slices.Sorted(maps.Keys(v.(object))), ",")
		}
		for got, want := range map[string]string{
			"C " + keys(inChatwoot+thread):              "C meta,payload",
			"N " + keys(inNdoto+thread):                 "N payload",
			"Q " + keys(inQlara+thread):                 "Q a bare list",
			"C list " + keys(inChatwoot, "data"):        "C list meta,payload",
			"N list " + keys(inNdoto, "data"):           "N list meta,payload",
			"Q list " + keys(inQlara):                   "Q list a bare list",
			"N counts " + keys(inNdoto, "data", "meta"): "N counts all_count,assigned_count,mine_count,unassigned_count",
		} {
			if got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		}
	})

	t.Run("row 16: times are whole seconds, rounded down, and ISO 8601 in UTC", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		b.set("UPDATE messages SET created_at = '2026-11-20T10:02:11.999999Z'")
		c := call[struct{ Payload []object }](b, "GET", inChatwoot+thread, "", 200).Payload[0]["created_at"]
		n := call[struct{ Payload []object }](b, "GET", inNdoto+thread, "", 200).Payload[0]["created_at"]
		q := call[[]object](b, "GET", inQlara+thread, "", 200)[0]["timestamp"]
		want := float64(time.Date(2026, 11, 20, 10, 2, 11, 0, time.UTC).Unix())
		if c != want || n != want || q != "2026-11-20T10:02:11Z" {
			t.Errorf("%v, %v, %v", c, n, q)
		}
	})

	t.Run("rows 45, 46 and 47: one inbox and one contact in three shapes; nobody is null, nothing is an empty list", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		b.set("UPDATE contacts SET email = 'ada@example.net', phone_number = '+351900111222'")
		c := call[object](b, "GET", inChatwoot+one, "", 200)
		n := call[object](b, "GET", inNdoto+one, "", 200)
		q := call[object](b, "GET", inQlara+one, "", 200)
		if id := float64(b.w.Inbox.ID); c["inbox_id"] != id || n["inbox_id"] != id || q["channelId"] != id {
			t.Errorf("inboxes %v, %v, %v", c["inbox_id"], n["inbox_id"], q["channelId"])
		}
		sender := c["meta"].(object)["sender"].(object)
		const shapes = "Ada Marsh map[email:ada@example.net id:%d name:Ada Marsh] Ada Marsh +351900111222"
		got := fmt.Sprintf("%v %v %v %v", sender["name"], n["contact"], q["contactName"], q["phoneNumber"])
		if got != fmt.Sprintf(shapes, b.w.Contact.ID) {
			t.Errorf("contacts: %s", got)
		}
		for name, had := range map[string]object{"assignee": n["meta"].(object), "team": n["meta"].(object), "priority": n} {
			if v, there := had[name]; v != nil || !there {
				t.Errorf("Ndoto's %s is %v, there %v", name, v, there)
			}
		}
		if v, there := q["assignee"]; v != nil || !there {
			t.Errorf("Qlara's assignee is %v, there %v", v, there)
		}
		m := call[struct{ Payload []object }](b, "GET", inNdoto+thread, "", 200).Payload[0]
		if list, ok := m["attachments"].([]any); !ok || len(list) != 0 {
			t.Errorf("attachments are %v", m["attachments"])
		}
		if list, ok := n["labels"].([]any); !ok || len(list) != 0 {
			t.Errorf("labels are %v", n["labels"])
		}
		call[any](b, "DELETE", inNdoto+thread+"/{message}", "", 200)
		if all := call[any](b, "GET", inQlara+thread, "", 200); fmt.Sprint(all) != "[]" {
			t.Errorf("an empty thread is %v", all)
		}
	})
}
