package web

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/link"
)

func TestSettingsAttribute(t *testing.T) {
	t.Parallel()
	h := setup(t)
	attributes, b := link.Settings(h.account.ID, "attributes"), h.as(h.admin)
	b.get(attributes).status(200).reads(".empty", "No attributes yet")
	b.get(attributes+"/new").status(200).has("select[name=attribute_model]", 1)
	plan := url.Values{
		"attribute_display_name": {"Plan"}, "attribute_key": {"plan"}, "attribute_model": {"contact_attribute"},
		"attribute_display_type": {"list"},
		"attribute_values":       {"Basic\r\nPro\r\nPro\r\n"}, "attribute_description": {"What they pay for"},
	}
	b.post(attributes, plan).to(attributes)
	one := b.get(attributes).reads("tbody", "Contacts").reads("tbody", "One of a list").one()
	if got := b.get(one).status(200).has("select[name=attribute_model]", 0); got.page.Find("#f-attribute_values").Text() != "Basic\nPro" {
		t.Errorf("values %q", got.page.Find("#f-attribute_values").Text())
	}
	b.post(attributes, plan).status(http.StatusUnprocessableEntity).reads("#f-attribute_key-more", "There is an attribute of this key")

	t.Run("says what the API says, and keeps what was typed", func(t *testing.T) {
		b := b.in(t)
		refused := b.post(attributes, url.Values{
			"attribute_key": {"status"}, "attribute_model": {"conversation_attribute"}, "attribute_display_type": {"text"},
			"regex_pattern": {"("}, "attribute_description": {"Kept"},
		})
		refused.status(http.StatusUnprocessableEntity).reads("#f-attribute_key-more", "not allowed").
			reads("#f-attribute_display_name-more", "can't be blank").reads("#f-regex_pattern-more", "no regular expression")
		if refused.attr("#f-attribute_description", "value") != "Kept" {
			t.Error("what was typed is lost")
		}
		b.post(attributes, url.Values{
			"attribute_display_name": {"X"}, "attribute_key": {"x"}, "attribute_model": {"y"},
			"attribute_display_type": {"list"},
		}).
			status(http.StatusUnprocessableEntity).reads("#f-attribute_values-more", "at least one")
	})

	t.Run("makes the key from the name where none is given", func(t *testing.T) {
		b := b.in(t)
		b.post(attributes, url.Values{
			"attribute_display_name": {"Order number"}, "attribute_model": {"conversation_attribute"}, "attribute_display_type": {"text"},
		}).to(attributes)
		b.get(attributes).reads("tbody", "order_number")
	})

	plan.Set("attribute_values", "Basic\nPro\nTeam")
	plan.Set("attribute_model", "conversation_attribute")
	b.post(one, plan).to(attributes)
	b.get(attributes).reads("tbody", "Contacts")
	b.post(one+"/deletion", nil).to(attributes)
	b.get(one).status(http.StatusNotFound)
}

