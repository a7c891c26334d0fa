package mail_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/mail"
)

func TestTake(t *testing.T) {
	t.Parallel()
	f := setup(t)
	r := f.receiver(f.store)
	take := func(raw string) mail.Outcome {
		t.Helper()
		o, err := r.Take(t.Context(), []byte(raw))
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	const first = "From: Ada <ada@wood.example>\nTo: help@shop.example\nSubject: The lamp\nMessage-ID: " +
		"<1@wood.example>\nDate: Tue, 3 Nov 2026 09:14:00 +0000\n\nIt is dark."
	const answer = "From: help@shop.example\nTo: ada@wood.example\nSubject: Re: The lamp\nMessage-ID: " +
		"<2@shop.example>\nIn-Reply-To: <1@wood.example>\nDate: Tue, 3 Nov 2026 10:00:00 +0000\n\nTurn it on."

	got := take(first)
	if got.State != db.MailStatePosted || got.Already || !got.Opened || got.ConversationID == 0 || got.Key != "1@wood.example" {
		t.Errorf("the first mail: %+v", got)
	}
	if again := take(first); !again.Already || again.Opened || again.ConversationID != got.ConversationID {
		t.Errorf("the same mail again: %+v", again)
	}
	if reply := take(answer); reply.Opened || reply.ConversationID != got.ConversationID {
		t.Errorf("an answer to it: %+v", reply)
	}
	if bad := take("To: help@shop.example\nSubject: Who am I?\n\nNobody."); bad.State != db.MailStateQuarantined ||
		bad.Reason == "" || bad.ConversationID != 0 {
		t.Errorf("a mail without a sender: %+v", bad)
	}
	if want := []string{"The lamp: It is dark., > Turn it on."}; !slices.Equal(f.threads(), want) {
		t.Errorf("threads are %q, want %q", f.threads(), want)
	}
	take("From: bo@wood.example\nSubject: Away\nMessage-ID: <4@wood.example>\nAuto-Submitted: auto-replied\n\nI am on holiday.")
	var automatic []string
	err := f.pool.QueryRow(t.Context(), "SELECT array_agg(content) FROM messages WHERE automatic").Scan(&automatic)
	if err != nil || !slices.Equal(automatic, []string{"I am on holiday."}) {
		t.Errorf("automatic are %q, %v", automatic, err)
	}
	large := take("From: bo@wood.example\nSubject: Large\nMessage-ID: <3@wood.example>\n\n" + strings.Repeat("x", mail.MaxBytes))
	if large.State != db.MailStateQuarantined || !strings.Contains(large.Reason, "64 MB") {
		t.Errorf("a mail that is too large: %+v", large)
	}
}
