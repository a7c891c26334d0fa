package chatwoot

import (
	"context"
	"encoding/json"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/web/api"
)

// loginLinkLife is how long a link to sign in is valid.
const loginLinkLife = 5 * time.Minute

// platformUserJSON is a profile without its owner's secrets. It has a token only in the answer that creates the token.
type platformUserJSON struct {
	profileJSON
	AccessToken *string               `json:"access_token"`
	Type        *string               `json:"type,omitempty"`
	InviterID   *int64                `json:"inviter_id,omitempty"`
	Accounts    []platformUserAccount `json:"accounts"`
}

type platformUserAccount struct {
	ID       int64   `json:"id"`
	Name     string  `json:"name"`
	ActiveAt *string `json:"active_at"`
	Role     db.Role `json:"role"`
}

func (h *handlers) platformUser(ctx context.Context, q *db.Queries, u db.User, token *string) (platformUserJSON, error) {
	memberships, err := q.ListUserMemberships(ctx, u.ID)
	if err != nil {
		return platformUserJSON{}, err
	}
	j := platformUserJSON{profileJSON: h.profileJSON(u, memberships, ""), AccessToken: token, Accounts: []platformUserAccount{}}
	for _, a := range j.profileJSON.Accounts {
		j.Accounts = append(j.Accounts, platformUserAccount{a.ID, a.Name, a.ActiveAt, a.Role})
	}
	return j, nil
}

type platformUserInput struct {
	Name             api.Text   `json:"name"`
	DisplayName      api.Text   `json:"display_name"`
	Email            api.Text   `json:"email"`
	Password         api.Text   `json:"password"`
	CustomAttributes api.Object `json:"custom_attributes"`
}

// apply sets the fields of a user that were sent.
func (in platformUserInput) apply(ctx context.Context, passwords *auth.Passwords, u *db.User) error {
	confirmed := u.ConfirmedAt
	if err := (profileInput{Name: in.Name, Email: in.Email, DisplayName: in.DisplayName}).apply(u); err != nil {
		return err
	}
	u.ConfirmedAt = confirmed // the operator of the installation trusts the application with addresses
	if in.Password.Value != "" {
		hash, err := passwords.Hash(ctx, in.Password.Value)
		if err != nil {
			return err
		}
		u.PasswordHash = &hash
	}
	var err error
	u.CustomAttributes, err = mergeJSON(u.CustomAttributes, json.RawMessage(in.CustomAttributes))
	return err
}

func saveUser(ctx context.Context, q *db.Queries, u db.User) (db.User, error) {
	if _, err := q.SetUserAttributes(ctx, u.CustomAttributes, u.ID); err != nil {
		return u, err
	}
	row, err := q.UpdateUser(ctx, db.UpdateUserParams{
		ID: u.ID, Name: u.Name, DisplayName: u.DisplayName, Email: u.Email, PasswordHash: u.PasswordHash, AvatarHash: u.AvatarHash,
		PhoneNumber: u.PhoneNumber, MessageSignature: u.MessageSignature, UiSettings: u.UiSettings, ConfirmedAt: u.ConfirmedAt,
	})
	if db.IsDuplicate(err, "users_email_key") {
		return u, fault.Field("email", "Email has already been taken")
	}
	return row, err
}

// platformCreateUser creates a user who can sign in, and a token. If a user with the e-mail address exists, it answers
// with that user and grants them to the application, because the operator of the installation trusts it.
func (h *handlers) platformCreateUser(c *api.Call) error {
	var in platformUserInput
	if err := c.Read(&in); err != nil {
		return err
	}
	email, err := auth.NormalEmail(in.Email.Value)
	if err != nil {
		return err
	}
	made := db.User{Name: email, CustomAttributes: json.RawMessage("{}"), UiSettings: json.RawMessage("{}")}
	if err := in.apply(c.Ctx(), h.a.Passwords, &made); err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		q := t.Queries()
		u, err := q.GetUserByEmail(ctx, email)
		if err == nil {
			if err := q.Grant(ctx, grant(c, grantUser, u.ID)); err != nil {
				return nil, err
			}
			return h.platformUser(ctx, q, u, nil)
		}
		if !db.IsNone(err) {
			return nil, err
		}
		u, err = q.InsertUser(ctx, db.InsertUserParams{Name: made.Name, Email: email, PasswordHash: made.PasswordHash, ConfirmedAt: &t.Now})
		if db.IsDuplicate(err, "users_email_key") {
			return nil, fault.Field("email", "Email has already been taken")
		}
		if err != nil {
			return nil, err
		}
		made.ID, made.ConfirmedAt = u.ID, u.ConfirmedAt
		if u, err = saveUser(ctx, q, made); err != nil {
			return nil, err
		}
		if err := q.Grant(ctx, grant(c, grantUser, u.ID)); err != nil {
			return nil, err
		}
		token, err := auth.NewUserToken(ctx, q, u.ID, "Platform")
		if err != nil {
			return nil, err
		}
		return h.platformUser(ctx, q, u, &token)
	})
}