func TestAttributesAreSetByTheirType(t *testing.T) {
	t.Parallel()
	h := setup(t)
	c := h.conversation("Ada Marsh", "Hello")
	define := func(model db.AttributeModel, kind db.AttributeType, key, values, pattern string) string {
		t.Helper()
		d, err := h.q.InsertAttributeDefinition(t.Context(), db.InsertAttributeDefinitionParams{
			AccountID: h.account.ID, Model: model, Key: key, DisplayName: key, DisplayType: kind,
			Vals: []byte(values), RegexPattern: &pattern, RegexCue: new(string),
		})
		if err != nil {
			t.Fatal(err)
		}
		return formatID(d.ID)
	}
	ofContact, ofConversation := db.AttributeModelContactAttribute, db.AttributeModelConversationAttribute
	plan := define(ofContact, db.AttributeTypeList, "plan", `["Basic", "Pro"]`, "")
	order := define(ofConversation, db.AttributeTypeText, "order", `[]`, "/^[0-9]{5}$/")
	sum := define(ofConversation, db.AttributeTypeCurrency, "sum", `[]`, "")
	paid := define(ofConversation, db.AttributeTypeCheckbox, "paid", `[]`, "")
	due := define(ofConversation, db.AttributeTypeDate, "due", `[]`, "")
	site := define(ofConversation, db.AttributeTypeLink, "site", `[]`, "")
	if _, err := h.pool.Exec(t.Context(), `UPDATE conversations SET custom_attributes = '{"other": "kept"}' WHERE id = $1`, c.ID); err != nil {
		t.Fatal(err)
	}
	here := link.Conversation(h.account.ID, c.DisplayID)
	b, act := h.as(h.agent), here+"/attributes"
	b.get(here).status(200).has("#details form.attribute", 6).reads("#details .facts", "kept")

	for id, value := range map[string]string{
		plan:  "Pro",
		order: "20377",
		sum:   "12,50",
		paid:  "false",
		due:   "2026-12-24",
		site:  "https://shop.example",
	} {
		b.script("details").at(here).post(act, url.Values{"attribute": {id}, "value": {value}}).status(200).has("#details", 1)
	}
	kept := dbtest.Reload(t, h.pool, c)
	same(
		t, kept.CustomAttributes,
		`{"other": "kept", "order": "20377", "sum": 12.5, "paid": false, "due": "2026-12-24", "site": "https://shop.example"}`,
	)
	contact, err := h.q.GetContact(t.Context(), h.account.ID, c.ContactID)
	if err != nil {
		t.Fatal(err)
	}
	same(t, contact.CustomAttributes, `{"plan": "Pro"}`)
	got := b.get(here)
	if got.attr("#attribute-"+sum, "value") != "12.5" || got.attr("#attribute-"+paid+" option[selected]", "value") != "false" ||
		got.attr("#attribute-"+plan+" option[selected]", "value") != "Pro" {
		t.Error("the details do not show what is kept")
	}

	t.Run("what is none of the type is said at the field, which keeps it, with script and without", func(t *testing.T) {
		b := b.in(t)
		for id, value := range map[string]string{
			plan:  "Gold",
			order: "203",
			sum:   "much",
			paid:  "perhaps",
			due:   "soon",
			site:  "javascript:alert(1)",
		} {
			part := b.script("details").at(here).post(act, url.Values{"attribute": {id}, "value": {value}}).
				status(http.StatusUnprocessableEntity).has("main", 0)
			part.has("#attribute-"+id+"[aria-invalid]", 1).has(".field-error", 1)
		}
		page := b.post(act, url.Values{"attribute": {sum}, "value": {"much"}}).status(http.StatusUnprocessableEntity).
			reads("#attribute-"+sum+"-more", "Type a number")
		if page.attr("#attribute-"+sum, "value") != "much" {
			t.Error("what was typed is lost")
		}
		b.post(act, url.Values{"attribute": {"999"}, "value": {"x"}}).status(http.StatusNotFound)
		same(t, dbtest.Reload(t, h.pool, c).CustomAttributes, string(kept.CustomAttributes))
	})

	t.Run("an empty field takes the attribute away", func(t *testing.T) {
		b.in(t).post(act, url.Values{"attribute": {order}, "value": {" "}}).to(here)
		same(
			t, dbtest.Reload(t, h.pool, c).CustomAttributes,
			`{"other": "kept", "sum": 12.5, "paid": false, "due": "2026-12-24", "site": "https://shop.example"}`,
		)
	})

	t.Run("a contact's page has theirs alone", func(t *testing.T) {
		b := b.in(t)
		page := link.Contact(h.account.ID, c.ContactID)
		b.get(page).status(200).has("form.attribute", 1)
		b.post(page+"/attributes", url.Values{"attribute": {plan}, "value": {"Gold"}}).status(http.StatusUnprocessableEntity).
			reads("#attribute-"+plan+"-more", "Choose one")
		b.post(page+"/attributes", url.Values{"attribute": {plan}, "value": {"Basic"}}).to(page)
		b.post(page+"/attributes", url.Values{"attribute": {sum}, "value": {"1"}}).status(http.StatusNotFound)
		contact, err := h.q.GetContact(t.Context(), h.account.ID, c.ContactID)
		if err != nil {
			t.Fatal(err)
		}
		same(t, contact.CustomAttributes, `{"plan": "Basic"}`)
	})
}
