package chatwoot

import (
	"context"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

func (h *handlers) accountRoutes() []api.Route {
	return append([]api.Route{api.Get(v1, api.Member, h.showAccount)}, api.Update(v1, api.Admin, h.updateAccount)...)
}

type accountJSON struct {
	Settings         json.RawMessage  `json:"settings"`
	CreatedAt        string           `json:"created_at"`
	CustomAttributes json.RawMessage  `json:"custom_attributes,omitempty"`
	Domain           *string          `json:"domain"`
	Features         json.RawMessage  `json:"features"`
	ID               int64            `json:"id"`
	Locale           string           `json:"locale"`
	Name             string           `json:"name"`
	SupportEmail     *string          `json:"support_email"`
	Status           db.AccountStatus `json:"status"`
	CacheKeys        struct {
		Label string `json:"label"`
		Inbox string `json:"inbox"`
		Team  string `json:"team"`
	} `json:"cache_keys"`
	LatestVersion *string `json:"latest_chatwoot_version"`
}

func (h *handlers) accountJSON(a db.Account) accountJSON {
	j := accountJSON{
		Settings: shape.WithoutSecrets(a.Settings), CreatedAt: shape.ISO(a.CreatedAt), CustomAttributes: shape.NonEmpty(a.CustomAttributes), Domain: a.Domain,
		Features: a.Features, ID: a.ID, Locale: a.Locale, Name: a.Name, SupportEmail: a.SupportEmail, Status: a.Status,
	}
	// Lists are not cached by key here; a key that never changes is one that a client does not trust.
	j.CacheKeys.Label, j.CacheKeys.Inbox, j.CacheKeys.Team = "0000000000", "0000000000", "0000000000"
	return j
}

func (h *handlers) showAccount(c *api.Call) error {
	a, err := h.q.GetAccount(c.Ctx(), c.Account())
	if err != nil {
		return err
	}
	return c.Single(h.accountJSON(a))
}

// accountInput is what an administrator sends. Settings stand flat, as in the contract, or under settings.
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

// accountSettings are the settings that something here goes by. JSON null switches the automatic resolving off.
type accountSettings struct {
	After        json.RawMessage `json:"auto_resolve_after"`
	Message      api.Text        `json:"auto_resolve_message"`
	Label        api.Text        `json:"auto_resolve_label"`
	AnsweredOnly api.Bool        `json:"auto_resolve_ignore_waiting"`
	KeepPending  api.Bool        `json:"keep_pending_on_bot_failure"`
	// NdotoActivity is ours: whether Ndoto's dialect shows activity lines, which its strict clients do not know.
	NdotoActivity api.Bool `json:"ndoto_show_activity"`
}

// The bounds of auto_resolve_after: ten minutes, and 999 days.
const (
	minAutoResolve = 10
	maxAutoResolve = 999 * 24 * 60
)

// apply writes into an account's settings what was sent.
func (in accountSettings) apply(to map[string]any) error {
	if len(in.After) > 0 {
		var n api.ID
		if err := n.UnmarshalJSON(in.After); err != nil || n.Set && (n.Value < minAutoResolve || n.Value > maxAutoResolve) {
			return fault.Field("auto_resolve_after", "Auto resolve after must be between 10 minutes and 999 days")
		}
		to["auto_resolve_after"] = nil
		if n.Set {
			to["auto_resolve_after"] = n.Value
		}
	}
	for name, t := range map[string]api.Text{"auto_resolve_message": in.Message, "auto_resolve_label": in.Label} {
		if utf8.RuneCountInString(t.Value) > 20000 {
			return fault.Field(name, "Settings are too long")
		}
		if t.Set {
			to[name] = t.Value
		}
	}
	for name, b := range map[string]api.Bool{"auto_resolve_ignore_waiting": in.AnsweredOnly, "keep_pending_on_bot_failure": in.KeepPending, "ndoto_show_activity": in.NdotoActivity} {
		if b.Set {
			to[name] = b.Value
		}
	}
	return nil
}

// apply writes into an account what was sent.
func (in accountInput) apply(a *db.Account) error {
	if in.Name.Set {
		if a.Name = strings.TrimSpace(in.Name.Value); a.Name == "" {
			return fault.Field("name", "Name can't be blank")
		}
		if utf8.RuneCountInString(a.Name) > 255 {
			return fault.Field("name", "Name is too long (maximum is 255 characters)")
		}
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
	attributes, settings := map[string]any{}, map[string]any{}
	if err := db.Decode(a.CustomAttributes, &attributes); err != nil {
		return err
	}
	if err := db.Decode(a.Settings, &settings); err != nil {
		return err
	}
	for name, t := range map[string]api.Text{"timezone": in.Timezone, "industry": in.Industry, "company_size": in.CompanySize} {
		if t.Value != "" {
			attributes[name] = t.Value
		}
	}
	if zone := in.Timezone.Value; zone != "" && zone != "Local" {
		// Names of another list of zones are kept as an attribute and change nothing here.
		if _, err := time.LoadLocation(zone); err == nil {
			a.TimeZone = zone
		}
	}
	if err := in.accountSettings.apply(settings); err != nil {
		return err
	}
	if in.Settings != nil {
		if err := in.Settings.apply(settings); err != nil {
			return err
		}
	}
	var err error
	if a.CustomAttributes, err = json.Marshal(attributes); err != nil {
		return err
	}
	a.Settings, err = json.Marshal(settings)
	return err
}

func (h *handlers) updateAccount(c *api.Call) error {
	var in accountInput
	if err := c.Read(&in); err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		q := t.Queries()
		a, err := q.LockAccount(ctx, t.Account())
		if err != nil {
			return nil, err
		}
		if err := in.apply(&a); err != nil {
			return nil, err
		}
		a, err = q.UpdateAccount(ctx, db.UpdateAccountParams{
			ID: a.ID, Name: a.Name, Locale: a.Locale, TimeZone: a.TimeZone, Domain: a.Domain, SupportEmail: a.SupportEmail,
			Settings: a.Settings, CustomAttributes: a.CustomAttributes, UpdatedAt: t.Now,
		})
		return h.accountJSON(a), err
	})
}
