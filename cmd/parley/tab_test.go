package main

import (
	"context"
	"encoding/json"
	"errors"
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
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// tab is a tab of a real browser, in a window of its own. It finds things as people with a screen reader do, by role and
// name: those names are a promise to others.
type tab struct {
	*testing.T
	ctx    context.Context
	origin string
	log    *tabLog
}

// tabLog is what the tabs of a test did.
type tabLog struct {
	mu       sync.Mutex
	troubles []string // what the page complained about in the console
	asked    []string // "POST /login": what the page asked the server for
	pressed  []string // keys, as data-key names them
}

func (l *tabLog) add(to *[]string, what string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	*to = append(*to, what)
}

// chromium is the browser that all tests share; it ends when TestMain does.
var chromium = sync.OnceValues(func() (context.Context, error) {
	path, err := exec.LookPath("chromium")
	if err != nil {
		return nil, errors.New("there is no chromium; to install it, type: .ci/install test")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path),
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WindowSize(1440, 900), chromedp.NoFirstRun, chromedp.WSURLReadTimeout(patience))
	for _, off := range []string{"disable-quic", "disable-component-update", "disable-background-networking", "disable-sync"} {
		options = append(options, chromedp.Flag(off, true))
	}
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, closeBrowser := chromedp.NewContext(ctx)
	atEnd(func() { closeBrowser(); stop() })
	return ctx, chromedp.Do(ctx, chromedp.Navigate("about:blank"))
})

// newBrowser opens a tab on a Parley, with cookies of its own. It is closed with the test.
func newBrowser(t *testing.T, p *instance, log *tabLog) tab {
	t.Helper()
	browser, err := chromium()
	if err != nil {
		t.Fatal(err)
	}
	b := tab{t, browser, p.url, log}.another(chromedp.WithNewBrowserContext())
	return b
}

// another opens a tab with the same cookies.
func (b tab) another(options ...chromedp.ContextOption) tab {
	b.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx, options...)
	b.Cleanup(cancel)
	b.ctx = ctx
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil { // with the context that the tab lives by
		b.Fatal(err)
	}
	b.look(1440, 900, "light")
	b.do(
		call(log.Enable, cdp.Empty{}),
		call(network.Enable, network.EnableParams{}),
		call(emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}), // each is the tab in front
	)
	err := chromedp.Listen(ctx, func(event any) {
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			// htmx rejects a promise of its own with nothing when a request ends with the page that asked.
			if cause := e.ExceptionDetails.Exception; cause == nil || string(cause.Type) != "undefined" {
				details, _ := json.Marshal(e.ExceptionDetails)
				b.log.add(&b.log.troubles, "exception: "+string(details))
			}
		case *log.EventEntryAdded:
			if e.Entry.Level == "error" {
				b.log.add(&b.log.troubles, e.Entry.Text+" "+e.Entry.URL)
			}
		case *network.EventRequestWillBeSent:
			if path, ours := strings.CutPrefix(e.Request.URL, b.origin); ours {
				path, _, _ = strings.Cut(path, "?")
				b.log.add(&b.log.asked, e.Request.Method+" "+path)
			}
		}
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(b.keep)
	return b
}

// call is a command of the browser as an action.
func call[In, Out any](command cdp.Command[In, Out], in In) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, command, in)
		return err
	})
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
	b.log.mu.Lock()
	defer b.log.mu.Unlock()
next:
	for _, trouble := range b.log.troubles {
		for _, e := range expected {
			if strings.Contains(trouble, e) {
				continue next
			}
		}
		b.Errorf("the console says: %s", trouble)
	}
	b.log.troubles = nil
}

func (b tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.Fatal(err)
	}
}

// click presses what a selector finds with the mouse, once it is there.
func (b tab) click(selector string) {
	b.Helper()
	b.mouse(selector, func() (runtime.RemoteObjectID, error) {
		found, err := chromedp.Run(b.ctx, func(ctx context.Context, t *chromedp.Target) (runtime.EvaluateResult, error) {
			return cdp.Call(
				ctx,
				t,
				runtime.Evaluate,
				runtime.EvaluateParams{Expression: fmt.Sprintf(`document.querySelector(%q)`, selector)},
			)
		})
		if err != nil || found.Result.ObjectID == "" {
			return "", err
		}
		return found.Result.ObjectID, nil
	})
}

