package chatwoot

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/job"
	"github.com/parleydesk/parley/internal/translate"
	"github.com/parleydesk/parley/web/api"
)

type platformAccountJSON struct {
	ID               int64            `json:"id"`
	Name             string           `json:"name"`
	Locale           string           `json:"locale"`
	Domain           *string          `json:"domain"`
	SupportEmail     *string          `json:"support_email"`
	Features         map[string]bool  `json:"features"`
	CustomAttributes json.RawMessage  `json:"custom_attributes"`
	Limits           json.RawMessage  `json:"limits"`
	Status           db.AccountStatus `json:"status"`
}

func platformAccount(a db.Account) platformAccountJSON {
	return platformAccountJSON{a.ID, a.Name, a.Locale, a.Domain, a.SupportEmail, features(a.Features), a.CustomAttributes, a.Limits, a.Status}
}

type platformAccountInput struct {
	Name             api.Text   `json:"name"`
	Locale           api.Text   `json:"locale"`
	Domain           api.Text   `json:"domain"`
	SupportEmail     api.Text   `json:"support_email"`
	Status           api.Text   `json:"status"`
	Features         api.Object `json:"features"`
	Limits           api.Object `json:"limits"`
	CustomAttributes api.Object `json:"custom_attributes"`
}

// apply sets the fields of an account that were sent.
func (in platformAccountInput) apply(a *db.Account) error {
	setIfGiven(&a.Name, in.Name.Given())
	a.Name = strings.TrimSpace(a.Name)
	if a.Name == "" {
		return fault.Field("name", "Name can't be blank")
	}
	if in.Locale.Value != "" {
		if !translate.IsLanguage(in.Locale.Value) {
			return fault.Field("locale", "Locale is not included in the list")
		}
		a.Locale = in.Locale.Value
	}
	if in.Status.Value != "" {
		a.Status = db.AccountStatus(in.Status.Value)
		if !a.Status.Valid() || a.Status == db.AccountStatusDeleted {
			return fault.Field("status", "Status is not included in the list")
		}
	}
	if in.Domain.Set {
		a.Domain = in.Domain.Ptr()
	}
	if in.SupportEmail.Set {
		a.SupportEmail = in.SupportEmail.Ptr()
	}
	for field, text := range map[string]*string{"name": &a.Name, "domain": a.Domain, "support_email": a.SupportEmail} {
		if text == nil {
			continue
		}
		if err := checkLength(255, field, *text); err != nil {
			return err
		}
	}
	for _, part := range []struct {
		to *json.RawMessage
		in api.Object
	}{{&a.Features, in.Features}, {&a.Limits, in.Limits}, {&a.CustomAttributes, in.CustomAttributes}} {
		next, err := mergeJSON(*part.to, json.RawMessage(part.in))
		if err != nil {
			return err
		}
		*part.to = next
	}
	return nil
}

func saveAccount(ctx context.Context, t *desk.Tx, a db.Account) (db.Account, error) {
	if _, err := t.Queries().SetAccountPlan(ctx, db.SetAccountPlanParams{
		ID:       a.ID,
		Status:   a.Status,
		Features: a.Features,
		Limits:   a.Limits,
	}); err != nil {
		return a, err
	}
	return t.Queries().UpdateAccount(ctx, db.UpdateAccountParams{
		ID: a.ID, Name: a.Name, Locale: a.Locale, TimeZone: a.TimeZone, Domain: a.Domain, SupportEmail: a.SupportEmail, Settings: a.Settings,
		CustomAttributes: a.CustomAttributes, UpdatedAt: t.Now,
	})
}

// platformAccounts answers with a bare list.
func (h *handlers) platformAccounts(c *api.Call) error {
	rows, err := api.PageByID(c, platformListSize, func(p api.Position) ([]db.Account, error) {
		return h.q.ListGrantedAccounts(c.Ctx(), db.ListGrantedAccountsParams{
			PlatformAppID: c.Token.PlatformAppID, AfterID: p.ID, Most: p.Most,
		})
	}, func(a db.Account) int64 { return a.ID })
	if err != nil {
		return err
	}
	out := make([]platformAccountJSON, len(rows))
	for i, a := range rows {
		out[i] = platformAccount(a)
	}
	return c.Answer(out)
}

func (h *handlers) platformCreateAccount(c *api.Call) error {
	var in platformAccountInput
	if err := c.Read(&in); err != nil {
		return err
	}
	none := json.RawMessage("{}")
	if err := in.apply(&db.Account{Features: none, Limits: none, CustomAttributes: none}); err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		a, err := auth.NewAccount(ctx, t.Queries(), in.Name.Value)
		if err != nil {
			return nil, err
		}
		if err := in.apply(&a); err != nil {
			return nil, err
		}
		if a, err = saveAccount(ctx, t, a); err != nil {
			return nil, err
		}
		return platformAccount(a), t.Queries().Grant(ctx, grant(c, grantAccount, a.ID))
	})
}

func (h *handlers) platformShowAccount(c *api.Call) error {
	id, err := h.granted(c, grantAccount, "account")
	if err != nil {
		return err
	}
	a, err := h.q.GetAccount(c.Ctx(), id)
	if err != nil {
		return err
	}
	return c.Single(platformAccount(a))
}

func (h *handlers) platformUpdateAccount(c *api.Call) error {
	var in platformAccountInput
	if err := c.Read(&in); err != nil {
		return err
	}
	id, err := h.granted(c, grantAccount, "account")
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		a, err := t.Queries().LockAccount(ctx, id)
		if err != nil {
			return nil, err
		}
		if err := in.apply(&a); err != nil {
			return nil, err
		}
		a, err = saveAccount(ctx, t, a)
		return platformAccount(a), err
	})
}

// platformDeleteAccount hides an account and enqueues the job that deletes its data.
func (h *handlers) platformDeleteAccount(c *api.Call) error {
	id, err := h.granted(c, grantAccount, "account")
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		q := t.Queries()
		if n, err := q.RetireAccount(ctx, id); err != nil || n == 0 {
			return api.Empty(), err
		}
		if err := q.RetireWebhooks(ctx, id); err != nil {
			return nil, err
		}
		if err := q.RetireRules(ctx, id); err != nil {
			return nil, err
		}
		if err := q.DeleteGrants(ctx, grantAccount, id); err != nil {
			return nil, err
		}
		return api.Empty(), t.Enqueue(ctx, job.DeleteAccount{AccountID: id})
	})
}
