package chatwoot_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/web/api/apitest"
)

// secretsOf returns the values of a victim's contact, except for those that the caller sent. No answer to a caller
// without a proof may contain them.
func secretsOf(sent string) (all []string) {
	for _, secret := range []string{
		"Vera Victim", "vera@victim.test", "+4915112345678", "CUST-77", "suspected-fraud", "Secret GmbH", "credit_limit", "vera-avatar",
	} {
		if !strings.Contains(strings.ToLower(sent), strings.ToLower(secret)) {
			all = append(all, secret)
		}
	}
	return all
}

// victim adds a contact with a value in every field, and an address with a conversation.
func victim(t *testing.T, w *apitest.Fixture, identified bool) {
	t.Helper()
	name, email, phone := "Vera Victim", "vera@victim.test", "+4915112345678"
	input := desk.ContactInput{
		Name: &name, Email: &email, PhoneNumber: &phone, Custom: []byte(`{"credit_limit": "50000", "note": "suspected-fraud"}`),
		Additional: []byte(`{"company_name": "Secret GmbH"}`),
	}
	if identified {
		identifier := "CUST-77"
		input.Identifier = &identifier
	}
	err := w.Server.Desk.Do(t.Context(), desk.System(w.Account.ID), func(tx *desk.Tx) error {
		_, err := tx.CreateContact(t.Context(), input)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// victimRows returns all rows of the victim, and of the contact of the fixture's conversation.
func victimRows(t *testing.T, w *apitest.Fixture) (rows string) {
	t.Helper()
	const all = `SELECT COALESCE(string_agg(r, E'\n' ORDER BY r), '') FROM (
		SELECT c::text AS r FROM contacts c WHERE account_id = $1 AND (email = 'vera@victim.test' OR id = $2)
		UNION ALL SELECT ci::text FROM contact_inboxes ci JOIN contacts c ON c.account_id = ci.account_id AND c.id = ci.contact_id
			WHERE ci.account_id = $1 AND c.email = 'vera@victim.test') x`
	if err := w.Server.Pool.QueryRow(t.Context(), all, w.Account.ID, w.Contact.ID).Scan(&rows); err != nil {
		t.Fatal(err)
	}
	return rows
}

// claims are the claims of a stranger: one address of the victim, or all of them.
func claims() map[string]string {
	return map[string]string{
		"e-mail":     `"email": "Vera@victim.test"`,
		"phone":      `"phone_number": "+4915112345678"`,
		"identifier": `"identifier": "CUST-77"`,
		"everything": `"email": "vera@victim.test", "phone_number": "+4915112345678"`,
	}
}

// This tests every kind of known contact with every proof on every route: knowing an address proves nothing.
func TestStrangersSeeAndChangeNobody(t *testing.T) {
	t.Parallel()
	b := newFixture(t).Server
	for _, known := range []string{"unknown", "known without identifier", "known with identifier"} {
		for _, proof := range []string{"no hash", "own hash"} {
			for claim, said := range claims() {
				if claim == "identifier" && proof == "own hash" {
					continue // a claimed identifier has its own hash
				}
				t.Run(known+", "+proof+", "+claim, func(t *testing.T) {
					w := apitest.NewFixture(t, b)
					if known != "unknown" {
						victim(t, w, known == "known with identifier")
					}
					strangerTries(t, w, said, proof == "own hash")
				})
			}
		}
	}
}

// strangerTries calls every route as a stranger who claims to be the victim.
func strangerTries(t *testing.T, w *apitest.Fixture, said string, proven bool) {
	t.Helper()
	before := victimRows(t, w)
	query := ""
	if proven {
		hash := sign(w, "attacker-1")
		said += `, "identifier": "attacker-1", "identifier_hash": "` + hash + `"`
		query = "?identifier=attacker-1&identifier_hash=" + hash
	}
	check := func(a apitest.Answer) apitest.Answer {
		t.Helper()
		for _, secret := range secretsOf(said) {
			if strings.Contains(a.Body.String(), secret) {
				t.Errorf("a stranger sees %s: %s", secret, a.Body)
			}
		}
		return a
	}
	made := check(w.Do(t, apitest.Nobody, "POST", pk, "{"+said+"}")).Want(200).Object()
	w.Vars["source"] = made["source_id"].(string)
	check(w.Do(t, apitest.Nobody, "GET", pks+query, "")).Want(200)
	for _, method := range []string{"PATCH", "PUT"} {
		check(w.Do(t, apitest.Nobody, method, pks, "{"+said+`, "custom_attributes": {"note": "x"}}`)).Want(200)
	}
	check(w.Do(t, apitest.Nobody, "POST", pk, "{"+said+`, "source_id": "`+w.Vars["source"]+`"}`)).Want(200)
	opened := check(w.Do(t, apitest.Nobody, "POST", pc, "")).Want(200).Object()
	w.Vars["conversation"] = fmt.Sprint(opened["id"])
	check(w.Do(t, apitest.Nobody, "POST", pm, `{"content": "Hello"}`)).Want(200)
	check(w.Do(t, apitest.Nobody, "POST", pco+"/toggle_typing", `{"typing_status": "on"}`)).Want(200)
	for _, read := range []string{pc, pco, pm} {
		check(w.Do(t, apitest.Nobody, "GET", read+query, "")).Want(200)
	}
	check(w.Do(t, apitest.Nobody, "POST", pco+"/update_last_seen", "")).Want(200)
	check(w.Do(t, apitest.Nobody, "POST", pco+"/toggle_status", "")).Want(200)
	if strings.Contains(before, "vera@victim.test") {
		if diff := cmp.Diff(before, victimRows(t, w)); diff != "" {
			t.Errorf("rows of another contact have changed:\n%s", diff)
		}
	}
}

// An answer must not show whether a contact exists: except for keys and ids, both answers are the same.
func TestTheKnownAndTheUnknownAreAnsweredAlike(t *testing.T) {
	t.Parallel()
	b := newFixture(t).Server
	for _, proven := range []bool{false, true} {
		for claim, said := range claims() {
			if proven && claim == "identifier" {
				continue
			}
			var answers [2][]map[string]any
			for i := range answers {
				w := apitest.NewFixture(t, b)
				if i == 1 {
					victim(t, w, true)
				}
				body := said
				if proven {
					body += `, "identifier": "attacker-1", "identifier_hash": "` + sign(w, "attacker-1") + `"`
				}
				made := w.Do(t, apitest.Nobody, "POST", pk, `{"name": "Mallory", `+body+"}").Want(200).Object()
				w.Vars["source"] = made["source_id"].(string)
				changed := w.Do(t, apitest.Nobody, "PATCH", pks, "{"+body+"}").Want(200).Object()
				answers[i] = []map[string]any{made, w.Do(t, apitest.Nobody, "GET", pks, "").Want(200).Object(), changed}
			}
			for i := range answers[0] {
				for _, key := range []string{"source_id", "pubsub_token", "id", "account_id", "created_at", "updated_at"} {
					if (answers[0][i][key] == nil) != (answers[1][i][key] == nil) {
						t.Errorf("%s: %s is nil for one of them", claim, key)
					}
					delete(answers[0][i], key)
					delete(answers[1][i], key)
				}
				if diff := cmp.Diff(answers[0][i], answers[1][i]); diff != "" {
					t.Errorf("%s, proven %v, answer %d (-unknown +known):\n%s", claim, proven, i, diff)
				}
			}
		}
	}
}

// A caller who proves the contact's identifier is that contact.
func TestTheProvenAreWhoTheyAre(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	victim(t, w, true)
	proof := `"identifier": "CUST-77", "identifier_hash": "` + sign(w, "CUST-77") + `"`
	made := w.Do(t, apitest.Nobody, "POST", pk, "{"+proof+"}").Want(200).Object()
	if made["name"] != "Vera Victim" || made["email"] != "vera@victim.test" {
		t.Errorf("the contact that proved it is %v", made)
	}
	w.Vars["source"] = made["source_id"].(string)
	changed := w.Do(t, apitest.Nobody, "PATCH", pks, "{"+proof+`, "email": "new@victim.test"}`).Want(200).Object()
	var email string
	const read = `SELECT email FROM contacts WHERE account_id = $1 AND identifier = 'CUST-77'`
	if err := w.Server.Pool.QueryRow(t.Context(), read, w.Account.ID).Scan(&email); err != nil || email != "new@victim.test" {
		t.Errorf("the e-mail is %s (%v), the answer %v", email, err, changed)
	}
	if got := w.Do(t, apitest.Nobody, "GET", pks, "").Want(200).Object(); got["name"] == "Vera Victim" {
		t.Errorf("without a proof in the call they see %v", got)
	}
}

// Nor does an address prove anything that an agent gave to a known contact, with a source_id that can be guessed.
func TestAGivenAddressIsNoProof(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	victim(t, w, false)
	var id int64
	const read = `SELECT id FROM contacts WHERE account_id = $1 AND email = 'vera@victim.test'`
	if err := w.Server.Pool.QueryRow(t.Context(), read, w.Account.ID).Scan(&id); err != nil {
		t.Fatal(err)
	}
	w.Do(t, apitest.Inside, "POST", fmt.Sprintf("%s/%d/contact_inboxes", v1+"/contacts", id), `{"inbox_id": {inbox}, "source_id": "user-42"}`).
		Want(200)
	w.Vars["source"] = "user-42"
	for _, a := range []apitest.Answer{
		w.Do(t, apitest.Nobody, "GET", pks, "").Want(200),
		w.Do(t, apitest.Nobody, "POST", pk, `{"source_id": "user-42"}`).Want(200),
		w.Do(t, apitest.Nobody, "PATCH", pks, `{"name": "Mallory", "email": "evil@evil.test", "custom_attributes": {"note": "x"}}`).Want(200),
		w.Do(t, apitest.Nobody, "POST", pc, "").Want(200),
		w.Do(t, apitest.Nobody, "GET", pc, "").Want(200),
	} {
		for _, secret := range secretsOf("") {
			if strings.Contains(a.Body.String(), secret) {
				t.Errorf("a stranger sees %s: %s", secret, a.Body)
			}
		}
	}
	shown := w.Do(t, apitest.Inside, "GET", fmt.Sprintf("%s/%d", v1+"/contacts", id), "").Want(200).Object()["payload"].(map[string]any)
	if shown["email"] != "vera@victim.test" || shown["name"] != "Vera Victim" ||
		!strings.Contains(fmt.Sprint(shown["custom_attributes"]), "suspected-fraud") {
		t.Errorf("the contact has become %v", shown)
	}
	if proposal := fmt.Sprint(shown["contact_inboxes"]); !strings.Contains(proposal, "evil@evil.test") {
		t.Errorf("agents do not see what was proposed: %s", proposal)
	}
	own := "?identifier=attacker-1&identifier_hash=" + sign(w, "attacker-1")
	w.Do(t, apitest.Nobody, "GET", pks+own, "").Want(401)
	w.Do(t, apitest.Nobody, "GET", pc+own, "").Want(401)
}

// A caller may change a contact that they created, until an agent has identified it.
func TestAVisitorChangesTheirOwnContact(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	made := w.Do(t, apitest.Nobody, "POST", pk, `{"email": "quinn@example.test", "identifier": "Q-1", "custom_attributes": {"plan": "free"}}`).
		Want(200).
		Object()
	w.Vars["source"], w.Vars["made"] = made["source_id"].(string), fmt.Sprint(made["id"])
	shown := func() map[string]any {
		t.Helper()
		return w.Do(t, apitest.Inside, "GET", v1+"/contacts/{made}", "").Want(200).Object()["payload"].(map[string]any)
	}
	if c := shown(); c["email"] != "quinn@example.test" || c["identifier"] != nil {
		t.Errorf("the new contact is %v", c)
	}
	w.Do(t, apitest.Inside, "PATCH", v1+"/contacts/{made}", `{"custom_attributes": {"credit_limit": "50"}}`).Want(200)
	w.Do(t, apitest.Nobody, "PATCH", pks, `{"name": "Quinn", "email": "q@example.test", "custom_attributes": {"plan": `+
		`"pro", "credit_limit": "9"}}`).
		Want(200)
	c := shown()
	attributes := c["custom_attributes"].(map[string]any)
	if c["name"] != "Quinn" || c["email"] != "q@example.test" || attributes["plan"] != "pro" || attributes["credit_limit"] != "50" {
		t.Errorf("the contact is %v: an agent's word stays, the visitor's changes", c)
	}
	w.Do(t, apitest.Inside, "PATCH", v1+"/contacts/{made}", `{"identifier": "Q-9"}`).Want(200)
	w.Do(t, apitest.Nobody, "PATCH", pks, `{"name": "Mallory"}`).Want(200)
	if c := shown(); c["name"] != "Quinn" {
		t.Errorf("a contact that agents have identified is %v", c)
	}
}

// If the inbox requires proofs, an address without one can neither be read nor written.
func TestMandatoryProof(t *testing.T) {
	t.Parallel()
	b := newFixture(t).Server
	calls := []string{
		"GET " + pks, "PATCH " + pks, "PUT " + pks, "GET " + pc, "POST " + pc, "GET " + pco, "GET " + pm, "POST " + pm,
		"POST " + pco + "/toggle_status", "POST " + pco + "/toggle_typing", "POST " + pco + "/update_last_seen",
		"PATCH " + pmo, "PUT " + pmo,
	}
	mandatory := func(t *testing.T) *apitest.Fixture {
		w := apitest.NewFixture(t, b)
		if _, err := b.Pool.Exec(t.Context(), `UPDATE inboxes SET hmac_mandatory = true WHERE id = $1`, w.Inbox.ID); err != nil {
			t.Fatal(err)
		}
		return w
	}
	w := mandatory(t)
	before := victimRows(t, w)
	for _, source := range []string{w.Vars["source"], "nobody"} {
		w.Vars["source"] = source
		for _, call := range calls {
			method, path, _ := strings.Cut(call, " ")
			for _, query := range []string{"", "?identifier=attacker-1&identifier_hash=" + sign(w, "attacker-2")} {
				w.Do(t, apitest.Nobody, method, path+query, `{"content": "x", "submitted_values": []}`).Want(401)
			}
		}
	}
	if diff := cmp.Diff(before, victimRows(t, w)); diff != "" {
		t.Errorf("rows have changed:\n%s", diff)
	}

	own := `{"identifier": "u-1", "identifier_hash": "` + sign(w, "u-1") + `"}`
	w.Vars["source"] = w.Do(t, apitest.Nobody, "POST", pk, own).Want(200).Object()["source_id"].(string)
	w.Vars["conversation"] = fmt.Sprint(w.Do(t, apitest.Nobody, "POST", pc, "").Want(200).Object()["id"])
	w.Do(t, apitest.Nobody, "POST", pm, `{"content": "Hello"}`).Want(200)
	w.Do(t, apitest.Nobody, "GET", pm, "").Want(200)

	known := mandatory(t) // a caller with a proof has an identifier
	victim(t, known, false)
	body := `{"email": "vera@victim.test", "identifier": "attacker-1", "identifier_hash": "` + sign(known, "attacker-1") + `"}`
	if got := known.Do(t, apitest.Nobody, "POST", pk, body).Want(200).Object(); got["name"] == "Vera Victim" {
		t.Errorf("a proof of another identifier gives %v", got)
	}
	query := "?identifier=attacker-1&identifier_hash=" + sign(known, "attacker-1")
	known.Do(t, apitest.Nobody, "GET", pks+query, "").Want(401)
	known.Do(t, apitest.Nobody, "GET", pco+query, "").Want(401)
}

// A proof is for one identifier. After a merge, it does not prove to be the other contact.
func TestAMergeCarriesNoProof(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	victim(t, w, true)
	made := w.Do(t, apitest.Nobody, "POST", pk, `{"identifier": "u-1", "identifier_hash": "`+sign(w, "u-1")+`"}`).Want(200).Object()
	w.Vars["source"] = made["source_id"].(string)
	var id int64
	const read = `SELECT id FROM contacts WHERE account_id = $1 AND identifier = 'CUST-77'`
	if err := w.Server.Pool.QueryRow(t.Context(), read, w.Account.ID).Scan(&id); err != nil {
		t.Fatal(err)
	}
	merge := fmt.Sprintf(`{"base_contact_id": %d, "mergee_contact_id": %v}`, id, made["id"])
	w.Do(t, apitest.Admin, "POST", v1+"/actions/contact_merge", merge).Want(200)
	var proven bool
	if err := w.Server.Pool.QueryRow(t.Context(), `SELECT bool_or(hmac_verified) FROM contact_inboxes WHERE `+
		`contact_id = $1`, id).Scan(&proven); err != nil ||
		proven {
		t.Errorf("an address of the merged contact is proved (%v)", err)
	}
}

// A proven visitor reads the same on each of their devices, whether another contact has the address that they claim or
// nobody has.
func TestASecondDeviceDoesNotTellWhoIsKnown(t *testing.T) {
	t.Parallel()
	b := newFixture(t).Server
	for claim, said := range map[string]string{
		"e-mail": `"email": "vera@victim.test"`, "phone": `"phone_number": "+4915112345678"`,
	} {
		var answers []string
		for _, known := range []bool{true, false} {
			w := apitest.NewFixture(t, b)
			if known {
				victim(t, w, false)
			}
			proof := `"name": "Mal", "identifier": "attacker-1", "identifier_hash": "` + sign(w, "attacker-1") + `"`
			query := "?identifier=attacker-1&identifier_hash=" + sign(w, "attacker-1")
			device := func(body string) string {
				return w.Do(t, apitest.Nobody, "POST", pk, "{"+body+"}").Want(200).Object()["source_id"].(string)
			}
			var seen []string
			read := func(source string) {
				t.Helper()
				w.Vars["source"] = source
				for _, path := range []string{pks, pc} {
					got := w.Do(t, apitest.Nobody, "GET", path+query, "").Want(200).Body.String()
					seen = append(seen, fmt.Sprint(strings.Contains(got, "vera@victim.test"), strings.Contains(got, "+4915112345678")))
				}
			}
			early, first := device(proof), device(proof+", "+said)
			late := device(proof)
			w.Vars["source"] = first
			w.Vars["conversation"] = fmt.Sprint(w.Do(t, apitest.Nobody, "POST", pc, "").Want(200).Object()["id"])
			w.Do(t, apitest.Nobody, "POST", pm, `{"content": "x"}`).Want(200)
			for _, source := range []string{early, first, late} {
				read(source)
			}
			answers = append(answers, strings.Join(seen, "; "))
		}
		if answers[0] != answers[1] {
			t.Errorf("the %s of another contact: %s\nof nobody: %s", claim, answers[0], answers[1])
		}
		if !strings.Contains(answers[0], "true") {
			t.Errorf("nobody reads the %s that they claimed", claim)
		}
	}
}
