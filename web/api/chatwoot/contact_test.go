package chatwoot_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/url"
	"strings"
	"testing"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/web/api/apitest"
)

// The prefixes of contacts' paths in the matrix.
const (
	ks = v1 + "/contacts"
	k  = ks + "/:contact"
)

func contactRows() map[string]apitest.Row {
	merge := func(t testing.TB, w *apitest.Fixture) {
		w.Vars["other"] = fmt.Sprint(dbtest.Contact(t, w.Server.Pool, w.Account, "Ada M.").ID)
	}
	return apitest.Join(
		nil,
		apitest.Each(apitest.Row{}, "GET "+ks, "GET "+ks+"/active", "GET "+ks+"/search", "GET "+k, "PUT "+k, "PATCH "+k, "DELETE "+k,
			"POST "+ks, "POST "+ks+"/filter", "GET "+k+"/conversations", "GET "+k+"/attachments", "GET "+k+"/labels", "POST "+k+"/labels",
			"POST "+k+"/destroy_custom_attributes", "DELETE "+k+"/avatar", "GET "+k+"/contactable_inboxes"),
		map[string]apitest.Row{
			"POST " + v1 + "/actions/contact_merge": {Make: merge, Body: `{"base_contact_id": {contact}, "mergee_contact_id": {other}}`},
			// The caller knows the inbox's id, so the answer is 401 and not 404.
			"POST " + k + "/contact_inboxes": {Body: `{"inbox_id": {inbox}}`, But: map[apitest.Caller]int{apitest.Outside: 401}},
			"POST " + v1 + "/contact_inboxes/filter": {
				Body: `{"inbox_id": {inbox}, "source_id": "{source}"}`, Hidden: true,
			},
		},
	)
}

func TestContact(t *testing.T) {
	t.Parallel()
	w := newFixture(t)

	// These steps build on one another.
	t.Run("is made, changed, reached and merged", func(t *testing.T) {
		createContact(t, w)
		refuseTakenContact(t, w)
		refuseAllTaken(t, w)
		createContactWithEmptyTexts(t, w)
		refuseInvalidContact(t, w)
		changeContact(t, w)
		labelContact(t, w)
		reachContact(t, w)
		listContactConversations(t, w)
		walkContactConversations(t, w)
		mergeContact(t, w)
	})

	t.Run("is removed by administrators, with its conversations", func(t *testing.T) {
		w.Do(t, apitest.Inside, "DELETE", k, "").Want(401)
		if got := w.Do(t, apitest.Admin, "DELETE", k, "").Want(200); got.Body.Len() != 0 {
			t.Errorf("body %s, want none", got.Body)
		}
		w.Do(t, apitest.Admin, "GET", co, "").Want(404)
	})

	t.Run("has the address that was another's before, where it is one of an inbox", func(t *testing.T) {
		made := func(body string) string {
			return fmt.Sprint(
				w.Do(t, apitest.Admin, "POST", ks, body).Want(200).Object()["payload"].(map[string]any)["contact"].(map[string]any)["id"],
			)
		}
		source := func(contact string) any {
			all := w.Do(t, apitest.Admin, "GET", ks+"/"+contact, "").Want(200).Object()["payload"].(map[string]any)["contact_inboxes"].([]any)
			return all[0].(map[string]any)["source_id"]
		}
		post := fmt.Sprint(
			w.Do(t, apitest.Admin, "POST", v1+"/inboxes", `{"name": "Post", "channel": {"type": "email", "email": `+
				`"post@example.test"}}`).Want(200).Object()["id"],
		)
		for i, now := range []struct{ email, source string }{{`"new@example.test"`, "new@example.test"}, {"null", ""}} {
			address := fmt.Sprintf("desk%d@example.test", i)
			first := made(`{"name": "Left", "email": "` + address + `", "inbox_id": ` + post + `}`)
			thief := `{"name": "Thief", "inbox_id": ` + post + `, "source_id": "` + address + `"}`
			if got := w.Do(t, apitest.Admin, "POST", ks, thief).Want(422).Object()["message"]; got != "source_id should be unique" {
				t.Errorf("who takes an address that is not theirs is told %v", got)
			}
			w.Do(t, apitest.Admin, "PATCH", ks+"/"+first, `{"email": `+now.email+`}`).Want(200)
			second := made(`{"name": "Follows", "email": "` + address + `"}`)
			w.Do(t, apitest.Admin, "POST", cs, `{"inbox_id": `+post+`, "contact_id": `+second+`}`).Want(200)
			if got := source(second); got != address {
				t.Errorf("who has the address now is reached at %v, want %s", got, address)
			}
			if got := source(first); got == address || (now.source != "" && got != now.source) {
				t.Errorf("who had it is reached at %v, want %q", got, now.source)
			}
		}
	})

	t.Run("loses what is changed to null or to nothing", func(t *testing.T) {
		for _, nothing := range []string{"null", `""`} {
			id := fmt.Sprint(
				w.Do(t, apitest.Inside, "POST", ks, `{"name": "Brief", "email": "brief@example.test", "phone_number": "+390000077", `+
					`"identifier": "brief"}`).Want(200).
					Object()["payload"].(map[string]any)["contact"].(map[string]any)["id"],
			)
			cleared := `{"name": null, "email": ` + nothing + `, "phone_number": ` + nothing + `, "identifier": ` + nothing + `}`
			got := w.Do(t, apitest.Inside, "PATCH", ks+"/"+id, cleared).
				Want(200).Object()["payload"].(map[string]any)
			if got["email"] != nil || got["phone_number"] != nil || got["identifier"] != nil || got["name"] != "Brief" {
				t.Errorf("with %s it is %v", nothing, got)
			}
		}
	})
}

