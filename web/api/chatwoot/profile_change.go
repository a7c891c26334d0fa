package chatwoot

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

// profileInput holds the fields of their profile that users may send.
type profileInput struct {
	Name             api.Text   `json:"name"`
	DisplayName      api.Text   `json:"display_name"`
	Email            api.Text   `json:"email"`
	MessageSignature api.Text   `json:"message_signature"`
	PhoneNumber      api.Text   `json:"phone_number"`
	UISettings       api.Object `json:"ui_settings"`
	passwordInput
	CurrentPassword api.Text `json:"current_password"`
}

// passwordInput is a new password and its confirmation.
type passwordInput struct {
	Password     api.Text `json:"password"`
	Confirmation api.Text `json:"password_confirmation"`
}

// hash checks a new password and returns its hash, or nil if none was sent.
func (in passwordInput) hash(ctx context.Context, passwords *auth.Passwords) (*string, error) {
	if in.Password.Value == "" {
		return nil, nil
	}
	if in.Confirmation.Set && in.Confirmation.Value != in.Password.Value {
		return nil, fault.Field("password_confirmation", "Password confirmation doesn't match Password")
	}
	hash, err := passwords.Hash(ctx, in.Password.Value)
	return &hash, err
}

// apply sets the fields of a user that were sent, except for the password.
func (in profileInput) apply(u *db.User) error {
	if in.Name.Set {
		name, err := personName(in.Name.Value)
		if err != nil {
			return err
		}
		if name == "" {
			return fault.Field("name", "Name can't be blank")
		}
		u.Name = name
	}
	if in.Email.Value != "" {
		email, err := auth.NormalEmail(in.Email.Value)
		if err != nil {
			return err
		}
		if email != u.Email {
			u.Email, u.ConfirmedAt = email, nil // the new address is not confirmed
		}
	}
	for field, part := range map[string]struct {
		in   api.Text
		to   **string
		most int
	}{
		"display_name":      {in.DisplayName, &u.DisplayName, 255},
		"message_signature": {in.MessageSignature, &u.MessageSignature, maxText},
		"phone_number":      {in.PhoneNumber, &u.PhoneNumber, 255},
	} {
		if !part.in.Set {
			continue
		}
		if err := checkLength(part.most, field, part.in.Value); err != nil {
			return err
		}
		*part.to = shape.NilIfEmpty(part.in.Value)
	}
	if in.UISettings != nil {
		u.UiSettings = json.RawMessage(in.UISettings)
	}
	return nil
}

// checkLength refuses a text with more than most characters.
func checkLength(most int, field, text string) error {
	if utf8.RuneCountInString(text) <= most {
		return nil
	}
	return fault.Field(
		field,
		fmt.Sprintf("%s%s is too long (maximum is %d characters)", strings.ToUpper(field[:1]), strings.ReplaceAll(field[1:], "_", " "), most),
	)
}

// updateProfile changes the user. A new password or address needs the current password; a new password ends the
// user's sessions and other sign-ins.
func (h *handlers) updateProfile(c *api.Call) error {
	var in profileInput
	if err := c.ReadAny(&in, "profile"); err != nil {
		return err
	}
	me, err := h.q.GetUser(c.Ctx(), c.Scope().UserID)
	if err != nil {
		return err
	}
	next := me
	if err := in.apply(&next); err != nil {
		return err
	}
	if in.Password.Value != "" || next.Email != me.Email {
		if err := h.checkPassword(c, me.Email, in.CurrentPassword.Value, me.PasswordHash); err != nil {
			return err
		}
	}
	hash, err := in.hash(c.Ctx(), h.a.Passwords)
	if err != nil {
		return err
	}
	return h.changeMe(c, func(ctx context.Context, t *desk.Tx, u *db.User) error {
		if hash != nil {
			u.PasswordHash = hash
			if err := auth.EndAccess(ctx, t.Queries(), u.ID, c.Token.ID); err != nil {
				return err
			}
		}
		if next.Email != me.Email { // links to a new password were sent to the old address
			if err := t.Queries().DeletePasswordResets(ctx, u.ID); err != nil {
				return err
			}
		}
		picture, err := avatarFile(ctx, c, t, "avatar", "profile[avatar]")
		if err != nil {
			return err
		}
		if picture != nil {
			u.AvatarHash = picture
		}
		return in.apply(u)
	})
}

