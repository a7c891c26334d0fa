package push

import (
	"context"
	"crypto/ecdh"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
)

// The kinds of devices, as Chatwoot names them.
const (
	Browser   = "browser_push"
	Telephone = "fcm"
)

const (
	// maxDevices is how many devices one user may have: the oldest give way.
	maxDevices    = 20
	maxAttributes = 8 << 10
	maxIdentifier = 2000
	authBytes     = 16
)

// device is what of a subscription's attributes sending needs.
type device struct {
	Endpoint  string `json:"endpoint"`
	P256dh    string `json:"p256dh"`
	Auth      string `json:"auth"`
	PushToken string `json:"push_token"`
	DeviceID  string `json:"device_id"`
}

// Subscribe stores a device for a user, and takes it over from the user who had it. It returns fault.Fields for a device
// to which nothing could be sent.
func Subscribe(
	ctx context.Context, q *db.Queries, userID int64, kind string, attributes json.RawMessage, now time.Time,
) (db.NotificationSubscription, error) {
	identifier, err := check(kind, attributes)
	if err != nil {
		return db.NotificationSubscription{}, err
	}
	s, err := q.UpsertNotificationSubscription(ctx, db.UpsertNotificationSubscriptionParams{
		UserID: userID, Kind: kind, Identifier: identifier, Attributes: db.SealedJSON(attributes), At: now,
	})
	if err != nil {
		return s, err
	}
	return s, q.DeleteOldestNotificationSubscriptions(ctx, userID, maxDevices)
}

// Unsubscribe deletes a user's device by its token or endpoint. It does nothing if the user has none of that.
func Unsubscribe(ctx context.Context, q *db.Queries, userID int64, token string) error {
	rows, err := q.ListNotificationSubscriptions(ctx, userID)
	if err != nil || token == "" {
		return err
	}
	for _, s := range rows {
		d, err := deviceOf(s)
		if err != nil {
			return err
		}
		if token != d.PushToken && token != d.Endpoint {
			continue
		}
		if err := q.DeleteNotificationSubscription(ctx, s.ID, userID); err != nil {
			return err
		}
	}
	return nil
}

func deviceOf(s db.NotificationSubscription) (d device, err error) {
	err = json.Unmarshal(s.Attributes, &d)
	return d, err
}

// check returns what a device is known by.
func check(kind string, attributes json.RawMessage) (identifier string, err error) {
	if len(attributes) > maxAttributes {
		return "", fault.Field("subscription_attributes", "Subscription attributes are too long (maximum is 8 KB)")
	}
	var d device
	if err := json.Unmarshal(attributes, &d); err != nil {
		return "", fault.Field("subscription_attributes", "Subscription attributes must be an object of texts")
	}
	switch kind {
	case Browser:
		identifier, err = d.Endpoint, checkBrowser(d)
	case Telephone:
		identifier, err = d.DeviceID, checkTelephone(d)
	default:
		return "", fault.Field("subscription_type", "Subscription type must be browser_push or fcm")
	}
	if err == nil && (len(identifier) > maxIdentifier || !db.IsText(identifier)) {
		err = fault.Field("subscription_attributes", "The endpoint or device id is too long or no text")
	}
	return identifier, err
}

func checkBrowser(d device) error {
	at, err := url.Parse(d.Endpoint)
	if err != nil || at.Scheme != "https" || at.Host == "" || at.User != nil {
		return fault.Field("endpoint", "Endpoint must be an https address")
	}
	point, err := decodeKey(d.P256dh)
	if err == nil {
		_, err = ecdh.P256().NewPublicKey(point)
	}
	if err != nil {
		return fault.Field("p256dh", "P256dh must be the public key of the browser")
	}
	if secret, err := decodeKey(d.Auth); err != nil || len(secret) != authBytes {
		return fault.Field("auth", "Auth must be the secret of the browser")
	}
	return nil
}

func checkTelephone(d device) error {
	if d.DeviceID == "" {
		return fault.Field("device_id", "Device can't be blank")
	}
	if d.PushToken == "" {
		return fault.Field("push_token", "Push token can't be blank")
	}
	return nil
}

// decodeKey takes Base64 in either alphabet, with padding or without.
func decodeKey(text string) ([]byte, error) {
	text = strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimRight(text, "="))
	return base64.RawURLEncoding.DecodeString(text)
}