// createContact makes a contact with an address on an inbox.
func createContact(t *testing.T, w *apitest.Fixture) {
	t.Helper()
	got := w.Do(t, apitest.Inside, "POST", ks, `{"name": "Bo Berg", "email": "Bo@Example.test", "phone_number": "+390000001",
		"identifier": "390000001@s.whatsapp.net",
		"inbox_id": "{inbox}", "source_id": "wa-1", "custom_attributes": {"tier": "gold"}, "additional_attributes": {"city": "Rome"}}`).
		Want(200)
	apitest.Golden(t, *update, "contact_created", got.Body.Bytes())
	id := got.Object()["payload"].(map[string]any)["contact"].(map[string]any)["id"]
	w.Vars["bo"] = fmt.Sprint(id)
	shown := w.Do(t, apitest.Inside, "GET", ks+"/{bo}", "").Want(200)
	apitest.Golden(t, *update, "contact", shown.Body.Bytes())
	bare := w.Do(t, apitest.Outside, "GET", ks+"/{bo}?include_contact_inboxes=false", "").Want(200).Object()
	if inboxes := bare["payload"].(map[string]any)["contact_inboxes"]; inboxes != nil {
		t.Errorf("contact_inboxes %v, want none where they are not wanted", inboxes)
	}
	w.Do(t, apitest.Inside, "GET", ks+"/{bo}", "", "If-None-Match", shown.Header().Get("Etag")).Want(304)
}

// refuseTakenContact expects field errors for values that exist already.
func refuseTakenContact(t *testing.T, w *apitest.Fixture) {
	t.Helper()
	got := w.Do(t, apitest.Inside, "POST", ks, `{"name": "Bo", "email": "bo@example.test"}`).Want(422)
	apitest.Golden(t, *update, "error_contact_email", got.Body.Bytes())
	w.Do(t, apitest.Inside, "POST", ks, `{"name": "Bo", "phone_number": "+390000001"}`).Want(422)
	w.Do(t, apitest.Inside, "POST", ks, `{"name": "Bo", "identifier": "390000001@s.whatsapp.net"}`).Want(422)
	w.Do(t, apitest.Inside, "POST", ks, `{"name": "Bo", "inbox_id": {inbox}, "source_id": "wa-1"}`).Want(422)
	w.Do(t, apitest.Inside, "PATCH", k, `{"email": "bo@example.test"}`).Want(422)
}

// refuseAllTaken expects an error for every taken value at once.
func refuseAllTaken(t *testing.T, w *apitest.Fixture) {
	t.Helper()
	body := `{"name": "Bo", "email": "bo@example.test", "phone_number": "+390000001", "identifier": "390000001@s.whatsapp.net"}`
	got := w.Do(t, apitest.Inside, "POST", ks, body).Want(422)
	apitest.Golden(t, *update, "error_contact_all", got.Body.Bytes())
	if again := w.Do(t, apitest.Inside, "PATCH", k, body).Want(422).Body.String(); again != got.Body.String() {
		t.Errorf("a change is refused with %s, want %s", again, got.Body.String())
	}
}

// createContactWithEmptyTexts expects that empty texts count as absent, for several contacts.
func createContactWithEmptyTexts(t *testing.T, w *apitest.Fixture) {
	t.Helper()
	for range 2 {
		w.Do(t, apitest.Inside, "POST", ks, `{"name": "N", "email": "", "phone_number": "", "identifier": "", "avatar": "", `+
			`"avatar_url": "", "inbox_id": "", "source_id": ""}`).
			Want(200)
	}
}

