package chatwoot

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/push"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

const (
	notificationSettingsPath      = v1 + "/notification_settings"
	notificationSubscriptionsPath = "/api/v1/notification_subscriptions"
)

func (h *handlers) notificationSettingRoutes() []api.Route {
	return append([]api.Route{
		api.Get(notificationSettingsPath, api.Member, h.notificationSettings),
		api.Post(notificationSubscriptionsPath, api.User, h.subscribeDevice),
		api.Delete(notificationSubscriptionsPath, api.User, h.unsubscribeDevice),
	}, api.Update(notificationSettingsPath, api.Member, h.updateNotificationSettings)...)
}

type notificationSettingsJSON struct {
	ID            int64    `json:"id"`
	UserID        int64    `json:"user_id"`
	AccountID     int64    `json:"account_id"`
	AllEmail      []string `json:"all_email_flags"`
	SelectedEmail []string `json:"selected_email_flags"`
	AllPush       []string `json:"all_push_flags"`
	SelectedPush  []string `json:"selected_push_flags"`
}

// flagKinds returns the kinds of notifications that have flags: those that Parley has, and those of Chatwoot's SLAs,
// which can be selected and never occur.
func flagKinds() []string {
	return append(db.NotificationChoices(), "sla_missed_first_response", "sla_missed_next_response", "sla_missed_resolution")
}

// flags returns the names of flags of a channel, in the order of flagKinds.
func flags(channel string, selected []string) []string {
	names := []string{}
	for _, kind := range flagKinds() {
		if slices.Contains(selected, kind) {
			names = append(names, channel+kind)
		}
	}
	return names
}

// kindsOf returns the kinds of the flags of a channel, or fault.Fields for one that does not exist.
func kindsOf(field, channel string, names []string) ([]string, error) {
	kinds := []string{}
	for _, name := range names {
		kind, ok := strings.CutPrefix(name, channel)
		if !ok || !slices.Contains(flagKinds(), kind) {
			return nil, fault.Field(field, field+" holds an unknown flag")
		}
		if !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	return kinds, nil
}

func settingsJSON(m db.Membership) notificationSettingsJSON {
	return notificationSettingsJSON{
		ID: m.UserID, UserID: m.UserID, AccountID: m.AccountID,
		AllEmail: flags("email_", flagKinds()), SelectedEmail: flags("email_", m.EmailNotifications),
		AllPush: flags("push_", flagKinds()), SelectedPush: flags("push_", m.PushNotifications),
	}
}

func (h *handlers) notificationSettings(c *api.Call) error {
	row, err := h.q.GetMember(c.Ctx(), c.Account(), c.Scope().UserID)
	if err != nil {
		return err
	}
	return c.Answer(settingsJSON(row.Membership))
}

// updateNotificationSettings replaces both lists; a list that is absent becomes empty.
func (h *handlers) updateNotificationSettings(c *api.Call) error {
	var in struct {
		Email api.Strings `json:"selected_email_flags"`
		Push  api.Strings `json:"selected_push_flags"`
	}
	if err := c.Read(&in, "notification_settings"); err != nil {
		return err
	}
	email, err := kindsOf("selected_email_flags", "email_", in.Email.Values)
	if err != nil {
		return err
	}
	pushed, err := kindsOf("selected_push_flags", "push_", in.Push.Values)
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		m, err := t.Queries().SetNotificationKinds(ctx, db.SetNotificationKindsParams{
			AccountID: t.Account(), UserID: c.Scope().UserID, Email: email, Push: pushed,
		})
		return settingsJSON(m), err
	})
}

type notificationSubscriptionJSON struct {
	ID         int64      `json:"id"`
	UserID     int64      `json:"user_id"`
	Kind       string     `json:"subscription_type"`
	Attributes api.Object `json:"subscription_attributes"`
	Identifier string     `json:"identifier"`
	CreatedAt  string     `json:"created_at"`
	UpdatedAt  string     `json:"updated_at"`
}

// subscribeDevice stores the caller's browser or telephone.
func (h *handlers) subscribeDevice(c *api.Call) error {
	var in struct {
		Kind       api.Text   `json:"subscription_type"`
		Attributes api.Object `json:"subscription_attributes"`
	}
	if err := c.Read(&in, "notification_subscription"); err != nil {
		return err
	}
	if in.Attributes == nil {
		return api.Refuse(http.StatusUnprocessableEntity, "param is missing or the value is empty: subscription_attributes")
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		s, err := push.Subscribe(ctx, t.Queries(), c.Scope().UserID, in.Kind.Value, []byte(in.Attributes), t.Now)
		return notificationSubscriptionJSON{
			ID: s.ID, UserID: s.UserID, Kind: s.Kind, Attributes: api.Object(s.Attributes), Identifier: s.Identifier,
			CreatedAt: shape.ISO(s.CreatedAt), UpdatedAt: shape.ISO(s.UpdatedAt),
		}, err
	})
}

// unsubscribeDevice deletes the caller's device by its token. Nothing happens if there is none: it may have been deleted
// because its push service no longer knew it.
func (h *handlers) unsubscribeDevice(c *api.Call) error {
	var in struct {
		Token api.Text `json:"push_token"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		return api.Empty(), push.Unsubscribe(ctx, t.Queries(), c.Scope().UserID, in.Token.Value)
	})
}
