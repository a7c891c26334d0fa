package chatwoot

import (
	"context"
	"encoding/json"
	"net/http"
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
	Features         json.RawMessage  `json:"features"`
	CustomAttributes json.RawMessage  `json:"custom_attributes"`
	Limits           json.RawMessage  `json:"limits"`
	Status           db.AccountStatus `json:"status"`
}

func platformAccount(a db.Account) platformAccountJSON {
	return platformAccountJSON{a.ID, a.Name, a.Locale, a.Domain, a.SupportEmail, a.Features, a.CustomAttributes, a.Limits, a.Status}
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

// apply writes into an account what was sent.
func (in platformAccountInput) apply(a *db.Account) error {
	set(&a.Name, in.Name.Given())
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
		if err := within(255, field, *text); err != nil {
			return err
		}
	}
	for _, part := range []struct {
		to *json.RawMessage
		in api.Object
	}{{&a.Features, in.Features}, {&a.Limits, in.Limits}, {&a.CustomAttributes, in.CustomAttributes}} {
		next, err := merged(*part.to, json.RawMessage(part.in))
		if err != nil {
			return err
		}
		*part.to = next
	}
	return nil
}

func saveAccount(ctx context.Context, t *desk.Tx, a db.Account) (db.Account, error) {
	if _, err := t.Queries().SetAccountPlan(ctx, db.SetAccountPlanParams{ID: a.ID, Status: a.Status, Features: a.Features, Limits: a.Limits}); err != nil {
		return a, err
	}
	return t.Queries().UpdateAccount(ctx, db.UpdateAccountParams{
		ID: a.ID, Name: a.Name, Locale: a.Locale, TimeZone: a.TimeZone, Domain: a.Domain, SupportEmail: a.SupportEmail, Settings: a.Settings,
		CustomAttributes: a.CustomAttributes, UpdatedAt: t.Now,
	})
}

// platformAccounts is a bare list.
func (s *surface) platformAccounts(c *api.Call) error {
	after, most, err := walk(c)
	if err != nil {
		return err
	}
	rows, err := s.q.ListGrantedAccounts(c.Ctx(), db.ListGrantedAccountsParams{PlatformAppID: c.Token.PlatformAppID, AfterID: after, Most: most + 1})
	if err != nil {
		return err
	}
	if rows, err = walked(c, rows, most, func(a db.Account) int64 { return a.ID }); err != nil {
		return err
	}
	out := make([]platformAccountJSON, len(rows))
	for i, a := range rows {
		out[i] = platformAccount(a)
	}
	return c.Answer(out)
}