// refuseInvalidContact expects errors for invalid fields.
func refuseInvalidContact(t *testing.T, w *apitest.Fixture) {
	t.Helper()
	for _, body := range []string{
		`{"phone_number": "12345"}`, `{"email": "no address"}`, `{"name": "` + strings.Repeat("x", 256) + `"}`, `{"name": {}}`,
		`{"avatar_url": "javascript:alert(1)"}`, `{"custom_attributes": [1]}`, `{"name": "a\u0000b"}`,
	} {
		w.Do(t, apitest.Inside, "POST", ks, body).Want(422)
	}
	got := w.Do(t, apitest.Inside, "POST", ks, `{"name": "`+strings.Repeat("x", 256)+`"}`).Want(422)
	if m := got.Object()["message"]; m != "Name is too long (maximum is 255 characters)" {
		t.Errorf("message %v", m)
	}
	w.Do(t, apitest.Inside, "POST", ks, `{"inbox_id": 999999}`).Want(404)
	w.Do(t, apitest.Inside, "GET", ks+"/999999", "").Want(404)
	w.Do(t, apitest.Inside, "GET", ks+"/abc", "").Want(404)
}

// changeContact changes a contact and merges its attributes.
func changeContact(t *testing.T, w *apitest.Fixture) {
	t.Helper()
	got := w.Do(t, apitest.Inside, "PUT", ks+"/{bo}", `{"name": "Bo B.", "custom_attributes": {"n": 1}, `+
		`"additional_attributes": {"country": "Italy"}}`).
		Want(200)
	apitest.Golden(t, *update, "contact_updated", got.Body.Bytes())
	got = w.Do(t, apitest.Inside, "POST", ks+"/{bo}/destroy_custom_attributes", `{"custom_attributes": ["tier"]}`).Want(200)
	if a := got.Object()["payload"].(map[string]any)["custom_attributes"].(map[string]any); len(a) != 1 {
		t.Errorf("custom_attributes %v, want n alone", a)
	}
}

// labelContact gives a contact labels that need not exist.
func labelContact(t *testing.T, w *apitest.Fixture) {
	t.Helper()
	got := w.Do(t, apitest.Inside, "POST", ks+"/{bo}/labels", `{"labels": ["vip", "late", "vip"]}`).Want(200)
	apitest.Golden(t, *update, "contact_labels", got.Body.Bytes())
	got = w.Do(t, apitest.Inside, "GET", ks+"/{bo}/labels", "").Want(200)
	apitest.Golden(t, *update, "contact_labels", got.Body.Bytes())
}

// reachContact reaches a contact on the caller's inboxes, and finds it by the address there.
func reachContact(t *testing.T, w *apitest.Fixture) {
	t.Helper()
	got := w.Do(t, apitest.Inside, "GET", ks+"/{bo}/contactable_inboxes", "").Want(200)
	apitest.Golden(t, *update, "contactable_inboxes", got.Body.Bytes())
	got = w.Do(t, apitest.Inside, "POST", ks+"/{bo}/contact_inboxes", `{"inbox_id": "{inbox}", "source_id": "wa-2"}`).Want(200)
	apitest.Golden(t, *update, "contact_inbox", got.Body.Bytes())
	got = w.Do(t, apitest.Inside, "POST", v1+"/contact_inboxes/filter", `{"inbox_id": {inbox}, "source_id": "wa-2"}`).Want(200)
	if id := fmt.Sprint(got.Object()["id"]); id != w.Vars["bo"] {
		t.Errorf("contact %s, want %s", id, w.Vars["bo"])
	}
	if got := w.Do(t, apitest.Inside, "POST", v1+"/contact_inboxes/filter", `{"inbox_id": {inbox}, "source_id": `+
		`"nobody"}`).Want(404); got.Body.Len() != 0 {
		t.Errorf("body %s, want none", got.Body)
	}
	w.Do(t, apitest.Inside, "POST", k+"/contact_inboxes", `{"inbox_id": {inbox}, "source_id": "wa-2"}`).Want(422)
}

// listContactConversations expects only conversations that the caller sees.
func listContactConversations(t *testing.T, w *apitest.Fixture) {
	t.Helper()
	got := w.Do(t, apitest.Inside, "GET", k+"/conversations", "").Want(200)
	if list := payload(got); len(list) != 1 {
		t.Fatalf("%d conversations, want 1", len(list))
	}
	apitest.Golden(t, *update, "contact_conversations", got.Body.Bytes())
	if got := strings.TrimSpace(w.Do(t, apitest.Outside, "GET", k+"/conversations", "").Want(200).Body.String()); got != `{"payload":[]}` {
		t.Errorf("%s, want an empty list", got)
	}
}