// checkPassword refuses a wrong current password, and too many attempts.
func (h *handlers) checkPassword(c *api.Call, email, password string, hash *string) error {
	if err := h.a.CountTry(c, email); err != nil {
		return err
	}
	ok, err := h.a.Passwords.Check(c.Ctx(), password, hash)
	if err != nil {
		return err
	}
	if !ok {
		return api.Refuse(http.StatusUnprocessableEntity, "Invalid current password")
	}
	return auth.ForgetTries(c.Ctx(), h.q, email, c.RealIP())
}

// changeMe changes the caller's own row and answers with their profile.
func (h *handlers) changeMe(c *api.Call, change func(ctx context.Context, t *desk.Tx, u *db.User) error) error {
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		q := t.Queries()
		u, err := q.LockUser(ctx, c.Scope().UserID)
		if err != nil {
			return nil, err
		}
		if err := change(ctx, t, &u); err != nil {
			return nil, err
		}
		_, err = q.UpdateUser(ctx, db.UpdateUserParams{
			ID: u.ID, Name: u.Name, DisplayName: u.DisplayName, Email: u.Email, PasswordHash: u.PasswordHash, AvatarHash: u.AvatarHash,
			PhoneNumber: u.PhoneNumber, MessageSignature: u.MessageSignature, UiSettings: u.UiSettings, ConfirmedAt: u.ConfirmedAt,
		})
		if db.IsDuplicate(err, "users_email_key") {
			return nil, fault.Field("email", "Email has already been taken")
		}
		if err != nil {
			return nil, err
		}
		return h.profileOf(ctx, q, u.ID, c.Token.Secret)
	})
}

func (h *handlers) deleteMyAvatar(c *api.Call) error {
	return h.changeMe(c, func(_ context.Context, _ *desk.Tx, u *db.User) error {
		u.AvatarHash = nil
		return nil
	})
}

// presenceInput holds a user's presence in one account.
type presenceInput struct {
	AccountID    api.ID   `json:"account_id"`
	Availability api.Text `json:"availability"`
	AutoOffline  api.Bool `json:"auto_offline"`
}

func (h *handlers) setMyAvailability(c *api.Call) error {
	var in presenceInput
	if err := c.ReadAny(&in, "profile"); err != nil {
		return err
	}
	word, err := availabilityOf(in.Availability.Value)
	if err != nil {
		return err
	}
	return h.setPresence(c, db.SetPresenceParams{AccountID: in.AccountID.Value, Availability: word})
}

func (h *handlers) setMyAutoOffline(c *api.Call) error {
	var in presenceInput
	if err := c.ReadAny(&in, "profile"); err != nil {
		return err
	}
	return h.setPresence(c, db.SetPresenceParams{AccountID: in.AccountID.Value, AutoOffline: in.AutoOffline.Ptr()})
}

// setPresence changes the caller's presence in the account that the input names.
func (h *handlers) setPresence(c *api.Call, p db.SetPresenceParams) error {
	p.UserID = c.Scope().UserID
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		n, err := t.Queries().SetPresence(ctx, p)
		if err := fault.Found(n, err); err != nil {
			return nil, err
		}
		return h.profileOf(ctx, t.Queries(), p.UserID, c.Token.Secret)
	})
}

func (h *handlers) setActiveAccount(c *api.Call) error {
	var in presenceInput
	if err := c.ReadAny(&in, "profile"); err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		n, err := t.Queries().SetMembershipActive(ctx, db.SetMembershipActiveParams{
			At:        t.Now,
			AccountID: in.AccountID.Value,
			UserID:    c.Scope().UserID,
		})
		return api.Empty(), fault.Found(n, err)
	})
}

// resendConfirmation sends nothing, because one-time links confirm addresses.
func (h *handlers) resendConfirmation(c *api.Call) error { return c.Answer(api.Empty()) }

// resetMyToken replaces the token of the request by a new one, which only this answer contains.
func (h *handlers) resetMyToken(c *api.Call) error {
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		q, me := t.Queries(), c.Scope().UserID
		if _, err := q.DeleteAccessToken(ctx, c.Token.ID); err != nil {
			return nil, err
		}
		token, err := auth.NewUserToken(ctx, q, me, "Reset over the API")
		if err != nil {
			return nil, err
		}
		return h.profileOf(ctx, q, me, token)
	})
}
