package push

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/SherClockHolmes/webpush-go"
	"github.com/riverqueue/river"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/job"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/internal/outbound"
)

const (
	// lifetime is how many seconds a push service keeps a notification for a device that is off.
	lifetime = 24 * 60 * 60
	// maxAnswer is how much is read of an answer, so that the connection can be used again.
	maxAnswer = 4 << 10
)

// message is what a browser is sent. The service worker shows it (static/worker/push.js). Its lengths are bounded by
// db.NotificationTitle and Body: a push holds 4 KB.
type message struct {
	Title string `json:"title"`
	Body  string `json:"body"`
	URL   string `json:"url"`
	// Tag is the same for all notifications of a conversation: the newest replaces the one before.
	Tag string `json:"tag"`
}

// send sends a notification to a device once, if its user should still have it: the notification may have been read or
// replaced since, and the conversation out of the user's sight.
func (p *Push) send(ctx context.Context, a job.SendPush) error {
	q := db.New(p.pool)
	row, err := q.GetPush(ctx, db.GetPushParams{AccountID: a.AccountID, NotificationID: a.NotificationID, SubscriptionID: a.SubscriptionID})
	if db.IsNone(err) {
		return nil
	}
	if err != nil {
		return err
	}
	d, err := deviceOf(row.NotificationSubscription)
	if err != nil {
		return err
	}
	m, err := p.message(ctx, q, row)
	if err != nil {
		return err
	}
	var answer *http.Response
	switch {
	case row.NotificationSubscription.Kind == Browser:
		answer, err = p.toBrowser(ctx, q, d, m)
	case p.relay == "":
		return nil // nobody can reach a telephone; its token is kept for the day that there is a relay
	default:
		answer, err = p.toRelay(ctx, d, m, row)
	}
	if errors.Is(err, outbound.ErrRefused) {
		return river.JobCancel(err) // another try would be refused as well
	}
	if err != nil {
		return fmt.Errorf("send a push: %w", outbound.WithoutAddress(err))
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, maxAnswer))
	return p.settle(ctx, q, row.NotificationSubscription, answer.StatusCode)
}

// settle ends the job by the status of the answer.
func (p *Push) settle(ctx context.Context, q *db.Queries, s db.NotificationSubscription, status int) error {
	switch {
	case status/100 == 2:
		return nil
	case status == http.StatusNotFound || status == http.StatusGone: // the device wants no pushes any more
		return q.DeleteNotificationSubscription(ctx, s.ID, s.UserID)
	case status == http.StatusTooManyRequests || status >= 500:
		return fmt.Errorf("the push service answers %d", status)
	}
	p.log.Warn("a push was refused", "subscription", s.ID, "kind", s.Kind, "status", status)
	return river.JobCancel(fmt.Errorf("the push service answers %d", status))
}

func (p *Push) message(ctx context.Context, q *db.Queries, row db.GetPushRow) (message, error) {
	n := row.Notification
	bodies, err := q.ListNotificationMessages(ctx, n.AccountID, []int64{n.ID})
	if err != nil {
		return message{}, err
	}
	to := link.Conversation(n.AccountID, row.DisplayID)
	if n.MessageID != nil {
		to = link.MessageAround(n.AccountID, row.DisplayID, *n.MessageID)
	}
	m := message{
		Title: shorten(db.NotificationTitle(n.Kind, row.DisplayID, row.InboxName)), URL: p.base + to,
		Tag: fmt.Sprintf("conversation-%d-%d", n.AccountID, row.DisplayID),
	}
	if len(bodies) > 0 {
		m.Body = bodies[0].Body()
	}
	return m, nil
}

// shorten bounds a title, which holds the name of an inbox.
func shorten(title string) string {
	const most = 200
	if r := []rune(title); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return title
}

func (p *Push) toBrowser(ctx context.Context, q *db.Queries, d device, m message) (*http.Response, error) {
	public, private, err := Keys(ctx, q)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	return webpush.SendNotificationWithContext(ctx, text, &webpush.Subscription{
		Endpoint: d.Endpoint, Keys: webpush.Keys{Auth: d.Auth, P256dh: d.P256dh},
	}, &webpush.Options{
		HTTPClient: p.client, Subscriber: p.subscriber(), TTL: lifetime, Urgency: webpush.UrgencyNormal,
		VAPIDPublicKey: public, VAPIDPrivateKey: string(private),
	})
}

// subscriber is the address of those who run the installation, for push services that have questions.
func (p *Push) subscriber() string {
	if strings.HasPrefix(p.base, "https://") {
		return p.base
	}
	return "admin@localhost" // without https: the library makes it a mailto address
}

// toRelay sends what Chatwoot's relay takes too: the token of the telephone, and the notification for Firebase.
func (p *Push) toRelay(ctx context.Context, d device, m message, row db.GetPushRow) (*http.Response, error) {
	n := row.Notification
	data, err := json.Marshal(map[string]any{"data": map[string]any{"notification": map[string]any{
		"id": n.ID, "notification_type": n.Kind, "primary_actor_type": "Conversation", "primary_actor_id": row.DisplayID,
		"primary_actor": map[string]any{"id": row.DisplayID}, "account_id": n.AccountID,
	}}})
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(map[string]any{"fcm_options": map[string]any{
		"token": d.PushToken, "notification": map[string]string{"title": m.Title, "body": m.Body},
		"data": map[string]string{"payload": string(data)}, "android": map[string]string{"priority": "high"},
		"apns": map[string]any{"payload": map[string]any{"aps": map[string]any{"sound": "default", "thread-id": m.Tag}}},
	}})
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.relay, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	return p.client.Do(r)
}