// walkContactConversations follows the cursor after the newest 20 conversations.
func walkContactConversations(t *testing.T, w *apitest.Fixture) {
	t.Helper()
	w = apitest.NewFixture(t, w.Server)
	for range 42 {
		w.Do(t, apitest.Inside, "POST", cs, `{"inbox_id": {inbox}, "contact_id": {contact}}`).Want(200)
	}
	seen := map[any]bool{}
	first := w.Do(t, apitest.Inside, "GET", k+"/conversations", "").Want(200)
	if n := len(payload(first)); n != 20 {
		t.Errorf("%d conversations at once, want 20", n)
	}
	for got := first; ; {
		for _, c := range payload(got) {
			seen[c.(map[string]any)["id"]] = true
		}
		next := nextLink(got)
		if next == "" {
			break
		}
		got = w.Do(t, apitest.Inside, "GET", next, "").Want(200)
	}
	if len(seen) != 43 {
		t.Errorf("%d conversations, want 43", len(seen))
	}
	w.Do(t, apitest.Inside, "GET", k+"/conversations?cursor=garbage", "").Want(422)
}

// mergeContact merges a contact into another, which keeps what it has.
func mergeContact(t *testing.T, w *apitest.Fixture) {
	t.Helper()
	w.Vars["base"] = fmt.Sprint(
		w.Do(t, apitest.Inside, "POST", ks, `{"name": "Bo Base"}`).Want(200).
			Object()["payload"].(map[string]any)["contact"].(map[string]any)["id"],
	)
	got := w.Do(t, apitest.Inside, "POST", v1+"/actions/contact_merge", `{"base_contact_id": "{base}", "mergee_contact_id": "{bo}"}`).
		Want(200)
	apitest.Golden(t, *update, "contact_merged", got.Body.Bytes())
	w.Do(t, apitest.Inside, "GET", ks+"/{bo}", "").Want(404)
	w.Do(t, apitest.Inside, "POST", v1+"/actions/contact_merge", `{"base_contact_id": {base}, "mergee_contact_id": {bo}}`).Want(404)
	w.Do(t, apitest.Inside, "POST", v1+"/actions/contact_merge", `{"base_contact_id": {base}, "mergee_contact_id": {base}}`).Want(422)
}

func TestContactAsForm(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	token := w.Tokens[apitest.Inside]

	t.Run("is made by a form with nested attributes", func(t *testing.T) {
		form := url.Values{"name": {"Form"}, "email": {"form@example.test"}, "custom_attributes[tier]": {"gold"}, "phone_number": {""}}
		got := w.Server.Do(t, token, "POST", w.Fill(ks), form.Encode(), "Content-Type", "application/x-www-form-urlencoded").Want(200)
		contact := got.Object()["payload"].(map[string]any)["contact"].(map[string]any)
		if contact["custom_attributes"].(map[string]any)["tier"] != "gold" || contact["phone_number"] != nil {
			t.Errorf("contact %v", contact)
		}
	})

	t.Run("takes an avatar as a file and gives it up again", func(t *testing.T) {
		var body bytes.Buffer
		m := multipart.NewWriter(&body)
		for name, value := range map[string]string{"name": "Pic", "custom_attributes": `{"a": 1}`} {
			if err := m.WriteField(name, value); err != nil {
				t.Fatal(err)
			}
		}
		file, err := m.CreateFormFile("avatar", "me.png")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := file.Write([]byte("\x89PNG\r\n\x1a\n")); err != nil {
			t.Fatal(err)
		}
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
		got := w.Server.Do(t, token, "POST", w.Fill(ks), body.Bytes(), "Content-Type", m.FormDataContentType()).Want(200)
		contact := got.Object()["payload"].(map[string]any)["contact"].(map[string]any)
		if thumb, _ := contact["thumbnail"].(string); !strings.HasPrefix(thumb, apitest.BaseURL+"/avatars/") {
			t.Errorf("thumbnail %q", thumb)
		}
		w.Vars["pic"] = fmt.Sprint(contact["id"])
		got = w.Do(t, apitest.Inside, "DELETE", ks+"/{pic}/avatar", "").Want(200)
		if thumb := got.Object()["payload"].(map[string]any)["thumbnail"]; thumb != "" {
			t.Errorf("thumbnail %q, want none", thumb)
		}
	})

	t.Run("does not wait for the server of an avatar", func(t *testing.T) {
		w.Do(t, apitest.Inside, "POST", ks, `{"name": "Dead", "avatar_url": "https://192.0.2.1/never.png"}`).Want(200)
		var n int
		if err := w.Server.Pool.QueryRow(context.Background(), `SELECT count(*) FROM river_job WHERE kind = `+
			`'fetch_avatar'`).Scan(&n); err != nil ||
			n != 1 {
			t.Errorf("%d jobs (%v), want 1", n, err)
		}
	})
}

