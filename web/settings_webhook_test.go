package web

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/views"
)

func TestEveryEventOfAWebhookHasItsWords(t *testing.T) {
	t.Parallel()
	var named []string
	for _, e := range views.WebhookEvents() {
		named = append(named, e.Name)
	}
	if diff := cmp.Diff(slices.Sorted(slices.Values(db.WebhookEvents())), slices.Sorted(slices.Values(named))); diff != "" {
		t.Errorf("the page and the API offer different events (-API +page):\n%s", diff)
	}
}