func (s *surface) platformCreateAccount(c *api.Call) error {
	var in platformAccountInput
	if err := c.Read(&in); err != nil {
		return err
	}
	none := json.RawMessage("{}")
	if err := in.apply(&db.Account{Features: none, Limits: none, CustomAttributes: none}); err != nil {
		return err
	}
	return s.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
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

func (s *surface) platformShowAccount(c *api.Call) error {
	id, err := s.granted(c, grantAccount, "account")
	if err != nil {
		return err
	}
	a, err := s.q.GetAccount(c.Ctx(), id)
	if err != nil {
		return err
	}
	return c.Single(platformAccount(a))
}

func (s *surface) platformUpdateAccount(c *api.Call) error {
	var in platformAccountInput
	if err := c.Read(&in); err != nil {
		return err
	}
	id, err := s.granted(c, grantAccount, "account")
	if err != nil {
		return err
	}
	return s.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
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

// platformDeleteAccount takes an account out of everybody's sight and orders the job that removes all that is in it.
func (s *surface) platformDeleteAccount(c *api.Call) error {
	id, err := s.granted(c, grantAccount, "account")
	if err != nil {
		return err
	}
	return s.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
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

// accountUserJSON is a membership as a bare row. It has no id of its own here: the user's stands in its place.
type accountUserJSON struct {
	ID           int64           `json:"id"`
	AccountID    int64           `json:"account_id"`
	UserID       int64           `json:"user_id"`
	Role         db.Role         `json:"role"`
	InviterID    *int64          `json:"inviter_id"`
	CreatedAt    string          `json:"created_at"`
	UpdatedAt    string          `json:"updated_at"`
	ActiveAt     *string         `json:"active_at"`
	Availability db.Availability `json:"availability"`
	AutoOffline  bool            `json:"auto_offline"`
}

func accountUser(m db.Membership) accountUserJSON {
	return accountUserJSON{
		ID: m.UserID, AccountID: m.AccountID, UserID: m.UserID, Role: m.Role, InviterID: m.InviterID, CreatedAt: iso(m.CreatedAt),
		UpdatedAt: iso(m.UpdatedAt), ActiveAt: isoPtr(m.ActiveAt), Availability: m.Availability, AutoOffline: m.AutoOffline,
	}
}

func (s *surface) platformListColleagues(c *api.Call) error {
	id, err := s.granted(c, grantAccount, "account")
	if err != nil {
		return err
	}
	after, most, err := walk(c)
	if err != nil {
		return err
	}
	rows, err := s.q.ListAccountUsers(c.Ctx(), db.ListAccountUsersParams{AccountID: id, AfterID: after, Most: most + 1})
	if err != nil {
		return err
	}
	if rows, err = walked(c, rows, most, func(m db.Membership) int64 { return m.UserID }); err != nil {
		return err
	}
	out := make([]accountUserJSON, len(rows))
	for i, m := range rows {
		out[i] = accountUser(m)
	}
	return c.Answer(out)
}

type colleagueInput struct {
	UserID api.ID   `json:"user_id"`
	Role   api.Text `json:"role"`
}

// platformAddColleague lets a user of the application's into an account, or changes their role there.
func (s *surface) platformAddColleague(c *api.Call) error {
	var in colleagueInput
	if err := c.Read(&in); err != nil {
		return err
	}
	id, err := s.granted(c, grantAccount, "account")
	if err != nil {
		return err
	}
	role := db.Role(in.Role.Value)
	if role == "" {
		role = db.RoleAgent
	}
	switch {
	case in.UserID.Ptr() == nil:
		return fault.Field("user", "User must exist")
	case !role.Valid():
		return fault.Field("role", "Role is not included in the list")
	}
	if err := s.checkGrant(c, grantUser, in.UserID.Value); err != nil {
		return err
	}
	c.Actor = desk.System(id)
	return s.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		u, err := t.Queries().GetUser(ctx, in.UserID.Value)
		if err != nil {
			return nil, err
		}
		_, err = t.Queries().GetMember(ctx, id, u.ID)
		if err == nil {
			_, m, err := t.UpdateMember(ctx, u.ID, desk.MemberChange{Role: &role})
			return accountUser(m), err
		}
		if !db.IsNone(err) {
			return nil, err
		}
		_, m, err := t.AddMember(ctx, desk.Colleague{Name: u.Name, Email: u.Email, Role: role, Availability: db.AvailabilityOnline, AutoOffline: true})
		return accountUser(m), err
	})
}

func (s *surface) platformRemoveColleague(c *api.Call) error {
	var in colleagueInput
	if err := c.Read(&in); err != nil {
		return err
	}
	id, err := s.granted(c, grantAccount, "account")
	if err != nil {
		return err
	}
	user := in.UserID.Value
	if !in.UserID.Set {
		user = toInt(c.QueryParam("user_id"))
	}
	c.Actor = desk.System(id)
	return s.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) { return api.Empty(), t.RemoveMember(ctx, user) })
}

type platformBotJSON struct {
	ID          int64   `json:"id"`
	Name        string  `json:"name"`
	Description string  `json:"description"`
	OutgoingURL string  `json:"outgoing_url"`
	AccountID   int64   `json:"account_id"`
	AccessToken *string `json:"access_token"`
}

func platformBot(b db.AgentBot, token *string) platformBotJSON {
	return platformBotJSON{b.ID, b.Name, b.Description, b.OutgoingUrl, b.AccountID, token}
}

func (s *surface) platformBots(c *api.Call) error {
	after, most, err := walk(c)
	if err != nil {
		return err
	}
	rows, err := s.q.ListGrantedBots(c.Ctx(), db.ListGrantedBotsParams{PlatformAppID: c.Token.PlatformAppID, AfterID: after, Most: most + 1})
	if err != nil {
		return err
	}
	if rows, err = walked(c, rows, most, func(b db.AgentBot) int64 { return b.ID }); err != nil {
		return err
	}
	out := make([]platformBotJSON, len(rows))
	for i, b := range rows {
		out[i] = platformBot(b, nil)
	}
	return c.Answer(out)
}

