package ui

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/parleydesk/parley/static"
)

func gallery(t *testing.T) *goquery.Document {
	t.Helper()
	var page strings.Builder
	if err := Gallery("", "", time.Now()).Render(t.Context(), &page); err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(page.String()))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestGallery(t *testing.T) {
	t.Parallel()
	doc := gallery(t)

	t.Run("nothing is inline", func(t *testing.T) {
		t.Parallel()
		if n := doc.Find("[style], style, script:not([src]), [onclick]").Length(); n > 0 {
			t.Errorf("%d elements that the content policy forbids", n)
		}
	})

	t.Run("an error is tied to its field and takes the place of the hint", func(t *testing.T) {
		t.Parallel()
		field := doc.Find("#f-email")
		if field.AttrOr("aria-invalid", "") != "true" {
			t.Error("not marked as invalid")
		}
		more := doc.Find("#" + field.AttrOr("aria-describedby", "none"))
		if !more.HasClass("field-error") || !strings.Contains(more.Text(), "An address ends in a domain") {
			t.Errorf("described by %q", more.Text())
		}
	})

	t.Run("an option of a picker is called what it says, and one is chosen", func(t *testing.T) {
		t.Parallel()
		options := doc.Find("#f-assignee option")
		if got := options.First().Text(); got != "Sam Whitfield" {
			t.Errorf("called %q", got)
		}
		if got := doc.Find("#f-assignee option[selected]"); got.Length() != 1 || got.Text() != "Noor Aziz" {
			t.Errorf("chosen: %q", got.Text())
		}
		if got := doc.Find("#f-assignee optgroup").Length(); got != 2 {
			t.Errorf("%d groups", got)
		}
	})

	t.Run("every id is there once and every reference leads to one", func(t *testing.T) {
		t.Parallel()
		seen := map[string]int{}
		doc.Find("[id]").Each(func(_ int, s *goquery.Selection) { seen[s.AttrOr("id", "")]++ })
		for id, n := range seen {
			if n > 1 {
				t.Errorf("%s is there %d times", id, n)
			}
		}
		for _, attr := range []string{"for", "aria-labelledby", "aria-describedby", "aria-controls", "popovertarget", "commandfor"} {
			doc.Find("[" + attr + "]").Each(func(_ int, s *goquery.Selection) {
				if id := s.AttrOr(attr, ""); seen[id] == 0 {
					t.Errorf("%s=%q leads nowhere", attr, id)
				}
			})
		}
	})
}

func TestEveryIconIsInTheSprite(t *testing.T) {
	t.Parallel()
	sprite := string(static.Read("img/icons.svg"))
	named := regexp.MustCompile(`(?:Icon\(|Icon:\s*)"([\w-]+)"`)
	found := 0
	err := filepath.WalkDir("..", func(path string, _ os.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".templ" {
			return err
		}
		source, err := os.ReadFile(path)
		for _, m := range named.FindAllStringSubmatch(string(source), -1) {
			found++
			if !strings.Contains(sprite, `id="i-`+m[1]+`"`) {
				t.Errorf("%s: no icon %s", path, m[1])
			}
		}
		return err
	})
	if err != nil || found == 0 {
		t.Fatal(found, err)
	}
}

// TestGalleryInBrowser runs axe over the gallery and measures that nothing reaches
// past the window.
func TestGalleryInBrowser(t *testing.T) {
	t.Parallel()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("there is no chromium; to install it, type: .ci/install test")
	}
	axe, err := os.ReadFile("../../static/testdata/axe-4.14.1.min.js")
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET "+static.Prefix, static.Handler())
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		Gallery(r.FormValue("theme"), r.FormValue("density"), time.Now()).Render(r.Context(), w)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.WSURLReadTimeout(time.Minute))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)

	for name, view := range map[string]struct {
		query string
		width int64
	}{
		"light": {"?theme=light", 1440}, "dark": {"?theme=dark", 1440}, "narrow": {"?theme=light", 390}, "narrow and dark": {
			"?theme=dark&density=compact", 320,
		},
	} {
		t.Run(name, func(t *testing.T) {
			err := chromedp.Do(ctx,
				func(ctx context.Context, target *chromedp.Target) (v chromedp.Void, err error) {
					_, err = cdp.Call(ctx, target, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
						Width:             view.width,
						Height:            900,
						DeviceScaleFactor: 1,
					})
					return v, err
				},
				chromedp.Navigate(server.URL+view.query))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](string(axe)+"; true")); err != nil {
				t.Fatal(err)
			}
			found, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`(async () => {
				document.getElementById('send-menu').showPopover();
				document.getElementById('invite').showModal();
				const open = await axe.run();
				document.getElementById('invite').close();
				const page = await axe.run();
				return [...open.violations, ...page.violations].flatMap((v) => v.nodes.map((n) => v.id + ': ' + n.html.slice(0, 200) +
					' ' + n.failureSummary.slice(0, 200)))
			})()`, chromedp.EvalAwaitPromise))
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range found {
				t.Error(f)
			}
			wide, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`[...document.querySelectorAll('body *')]
				.filter((e) => e.checkVisibility() && !e.closest('.unseen, .skip, svg') && e.getBoundingClientRect().right > innerWidth + 1)
				.map((e) => e.outerHTML.slice(0, 120))`))
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range wide {
				t.Error("reaches past the window:", w)
			}
		})
	}
}
