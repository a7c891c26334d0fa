package db_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
)

func TestAccountSettingsKeepWhatTheyDoNotKnow(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	account := dbtest.Account(t, pool, "Bike shop")
	set := func(object string) db.AccountSettings {
		t.Helper()
		if _, err := pool.Exec(t.Context(), "UPDATE accounts SET settings = $1", object); err != nil {
			t.Fatal(err)
		}
		row, err := db.New(pool).GetAccount(t.Context(), account.ID)
		if err != nil {
			t.Fatal(err)
		}
		return row.Settings
	}
	after := int64(90)
	for name, test := range map[string]struct {
		stored, want string
		change       func(*db.AccountSettings)
	}{
		"nothing changed": {
			`{"auto_resolve_after": 60, "other": {"id": 12345678901234567890}}`, `{"auto_resolve_after": 60, "other": {"id": 12345678901234567890}}`,
			func(*db.AccountSettings) {},
		},
		"changed beside an unknown key": {
			`{"other": 12345678901234567890, "auto_resolve_label": "quiet"}`,
			`{"other": 12345678901234567890, "auto_resolve_label": "quiet", "auto_resolve_after": 90, "keep_pending_on_bot_failure": true}`,
			func(s *db.AccountSettings) { s.AutoResolveAfter, s.KeepPending = &after, true },
		},
		"switched off": {
			`{"auto_resolve_after": 60, "ndoto_show_activity": true, "auto_resolve_message": "Bye"}`,
			`{"auto_resolve_after": null, "ndoto_show_activity": false, "auto_resolve_message": ""}`,
			func(s *db.AccountSettings) {
				s.AutoResolveAfter, s.NdotoActivity, s.AutoResolveMessage = nil, false, ""
			},
		},
		"a value of another type": {
			`{"auto_resolve_after": "soon", "auto_resolve_ignore_waiting": 1}`, `{"auto_resolve_after": "soon", ` +
				`"auto_resolve_ignore_waiting": true}`,
			func(s *db.AccountSettings) { s.AutoResolveAnswered = true },
		},
	} {
		s := set(test.stored)
		test.change(&s)
		got, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var have, want map[string]any
		if db.Decode(got, &have) != nil || db.Decode([]byte(test.want), &want) != nil {
			t.Fatalf("%s: %s", name, got)
		}
		if diff := cmp.Diff(want, have); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestAccountSettingsProblems(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ä", 20000)
	for after, refused := range map[int64]bool{-1: true, 0: true, 9: true, 10: false, 999 * 24 * 60: false, 999*24*60 + 1: true} {
		if got := len(db.AccountSettings{AutoResolveAfter: &after}.Problems()) > 0; got != refused {
			t.Errorf("after %d minutes is wrong: %v", after, got)
		}
	}
	if got := (db.AccountSettings{AutoResolveMessage: long, AutoResolveLabel: long}).Problems(); len(got) > 0 {
		t.Errorf("the longest texts: %v", got)
	}
	if got := (db.AccountSettings{AutoResolveMessage: long + "x", AutoResolveLabel: long + "x"}).Problems(); len(got) != 2 {
		t.Errorf("longer texts: %v", got)
	}
}