func TestContactList(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	ctx := context.Background()
	_, err := w.Server.Pool.Exec(
		ctx,
		`INSERT INTO contacts (account_id, name, email, phone_number, identifier, labels, additional_attributes, last_activity_at)
		SELECT $1, 'Person ' || n, CASE WHEN n % 2 = 0 THEN 'p' || n || '@example.test' END,
			CASE WHEN n % 3 = 0 THEN '+39' || (100 + n) END, 'id-' || n,
		CASE WHEN n <= 4 THEN '{vip}'::text[] WHEN n = 5 THEN '{slow}' ELSE '{}' END,
		CASE WHEN n % 5 = 0 THEN jsonb_build_object('city', 'C' || n % 7, 'country', 'Italy', 'company_name', 'Firm') ELSE '{}'::jsonb END,
		CASE WHEN n % 4 = 0 THEN now() - n * interval '1 minute' END FROM generate_series(1, 61) n`,
		w.Account.ID,
	)
	if err != nil {
		t.Fatal(err)
	}

	t.Run("has pages of 15 of those who can be reached, and an empty one past the end", func(t *testing.T) {
		got := w.Do(t, apitest.Outside, "GET", ks+"?page=5&sort=name", "").Want(200)
		apitest.Golden(t, *update, "contacts", got.Body.Bytes())
		for page, want := range map[string]int{"": 15, "0": 15, "1": 15, "4": 15, "5": 1, "6": 0, "99999999999": 0, "100000": 0} {
			if n := len(payload(w.Do(t, apitest.Inside, "GET", ks+"?page="+page, "").Want(200))); n != want {
				t.Errorf("page %q has %d, want %d", page, n, want)
			}
		}
		empty := w.Do(t, apitest.Inside, "GET", ks+"?labels=none", "").Want(200)
		apitest.Golden(t, *update, "contacts_none", empty.Body.Bytes())
	})

	t.Run("leaves out where one can be reached when told so", func(t *testing.T) {
		first := payload(w.Do(t, apitest.Inside, "GET", ks+"?include_contact_inboxes=false", "").Want(200))[0].(map[string]any)
		if _, there := first["contact_inboxes"]; there {
			t.Error("contact_inboxes are there")
		}
		for _, list := range []string{"/search?q=a&include_contact_inboxes=false", "/active?include_contact_inboxes=false"} {
			for _, one := range payload(w.Do(t, apitest.Inside, "GET", ks+list, "").Want(200)) {
				if one.(map[string]any)["contact_inboxes"] != nil {
					t.Errorf("%s lists %v", list, one)
				}
			}
		}
	})

	t.Run("filters by label in any of the ways to write a list", func(t *testing.T) {
		for query, want := range map[string]int{
			"labels=vip":                 4,
			"labels=vip&labels=slow":     5,
			"labels[]=vip&labels[]=slow": 5,
			"labels%5B%5D=slow":          1,
			"labels=":                    15,
		} {
			if n := len(payload(w.Do(t, apitest.Inside, "GET", ks+"?"+query, "").Want(200))); n != want {
				t.Errorf("%s gives %d, want %d", query, n, want)
			}
		}
	})

	for _, column := range []string{
		"name",
		"email",
		"phone_number",
		"last_activity_at",
		"created_at",
		"company_name",
		"city",
		"country",
		"unheard_of",
	} {
		for _, sort := range []string{column, "-" + column} {
			t.Run("is the same by cursor and by page, without a gap or a double, by "+sort, func(t *testing.T) {
				var pages, cursors []string
				ids := func(into *[]string, a apitest.Answer) {
					for _, c := range payload(a) {
						*into = append(*into, fmt.Sprint(c.(map[string]any)["id"]))
					}
				}
				for page := 1; page <= 14; page++ {
					ids(&pages, w.Do(t, apitest.Inside, "GET", fmt.Sprintf("%s?limit=5&page=%d&sort=%s", ks, page, sort), "").Want(200))
				}
				for next := w.Fill(ks) + "?limit=7&sort=" + sort; next != ""; {
					got := w.Do(t, apitest.Inside, "GET", next, "").Want(200)
					ids(&cursors, got)
					next = nextLink(got)
				}
				if strings.Join(pages, " ") != strings.Join(cursors, " ") {
					t.Errorf("by page\n%v\nby cursor\n%v", pages, cursors)
				}
				seen := map[string]bool{}
				for _, id := range cursors {
					seen[id] = true
				}
				if len(cursors) != 61 || len(seen) != 61 {
					t.Errorf("%d contacts of which %d differ, want 61", len(cursors), len(seen))
				}
			})
		}
	}

	t.Run("refuses a cursor that is none, and one of another order", func(t *testing.T) {
		w.Do(t, apitest.Inside, "GET", ks+"?cursor=garbage", "").Want(422)
		link := nextLink(w.Do(t, apitest.Inside, "GET", ks+"?limit=7", ""))
		w.Do(t, apitest.Inside, "GET", link+"&sort=name", "").Want(422)
	})

	t.Run("is searched by name, e-mail, phone and identifier", func(t *testing.T) {
		got := w.Do(t, apitest.Inside, "GET", ks+"/search?q=person%201&page=1&sort=name", "").Want(200)
		apitest.Golden(t, *update, "contacts_search", got.Body.Bytes())
		for query, want := range map[string]int{
			"q=PERSON%2061":   1,
			"q=p60@EXAMPLE":   1,
			"q=160":           1,
			"q=id-61":         1,
			"q=ID-61":         0,
			"q=ada":           1,
			"q=%25":           0,
			"q=_":             0,
			"q=":              0,
			"":                0,
			"q=nobody":        0,
			"q=person&page=5": 1, "q=person&page=6": 0, "q=Person%201%20id": 0,
		} {
			if n := len(payload(w.Do(t, apitest.Inside, "GET", ks+"/search?"+query, "").Want(200))); n != want {
				t.Errorf("%s gives %d, want %d", query, n, want)
			}
		}
	})
}

