package qlara

import (
	"context"
	"net/http"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
)

// keyRoutes returns the routes for the account's keys. A caller with a key, or an administrator, may create another.
func (h *handlers) keyRoutes(base string) []api.Route {
	return []api.Route{
		api.Get(base, api.Key, h.listKeys),
		api.Post(base, api.Key, h.createKey),
		api.Delete(base, api.Key, h.deleteKey),
		api.Delete(base+"/:token", api.Key, h.deleteKey),
	}
}

// mayManage refuses agents, because keys and the callback give access to the whole account.
func mayManage(c *api.Call) error {
	if c.Token.Kind == db.TokenKindAccount || c.Scope().Admin() {
		return nil
	}
	return fault.Forbidden
}

func (h *handlers) listKeys(c *api.Call) error {
	if err := mayManage(c); err != nil {
		return err
	}
	account := c.Account()
	rows, err := api.PageByID(c, api.MaxUncut, func(p api.Position) ([]db.ListAccountKeysRow, error) {
		return h.q.ListAccountKeys(c.Ctx(), db.ListAccountKeysParams{AccountID: &account, AfterID: p.ID, Most: p.Most})
	}, func(r db.ListAccountKeysRow) int64 { return r.ID })
	if err != nil {
		return err
	}
	keys := make([]keyJSON, len(rows))
	for i, r := range rows {
		keys[i] = keyJSON{ID: r.ID, Name: r.Name, Description: r.Description, Status: "ACTIVE", CreatedAt: iso(r.CreatedAt)}
	}
	return c.Answer(keys)
}

// createKey shows the key once. Its calls are those of the user whose token or key created it, or else of the account.
func (h *handlers) createKey(c *api.Call) error {
	if err := mayManage(c); err != nil {
		return err
	}
	var in struct {
		Name        api.Text `json:"name"`
		Description api.Text `json:"description"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	if strings.TrimSpace(in.Name.Value) == "" {
		return api.Refuse(http.StatusBadRequest, "name is required")
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		secret, account := auth.NewSecret(), t.Account()
		var user *int64
		if id := c.Scope().UserID; id != 0 {
			user = &id
		}
		row, err := t.Queries().InsertAccountKey(ctx, db.InsertAccountKeyParams{
			TokenHash: secret.Hash, AccountID: &account, UserID: user, Name: in.Name.Value, Description: in.Description.Value, Hint: secret.Hint,
		})
		return api.Status{Code: http.StatusCreated, Body: keyJSON{
			ID: row.ID, Name: in.Name.Value, Description: in.Description.Value, APIKey: secret.Token, Status: "ACTIVE",
			CreatedAt: iso(row.CreatedAt),
		}}, err
	})
}

// deleteKey reads the key's id from the path or, as in the documented use case, from the query or the body.
func (h *handlers) deleteKey(c *api.Call) error {
	if err := mayManage(c); err != nil {
		return err
	}
	id, err := keyID(c)
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		account := t.Account()
		n, err := t.Queries().DeleteAccountKey(ctx, &account, id)
		return noContent(), fault.Found(n, err)
	})
}

func keyID(c *api.Call) (int64, error) {
	if c.Param("token") != "" {
		return c.ID("token")
	}
	var in struct {
		ID api.ID `json:"id"`
	}
	if err := c.ReadQuery(&in); err != nil {
		return 0, err
	}
	if !in.ID.Set {
		if err := c.Read(&in); err != nil {
			return 0, err
		}
	}
	if !in.ID.Set {
		return 0, api.Refuse(http.StatusBadRequest, "id is required")
	}
	return in.ID.Value, nil
}
