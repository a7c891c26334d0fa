package push

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/job"
	"github.com/parleydesk/parley/internal/outbound"
)

// browser is a browser with its push service.
type browser struct {
	t       *testing.T
	service *httptest.Server
	key     *ecdh.PrivateKey
	auth    []byte

	mu       sync.Mutex
	status   int
	received []string
	headers  http.Header
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{t: t, key: key, auth: make([]byte, authBytes), status: http.StatusCreated}
	_, _ = rand.Read(b.auth)
	b.service = httptest.NewTLSServer(http.HandlerFunc(b.receive))
	t.Cleanup(b.service.Close)
	return b
}

func (b *browser) receive(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	text, err := b.decrypt(body)
	if err != nil {
		b.t.Error(err)
	}
	b.received, b.headers = append(b.received, text), r.Header
	w.WriteHeader(b.status)
}

func (b *browser) answers(status int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.status = status
}

func (b *browser) messages() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.received)
}

// decrypt opens a body as RFC 8188 and RFC 8291 describe it.
func (b *browser) decrypt(body []byte) (string, error) {
	if len(body) > 4096 || len(body) < 21 {
		return "", fmt.Errorf("a body of %d bytes", len(body))
	}
	salt, size, idLength := body[:16], binary.BigEndian.Uint32(body[16:20]), int(body[20])
	sender, sealed := body[21:21+idLength], body[21+idLength:]
	if int(size) < len(sealed) {
		return "", fmt.Errorf("a record of %d bytes in one of %d", len(sealed), size)
	}
	public, err := ecdh.P256().NewPublicKey(sender)
	if err != nil {
		return "", err
	}
	shared, err := b.key.ECDH(public)
	if err != nil {
		return "", err
	}
	info := "WebPush: info\x00" + string(b.key.PublicKey().Bytes()) + string(sender)
	derive := func(secret, salt []byte, info string, n int) []byte {
		out, err := hkdf.Key(sha256.New, secret, salt, info, n)
		if err != nil {
			b.t.Error(err)
		}
		return out
	}
	secret := derive(shared, b.auth, info, 32)
	block, err := aes.NewCipher(derive(secret, salt, "Content-Encoding: aes128gcm\x00", 16))
	if err != nil {
		return "", err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return "", err
	}
	plain, err := aead.Open(nil, derive(secret, salt, "Content-Encoding: nonce\x00", 12), sealed, nil)
	if err != nil {
		return "", err
	}
	text := strings.TrimRight(string(plain), "\x00")
	if !strings.HasSuffix(text, "\x02") {
		return "", errors.New("the last record has no delimiter")
	}
	return strings.TrimSuffix(text, "\x02"), nil
}

func (b *browser) attributes() json.RawMessage {
	encode := base64.RawURLEncoding.EncodeToString
	raw, _ := json.Marshal(map[string]string{
		"endpoint": b.service.URL + "/send/1", "p256dh": encode(b.key.PublicKey().Bytes()), "auth": encode(b.auth),
	})
	return raw
}

// fixture is an agent with a notification of a conversation.
type fixture struct {
	t            *testing.T
	pool         *pgxpool.Pool
	q            *db.Queries
	inbox        db.Inbox
	agent        db.User
	conversation db.Conversation
	notification db.Notification
}

func setup(t *testing.T) fixture {
	t.Helper()
	f := fixture{t: t, pool: dbtest.New(t)}
	f.q = db.New(f.pool)
	account := dbtest.Account(t, f.pool, "Kestrel")
	f.inbox = dbtest.Inbox(t, f.pool, account, "Shop")
	f.agent = dbtest.Agent(t, f.pool, account, "Ann", f.inbox)
	f.conversation = dbtest.Conversation(t, f.pool, f.inbox, "Parcel")
	m := dbtest.Message(t, f.pool, f.conversation, "Where is my parcel?")
	f.exec("UPDATE memberships SET push_notifications = '{assigned_conversation_new_message}'")
	rows, err := f.q.InsertNotifications(t.Context(), db.InsertNotificationsParams{
		AccountID: account.ID, UserIds: []int64{f.agent.ID}, ConversationIds: []int64{f.conversation.ID}, MessageIds: []int64{m.ID},
		EventIds: []int64{7}, Kinds: []string{db.NoticeMessage}, ActorKinds: []string{"contact"}, ActorIds: []int64{1},
		Ats: []time.Time{time.Now()},
	})
	if err != nil || len(rows) != 1 {
		t.Fatal(rows, err)
	}
	f.notification = rows[0]
	return f
}

func (f fixture) exec(query string, args ...any) {
	f.t.Helper()
	if _, err := f.pool.Exec(f.t.Context(), query, args...); err != nil {
		f.t.Fatal(err)
	}
}

func (f fixture) subscribe(kind string, attributes json.RawMessage) db.NotificationSubscription {
	f.t.Helper()
	s, err := Subscribe(f.t.Context(), f.q, f.agent.ID, kind, attributes, time.Now())
	if err != nil {
		f.t.Fatal(err)
	}
	return s
}

