package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/desk"
)

const (
	maxKey = 255
	// tries is how often a transaction is begun that PostgreSQL aborts to resolve a deadlock.
	tries = 3
)

// answer is the answer of a write. It is encoded before the transaction commits, so that it can be kept with the key.
type answer struct {
	status   int
	body     []byte
	replayed bool
}

// Write runs fn in one transaction with the caller as its actor, and answers with the result: 200 and the value as JSON
// (nil is null), or the code and body of a Status. With the header Idempotency-Key the transaction also stores the answer,
// for 24 hours: the same request gets it again, and fn is not run. A repetition that arrives during the first request
// waits for it. A request that failed stores nothing and can be repeated. The body belongs to the key: another body with
// the same key is refused.
func (a *API) Write(c *Call, fn func(ctx context.Context, t *desk.Tx) (any, error)) error {
	if err := c.loadBare(); err != nil {
		return err
	}
	key := c.Request().Header.Get("Idempotency-Key")
	if len(key) > maxKey || !printableText(key) {
		return Refuse(http.StatusUnprocessableEntity, "Idempotency-Key must be at most 255 printable characters")
	}
	var w answer
	var err error
	for range tries {
		w = answer{}
		err = a.Desk.Do(c.Ctx(), c.Actor, func(t *desk.Tx) error { return c.runTx(t, key, &w, fn) })
		if !isRetryable(err) {
			break
		}
	}
	if err != nil {
		return err
	}
	if w.replayed {
		c.Response().Header().Set("Idempotency-Replayed", "true")
	}
	if len(w.body) == 0 {
		c.Response().WriteHeader(w.status)
		return nil
	}
	return reply(c.Context, w.status, w.body, false)
}

// ChangeConversation is Write for the conversation in the path. fn gets it locked, if the caller sees it.
func (a *API) ChangeConversation(c *Call, fn func(ctx context.Context, t *desk.Tx, conversation db.Conversation) (any, error)) error {
	id, err := c.ID("conversation")
	if err != nil {
		return err
	}
	return a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		conversation, err := t.Conversation(ctx, id)
		if err != nil {
			return nil, err
		}
		return fn(ctx, t, conversation)
	})
}

// Conversation reads the conversation in the path, if the caller sees it.
func (a *API) Conversation(c *Call) (db.Conversation, error) {
	id, err := c.ID("conversation")
	if err != nil {
		return db.Conversation{}, err
	}
	scope := c.Scope()
	return a.Q.GetConversation(c.Ctx(), db.GetConversationParams{
		AccountID: scope.AccountID,
		DisplayID: id,
		SeesAll:   scope.SeesAll,
		InboxIds:  scope.InboxIDs,
		TeamIds:   scope.TeamIDs,
	})
}

func (c *Call) runTx(t *desk.Tx, key string, w *answer, fn func(context.Context, *desk.Tx) (any, error)) error {
	ctx := c.Ctx()
	claim := c.claim(key)
	if key != "" {
		n, err := t.Queries().ClaimIdempotencyKey(ctx, claim)
		if err != nil {
			return err
		}
		if n == 0 {
			return c.replay(t, claim, w)
		}
	}
	v, err := fn(ctx, t)
	if err != nil {
		return err
	}
	if err := w.encode(v); err != nil || key == "" {
		return err
	}
	return t.Queries().AnswerIdempotencyKey(ctx, db.AnswerIdempotencyKeyParams{
		Status:    int32(w.status),
		Body:      append(db.SealedJSON{}, w.body...),
		OwnerKind: claim.OwnerKind,
		OwnerID:   claim.OwnerID,
		Route:     claim.Route,
		Key:       claim.Key,
	})
}

// claim returns the key with its owner: the token or, for visitors, who have none, the network that they call from.
func (c *Call) claim(key string) db.ClaimIdempotencyKeyParams {
	p := db.ClaimIdempotencyKeyParams{
		OwnerKind:   db.KeyOwnerToken,
		OwnerID:     c.Token.ID,
		Route:       c.Request().Method + " " + c.Request().URL.Path,
		Key:         key,
		RequestHash: c.contentHash(),
	}
	if c.Token.ID == 0 {
		p.OwnerKind = db.KeyOwnerVisitor
		p.Route += " " + auth.Network(c.RealIP())
	}
	return p
}

// replay reads the answer that was stored with the key.
func (c *Call) replay(t *desk.Tx, claim db.ClaimIdempotencyKeyParams, w *answer) error {
	had, err := t.Queries().GetIdempotencyKey(c.Ctx(), db.GetIdempotencyKeyParams{
		OwnerKind: claim.OwnerKind,
		OwnerID:   claim.OwnerID,
		Route:     claim.Route,
		Key:       claim.Key,
	})
	if errors.Is(err, db.ErrNoKey) {
		return Refuse(http.StatusConflict, "This has been done already, and its answer can be read no longer")
	}
	if err != nil {
		return err
	}
	if !bytes.Equal(had.RequestHash, claim.RequestHash) {
		return Refuse(http.StatusUnprocessableEntity, "This Idempotency-Key was used with another body")
	}
	*w = answer{status: int(had.Status), body: had.Body, replayed: true}
	return nil
}

func (w *answer) encode(v any) error {
	w.status = http.StatusOK
	if s, ok := v.(Status); ok {
		w.status = s.Code
		if s.Body == nil {
			return nil
		}
		v = s.Body
	}
	if v == nil {
		w.body = []byte("null")
		return nil
	}
	if raw, ok := v.(json.RawMessage); ok {
		w.body = raw
		return nil
	}
	var buf bytes.Buffer
	if err := encode(&buf, v); err != nil {
		return err
	}
	w.body = buf.Bytes()
	return nil
}

// contentHash is the hash of body, files and query. Two requests with one key must have the same.
func (c *Call) contentHash() []byte {
	h := sha256.New()
	h.Write(c.input.digest[:])
	hashStrings(h, c.Request().URL.RawQuery)
	return h.Sum(nil)
}

// isRetryable reports whether PostgreSQL aborted the transaction in favour of another one.
func isRetryable(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40P01" || pg.Code == "40001")
}

func printableText(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