// platformCreateBot makes a bot of an account: one of all accounts there is not here. Clients that know no account_id
// get it in the application's account, where there is one alone.
func (s *surface) platformCreateBot(c *api.Call) error {
	var in struct {
		botInput
		AccountID api.ID `json:"account_id"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	account := in.AccountID.Ptr()
	if account == nil {
		granted, err := s.q.ListGrantedAccounts(c.Ctx(), db.ListGrantedAccountsParams{PlatformAppID: c.Token.PlatformAppID, Most: 2})
		if err != nil {
			return err
		}
		if len(granted) == 1 {
			account = &granted[0].ID
		}
	}
	if account == nil {
		return fault.Field("account_id", "Account must exist")
	}
	if err := s.checkGrant(c, grantAccount, *account); err != nil {
		return err
	}
	made := db.AgentBot{BotConfig: json.RawMessage("{}")}
	if err := in.apply(&made); err != nil {
		return err
	}
	c.Actor = desk.System(*account)
	return s.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		hash, err := avatarFile(ctx, c, t, "avatar")
		if err != nil {
			return nil, err
		}
		b, err := t.Queries().InsertAgentBot(ctx, db.InsertAgentBotParams{
			AccountID: t.Account(), Name: made.Name, Description: made.Description, OutgoingUrl: made.OutgoingUrl, BotType: "webhook",
			BotConfig: made.BotConfig, Secret: newSigningKey(), AvatarHash: hash,
		})
		if err != nil {
			return nil, err
		}
		if err := t.Queries().Grant(ctx, grant(c, grantBot, b.ID)); err != nil {
			return nil, err
		}
		token, err := newBotToken(ctx, t.Queries(), b)
		return platformBot(b, token), err
	})
}

// grantedBot finds the path's bot, and lets the call work in its account.
func (s *surface) grantedBot(c *api.Call) (db.AgentBot, error) {
	id, err := s.granted(c, grantBot, "bot")
	if err != nil {
		return db.AgentBot{}, err
	}
	b, err := s.q.FindBotByID(c.Ctx(), id)
	c.Actor = desk.System(b.AccountID)
	return b, err
}

func (s *surface) platformShowBot(c *api.Call) error {
	b, err := s.grantedBot(c)
	if err != nil {
		return err
	}
	return c.Single(platformBot(b, nil))
}

func (s *surface) platformUpdateBot(c *api.Call) error {
	var in botInput
	if err := c.Read(&in); err != nil {
		return err
	}
	had, err := s.grantedBot(c)
	if err != nil {
		return err
	}
	return s.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		b, err := t.Queries().LockAgentBot(ctx, t.Account(), had.ID)
		if err != nil {
			return nil, err
		}
		if err := in.apply(&b); err != nil {
			return nil, err
		}
		hash, err := avatarFile(ctx, c, t, "avatar")
		if err != nil {
			return nil, err
		}
		if hash != nil {
			b.AvatarHash = hash
		}
		b, err = t.Queries().UpdateAgentBot(ctx, db.UpdateAgentBotParams{
			AccountID: t.Account(), ID: b.ID, Name: b.Name, Description: b.Description, OutgoingUrl: b.OutgoingUrl, BotConfig: b.BotConfig,
			Secret: b.Secret, AvatarHash: b.AvatarHash, UpdatedAt: t.Now,
		})
		return platformBot(b, nil), err
	})
}

func (s *surface) platformDeleteBot(c *api.Call) error {
	b, err := s.grantedBot(c)
	if err != nil {
		return err
	}
	return s.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		if err := t.DeleteBot(ctx, b.ID); err != nil {
			return nil, err
		}
		return api.Empty(), t.Queries().DeleteGrants(ctx, grantBot, b.ID)
	})
}

// platformRefusal is what a caller without an application's token is told, whatever else they have.
func platformRefusal() (int, any) {
	return http.StatusUnauthorized, errorJSON{wrongPlatformToken}
}