func (f fixture) send(p *Push, s db.NotificationSubscription) error {
	return p.send(f.t.Context(), job.SendPush{
		AccountID: f.notification.AccountID, NotificationID: f.notification.ID, SubscriptionID: s.ID,
	})
}

func (f fixture) push(client *http.Client, relay string) *Push {
	return New(Config{Pool: f.pool, Client: client, BaseURL: "https://desk.example", Relay: relay, Logger: slog.New(slog.DiscardHandler)})
}

func (f fixture) count() (n int) {
	f.t.Helper()
	if err := f.pool.QueryRow(f.t.Context(), "SELECT count(*) FROM notification_subscriptions").Scan(&n); err != nil {
		f.t.Fatal(err)
	}
	return n
}

func TestBrowser(t *testing.T) {
	t.Parallel()

	t.Run("it alone can read the notification, and knows who sends it", func(t *testing.T) {
		t.Parallel()
		f, b := setup(t), newBrowser(t)
		if err := f.send(f.push(b.service.Client(), ""), f.subscribe(Browser, b.attributes())); err != nil {
			t.Fatal(err)
		}
		var got message
		if all := b.messages(); len(all) != 1 || json.Unmarshal([]byte(all[0]), &got) != nil {
			t.Fatalf("it received %q", all)
		}
		page := fmt.Sprintf("/accounts/%d/conversations/%d", f.conversation.AccountID, f.conversation.DisplayID)
		if got.Title != fmt.Sprintf("A new message is created in conversation (#%d)", f.conversation.DisplayID) ||
			got.Body != "Ada Example: Where is my parcel?" || !strings.HasPrefix(got.URL, "https://desk.example"+page) ||
			got.Tag != fmt.Sprintf("conversation-%d-%d", f.conversation.AccountID, f.conversation.DisplayID) {
			t.Errorf("it received %+v", got)
		}
		if b.headers.Get("TTL") != "86400" || b.headers.Get("Content-Encoding") != "aes128gcm" {
			t.Errorf("the headers are %v", b.headers)
		}
		public, _, err := Keys(t.Context(), f.q)
		if err != nil {
			t.Fatal(err)
		}
		checkSignature(t, b.headers.Get("Authorization"), public, b.service.URL)
	})

	t.Run("what was read, replaced, unwanted, or is out of sight by now is not sent", func(t *testing.T) {
		t.Parallel()
		for _, change := range []string{
			"UPDATE notifications SET read_at = now()",
			"DELETE FROM notifications",
			"UPDATE memberships SET push_notifications = '{conversation_mention}'",
			"UPDATE memberships SET deactivated_at = now()",
			"UPDATE accounts SET status = 'suspended'",
			"DELETE FROM inbox_members",
		} {
			f, b := setup(t), newBrowser(t)
			s := f.subscribe(Browser, b.attributes())
			f.exec(change)
			if err := f.send(f.push(b.service.Client(), ""), s); err != nil || len(b.messages()) != 0 {
				t.Errorf("after %s it received %q (%v)", change, b.messages(), err)
			}
		}
	})

	t.Run("a browser that its service does not know any more is forgotten, one that is busy is tried again", func(t *testing.T) {
		t.Parallel()
		f, b := setup(t), newBrowser(t)
		p, s := f.push(b.service.Client(), ""), f.subscribe(Browser, b.attributes())
		for _, status := range []int{500, 503, 429} {
			b.answers(status)
			var ended *river.JobCancelError
			if err := f.send(p, s); err == nil || errors.As(err, &ended) || f.count() != 1 {
				t.Errorf("after %d: %v, %d are left", status, err, f.count())
			}
		}
		b.answers(http.StatusForbidden)
		var ended *river.JobCancelError
		if err := f.send(p, s); !errors.As(err, &ended) || f.count() != 1 {
			t.Errorf("after a refusal: %v, %d are left", err, f.count())
		}
		for _, status := range []int{404, 410} {
			b.answers(status)
			if err := f.send(p, f.subscribe(Browser, b.attributes())); err != nil || f.count() != 0 {
				t.Errorf("after %d: %v, %d are left", status, err, f.count())
			}
		}
	})

	t.Run("a private address is not called, and not tried again", func(t *testing.T) {
		t.Parallel()
		f, b := setup(t), newBrowser(t)
		var ended *river.JobCancelError
		err := f.send(f.push(outbound.NewGuard().Client(time.Minute), ""), f.subscribe(Browser, b.attributes()))
		if !errors.As(err, &ended) || len(b.messages()) != 0 {
			t.Errorf("it received %q (%v)", b.messages(), err)
		}
	})

	t.Run("the longest names and texts fit", func(t *testing.T) {
		t.Parallel()
		f, b := setup(t), newBrowser(t)
		f.exec("UPDATE inboxes SET name = $1", strings.Repeat("漢", 5000))
		f.exec("UPDATE messages SET content = $1", strings.Repeat("😀", 5000))
		f.exec("UPDATE contacts SET name = $1", strings.Repeat("漢", 255))
		f.exec("UPDATE notifications SET kind = 'conversation_creation'")
		f.exec("UPDATE memberships SET push_notifications = '{conversation_creation}'")
		if err := f.send(f.push(b.service.Client(), ""), f.subscribe(Browser, b.attributes())); err != nil || len(b.messages()) != 1 {
			t.Errorf("it received %d messages (%v)", len(b.messages()), err)
		}
	})
}

