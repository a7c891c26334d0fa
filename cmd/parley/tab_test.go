package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// tab is a tab of a real browser. It finds things as people with a screen reader do, by role and name: those names
// are a promise to others.
type tab struct {
	*testing.T
	ctx    context.Context
	origin string

	mu       *sync.Mutex
	troubles *[]string // what the page complained about in the console
}

// newBrowser starts Chromium with a tab on a Parley; both end with the test.
func newBrowser(t *testing.T, p *instance) tab {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("there is no chromium; to install it, type: .ci/install test")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WindowSize(1440, 900),
		chromedp.UserDataDir(t.TempDir()), chromedp.NoFirstRun, chromedp.WSURLReadTimeout(patience),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-sync", true))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	b := tab{t, ctx, p.url, &sync.Mutex{}, &[]string{}}
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil { // with the context that the browser lives by
		t.Fatal(err)
	}
	b.look(1440, 900, "light")
	b.do(chromedp.Func(func(ctx context.Context, s *chromedp.Target) error {
		_, err := cdp.Call(ctx, s, log.Enable, cdp.Empty{})
		return err
	}))
	err = chromedp.Listen(ctx, func(event any) {
		b.mu.Lock()
		defer b.mu.Unlock()
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			*b.troubles = append(*b.troubles, "exception: "+e.ExceptionDetails.Text)
		case *log.EventEntryAdded:
			if e.Entry.Level == "error" {
				*b.troubles = append(*b.troubles, e.Entry.Text+" "+e.Entry.URL)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.keep)
	return b
}

// keep saves what the browser shows when a test has failed: go test -artifacts says where.
func (b tab) keep() {
	if !b.Failed() {
		return
	}
	ctx, cancel := context.WithTimeout(b.ctx, 5*time.Second)
	defer cancel()
	shot, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		return
	}
	path := filepath.Join(b.ArtifactDir(), "failed.png")
	if os.WriteFile(path, shot, 0o600) == nil {
		b.Logf("what the browser showed: %s", path)
	}
}

// quiet wants the console to hold no complaint, beside those that are expected.
func (b tab) quiet(expected ...string) {
	b.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
next:
	for _, trouble := range *b.troubles {
		for _, e := range expected {
			if strings.Contains(trouble, e) {
				continue next
			}
		}
		b.Errorf("the console says: %s", trouble)
	}
	*b.troubles = nil
}

func (b tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.Fatal(err)
	}
}

// click presses what a selector finds, once it is there. The page may put another in its place at any moment.
func (b tab) click(selector string) {
	b.Helper()
	for pressed := false; !pressed; {
		b.until(fmt.Sprintf(`document.querySelector(%q)`, selector))
		pressed = value[bool](b, fmt.Sprintf(`(() => { const found = document.querySelector(%q); found?.click(); return Boolean(found); })()`, selector))
	}
}

// shown is the address of the page and the first words on it.
func (b tab) shown() string {
	return value[string](b, `location.href + '\n' + document.body?.innerText.slice(0, 1500)`)
}

func value[T any](b tab, expression string) T {
	b.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.Fatalf("%s: %v", expression, err)
	}
	return v
}

// until waits for an expression to hold, and tells how long it took. Between two pages the expression may find nothing
// to look at, and throw: that is not yet.
func (b tab) until(expression string) time.Duration {
	b.Helper()
	began := time.Now()
	for {
		holds, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool]("Boolean("+expression+")"))
		if err == nil && holds {
			break
		}
		if b.ctx.Err() != nil || time.Since(began) > patience {
			b.Fatalf("never came true: %s (%v)\n%s", expression, err, b.shown())
		}
		time.Sleep(5 * time.Millisecond)
	}
	return time.Since(began)
}

func (b tab) open(path string) {
	b.Helper()
	b.do(chromedp.Navigate(b.origin + path))
}

// nodes are the elements of a role and a name that can be seen.
func (b tab) nodes(role, name string) ([]runtime.RemoteObjectID, error) {
	return chromedp.Run(b.ctx, func(ctx context.Context, t *chromedp.Target) ([]runtime.RemoteObjectID, error) {
		page, err := cdp.Call(ctx, t, dom.GetDocument, dom.GetDocumentParams{})
		if err != nil {
			return nil, err
		}
		found, err := cdp.Call(ctx, t, accessibility.QueryAXTree, accessibility.QueryAXTreeParams{NodeID: page.Root.NodeID, Role: role, AccessibleName: name})
		if err != nil {
			return nil, err
		}
		var ids []runtime.RemoteObjectID
		for _, n := range found.Nodes {
			if n.Ignored {
				continue
			}
			if o, err := cdp.Call(ctx, t, dom.ResolveNode, dom.ResolveNodeParams{BackendNodeID: n.BackendDOMNodeID}); err == nil {
				ids = append(ids, o.Object.ObjectID)
			}
		}
		return ids, nil
	})
}

