package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/web/api/apitest"
)

// TestRefusals holds what the three dialects answer to requests that are invalid, or not theirs. docs/api/dialects.md
// says which test holds which row.
func TestRefusals(t *testing.T) {
	t.Parallel()

	t.Run("row 35: errors outside of handlers have each dialect's body as well", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		for path, method := range map[string]string{"/ndoto/api/v1/nowhere": "GET", inNdoto: "DELETE", "/ndoto/api/v1/profile": "PATCH"} {
			body := b.w.Do(t, apitest.Admin, method, path, "").Object()
			if s, ok := body["error"].(string); !ok || s == "" || len(body) != 1 {
				t.Errorf("%s %s: %v", method, path, body)
			}
		}
		for path, method := range map[string]string{"/api/partner-gateway/v1/nowhere": "GET", inQlara: "DELETE", "/qlara/nowhere": "GET"} {
			got := b.w.Do(t, apitest.Key, method, path, "")
			body := got.Object()
			if body["status"] != float64(got.Code) || body["error"] != http.StatusText(got.Code) ||
				body["message"] == "" || body["path"] != path {
				t.Errorf("%s %s: %v", method, path, body)
			}
		}
	})

	t.Run("row 37: what another account has is not found, in all three", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		other := apitest.NewFixture(t, b.w.Server)
		theirs := dbtest.ConversationWith(t, b.w.Server.Pool, other.Inbox, other.Contact, "x")
		for _, base := range []string{inChatwoot, inNdoto, inQlara} {
			call[any](b, "GET", fmt.Sprintf("%s/%d", base, theirs.DisplayID), "", 404)
			call[any](b, "GET", fmt.Sprintf("%s/%d/messages", base, theirs.DisplayID), "", 404)
		}
		call[any](b, "DELETE", fmt.Sprintf("%s%s/%d", inNdoto, thread, other.Message.ID), "", 404)
		call[any](b, "POST", inNdoto, fmt.Sprintf(`{"inbox_id":%d,"contact_id":{contact}}`, other.Inbox.ID), 404)
		call[any](b, "POST", inQlara+"/reply", fmt.Sprintf(`{"chatId":%d,"text":"x"}`, theirs.DisplayID), 404)
	})

	t.Run("row 48: what nobody knows is passed over", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		b.w.Server.Careless = true
		for path, body := range map[string]string{
			inChatwoot + thread: `{"content":"x","shoe_size":44}`,
			inNdoto + thread:    `{"content":"x","message_type":"outgoing","shoe_size":44}`,
			inQlara + "/reply":  `{"chatId":{conversation},"text":"x","shoeSize":44}`,
		} {
			call[any](b, "POST", path+"?colour=red", body, map[bool]int{true: 202, false: 200}[strings.HasSuffix(path, "reply")])
		}
		for _, base := range []string{inChatwoot, inNdoto, inQlara} {
			call[any](b, "GET", base+"?colour=red", "", 200)
		}
	})
}