// shown is the address of the page and the first words on it.
func (b tab) shown() string {
	return value[string](
		b,
		`location.href + '\n' + document.activeElement?.outerHTML.slice(0, 200) + ' ' + `+
			`JSON.stringify(document.activeElement?.value) + '\n' + document.body?.innerText.slice(0, 1500)`,
	)
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

func (b tab) reload() {
	b.Helper()
	b.do(chromedp.Reload())
}

// nodes are the elements of a role and a name that can be seen.
func (b tab) nodes(role, name string) ([]runtime.RemoteObjectID, error) {
	return chromedp.Run(b.ctx, func(ctx context.Context, t *chromedp.Target) ([]runtime.RemoteObjectID, error) {
		page, err := cdp.Call(ctx, t, dom.GetDocument, dom.GetDocumentParams{})
		if err != nil {
			return nil, err
		}
		found, err := cdp.Call(ctx, t, accessibility.QueryAXTree, accessibility.QueryAXTreeParams{
			NodeID:         page.Root.NodeID,
			Role:           role,
			AccessibleName: name,
		})
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
			r, err := cdp.Call(ctx, t, runtime.CallFunctionOn, runtime.CallFunctionOnParams{
				FunctionDeclaration: function,
				ObjectID:            id,
				UserGesture:         &gesture,
				ReturnByValue:       &byValue,
			})
			if err == nil && r.ExceptionDetails != nil {
				err = fmt.Errorf("%s", r.ExceptionDetails.Text)
			}
			return err == nil && string(r.Result.Value) == "true", err
		})
		if done {
			return
		}
		if err != nil && !strings.Contains(err.Error(), "Could not find object") &&
			!strings.Contains(err.Error(), "Cannot find context") {
			b.Fatalf("%s %q: %v", role, name, err)
		}
	}
}

// press presses the element of a role and a name with the mouse.
func (b tab) press(role, name string) {
	b.Helper()
	b.mouse(role+" "+name, func() (runtime.RemoteObjectID, error) {
		ids, err := b.nodes(role, name)
		if err != nil || len(ids) == 0 {
			return "", err
		}
		return ids[0], nil
	})
}

// point is where the middle of an element is; What says why a mouse would not get there.
type point struct {
	X, Y float64
	What string
}

const pointOf = `function () {
	if (!this.isConnected) return { What: 'another has taken its place' };
	this.scrollIntoView({ block: 'center', inline: 'nearest', behavior: 'instant' });
	const [box] = this.getClientRects();
	if (!box?.width || !box.height) return { What: 'it has no size' };
	const X = box.left + box.width / 2, Y = box.top + box.height / 2, top = document.elementFromPoint(X, Y);
	const meant = (node) => node && (this.contains(node) || node.closest?.('label')?.control === this);
	if (!this.reached) for (const type of ['pointermove', 'pointerdown', 'pointerup'])
		addEventListener(type, (event) => { if (type === 'pointermove' || meant(event.target)) this.reached.add(type); }, true);
	this.reached = new Set();
	return { X, Y, What: meant(top) ? '' : 'it is covered by ' + (top?.outerHTML.slice(0, 200) ?? 'nothing, it is outside the window') };
}`

// missed reports that the button of the mouse went down or up beside an element that is still there: the page moved it
// at that moment, as it does when a picture or a frame above it gets its height. A page without scripts does not say.
const missed = `function () {
	if (!this.isConnected || !this.reached?.has('pointermove')) return false;
	return !this.reached.has('pointerdown') || !(this.reached.has('pointerup') || this.matches('select'));
}`

// mouse moves to what is found and presses there, again when the page moved it under the mouse.
func (b tab) mouse(what string, find func() (runtime.RemoteObjectID, error)) {
	b.Helper()
	for range 5 {
		id, at := b.reachable(what, find)
		b.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, at.X, at.Y, chromedp.ButtonNone), chromedp.MouseClickXY(at.X, at.Y))
		if again, err := ask[bool](b, id, missed); err != nil || !again {
			return
		}
	}
	b.Fatalf("%s: the page moves it whenever it is pressed, at %s", what, b.shown())
}

// reachable waits until what is found can be reached by the mouse and stays in its place: the page may put another
// in its place, or move it, at any moment.
func (b tab) reachable(what string, find func() (runtime.RemoteObjectID, error)) (runtime.RemoteObjectID, point) {
	b.Helper()
	var at, before point
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		id, err := find()
		at.What = "it is not there"
		if id != "" && err == nil {
			at, err = ask[point](b, id, pointOf)
		}
		if err == nil && at.What == "" && at == before {
			return id, at
		}
		if before = at; time.Now().After(deadline) {
			b.Fatalf("%s: %s (%v) at %s", what, at.What, err, b.shown())
		}
	}
}

// ask calls a function of JavaScript on an element of the page and decodes what it returns.
func ask[T any](b tab, id runtime.RemoteObjectID, function string) (T, error) {
	return chromedp.Run(b.ctx, func(ctx context.Context, t *chromedp.Target) (answer T, err error) {
		byValue := true
		r, err := cdp.Call(ctx, t, runtime.CallFunctionOn, runtime.CallFunctionOnParams{
			FunctionDeclaration: function,
			ObjectID:            id,
			ReturnByValue:       &byValue,
		})
		if err == nil {
			err = json.Unmarshal([]byte(r.Result.Value), &answer)
		}
		return answer, err
	})
}

