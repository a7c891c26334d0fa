package desk_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
)

func TestAMailCarriesItsContentWhoeverWritesIt(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.becomes(db.InboxKindEmail)
	c := f.conversation()
	text := "Dear {{contact.name}}, **yes**"
	post := func(who desk.Actor, d desk.NewMessage) map[string]any {
		t.Helper()
		d.Content = &text
		var m db.Message
		f.must(who, func(ctx context.Context, t *desk.Tx) (err error) {
			m, err = t.Post(ctx, c.ID, d)
			return err
		})
		var all map[string]any
		if err := json.Unmarshal(m.ContentAttributes, &all); err != nil {
			t.Fatal(err)
		}
		return all
	}
	for name, who := range map[string]desk.Actor{
		"an agent": f.as(f.ann), "a bot": desk.Bot(f.bot(), db.Everything(f.account.ID)),
		"a rule": desk.Rule(db.AutomationRule{AccountID: f.account.ID, ID: 1}), "the system": f.system(),
	} {
		all := post(who, desk.NewMessage{Kind: db.MessageKindOutgoing, Template: desk.ParseTemplate(text)})
		email, _ := all["email"].(map[string]any)
		html, _ := email["html_content"].(map[string]any)
		if html["full"] != "<p>Dear Ada Example, <strong>yes</strong></p>" || html["reply"] != html["full"] {
			t.Errorf("%s: the HTML is %v", name, html)
		}
		if addresses, _ := all["to_emails"].([]any); addresses == nil {
			t.Errorf("%s: the addresses are %v", name, all)
		}
	}
	for name, d := range map[string]desk.NewMessage{
		"a note":               {Kind: db.MessageKindOutgoing, Private: true},
		"a greeting":           {Kind: db.MessageKindTemplate},
		"a customer's message": {Kind: db.MessageKindIncoming},
		"what was imported":    {Kind: db.MessageKindOutgoing, At: f.reload(c).CreatedAt},
	} {
		if all := post(f.system(), d); all["email"] != nil {
			t.Errorf("%s carries %v", name, all)
		}
	}
	given := post(f.as(f.ann), desk.NewMessage{Kind: db.MessageKindOutgoing, Attributes: json.RawMessage(`{"email": {"subject": "Mine"}}`)})
	if diff := cmp.Diff(map[string]any{"subject": "Mine"}, given["email"]); diff != "" {
		t.Errorf("what the caller gave: %s", diff)
	}
}
