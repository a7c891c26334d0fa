package link

import (
	"net/url"
	"testing"
)

func TestAddresses(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]string{
		With(Search(1), "q", "a&b", "kind", "x y"):         "/accounts/1/search?q=a%26b&kind=x+y",
		With("", "mode", "note"):                           "?mode=note",
		Query(Conversations(1), nil):                       "/accounts/1/conversations",
		Query(Bulk(1), url.Values{"b": {"2"}, "a": {"1"}}): "/accounts/1/conversations/bulk?a=1&b=2",
		MessageAround(1, 2, 3):                             "/accounts/1/conversations/2?at=3#message-3",
		SettingAct(1, "labels", 2, Deletion):               "/accounts/1/settings/labels/2/deletion",
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
