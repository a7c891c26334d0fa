package main

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/mailtest"
)

// TestOutgoingMailSurvives kills parley while a mail server has a letter in its hands and has not answered. The letter is
// sent by the next process, under the id it had, and Parley keeps that it may have arrived before.
func TestOutgoingMailSurvives(t *testing.T) {
	t.Parallel()
	box, held := mailtest.New(t, nil), make(chan struct{})
	dead := make(chan struct{})
	box.Data = func(n int) error {
		if n > 1 {
			return nil
		}
		close(held)
		<-dead
		return mailtest.Refuse(451, "too late")
	}
	pool := dbtest.New(t)
	settings := []string{
		"DATABASE_URL=" + pool.Config().ConnString(), "PARLEY_SECRET_KEY=" + dbtest.SecretKey,
		"PARLEY_DATA=" + t.TempDir(), "PARLEY_SMTP=smtp://" + box.Addr + "?from=help@desk.example&timeout=4s",
	}
	account := dbtest.Account(t, pool, "Example")
	c := dbtest.Conversation(t, pool, dbtest.Inbox(t, pool, account, "Shop"), "")
	dbtest.Message(t, pool, c, "Where is my parcel?")
	token := dbtest.Token(t, pool, dbtest.Admin(t, pool, account, "Ann"))

	p := serveParley(t, settings).ready()
	path := fmt.Sprintf("/api/v1/accounts/%d/conversations/%d/transcript", account.ID, c.DisplayID)
	if status, body := p.send(
		http.MethodPost, path, `{"email": "ada@example.test"}`, "api_access_token", token, "Content-Type",
		"application/json",
	); status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	select {
	case <-held:
	case <-time.After(patience):
		t.Fatal("the mail server was not called")
	}
	p.kill()
	close(dead)
	p = serveParley(t, settings).ready()
	got := box.Next(t)
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		var state, id string
		var unclear int
		if err := pool.QueryRow(t.Context(), "SELECT state::text, uuid::text, unclear FROM outgoing_mails").
			Scan(&state, &id, &unclear); err != nil {
			t.Fatal(err)
		}
		if state == "sent" {
			if got.To != "ada@example.test" || got.ID != "<"+id+"@desk.example>" || unclear != 1 {
				t.Errorf("mail %s to %s, %d unclear tries", got.ID, got.To, unclear)
			}
			break
		}
		if time.Now().After(end) {
			t.Fatalf("the letter is %s", state)
		}
	}
	p.kill()
	box.None(t)
}
