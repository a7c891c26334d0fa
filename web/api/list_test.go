package api_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/parleydesk/parley/internal/dbtest"
)

// TestLists holds how the three dialects page, order and filter. docs/api/dialects.md says which test holds which
// row.
func TestLists(t *testing.T) {
	t.Parallel()

	t.Run("row 9: Chatwoot pages by number and by ids, Ndoto by times, Qlara by ids and both ends", func(t *testing.T) {
		t.Parallel()
		b := paged(t, 44)
		ids := func(path, list string) (all []int64) {
			v := call[any](b, "GET", path, "", 200)
			if list != "" {
				v = v.(object)[list]
			}
			for _, m := range v.([]any) {
				all = append(all, int64(m.(object)["id"].(float64)))
			}
			return all
		}
		all := ids(inNdoto+thread, "payload")
		if len(all) != 45 || !slices.IsSorted(all) {
			t.Fatalf("Ndoto gives %d", len(all))
		}
		for query, want := range map[string][]int64{
			"?page=1": all[25:], "?page=2": all[5:25], "?page=3": all[:5], "": all[25:],
			fmt.Sprintf("?before=%d", all[10]): all[:10], fmt.Sprintf("?after=%d", all[40]): all[41:],
		} {
			if got := ids(inChatwoot+thread+query, "payload"); !slices.Equal(got, want) {
				t.Errorf("Chatwoot %s: %v, want %v", query, got, want)
			}
		}
		if got := ids(fmt.Sprintf("%s%s?idFrom=%d&idTo=%d", inQlara, thread, all[3], all[7]), ""); !slices.Equal(got, all[3:8]) {
			t.Errorf("Qlara: %v, want %v", got, all[3:8])
		}
		if got := ids(fmt.Sprintf("%s%s?before=%d", inNdoto, thread, all[10]), "payload"); len(got) != 0 {
			t.Errorf("Ndoto took an id for a time, or 1970 for today: %v", got)
		}
	})

	t.Run("rows 13, 14 and 15: pages from one and from zero, two ways to order, inboxes under two names", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		second := dbtest.Inbox(t, b.w.Server.Pool, b.w.Account, "Second")
		for i := range 27 {
			in := b.w.Inbox
			if i%3 == 0 {
				in = second
			}
			dbtest.Message(t, b.w.Server.Pool, dbtest.ConversationWith(t, b.w.Server.Pool, in, b.w.Contact, "x"), "x")
		}
		ndotoIDs := func(query string) (all []int64) {
			for _, c := range call[struct {
				Data struct{ Payload []ndotoConversation }
			}](b, "GET", inNdoto+query, "", 200).Data.Payload {
				all = append(all, c.ID)
			}
			return all
		}
		qlaraIDs := func(query string) (all []int64) {
			for _, c := range call[[]qlaraConversation](b, "GET", inQlara+query, "", 200) {
				all = append(all, c.ChatID)
			}
			return all
		}
		all := qlaraIDs("")
		if len(all) != 28 {
			t.Fatalf("Qlara without pages gives %d", len(all))
		}
		if a, z := ndotoIDs("?page=1"), ndotoIDs("?page=2"); len(a) != 25 || !slices.Equal(append(a, z...), all) {
			t.Errorf("Ndoto's pages: %v, %v, want %v", a, z, all)
		}
		if a, z := qlaraIDs("?limit=25&page=0"), qlaraIDs("?limit=25&page=1"); len(a) != 25 || !slices.Equal(append(a, z...), all) {
			t.Errorf("Qlara's pages: %v, %v, want %v", a, z, all)
		}
		up := slices.Sorted(slices.Values(all))
		if got := qlaraIDs("?orderBy=%20lastMessageDate"); !slices.Equal(got, up) {
			t.Errorf("a blank is no plus: %v", got)
		}
		down := slices.Clone(up)
		slices.Reverse(down)
		if got := ndotoIDs("?sort=created_at"); !slices.Equal(got, down[:25]) {
			t.Errorf("by creation: %v", got)
		}
		n, q := ndotoIDs(fmt.Sprint("?inbox_id=", second.ID)), qlaraIDs(fmt.Sprint("?channelIds=", second.ID))
		if len(n) != 9 || !slices.Equal(n, q) {
			t.Errorf("of one inbox: %v, %v", n, q)
		}
	})

	t.Run("row 29: archived is no word of the others, whose lists hold it still", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		call[any](b, "PATCH", inQlara+one+"/archive", "", 204)
		for _, base := range []string{inChatwoot, inNdoto} {
			list := call[any](b, "GET", base, "", 200)
			archived := slices.ContainsFunc(names(list), func(s string) bool { return strings.Contains(s, "archived") })
			if archived || !strings.Contains(fmt.Sprint(list), "Ada Marsh") {
				t.Errorf("%s lists %v", base, list)
			}
		}
		if q := call[object](b, "GET", inQlara+one, "", 200); q["archived"] != true {
			t.Errorf("by its id: %v", q)
		}
	})
}
