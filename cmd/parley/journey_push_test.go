package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/serviceworker"
	"github.com/chromedp/chromedp"

	"github.com/parleydesk/parley/internal/link"
)

// noPushService gives the page a browser whose push service can be reached: the one of the tests cannot.
const noPushService = `{
	const real = PushManager.prototype.getSubscription;
	PushManager.prototype.getSubscription = function () { return window.subscribed ?? real.call(this); };
	PushManager.prototype.subscribe = async function (options) {
		window.serverKey = new Uint8Array(options.applicationServerKey).length;
		const keys = {
			p256dh: 'BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM',
			auth: 'tBHItJI5svbpez7KI4CCXg',
		};
		const endpoint = 'https://push.example/send/1';
		window.subscribed = { endpoint, toJSON: () => ({ endpoint, keys }), unsubscribe: async () => delete window.subscribed };
		return window.subscribed;
	};
}`

// allows answers the browser's question whether the site may show notifications.
func (b tab) allows(setting browser.PermissionSetting) {
	b.Helper()
	b.do(call(browser.SetPermission, browser.SetPermissionParams{
		Permission: &browser.PermissionDescriptor{Name: "notifications"}, Setting: setting, Origin: b.origin,
		BrowserContextID: chromedp.FromContext(b.ctx).BrowserContextID,
	}))
}

func TestPushJourney(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	b := f.as(f.agent)
	registrations := make(chan serviceworker.RegistrationID, 100)
	err := chromedp.Listen(b.ctx, func(event any) {
		if e, ok := event.(*serviceworker.EventWorkerRegistrationUpdated); ok {
			for _, r := range e.Registrations {
				registrations <- r.RegistrationID
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	b.do(call(serviceworker.Enable, cdp.Empty{}))

	// What is pushed.
	b.open(link.Profile)
	b.press("switch", "Mentions of me")
	b.press("switch", "Conversations assigned to me")
	b.press("button", "Save notifications")
	b.waitForToast("Saved")
	b.reload()
	b.until(`[...document.querySelectorAll('[name=push]:checked')].map((box) => box.value).join() === 'conversation_mention'`)
	b.accessible("a profile with its pushes")

	// A browser that was told no, and one that was told yes.
	b.allows("denied")
	b.press("button", "Notify me in this browser")
	b.sees("This browser does not allow notifications")
	b.allows("granted")
	value[bool](b, noPushService+`; true`)
	b.press("button", "Notify me in this browser")
	b.find("button", "Stop notifying me in this browser")
	b.until(`window.serverKey === 65`)
	f.wantDevices("https://push.example/send/1")

	// What comes is shown, and the newest of a conversation alone.
	id := <-registrations
	for _, text := range []string{"Bo: One", "Bo: Two"} {
		data, _ := json.Marshal(map[string]string{
			"title": "You have been mentioned", "body": text, "url": b.origin + f.page(), "tag": "conversation-1-" + f.number(),
		})
		b.do(call(serviceworker.DeliverPushMessage, serviceworker.DeliverPushMessageParams{
			Origin: b.origin, RegistrationID: id, Data: string(data),
		}))
		b.until(`(navigator.serviceWorker.getRegistration('/static/worker/push.js').then((one) => one.getNotifications())
			.then((all) => { window.shown = all.map((n) => n.title + ', ' + n.body + ', ' + n.data.url).join('; ') }),
			window.shown === ` + fmt.Sprintf("%q", "You have been mentioned, "+text+", "+b.origin+f.page()) + `)`)
	}

	// A click closes it and opens the conversation.
	worker := b.worker("/static/worker/push.js")
	worker.until(`((clients.openWindow = async (url) => { self.opened = url }),
		registration.getNotifications().then(([notification]) => {
			if (notification) dispatchEvent(new NotificationEvent('notificationclick', { notification }));
		}),
		self.opened === ` + fmt.Sprintf("%q", b.origin+f.page()) + `)`)
	worker.until(`(registration.getNotifications().then((all) => { self.left = all.length }), self.left === 0)`)

	b.press("button", "Stop notifying me in this browser")
	b.find("button", "Notify me in this browser")
	f.wantDevices("")

	// Who signs out is not notified here any more.
	b.press("button", "Notify me in this browser")
	b.find("button", "Stop notifying me in this browser")
	f.wantDevices("https://push.example/send/1")
	b.press("button", "Sign out")
	b.find("button", "Sign in")
	f.wantDevices("")
	b.quiet()
}

// worker is a service worker of the tab's.
func (b tab) worker(path string) tab {
	b.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		all, err := chromedp.Targets(b.ctx)
		if err != nil {
			b.Fatal(err)
		}
		for _, one := range all {
			if one.Type == "service_worker" && one.URL == b.origin+path {
				ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithTargetID(one.TargetID))
				b.Cleanup(cancel)
				b.ctx = ctx
				return b
			}
		}
	}
	b.Fatalf("no service worker %s", path)
	return b
}

func (f fixture) wantDevices(want string) {
	f.t.Helper()
	var got string
	const devices = "SELECT coalesce(string_agg(identifier, ' '), '') FROM notification_subscriptions WHERE user_id = $1"
	err := f.pool.QueryRow(f.t.Context(), devices, f.agent.ID).Scan(&got)
	if err != nil || strings.TrimSpace(got) != want {
		f.t.Errorf("the devices are %q, want %q (%v)", got, want, err)
	}
}