func TestContactFilter(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	ctx := context.Background()
	for _, sql := range []string{
		`INSERT INTO contacts (account_id, name, email, phone_number, identifier, blocked, labels,
			additional_attributes, custom_attributes, created_at, last_activity_at) VALUES
			($1, 'Ana Souza', 'ana@example.test', '+5511987654321', '5511987654321@s.whatsapp.net', false, '{vip}',
				'{"city": "Rome", "country_code": "IT"}', '{"tier": "Gold", "visits": 12, "since": "2026-01-10"}', '2026-01-10', '2026-06-01'),
			($1, 'Bia 100% Souza', 'bia@example.test', '+551187654321', NULL, true, '{}',
				'{"city": "Turin", "company_name": "Firm"}', '{"visits": 3}', '2026-03-10', NULL)`,
		`INSERT INTO attribute_definitions (account_id, model, key, display_name, display_type) VALUES
			($1, 'contact_attribute', 'tier', 'Tier', 'list'), ($1, 'contact_attribute', 'visits', 'Visits', 'number'),
			($1, 'contact_attribute', 'since', 'Since', 'date')`,
	} {
		if _, err := w.Server.Pool.Exec(ctx, sql, w.Account.ID); err != nil {
			t.Fatal(err)
		}
	}
	term := func(key, op, values, join string) string {
		return fmt.Sprintf(`{"attribute_key": %q, "filter_operator": %q, "values": %s, "query_operator": %s}`, key, op, values, join)
	}
	find := func(t *testing.T, terms ...string) apitest.Answer {
		return w.Do(t, apitest.Inside, "POST", ks+"/filter", `{"payload": [`+strings.Join(terms, ",")+`]}`)
	}

	t.Run("finds a phone with or without its plus, two spellings joined by OR", func(t *testing.T) {
		got := find(
			t,
			term("phone_number", "equal_to", `["5511987654321"]`, `"OR"`),
			term("phone_number", "equal_to", `["+551187654321"]`, `null`),
		).Want(200)
		apitest.Golden(t, *update, "contacts_filter", got.Body.Bytes())
		none := find(t, term("phone_number", "equal_to", `["399999"]`, `null`)).Want(200)
		apitest.Golden(t, *update, "contacts_filter_none", none.Body.Bytes())
	})

	t.Run("takes the page from the body, too", func(t *testing.T) {
		got := w.Do(t, apitest.Inside, "POST", ks+"/filter", `{"page": 3, "payload": []}`).Want(200).Object()
		if n := got["meta"].(map[string]any)["current_page"]; n != 3.0 || len(got["payload"].([]any)) != 0 {
			t.Errorf("page %v has %v", n, got["payload"])
		}
	})

	for _, c := range []struct {
		key, op, values string
		want            int
	}{
		{"name", "equal_to", `["ana SOUZA", "Bia 100% Souza"]`, 1},
		{"name", "equal_to", `"ana souza"`, 1},
		{"name", "not_equal_to", `["ana souza"]`, 2},
		{"name", "contains", `["souza"]`, 2},
		{"name", "contains", `["0%"]`, 1},
		{"name", "contains", `["ana", "bia"]`, 2},
		{"name", "does_not_contain", `["souza"]`, 1},
		{"email", "equal_to", `["ANA@example.test"]`, 1},
		{"email", "contains", `["example"]`, 2},
		{"phone_number", "starts_with", `["5511"]`, 2},
		{"phone_number", "contains", `["98765"]`, 1},
		{"phone_number", "not_equal_to", `["551187654321"]`, 1},
		{"identifier", "equal_to", `["5511987654321@S.whatsapp.net"]`, 1},
		{"identifier", "equal_to", `["5511987654321@s.whatsapp.net"]`, 1},
		{"city", "equal_to", `["rome"]`, 1},
		{"city", "contains", `["r"]`, 2},
		{"company_name", "equal_to", `["firm"]`, 1},
		{"country_code", "equal_to", `["it"]`, 1},
		{"blocked", "equal_to", `[true]`, 1},
		{"blocked", "not_equal_to", `["true"]`, 2},
		{"labels", "equal_to", `["vip"]`, 1},
		{"labels", "is_present", `[]`, 1},
		{"labels", "is_not_present", `null`, 2},
		{"created_at", "is_greater_than", `["2026-01-10"]`, 2},
		{"created_at", "is_less_than", `["2026-03-10"]`, 1},
		{"created_at", "days_before", `["1"]`, 2},
		{"last_activity_at", "is_less_than", `["2026-06-02"]`, 1},
		{"tier", "equal_to", `["gold"]`, 1},
		{"tier", "not_equal_to", `["gold"]`, 2},
		{"tier", "is_present", `[]`, 1},
		{"visits", "is_greater_than", `[5]`, 1},
		{"visits", "is_less_than", `["5"]`, 1},
		{"since", "is_greater_than", `["2026-01-09"]`, 1},
		{"since", "days_before", `[1]`, 1},
	} {
		t.Run(strings.Join([]string{c.key, c.op, c.values}, " "), func(t *testing.T) {
			if n := len(payload(find(t, term(c.key, c.op, c.values, `""`)).Want(200))); n != c.want {
				t.Errorf("%d contacts, want %d", n, c.want)
			}
		})
	}

	t.Run("has at most 50 values in all its conditions together", func(t *testing.T) {
		most := `["souza"` + strings.Repeat(`, "zz"`, 24) + `]`
		for _, op := range []string{"contains", "does_not_contain", "equal_to"} {
			find(t, term("name", op, most, `"AND"`), term("city", op, most, `null`)).Want(200)
			got := find(t, term("name", op, most, `"AND"`), term("city", op, most, `"AND"`), term("email", op, `["a"]`, `null`)).Want(422)
			if !strings.Contains(got.Body.String(), "at most 50 values") {
				t.Errorf("%s: the refusal is %s", op, got.Body)
			}
		}
	})

	t.Run("an empty filter takes all", func(t *testing.T) {
		if n := len(payload(w.Do(t, apitest.Inside, "POST", ks+"/filter?page=0", `{"payload": []}`).Want(200))); n != 3 {
			t.Errorf("%d contacts, want 3", n)
		}
	})

	t.Run("says what is wrong with it", func(t *testing.T) {
		for name, terms := range map[string][]string{
			"key":      {term("shoe_size", "equal_to", `["4"]`, `null`)},
			"operator": {term("blocked", "contains", `["4"]`, `null`)},
			"join":     {term("name", "equal_to", `["4"]`, `"XOR"`), term("name", "equal_to", `["4"]`, `null`)},
			"values":   {term("name", "equal_to", `[]`, `null`)},
			"date":     {term("created_at", "is_greater_than", `["soon"]`, `null`)},
			"number":   {term("visits", "is_greater_than", `["many"]`, `null`)},
			"days":     {term("created_at", "days_before", `["-1"]`, `null`)},
		} {
			got := find(t, terms...).Want(422)
			apitest.Golden(t, *update, "error_contact_filter_"+name, got.Body.Bytes())
		}
	})
}

