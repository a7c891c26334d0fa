package channel_test

import (
	"slices"
	"testing"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/channel"
)

func TestEveryKindHasARow(t *testing.T) {
	t.Parallel()
	var names []string
	for _, kind := range db.AllInboxKindValues() {
		k := channel.Of(kind)
		for what, missing := range map[string]bool{
			"name":              k.Name == "",
			"icon":              k.Icon == "",
			"class":             k.Class == "",
			"key":               k.Key == "",
			"source":            k.Source == nil,
			"form of address":   k.Own == "",
			"state at posting":  k.AtPosting == "",
			"limit of text":     k.Limits.Text < 1 || k.Limits.Text > channel.MaxText,
			"limit of files":    k.Limits.Files < 1 || k.Limits.Files > channel.MaxFiles,
			"own name and keys": slices.Contains(names, k.Name) || slices.Contains(names, k.Class) || slices.Contains(names, k.Key),
		} {
			if missing {
				t.Errorf("%s has no %s of its own", kind, what)
			}
		}
		names = append(names, k.Name, k.Class, k.Key)
	}
}

func TestAnUnknownKindSendsNothing(t *testing.T) {
	t.Parallel()
	if channel.Of("pigeon").Sends() {
		t.Error("a kind without a row is thought to send")
	}
}

func TestSource(t *testing.T) {
	t.Parallel()
	mail, phone := "ada@example.test", "+390212345678"
	reached, unknown := db.Contact{Email: &mail, PhoneNumber: &phone}, db.Contact{}
	for kind, want := range map[db.InboxKind]string{
		db.InboxKindEmail:    mail,
		db.InboxKindSms:      phone,
		db.InboxKindWhatsapp: phone[1:],
		db.InboxKindTelegram: "",
	} {
		if got, _ := channel.Of(kind).Source(reached); got != want {
			t.Errorf("%s: known as %q, want %q", kind, got, want)
		}
		if got, missing := channel.Of(kind).Source(unknown); got != "" || missing == "" {
			t.Errorf("%s: a contact without an address is known as %q", kind, got)
		}
	}
	one, _ := channel.Of(db.InboxKindApi).Source(unknown)
	other, _ := channel.Of(db.InboxKindApi).Source(unknown)
	if one == "" || one == other {
		t.Errorf("two contacts of an API inbox are known as %q and %q", one, other)
	}
}

func TestCanReply(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	at := func(ago time.Duration) *time.Time { v := now.Add(-ago); return &v }
	for _, c := range []struct {
		kind    db.InboxKind
		setting string
		last    *time.Time
		want    bool
	}{
		{db.InboxKindEmail, "", nil, true},
		{db.InboxKindEmail, "2", nil, true},
		{db.InboxKindApi, "", nil, true},
		{db.InboxKindApi, "nonsense", nil, true},
		{db.InboxKindApi, "-1", nil, true},
		{db.InboxKindApi, "2", nil, false},
		{db.InboxKindApi, "2", at(time.Hour), true},
		{db.InboxKindApi, "2", at(2 * time.Hour), false},
		{db.InboxKindApi, "0.5", at(time.Hour), false},
		{db.InboxKindWhatsapp, "", nil, false},
		{db.InboxKindWhatsapp, "48", at(23 * time.Hour), true},
		{db.InboxKindWhatsapp, "48", at(25 * time.Hour), false},
	} {
		if got := channel.Of(c.kind).CanReply(c.setting, c.last, now); got != c.want {
			t.Errorf("%s, window %q, last message at %v: %v", c.kind, c.setting, c.last, got)
		}
	}
	for raw, want := range map[string]string{
		`{"agent_reply_time_window": 24}`:   "24",
		`{"agent_reply_time_window": "24"}`: "24",
		`{}`:                                "",
		`{"agent_reply_time_window": "x"}`:  "",
	} {
		if got := channel.WindowHours([]byte(raw)); got != want {
			t.Errorf("%s is read as %q", raw, got)
		}
	}
}
