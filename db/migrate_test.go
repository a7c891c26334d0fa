package db_test

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"regexp"
	"testing"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
)

// migrationSums are the migrations as they landed. Add the line of a new one when it lands; never change a line.
func migrationSums() map[string]string {
	return map[string]string{
		"0001_schema.sql":                        "7744f59152256742702cbcf440735bb7d444c8ef11c25d6a1c2b589e13af5191",
		"0002_key_owners_and_outgoing_mails.sql": "66363ffad6477a54a8145fbaea3d2c2e51fc96cdc4387e32f6b5b71c97cb2623",
		"0003_message_senders.sql":               "e73ebb2712fdca59c0f049f7790168b3653c4849662e42313bf40d610b686f35",
		"0004_channels.sql":                      "e47e81754d61cf74e82e76a5e102e280a686a1b32491dd7ba81bdf6b6da5034f",
		"0005_contact_proposals.sql":             "3e19175981224c3a6324587553f5d76666aafcd0ea5f0916f859cbb14aeefccf",
		"0006_webhook_lanes.sql":                 "1d4f58dff9b615c680062923bad4a6ec085c44f0327daa8db629ff8d5f52f6de",
		"0007_dashboard_apps.sql":                "2692cb9aa9855857580f1386c7b6ae0a6f93387aaa4728fec512cf48709fe06f",
		"0008_thumbnails.sql":                    "24696beb9fe6ff95215b00be777c1cd8edd6f60d320de67be9403fb8f64f5a78",
		"0009_one_notification.sql":              "6d9cdf92f955b363243873be7dbd7341d8357e20e800a2473ae5807a8cde9745",
		"0010_pending_lists.sql":                 "76339c5454cea81e858b099633a52780a13d5aa906f0d19fc9e10ed6f1a4c062",
		"0011_contact_import_failures.sql":       "549e53761767cb98b3be6219a14d252f0808c92c4c84b759cdf41ee1ece73537",
		"0012_push.sql":                          "cc74b84e8c0fafe1281fc929c7173731756f284d0f868b0354000d716d25da07",
		"0013_messages_to_delete.sql":            "fd4d6bfb50b6780fe62f30605424bebf087af7162e999cbcc9f5788cdae8d1bc",
		"0014_snoozed_notifications.sql":         "d2ff1170d8320f39a43d9fe662cfa533a22b994ac8ac331c2bf9b179c2e2c543",
	}
}

func TestMigrationsAreNeverEdited(t *testing.T) {
	t.Parallel()
	landed := migrationSums()
	files, err := fs.ReadDir(db.Migrations, "migrations")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := db.Migrations.ReadFile("migrations/" + file.Name())
		if err != nil {
			t.Fatal(err)
		}
		bytes := sha256.Sum256(text)
		sum := hex.EncodeToString(bytes[:])
		was, known := landed[file.Name()]
		switch {
		case !known:
			t.Errorf("%s is new: once it is as it should land, add this line to migrationSums:\n\t%q: %q,", file.Name(), file.Name(), sum)
		case was != sum:
			t.Errorf("%s has been edited: databases in use were made by it as it was, and would differ from new ones. "+
				"Undo the edit and write a new migration", file.Name())
		}
		delete(landed, file.Name())
	}
	for name := range landed {
		t.Errorf("%s is missing: databases in use were made by it, and goose wants to know it", name)
	}
}

// A view's * is expanded when the view is made: a column that is added to the table later would be missing in it.
func TestViewsNameTheirColumns(t *testing.T) {
	t.Parallel()
	files, err := fs.Glob(db.Migrations, "migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := db.Migrations.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, view := range views(string(text)) {
			if star.MatchString(view) && file != "migrations/0001_schema.sql" {
				t.Errorf("%s: name the columns in place of *, which stands for those of today for ever:\n%s", file, view)
			}
			if !star.MatchString(view) && file == "migrations/0001_schema.sql" {
				t.Errorf("the views of 0001 have one, and this test does not see it:\n%s", view)
			}
		}
	}
}

var (
	comment = regexp.MustCompile(`--[^\n]*`)
	view    = regexp.MustCompile(`(?is)\bCREATE\s+(?:OR\s+REPLACE\s+)?(?:MATERIALIZED\s+)?VIEW\b[^;]*`)
	star    = regexp.MustCompile(`(?i)(?:\bSELECT\s+(?:DISTINCT\s+)?|[.,]\s*)\*`)
)

// views are the statements that make a view.
func views(migration string) []string {
	return view.FindAllString(comment.ReplaceAllString(migration, ""), -1)
}

// conversation_details was made with c.*, so it has the columns of its day: whoever adds a column to conversations makes
// the view again, with that column.
func TestConversationDetailsHaveAllColumns(t *testing.T) {
	t.Parallel()
	missing := textColumn(t, dbtest.New(t), `
		SELECT column_name FROM information_schema.columns WHERE table_name = 'conversations'
		EXCEPT SELECT column_name FROM information_schema.columns WHERE table_name = 'conversation_details'`)
	if len(missing) > 0 {
		t.Errorf("the view conversation_details lacks %v of conversations", missing)
	}
}
