package db_test

import (
	"strings"
	"testing"

	"github.com/parleydesk/parley/db"
)

func TestNotificationBody(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		sender, content string
		files           int16
		want            string
	}{
		"a short text is shown whole":               {"Ada", "Where is  my parcel?", 0, "Ada: Where is  my parcel?"},
		"ten words are shown whole":                 {"Ada", "1 2 3 4 5 6 7 8 9 10", 0, "Ada: 1 2 3 4 5 6 7 8 9 10"},
		"space after the tenth word is no eleventh": {"Ada", "1 2 3 4 5 6 7 8 9 10 \n", 0, "Ada: 1 2 3 4 5 6 7 8 9 10"},
		"of eleven words ten are shown":             {"Ada", "1 2 3\n4 5 6 7 8 9 10 11", 0, "Ada: 1 2 3\n4 5 6 7 8 9 10..."},
		"a mention is shown as the name":            {"Ada", "[@Bob Ray](mention://user/7/Bob%20Ray), see", 0, "Ada: @Bob Ray, see"},
		"a mention is not cut":                      {"A", "1 2 3 4 5 6 7 8 9 [@Al B](mention://user/7/B)", 0, "A: 1 2 3 4 5 6 7 8 9 @Al..."},
		"a message by nobody":                       {"", "Hello", 0, ": Hello"},
		"a file without a text":                     {"Ada", " ", 2, "Ada: Attachment"},
		"nothing at all":                            {"Ada", "", 0, "Ada: No content"},
		"a word without end is cut":                 {"Ada", strings.Repeat("ä", 2000), 0, "Ada: " + strings.Repeat("ä", 300) + "..."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := db.ListNotificationMessagesRow{SenderName: c.sender, Content: c.content, Attachments: c.files}
			if got := m.Body(); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
