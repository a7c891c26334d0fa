package chatwoot

import (
	"context"
	"encoding/json"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

func (h *handlers) accountRoutes() []api.Route {
	return append([]api.Route{
		api.Get(v1, api.Member, h.showAccount),
		api.Get(v1+"/cache_keys", api.Member, h.cacheKeys),
		api.Post(v1+"/update_active_at", api.Member, h.updateActiveAt),
	}, api.Update(v1, api.Admin, h.updateAccount)...)
}

type accountJSON struct {
	Settings         json.RawMessage  `json:"settings"`
	CreatedAt        string           `json:"created_at"`
	CustomAttributes json.RawMessage  `json:"custom_attributes,omitempty"`
	Domain           *string          `json:"domain"`
	Features         map[string]bool  `json:"features"`
	ID               int64            `json:"id"`
	Locale           string           `json:"locale"`
	Name             string           `json:"name"`
	SupportEmail     *string          `json:"support_email"`
	Status           db.AccountStatus `json:"status"`
	CacheKeys        shape.CacheKeys  `json:"cache_keys"`
	LatestVersion    *string          `json:"latest_chatwoot_version"`
}

// accountJSON is an account with the keys of its lists as q reads them.
func (h *handlers) accountJSON(ctx context.Context, q *db.Queries, a db.Account) (accountJSON, error) {
	settings, _ := json.Marshal(a.Settings) // cannot fail: it was read from JSON
	keys, err := q.GetCacheKeys(ctx, a.ID)
	return accountJSON{
		Settings: shape.WithoutSecrets(settings), CreatedAt: shape.ISO(a.CreatedAt),
		CustomAttributes: shape.NonEmpty(a.CustomAttributes), Domain: a.Domain, Features: features(a.Features), ID: a.ID, Locale: a.Locale,
		Name: a.Name, SupportEmail: a.SupportEmail, Status: a.Status, CacheKeys: shape.CacheKeys(keys),
	}, err
}

func (h *handlers) showAccount(c *api.Call) error {
	a, err := h.q.GetAccount(c.Ctx(), c.Account())
	if err != nil {
		return err
	}
	j, err := h.accountJSON(c.Ctx(), h.q, a)
	if err != nil {
		return err
	}
	return c.Single(j)
}

type cacheKeysJSON struct {
	Keys shape.CacheKeys `json:"cache_keys"`
}

// cacheKeys answers with the keys by which clients decide which lists to read again.
func (h *handlers) cacheKeys(c *api.Call) error {
	keys, err := h.q.GetCacheKeys(c.Ctx(), c.Account())
	if err != nil {
		return err
	}
	return c.Single(cacheKeysJSON{shape.CacheKeys(keys)})
}

// accountInput is an account as administrators send it. Settings are fields of it, as in the contract, or of settings.
type accountInput struct {
	Name         api.Text `json:"name"`
	Locale       api.Text `json:"locale"`
	Domain       api.Text `json:"domain"`
	SupportEmail api.Text `json:"support_email"`
	Timezone     api.Text `json:"timezone"`
	Industry     api.Text `json:"industry"`
	CompanySize  api.Text `json:"company_size"`
	accountSettings
	Settings *accountSettings `json:"settings"`
}

// accountSettings are the settings that have an effect here. JSON null turns automatic resolution off.
type accountSettings struct {
	After         json.RawMessage `json:"auto_resolve_after"`
	Message       api.Text        `json:"auto_resolve_message"`
	Label         api.Text        `json:"auto_resolve_label"`
	AnsweredOnly  api.Bool        `json:"auto_resolve_ignore_waiting"`
	KeepPending   api.Bool        `json:"keep_pending_on_bot_failure"`
	NdotoActivity api.Bool        `json:"ndoto_show_activity"`
}

// apply sets the settings that were sent.
func (in accountSettings) apply(to *db.AccountSettings) {
	if len(in.After) > 0 {
		to.AutoResolveAfter = minutes(in.After)
	}
	setIfGiven(&to.AutoResolveMessage, in.Message.Given())
	setIfGiven(&to.AutoResolveLabel, in.Label.Given())
	setIfGiven(&to.AutoResolveAnswered, in.AnsweredOnly.Ptr())
	setIfGiven(&to.KeepPending, in.KeepPending.Ptr())
	setIfGiven(&to.NdotoActivity, in.NdotoActivity.Ptr())
}

// minutes reads a number of minutes, or nil for null. Anything but a number counts as out of bounds.
func minutes(raw json.RawMessage) *int64 {
	var n api.ID
	if err := n.UnmarshalJSON(raw); err != nil {
		n.Value, n.Set = -1, true
	}
	if !n.Set {
		return nil
	}
	return &n.Value
}

// apply sets the fields of an account that were sent.
func (in accountInput) apply(a *db.Account) error {
	if in.Name.Set {
		a.Name = in.Name.Value
	}
	if l := in.Locale.Value; l != "" {
		if len(l) > 12 {
			return fault.Field("locale", "Locale is not included in the list")
		}
		a.Locale = l
	}
	if in.Domain.Set {
		if len(in.Domain.Value) > 100 {
			return fault.Field("domain", "Domain is too long (maximum is 100 characters)")
		}
		a.Domain = shape.NilIfEmpty(in.Domain.Value)
	}
	if in.SupportEmail.Set {
		a.SupportEmail = nil
		if in.SupportEmail.Value != "" {
			email, err := auth.NormalEmail(in.SupportEmail.Value)
			if err != nil {
				return fault.Field("support_email", "Support email is not an e-mail address")
			}
			a.SupportEmail = &email
		}
	}
	return in.applyAttributes(a)
}

func (in accountInput) applyAttributes(a *db.Account) error {
	attributes := map[string]any{}
	if err := db.Decode(a.CustomAttributes, &attributes); err != nil {
		return err
	}
	for name, t := range map[string]api.Text{"timezone": in.Timezone, "industry": in.Industry, "company_size": in.CompanySize} {
		if t.Value != "" {
			attributes[name] = t.Value
		}
	}
	if zone := in.Timezone.Value; zone != "" && zone != "Local" {
		// A name from another list of zones is stored as an attribute and has no effect.
		if _, err := time.LoadLocation(zone); err == nil {
			a.TimeZone = zone
		}
	}
	in.accountSettings.apply(&a.Settings)
	if in.Settings != nil {
		in.Settings.apply(&a.Settings)
	}
	var err error
	a.CustomAttributes, err = json.Marshal(attributes)
	return err
}

func (h *handlers) updateAccount(c *api.Call) error {
	var in accountInput
	if err := c.Read(&in); err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		a, err := t.UpdateAccount(ctx, in.apply)
		if err != nil {
			return nil, err
		}
		return h.accountJSON(ctx, t.Queries(), a)
	})
}

// updateActiveAt notes that the caller works in the account now.
func (h *handlers) updateActiveAt(c *api.Call) error {
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		n, err := t.Queries().SetMembershipActive(ctx, db.SetMembershipActiveParams{At: t.Now, AccountID: t.Account(), UserID: c.Scope().UserID})
		return api.Empty(), fault.Found(n, err)
	})
}
