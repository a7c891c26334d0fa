package web

import (
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"github.com/parleydesk/parley/internal/link"
)

// TestSettingsMenu holds the menu and the routes of settings to each other: each list of settings is in the menu of those
// who may open it, and marks itself there.
func TestSettingsMenu(t *testing.T) {
	t.Parallel()
	h := setup(t)
	const settings = "GET /accounts/:account/settings/"
	for _, reader := range []struct {
		who   string
		b     *browser
		opens []access
	}{{"an administrator", h.as(h.admin), []access{admin, member}}, {"an agent", h.as(h.agent), []access{member}}} {
		var want, got []string
		for route, who := range matrix() {
			page, is := strings.CutPrefix(route, settings)
			if is && !strings.Contains(page, "/") && slices.Contains(reader.opens, who) {
				want = append(want, link.Settings(h.account.ID, page))
			}
		}
		menu := reader.b.get(link.Settings(h.account.ID, "canned-replies")).status(200)
		menu.page.Find("nav[aria-label=Settings] a").Each(func(_ int, s *goquery.Selection) { got = append(got, s.AttrOr("href", "")) })
		slices.Sort(want)
		slices.Sort(got)
		if d := cmp.Diff(want, got); d != "" || len(got) == 0 {
			t.Errorf("the menu of %s (-routes +menu):\n%s", reader.who, d)
		}
		for _, page := range got {
			if at := reader.b.get(page).status(200).attr("nav[aria-label=Settings] a[aria-current=page]", "href"); at != page {
				t.Errorf("%s: %q is marked in the menu", page, at)
			}
		}
	}
}
