package chatwoot

import (
	"context"
	"encoding/json"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

const profilePath = "/api/v1/profile"

func (h *handlers) profileRoutes() []api.Route {
	return append([]api.Route{
		api.Get(profilePath, api.User, h.profile),
		api.Delete(profilePath+"/avatar", api.User, h.deleteMyAvatar),
		api.Post(profilePath+"/availability", api.User, h.setMyAvailability),
		api.Post(profilePath+"/auto_offline", api.User, h.setMyAutoOffline),
		api.Put(profilePath+"/set_active_account", api.User, h.setActiveAccount),
		api.Post(profilePath+"/resend_confirmation", api.User, h.resendConfirmation),
		api.Post(profilePath+"/reset_access_token", api.User, h.resetMyToken),
	}, api.Update(profilePath, api.User, h.updateProfile)...)
}

// profile answers with the token's user. It repeats the token from the request, because only its hash is stored.
func (h *handlers) profile(c *api.Call) error {
	p, err := h.profileOf(c.Ctx(), h.q, c.Scope().UserID, c.Token.Secret)
	if err != nil {
		return err
	}
	return c.Single(p)
}

// profileOf reads a user's own profile.
func (h *handlers) profileOf(ctx context.Context, q *db.Queries, userID int64, token string) (profileJSON, error) {
	u, err := q.GetUser(ctx, userID)
	if err != nil {
		return profileJSON{}, err
	}
	memberships, err := q.ListUserMemberships(ctx, u.ID)
	return h.profileJSON(u, memberships, token), err
}

type profileJSON struct {
	AccessToken      string               `json:"access_token"`
	AccountID        *int64               `json:"account_id"`
	AvailableName    string               `json:"available_name"`
	AvatarURL        string               `json:"avatar_url"`
	Confirmed        bool                 `json:"confirmed"`
	DisplayName      *string              `json:"display_name"`
	MessageSignature *string              `json:"message_signature"`
	Email            string               `json:"email"`
	ID               int64                `json:"id"`
	InviterID        *int64               `json:"inviter_id"`
	Name             string               `json:"name"`
	Provider         string               `json:"provider"`
	PubsubToken      string               `json:"pubsub_token"`
	CustomAttributes json.RawMessage      `json:"custom_attributes,omitempty"`
	Role             *db.Role             `json:"role"`
	UISettings       json.RawMessage      `json:"ui_settings"`
	UID              string               `json:"uid"`
	Type             *string              `json:"type"`
	Accounts         []profileAccountJSON `json:"accounts"`
}

type profileAccountJSON struct {
	ID                 int64            `json:"id"`
	Name               string           `json:"name"`
	Status             db.AccountStatus `json:"status"`
	OnboardingStep     *string          `json:"onboarding_step"`
	ActiveAt           *string          `json:"active_at"`
	Role               db.Role          `json:"role"`
	Permissions        []string         `json:"permissions"`
	Availability       db.Availability  `json:"availability"`
	AvailabilityStatus string           `json:"availability_status"`
	AutoOffline        bool             `json:"auto_offline"`
}

// profileJSON is a user's own profile. account_id and role are those of the account that they used last.
func (h *handlers) profileJSON(u db.User, memberships []db.ListUserMembershipsRow, token string) profileJSON {
	p := profileJSON{
		AccessToken: token, AvailableName: shape.AvailableName(u.Name, u.DisplayName), AvatarURL: h.shape.Avatar(u.AvatarHash),
		Confirmed: u.ConfirmedAt != nil, DisplayName: u.DisplayName, MessageSignature: u.MessageSignature, Email: u.Email,
		ID: u.ID, Name: u.Name, Provider: "email", PubsubToken: u.PubsubToken, UISettings: u.UiSettings, UID: u.Email,
		Accounts: []profileAccountJSON{},
	}
	if string(u.CustomAttributes) != "{}" {
		p.CustomAttributes = u.CustomAttributes
	}
	for i, m := range memberships {
		if i == 0 {
			p.AccountID, p.Role, p.InviterID = &m.Membership.AccountID, &m.Membership.Role, m.Membership.InviterID
		}
		p.Accounts = append(p.Accounts, profileAccountJSON{
			ID: m.Membership.AccountID, Name: m.AccountName, Status: m.AccountStatus, ActiveAt: shape.ISOPtr(m.Membership.ActiveAt),
			Role: m.Membership.Role, Permissions: []string{string(m.Membership.Role)}, Availability: m.Membership.Availability,
			AvailabilityStatus: h.shape.Availability(m.Membership.Availability, m.Membership.AutoOffline, m.Membership.ActiveAt),
			AutoOffline:        m.Membership.AutoOffline,
		})
	}
	return p
}