func (h *handlers) platformShowUser(c *api.Call) error {
	id, err := h.granted(c, grantUser, "user")
	if err != nil {
		return err
	}
	u, err := h.q.GetUser(c.Ctx(), id)
	if err != nil {
		return err
	}
	j, err := h.platformUser(c.Ctx(), h.q, u, nil)
	if err != nil {
		return err
	}
	return c.Single(j)
}

// platformUpdateUser changes a user. A new password ends their sessions.
func (h *handlers) platformUpdateUser(c *api.Call) error {
	var in platformUserInput
	if err := c.Read(&in); err != nil {
		return err
	}
	id, err := h.granted(c, grantUser, "user")
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		q := t.Queries()
		u, err := q.LockUser(ctx, id)
		if err != nil {
			return nil, err
		}
		if err := in.apply(ctx, h.a.Passwords, &u); err != nil {
			return nil, err
		}
		if u, err = saveUser(ctx, q, u); err != nil {
			return nil, err
		}
		if in.Password.Value != "" {
			if err := auth.EndAccess(ctx, q, id, 0); err != nil {
				return nil, err
			}
		}
		return h.platformUser(ctx, q, u, nil)
	})
}

// platformDeleteUser removes a user from all accounts, each in its own transaction, and deletes their password. The row
// stays as the author of messages.
func (h *handlers) platformDeleteUser(c *api.Call) error {
	id, err := h.granted(c, grantUser, "user")
	if err != nil {
		return err
	}
	memberships, err := h.q.ListUserMemberships(c.Ctx(), id)
	if err != nil {
		return err
	}
	for _, m := range memberships {
		err := h.a.Desk.Do(c.Ctx(), desk.System(m.Membership.AccountID), func(t *desk.Tx) error { return t.RemoveMember(c.Ctx(), id) })
		if err != nil && !db.IsNone(err) {
			return err
		}
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		q := t.Queries()
		if err := q.ForgetPassword(ctx, id); err != nil {
			return nil, err
		}
		if err := q.DeleteUserSessions(ctx, id); err != nil {
			return nil, err
		}
		if err := q.DeleteUserTokens(ctx, id); err != nil {
			return nil, err
		}
		return api.Empty(), q.DeleteGrants(ctx, grantUser, id)
	})
}

// platformLogin creates a link that signs the user in once, for a short time.
func (h *handlers) platformLogin(c *api.Call) error {
	id, err := h.granted(c, grantUser, "user")
	if err != nil {
		return err
	}
	u, err := h.q.GetUser(c.Ctx(), id)
	if err != nil {
		return err
	}
	now := h.a.Now()
	secret := auth.NewSecret()
	if err := h.q.InsertLoginLink(c.Ctx(), db.InsertLoginLinkParams{
		TokenHash: secret.Hash,
		UserID:    id,
		ExpiresAt: now.Add(loginLinkLife),
	}); err != nil {
		return err
	}
	return c.Answer(struct {
		URL string `json:"url"`
	}{h.a.BaseURL + link.LoginLink(u.Email, secret.Token)})
}

type platformTokenJSON struct {
	AccessToken string            `json:"access_token"`
	Expiry      *string           `json:"expiry"`
	User        platformTokenUser `json:"user"`
}

type platformTokenUser struct {
	ID          int64   `json:"id"`
	Name        string  `json:"name"`
	DisplayName *string `json:"display_name"`
	Email       string  `json:"email"`
	PubsubToken string  `json:"pubsub_token"`
}

// platformToken creates another token for the user, because Parley stores only hashes of the existing ones.
func (h *handlers) platformToken(c *api.Call) error {
	id, err := h.granted(c, grantUser, "user")
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		u, err := t.Queries().GetUser(ctx, id)
		if err != nil {
			return nil, err
		}
		token, err := auth.NewUserToken(ctx, t.Queries(), id, "Platform")
		return platformTokenJSON{AccessToken: token, User: platformTokenUser{u.ID, u.Name, u.DisplayName, u.Email, u.PubsubToken}}, err
	})
}
