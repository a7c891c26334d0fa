// Package cable is Chatwoot's realtime channel: a WebSocket on which members and contacts hear what happens, by
// ActionCable's protocol. A process reads the log of an account once for all who listen to it (accountFeed), writes
// each event once (encoder), and sends it to the subscriptions that may see it.
//
// Not here: who is online (package live keeps that) and the shapes of what is sent, which webhooks and the REST API
// share (packages hook and shape).
package cable

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"

	"github.com/coder/websocket"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/live"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/hook"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

// Path is where clients connect, by ActionCable's protocol (docs/api/contract-chatwoot.md#realtime).
const Path = "/cable"

// Server is the realtime channel of this process. Each account with a subscription has a feed.
type Server struct {
	a             *api.API
	q             *db.Queries
	maker         *hook.Maker
	limit         *connLimit
	notifications Notifications

	mu    sync.Mutex
	feeds map[int64]*accountFeed
}

// Notifications shows a user's notifications as the API does, each with its conversation if they see it.
type Notifications func(context.Context, *db.Queries, db.Scope, []db.Notification) ([]shape.Notification, error)

// Routes is the one route of the channel.
func Routes(a *api.API, n Notifications) []api.Route {
	c := &Server{
		a:             a,
		q:             a.Q,
		maker:         hook.New(a.BaseURL, a.Now),
		limit:         newConnLimit(),
		notifications: n,
		feeds:         map[int64]*accountFeed{},
	}
	return []api.Route{api.Get(Path, api.Public, c.open)}
}

// open takes a connection and keeps it until either side ends it. A connection has no rights of its own: each
// subscription brings its credential. So a browser may connect from any page, and no cookie is read.
func (s *Server) open(call *api.Call) error {
	if !strings.EqualFold(call.Request().Header.Get("Upgrade"), "websocket") {
		call.Response().Header().Set("Upgrade", "websocket")
		return api.Refuse(http.StatusUpgradeRequired, "This address speaks WebSocket")
	}
	if s.a.Live == nil {
		return api.Refuse(http.StatusServiceUnavailable, "The realtime channel is closed")
	}
	slot, err := s.limit.acquire(auth.Network(call.RealIP()))
	if err != nil {
		return err
	}
	defer slot.release()
	ws, err := websocket.Accept(call.Response(), call.Request(), &websocket.AcceptOptions{
		Subprotocols:       []string{"actioncable-v1-json", "actioncable-unsupported"},
		InsecureSkipVerify: true,
	})
	if err != nil {
		return nil // the library has said what is wrong with the handshake
	}
	defer s.a.Hold()()
	newConn(s, ws, slot).serve()
	return nil
}

// subscription is one identifier on one connection: that of a member of an account or of a contact.
type subscription struct {
	conn *conn
	// identifier is what the client calls it, as a JSON text.
	identifier []byte
	account    int64
	token      string
	// userID is 0 for a contact. The feed keeps scope and address up to date.
	userID        int64
	scope         db.Scope
	address       db.ContactInbox
	leavePresence func()
}

// params are the fields of an identifier.
type params struct {
	Channel   string   `json:"channel"`
	Token     api.Text `json:"pubsub_token"`
	AccountID api.ID   `json:"account_id"`
	UserID    api.ID   `json:"user_id"`
}

// authenticate finds whose credential an identifier holds, or nil. A user's token is valid for that user alone and in an
// account where they are a member; a contact's is valid for one contact inbox.
func (s *Server) authenticate(ctx context.Context, identifier string) (*subscription, error) {
	var p params
	if json.Unmarshal([]byte(identifier), &p) != nil || p.Channel != "RoomChannel" || p.Token.Value == "" || len(p.Token.Value) > 100 {
		return nil, nil
	}
	if p.UserID.Ptr() != nil {
		return s.authenticateMember(ctx, p)
	}
	address, err := s.q.GetCableContact(ctx, p.Token.Value)
	if err != nil {
		if db.IsNone(err) {
			err = nil
		}
		return nil, err
	}
	return &subscription{account: address.AccountID, token: p.Token.Value, address: address}, nil
}

func (s *Server) authenticateMember(ctx context.Context, p params) (*subscription, error) {
	rows, err := s.q.ListCableMembers(ctx, p.AccountID.Value, []int64{p.UserID.Value})
	if err != nil || len(rows) == 0 || subtle.ConstantTimeCompare([]byte(rows[0].PubsubToken), []byte(p.Token.Value)) == 0 {
		return nil, err
	}
	return &subscription{
		account: p.AccountID.Value,
		token:   p.Token.Value,
		userID:  rows[0].ID,
		scope:   scopeOf(p.AccountID.Value, rows[0]),
	}, nil
}

func scopeOf(accountID int64, r db.ListCableMembersRow) db.Scope {
	return db.GetScopeRow{Role: r.Role, InboxIds: r.InboxIds, TeamIds: r.TeamIds}.Scope(accountID, r.ID)
}

// errTooMany limits the subscriptions of one credential, since a contact's is known to their browser.
var errTooMany = errors.New("too many subscriptions of one credential")

// join adds a subscription to its account's feed and confirms it before its first event.
func (s *Server) join(ctx context.Context, sub *subscription) error {
	number, err := s.q.GetEventNumber(ctx, sub.account)
	if err != nil {
		return err
	}
	known, err := s.knownNotifications(ctx, sub)
	if err != nil {
		return err
	}
	who := live.Client{AccountID: sub.account, UserID: sub.userID}
	if sub.userID == 0 {
		who.ContactID = sub.address.ContactID
	}
	if sub.leavePresence, err = s.a.Presence.Enter(ctx, who); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	feed := s.feeds[sub.account]
	if feed != nil && feed.isCrowded(sub.token) { // counted under the lock that adds it: parallel connections see each other
		sub.leavePresence()
		return errTooMany
	}
	if feed == nil {
		feed = newAccountFeed(s, sub.account, number)
		s.feeds[sub.account] = feed
		go feed.run()
	}
	if sub.userID != 0 && feed.known[sub.userID] == nil {
		feed.known[sub.userID] = known
	}
	sub.conn.push(confirmFrame(sub.identifier))
	feed.subs[sub] = struct{}{}
	feed.requestPresence(sub)
	return nil
}

// isCrowded reports whether a credential has as many subscriptions as one may have. The caller holds the server's lock.
func (f *accountFeed) isCrowded(token string) bool {
	n := 0
	for sub := range f.subs {
		if sub.token == token {
			n++
		}
	}
	return n >= maxPerCredential
}

// leave ends a subscription. The last one ends the feed.
func (s *Server) leave(sub *subscription) {
	s.mu.Lock()
	defer s.mu.Unlock()
	feed := s.feeds[sub.account]
	if feed == nil {
		return
	}
	if _, in := feed.subs[sub]; !in {
		return
	}
	delete(feed.subs, sub)
	delete(feed.wantPresence, sub)
	sub.leavePresence()
	if !feed.hasUser(sub.userID) {
		delete(feed.known, sub.userID)
	}
	if len(feed.subs) == 0 {
		delete(s.feeds, sub.account)
		feed.stop()
	}
}

// hasUser reports whether a user has a subscription. The caller holds the server's lock.
func (f *accountFeed) hasUser(userID int64) bool {
	for sub := range f.subs {
		if sub.userID == userID {
			return true
		}
	}
	return false
}

// requestPresence makes the feed send a subscription who is online.
func (s *Server) requestPresence(sub *subscription) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if feed := s.feeds[sub.account]; feed != nil {
		if _, in := feed.subs[sub]; in {
			feed.requestPresence(sub)
		}
	}
}