func FuzzContactFilter(f *testing.F) {
	w := newFixture(f)
	for _, seed := range []string{
		`[{"attribute_key": "phone_number", "filter_operator": "equal_to", "values": ["5511"], "query_operator": "or"}, ` +
			`{"attribute_key": "name", "filter_operator": "contains", "values": ["%_\\"]}]`,
		`[{"attribute_key": "created_at", "filter_operator": "days_before", "values": [3]}]`,
		`[{"attribute_key": "blocked", "filter_operator": "equal_to", "values": true}]`,
		`[{"attribute_key": "labels", "filter_operator": "is_present"}]`,
		`[{"attribute_key": "last_activity_at", "filter_operator": "is_less_than", "values": ` +
			`["99999-01-01"]}]`, `[{}]`, `[null]`, `{}`, `null`, `""`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, filter string) {
		if got := w.Do(t, apitest.Admin, "POST", ks+"/filter", `{"payload": `+filter+`}`); got.Code >= 500 {
			t.Errorf("%d: %s", got.Code, got.Body)
		}
	})
}

func TestContactAttachments(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	b := bridge{w, t}
	for range 3 {
		b.post(w.Vars["conversation"], map[string]string{"content": "see"}, "voice.ogg")
	}

	t.Run("are listed newest first, with who sent them", func(t *testing.T) {
		got := w.Do(t, apitest.Inside, "GET", k+"/attachments?limit=1", "").Want(200)
		item := payload(got)[0].(map[string]any)
		for _, key := range []string{
			"id",
			"message_id",
			"thumb_url",
			"data_url",
			"file_size",
			"file_type",
			"extension",
			"width",
			"height",
			"created_at",
			"sender",
			"conversation_id",
		} {
			if _, there := item[key]; !there {
				t.Errorf("there is no %s", key)
			}
		}
		if item["extension"] != "ogg" || fmt.Sprint(item["conversation_id"]) != w.Vars["conversation"] || item["file_size"] != 5.0 {
			t.Errorf("item %v", item)
		}
		if n := object(t, got.Object(), "meta", "total_count"); n != 3.0 {
			t.Errorf("total_count %v, want 3", n)
		}
		seen := 1
		for next := nextLink(got); next != ""; seen++ {
			got = w.Do(t, apitest.Inside, "GET", next, "").Want(200)
			if len(payload(got)) == 0 {
				break
			}
			next = nextLink(got)
		}
		if seen != 3 {
			t.Errorf("walked %d, want 3", seen)
		}
		if n := len(payload(w.Do(t, apitest.Inside, "GET", k+"/attachments?page=2", "").Want(200))); n != 0 {
			t.Errorf("page 2 has %d", n)
		}
	})

	t.Run("are for those who see the conversation", func(t *testing.T) {
		if n := len(payload(w.Do(t, apitest.Outside, "GET", k+"/attachments", "").Want(200))); n != 0 {
			t.Errorf("%d attachments, want 0", n)
		}
	})
}

