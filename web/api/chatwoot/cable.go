package chatwoot

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
)

// cablePath is where clients connect to hear what happens (docs/api/contract-chatwoot.md#realtime), by ActionCable's protocol.
const cablePath = "/cable"

func (h *handlers) cableRoutes() []api.Route {
	return []api.Route{api.Get(cablePath, api.Public, h.openCable)}
}

// cable is the realtime channel of this process: for each account that somebody listens to, a room.
type cable struct {
	s    *handlers
	hook *hook.Maker
	door *door

	mu    sync.Mutex
	rooms map[int64]*room
}

func newCable(s *handlers) *cable {
	return &cable{s: s, hook: hook.New(s.a.BaseURL, s.a.Now), door: newDoor(), rooms: map[int64]*room{}}
}

// openCable takes a connection and keeps it until either side ends it. Whoever connects has shown nothing yet: each
// subscription brings its own credential. So a browser may come from anywhere; no cookie is read.
func (h *handlers) openCable(c *api.Call) error {
	if !strings.EqualFold(c.Request().Header.Get("Upgrade"), "websocket") {
		c.Response().Header().Set("Upgrade", "websocket")
		return api.Refuse(http.StatusUpgradeRequired, "This address speaks WebSocket")
	}
	if h.a.Live == nil {
		return api.Refuse(http.StatusServiceUnavailable, "The realtime channel is closed")
	}
	place, err := h.cable.door.enter(auth.Network(c.RealIP()))
	if err != nil {
		return err
	}
	defer place.leave()
	ws, err := websocket.Accept(c.Response(), c.Request(), &websocket.AcceptOptions{
		Subprotocols: []string{"actioncable-v1-json", "actioncable-unsupported"}, InsecureSkipVerify: true,
	})
	if err != nil {
		return nil // the library has said what is wrong with the handshake
	}
	defer h.a.Hold()()
	newCableConn(h.cable, ws, place).serve()
	return nil
}

// subscription is one identifier of one connection: a member of an account, or a contact.
type subscription struct {
	conn *cableConn
	// identifier is what the client calls it, as a JSON text.
	identifier []byte
	account    int64
	token      string
	// userID is 0 for a contact. The room keeps scope and address as they are now.
	userID  int64
	scope   db.Scope
	address db.ContactInbox
	leave   func()
}

// params are what an identifier says.
type params struct {
	Channel   string   `json:"channel"`
	Token     api.Text `json:"pubsub_token"`
	AccountID api.ID   `json:"account_id"`
	UserID    api.ID   `json:"user_id"`
}

// recognise finds out whose a credential is; nil for nobody's. A user's token counts for that user alone, in an
// account where they work; a contact's is of one address.
func (c *cable) recognise(ctx context.Context, identifier string) (*subscription, error) {
	var p params
	if json.Unmarshal([]byte(identifier), &p) != nil || p.Channel != "RoomChannel" || p.Token.Value == "" || len(p.Token.Value) > 100 {
		return nil, nil
	}
	if p.UserID.Ptr() != nil {
		return c.recogniseMember(ctx, p)
	}
	address, err := c.s.q.GetCableContact(ctx, p.Token.Value)
	if err != nil {
		if db.IsNone(err) {
			err = nil
		}
		return nil, err
	}
	return &subscription{account: address.AccountID, token: p.Token.Value, address: address}, nil
}

func (c *cable) recogniseMember(ctx context.Context, p params) (*subscription, error) {
	rows, err := c.s.q.ListCableMembers(ctx, p.AccountID.Value, []int64{p.UserID.Value})
	if err != nil || len(rows) == 0 || subtle.ConstantTimeCompare([]byte(rows[0].PubsubToken), []byte(p.Token.Value)) == 0 {
		return nil, err
	}
	return &subscription{account: p.AccountID.Value, token: p.Token.Value, userID: rows[0].ID, scope: cableScope(p.AccountID.Value, rows[0])}, nil
}

func cableScope(accountID int64, r db.ListCableMembersRow) db.Scope {
	return db.GetScopeRow{Role: r.Role, InboxIds: r.InboxIds, TeamIds: r.TeamIds}.Scope(accountID, r.ID)
}

// errCrowded says that a credential has as many subscriptions as one may have: a contact's is known to their browser.
var errCrowded = errors.New("too many subscriptions of one credential")

// join lets a subscription hear what happens from now on, and confirms it before the first event.
func (c *cable) join(ctx context.Context, sub *subscription) error {
	number, err := c.s.q.GetEventNumber(ctx, sub.account)
	if err != nil {
		return err
	}
	told, err := c.toldBefore(ctx, sub)
	if err != nil {
		return err
	}
	who := live.Client{AccountID: sub.account, UserID: sub.userID}
	if sub.userID == 0 {
		who.ContactID = sub.address.ContactID
	}
	if sub.leave, err = c.s.a.Presence.Enter(ctx, who); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.rooms[sub.account]
	if r != nil && r.crowded(sub.token) { // counted where it is added: connections that come at once see each other
		sub.leave()
		return errCrowded
	}
	if r == nil {
		r = newRoom(c, sub.account, number)
		c.rooms[sub.account] = r
		go r.run()
	}
	if sub.userID != 0 && r.told[sub.userID] == nil {
		r.told[sub.userID] = told
	}
	sub.conn.push(confirmFrame(sub.identifier))
	r.subs[sub] = struct{}{}
	r.asks(sub)
	return nil
}

// crowded tells, under the cable's lock, whether a credential has all the subscriptions that it may have.
func (r *room) crowded(token string) bool {
	n := 0
	for sub := range r.subs {
		if sub.token == token {
			n++
		}
	}
	return n >= cableOfOne
}

// part ends a subscription; the last one closes the room.
func (c *cable) part(sub *subscription) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.rooms[sub.account]
	if r == nil {
		return
	}
	if _, in := r.subs[sub]; !in {
		return
	}
	delete(r.subs, sub)
	delete(r.curious, sub)
	sub.leave()
	if !r.knows(sub.userID) {
		delete(r.told, sub.userID)
	}
	if len(r.subs) == 0 {
		delete(c.rooms, sub.account)
		r.stop()
	}
}

// knows tells, under the cable's lock, whether a user listens.
func (r *room) knows(userID int64) bool {
	for sub := range r.subs {
		if sub.userID == userID {
			return true
		}
	}
	return false
}

// greet has the room tell a subscription who is online.
func (c *cable) greet(sub *subscription) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if r := c.rooms[sub.account]; r != nil {
		if _, in := r.subs[sub]; in {
			r.asks(sub)
		}
	}
}