// checkSignature checks the token by which a push service knows the sender (RFC 8292).
func checkSignature(t *testing.T, authorization, public, service string) {
	t.Helper()
	token, key, ok := strings.Cut(strings.TrimPrefix(authorization, "vapid t="), ", k=")
	parts := strings.Split(token, ".")
	if !ok || key != public || len(parts) != 3 {
		t.Fatalf("the authorization is %q", authorization)
	}
	decode := base64.RawURLEncoding.DecodeString
	point, err := decode(public)
	if err != nil {
		t.Fatalf("the public key is %q (%v)", public, err)
	}
	signer, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		t.Fatalf("the public key is %q (%v)", public, err)
	}
	signature, _ := decode(parts[2])
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if len(signature) != 64 || !ecdsa.Verify(signer, sum[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])) {
		t.Error("the token is not signed with the key")
	}
	var claims struct{ Aud, Sub string }
	raw, _ := decode(parts[1])
	if err := json.Unmarshal(raw, &claims); err != nil || claims.Aud != service || claims.Sub != "https://desk.example" {
		t.Errorf("the token claims %s (%v)", raw, err)
	}
}

func TestTelephone(t *testing.T) {
	t.Parallel()
	attributes := json.RawMessage(`{"device_id": "device-1", "push_token": "tok", "brandName": "acme"}`)

	t.Run("a relay gets its token and what it shows", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		var got struct {
			Options struct {
				Token        string            `json:"token"`
				Notification map[string]string `json:"notification"`
				Data         map[string]string `json:"data"`
			} `json:"fcm_options"`
		}
		relay := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
				t.Error(err)
			}
		}))
		defer relay.Close()
		if err := f.send(f.push(relay.Client(), relay.URL), f.subscribe(Telephone, attributes)); err != nil {
			t.Fatal(err)
		}
		o := got.Options
		if o.Token != "tok" || !strings.HasPrefix(o.Notification["title"], "A new message") ||
			o.Notification["body"] != "Ada Example: Where is my parcel?" ||
			!strings.Contains(o.Data["payload"], fmt.Sprintf(`"primary_actor_id":%d`, f.conversation.DisplayID)) {
			t.Errorf("the relay got %+v", o)
		}
	})

	t.Run("without a relay nothing is sent, and the token is kept", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		client := &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
			return nil, errors.New("something was sent")
		})}
		if err := f.send(f.push(client, ""), f.subscribe(Telephone, attributes)); err != nil || f.count() != 1 {
			t.Errorf("%v, %d are left", err, f.count())
		}
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestKeysAreMadeOnceAndSealed(t *testing.T) {
	t.Parallel()
	f := setup(t)
	keys, err := db.NewKeys(dbtest.SecretKey)
	if err != nil {
		t.Fatal(err)
	}
	if err := keys.Reseal(t.Context(), f.pool); err != nil { // as each start does
		t.Fatal(err)
	}
	made := make([]string, 8)
	var all sync.WaitGroup
	for i := range made {
		all.Go(func() {
			public, private, err := Keys(context.Background(), f.q)
			if err != nil {
				t.Error(err)
			}
			made[i] = public + " " + string(private)
		})
	}
	all.Wait()
	if one := slices.Compact(slices.Clone(made)); len(one) != 1 || len(one[0]) < 100 {
		t.Errorf("%d pairs of keys were made", len(one))
	}
	var stored string
	err = f.pool.QueryRow(t.Context(), "SELECT push_private_key FROM installation").Scan(&stored)
	if err != nil || !strings.HasPrefix(stored, "sealed:") {
		t.Errorf("the private key is stored as %.12q (%v)", stored, err)
	}
}

func TestDevicesAreStoredSealed(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.subscribe(Telephone, json.RawMessage(`{"device_id": "device-1", "push_token": "tok"}`))
	var stored string
	err := f.pool.QueryRow(t.Context(), "SELECT attributes FROM notification_subscriptions").Scan(&stored)
	if err != nil || !strings.HasPrefix(stored, "sealed:") {
		t.Errorf("the attributes are stored as %.12q (%v)", stored, err)
	}
	if _, err := Subscribe(t.Context(), f.q, f.agent.ID, Browser, json.RawMessage(`{"endpoint": ["x"]}`), time.Now()); fault.In(err) == nil {
		t.Errorf("an endpoint that is a list: %v", err)
	}
}