func TestActiveContact(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	seen := func(ago string) {
		t.Helper()
		_, err := w.Server.Pool.Exec(
			t.Context(),
			`INSERT INTO contact_presences (account_id, contact_id, seen_at) VALUES ($1, $2, now() - $3::interval)
			ON CONFLICT (account_id, contact_id) DO UPDATE SET seen_at = EXCLUDED.seen_at`,
			w.Account.ID,
			w.Contact.ID,
			ago,
		)
		if err != nil {
			t.Fatal(err)
		}
	}
	status := func() []any {
		t.Helper()
		contact := w.Do(t, apitest.Inside, "GET", k, "").Want(200).Object()["payload"].(map[string]any)
		thread := w.Do(t, apitest.Inside, "GET", co, "").Want(200).Object()["meta"].(map[string]any)["sender"].(map[string]any)
		return []any{
			contact["availability_status"],
			thread["availability_status"],
			len(payload(w.Do(t, apitest.Inside, "GET", ks+"/active", "").Want(200))),
		}
	}
	if got := fmt.Sprint(status()); got != "[offline offline 0]" {
		t.Errorf("before they came: %v", got)
	}
	seen("1 second")
	if got := fmt.Sprint(status()); got != "[online online 1]" {
		t.Errorf("while they are connected: %v", got)
	}
	got := w.Do(t, apitest.Admin, "DELETE", k, "").Want(422).Object()
	if got["message"] != "Ada Marsh is Online, please try again later" {
		t.Errorf("deleting them answers %v", got)
	}
	seen("1 minute")
	if got := fmt.Sprint(status()); got != "[offline offline 0]" {
		t.Errorf("after they left: %v", got)
	}
	w.Do(t, apitest.Admin, "DELETE", k, "").Want(200)
}

// Ids of other programs can have more digits than a float keeps.
func TestNumbersKeepTheirDigits(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	const long = "9007199254740993"
	keeps := func(what string, body []byte) {
		t.Helper()
		if !strings.Contains(string(body), long) {
			t.Errorf("%s has lost the number: %s", what, body)
		}
	}
	do := func(method, path, body string) []byte {
		t.Helper()
		return w.Do(t, apitest.Admin, method, path, body).Want(200).Body.Bytes()
	}
	do("PATCH", k, `{"custom_attributes": {"crm": `+long+`}, "additional_attributes": {"erp": `+long+`}}`)
	keeps("a contact that gets another attribute", do("PATCH", k, `{"custom_attributes": {"floor": 2}}`))
	two := dbtest.Contact(t, w.Server.Pool, w.Account, "Two")
	keeps(
		"a contact who has become another",
		do("POST", v1+"/actions/contact_merge", fmt.Sprintf(`{"base_contact_id": %d, "mergee_contact_id": {contact}}`, two.ID)),
	)
	keeps("a message", do("POST", ms, `{"content": "x", "content_attributes": {"order": `+long+`, "in_reply_to": {message}}}`))
	keeps("the message in a list", do("GET", ms, ""))
	d, err := desk.DataOf(db.Event{Data: json.RawMessage(`{"changed": {"custom_attributes": [{}, {"crm": ` + long + `}]}}`)})
	if err != nil {
		t.Fatal(err)
	}
	changed, err := json.Marshal(d.Changed)
	if err != nil {
		t.Fatal(err)
	}
	keeps("what webhooks tell of a change", changed)
}