// find waits for an element of a role and a name.
func (b tab) find(role, name string) runtime.RemoteObjectID {
	b.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		ids, err := b.nodes(role, name)
		if err == nil && len(ids) > 0 {
			return ids[0]
		}
		if time.Now().After(deadline) {
			b.Fatalf("no %s %q (%v) at %s", role, name, err, b.shown())
		}
	}
}

// on calls a function with the element of a role and a name as this. When the page puts another in its place after it
// was found, the other is looked for.
func (b tab) on(role, name, function string) {
	b.Helper()
	gesture, byValue := true, true
	function = `function () { if (!this.isConnected) return false; (` + function + `).call(this); return true; }`
	for {
		id := b.find(role, name)
		done, err := chromedp.Run(b.ctx, func(ctx context.Context, t *chromedp.Target) (bool, error) {
			r, err := cdp.Call(ctx, t, runtime.CallFunctionOn, runtime.CallFunctionOnParams{FunctionDeclaration: function, ObjectID: id, UserGesture: &gesture, ReturnByValue: &byValue})
			if err == nil && r.ExceptionDetails != nil {
				err = fmt.Errorf("%s", r.ExceptionDetails.Text)
			}
			return err == nil && string(r.Result.Value) == "true", err
		})
		if done {
			return
		}
		if err != nil && !strings.Contains(err.Error(), "Could not find object") && !strings.Contains(err.Error(), "Cannot find context") {
			b.Fatalf("%s %q: %v", role, name, err)
		}
	}
}

func (b tab) press(role, name string) {
	b.Helper()
	b.on(role, name, `function () { this.scrollIntoView({ block: 'center' }); this.click(); }`)
}

// fill puts a text into a field, as typing it would.
func (b tab) fill(name, text string) {
	b.Helper()
	b.on("textbox", name, `function () { this.focus(); this.select(); }`)
	b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, input.InsertText, input.InsertTextParams{Text: text})
		return err
	}))
}

// choose takes an entry of a combobox by its words.
func (b tab) choose(name, option string) {
	b.Helper()
	b.on("combobox", name, `function () {
		const option = [...this.options].find((o) => o.label === `+fmt.Sprintf("%q", option)+`);
		this.value = option.value;
		this.dispatchEvent(new Event('change', { bubbles: true }));
	}`)
}

// files gives a file field files to send.
func (b tab) files(selector string, paths ...string) {
	b.Helper()
	b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		field, err := cdp.Call(ctx, t, runtime.Evaluate, runtime.EvaluateParams{Expression: fmt.Sprintf(`document.querySelector(%q)`, selector)})
		if err != nil {
			return err
		}
		_, err = cdp.Call(ctx, t, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: paths, ObjectID: field.Result.ObjectID})
		return err
	}))
}

// look sets the size of the window and whether the reader likes it dark. Nothing moves, since axe finds too little
// contrast in what is just fading in.
func (b tab) look(width, height int64, theme string) {
	b.Helper()
	b.do(chromedp.EmulateViewport(width, height), chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: theme}, {Name: "prefers-reduced-motion", Value: "reduce"},
		}})
		return err
	}))
}

// scripts turns the page's scripts on or off.
func (b tab) scripts(on bool) {
	b.Helper()
	b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
		return err
	}))
}

// accessible runs axe over what is shown, and wants nothing to reach past the window.
func (b tab) accessible(what string) {
	b.Helper()
	axe, err := os.ReadFile("../../static/testdata/axe-4.14.1.min.js")
	if err != nil {
		b.Fatal(err)
	}
	value[bool](b, string(axe)+"; true")
	found, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]string](`axe.run().then((r) => r.violations.flatMap((v) => v.nodes.map((n) => v.id + ': ' + n.html.slice(0, 200) + ' ' + n.failureSummary.slice(0, 200))))`, chromedp.EvalAwaitPromise))
	if err != nil {
		b.Fatal(err)
	}
	for _, f := range found {
		b.Errorf("%s: %s", what, f)
	}
	if over := value[int](b, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
		b.Errorf("%s: reaches %d px past the window", what, over)
	}
}