// keys presses keys one after another, as data-key names them: "e", "Shift+A", "g i", "Ctrl+Enter".
func (b tab) keys(all ...string) {
	b.Helper()
	b.until(`'ready' in document.documentElement.dataset`)
	for _, name := range all {
		b.log.add(&b.log.pressed, name)
		for _, one := range strings.Fields(name) {
			parts := strings.Split(one, "+")
			key, modifiers := parts[len(parts)-1], chromedp.Modifier(0)
			for _, m := range parts[:len(parts)-1] {
				modifiers |= map[string]chromedp.Modifier{"Shift": chromedp.ModifierShift, "Ctrl": chromedp.ModifierCtrl}[m]
			}
			if named, ok := namedKeys[key]; ok {
				key = named
			}
			b.strike(key, modifiers)
		}
	}
}

var namedKeys = map[string]string{
	"Enter": kb.Enter, "Escape": kb.Escape, "Tab": kb.Tab, "ArrowDown": kb.ArrowDown, "ArrowUp": kb.ArrowUp,
	"ArrowLeft": kb.ArrowLeft, "ArrowRight": kb.ArrowRight, "Space": " ",
}

// sees waits for words in the main part of the page.
func (b tab) sees(text string) {
	b.Helper()
	b.until(fmt.Sprintf(`document.querySelector('main')?.innerText.includes(%q)`, text))
}

// lacks waits until words are not in the main part of the page.
func (b tab) lacks(text string) {
	b.Helper()
	b.until(fmt.Sprintf(`document.querySelector('main') && !document.querySelector('main').innerText.includes(%q)`, text))
}

// keeps waits for words, and for the same words on the page as it is when loaded again.
func (b tab) keeps(text string) {
	b.Helper()
	b.sees(text)
	b.reload()
	b.sees(text)
}

// waitForToast waits for words among the toasts.
func (b tab) waitForToast(text string) {
	b.Helper()
	b.until(fmt.Sprintf(`document.querySelector('#toasts').innerText.includes(%q)`, text))
}

// holds waits for a field to have a value.
func (b tab) holds(role, name, text string) {
	b.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		b.on(role, name, `function () { window.held = this.value }`)
		got := value[string](b, `window.held`)
		if got == text {
			return
		}
		if time.Now().After(deadline) {
			b.Fatalf("%s %q holds %q, not %q at %s", role, name, got, text, b.shown())
		}
	}
}

// holdsLabel waits for a combobox to show an option.
func (b tab) holdsLabel(name, option string) {
	b.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		b.on("combobox", name, `function () { window.held = this.selectedOptions[0]?.label }`)
		if value[string](b, `window.held ?? ''`) == option {
			return
		}
		if time.Now().After(deadline) {
			b.Fatalf("combobox %q does not show %q at %s", name, option, b.shown())
		}
	}
}

// hover moves the mouse over what a selector finds.
func (b tab) hover(selector string) {
	b.Helper()
	b.until(fmt.Sprintf(`document.querySelector(%q)`, selector))
	at := value[point](b, fmt.Sprintf(`(%s).call(document.querySelector(%q))`, pointOf, selector))
	b.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, at.X, at.Y, chromedp.ButtonNone))
}

// types presses the keys of a text, where the focus is.
func (b tab) types(text string) {
	b.Helper()
	b.strike(text, 0)
}

// strike presses keys as a keyboard does: the letter belongs to the key, so that a script that takes the key keeps the
// letter out.
func (b tab) strike(keys string, modifiers chromedp.Modifier) {
	b.Helper()
	for _, r := range keys {
		events := kb.Encode(r)
		down, up := *events[0], *events[len(events)-1]
		down.Modifiers |= int64(modifiers)
		up.Modifiers |= int64(modifiers)
		if len(events) == 3 && down.Modifiers&int64(chromedp.ModifierCtrl) == 0 {
			down.Text, down.UnmodifiedText = events[1].Text, events[1].UnmodifiedText
		}
		b.do(call(input.DispatchKeyEvent, down), call(input.DispatchKeyEvent, up))
	}
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
		field, err := cdp.Call(
			ctx,
			t,
			runtime.Evaluate,
			runtime.EvaluateParams{Expression: fmt.Sprintf(`document.querySelector(%q)`, selector)},
		)
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

// network takes the connection away, or makes each answer take so many milliseconds longer.
func (b tab) network(offline bool, latency float64) {
	b.Helper()
	b.do(
		call(network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
			MatchedNetworkConditions: []*network.Conditions{
				{Offline: offline, Latency: latency, DownloadThroughput: -1, UploadThroughput: -1},
			},
		}),
		call(network.OverrideNetworkState, network.OverrideNetworkStateParams{
			Offline: offline, Latency: latency, DownloadThroughput: -1, UploadThroughput: -1,
		}),
	)
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
	found, err := chromedp.Run(
		b.ctx,
		chromedp.Evaluate[[]string](
			`axe.run().then((r) => r.violations.flatMap((v) => v.nodes.map((n) => v.id + ': ' + n.html.slice(0, 200) + ' ' + `+
				`n.failureSummary.slice(0, 200))))`,
			chromedp.EvalAwaitPromise,
		),
	)
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
