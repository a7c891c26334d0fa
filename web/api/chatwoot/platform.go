package chatwoot

import (
	"encoding/json"
	"net/http"
	"slices"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
)

// In the platform API an application manages users, accounts and bots: those that it created and those that it was
// granted. For all others the answer is the same as if they did not exist.
const (
	platformPath         = "/platform/api/v1"
	platformUserPath     = platformPath + "/users/:user"
	platformAccountPath  = platformPath + "/accounts/:account"
	platformAccountUsers = platformAccountPath + "/account_users"
	platformBotPath      = platformPath + "/agent_bots/:bot"
	grantUser            = "user"
	grantAccount         = "account"
	grantBot             = "bot"
	platformListSize     = 100
	invalidPlatformToken = "Invalid access_token"
	platformNotPermitted = "Non permissible resource"
)

func (h *handlers) platformRoutes() []api.Route {
	return slices.Concat(
		[]api.Route{
			api.Post(platformPath+"/users", api.Platform, h.platformCreateUser),
			api.Get(platformUserPath, api.Platform, h.platformShowUser),
			api.Delete(platformUserPath, api.Platform, h.platformDeleteUser),
			api.Get(platformUserPath+"/login", api.Platform, h.platformLogin),
			api.Post(platformUserPath+"/token", api.Platform, h.platformToken),
			api.Get(platformPath+"/accounts", api.Platform, h.platformAccounts),
			api.Post(platformPath+"/accounts", api.Platform, h.platformCreateAccount),
			api.Get(platformAccountPath, api.Platform, h.platformShowAccount),
			api.Delete(platformAccountPath, api.Platform, h.platformDeleteAccount),
			api.Get(platformAccountUsers, api.Platform, h.platformListAccountUsers),
			api.Post(platformAccountUsers, api.Platform, h.platformAddAccountUser),
			api.Delete(platformAccountUsers, api.Platform, h.platformRemoveAccountUser),
			api.Get(platformPath+"/agent_bots", api.Platform, h.platformBots),
			api.Post(platformPath+"/agent_bots", api.Platform, h.platformCreateBot),
			api.Get(platformBotPath, api.Platform, h.platformShowBot),
			api.Delete(platformBotPath, api.Platform, h.platformDeleteBot),
			api.Delete(platformBotPath+"/avatar", api.Platform, h.platformDeleteBotAvatar),
		},
		api.Update(platformUserPath, api.Platform, h.platformUpdateUser),
		api.Update(platformAccountPath, api.Platform, h.platformUpdateAccount),
		api.Update(platformBotPath, api.Platform, h.platformUpdateBot),
	)
}

// granted reads an id in the path of an object that the application may manage.
func (h *handlers) granted(c *api.Call, kind, name string) (int64, error) {
	id, err := c.ID(name)
	if err != nil {
		return 0, err
	}
	return id, h.checkGrant(c, kind, id)
}

func (h *handlers) checkGrant(c *api.Call, kind string, id int64) error {
	ok, err := h.q.IsGranted(c.Ctx(), db.IsGrantedParams{PlatformAppID: c.Token.PlatformAppID, Kind: kind, ObjectID: id})
	if err == nil && !ok {
		err = api.Refuse(http.StatusUnauthorized, platformNotPermitted)
	}
	return err
}

func grant(c *api.Call, kind string, id int64) db.GrantParams {
	return db.GrantParams{PlatformAppID: c.Token.PlatformAppID, Kind: kind, ObjectID: id}
}

// mergeJSON sets the fields of one JSON object in another.
func mergeJSON(base, over json.RawMessage) (json.RawMessage, error) {
	if len(over) == 0 {
		return base, nil
	}
	all := map[string]json.RawMessage{}
	if err := json.Unmarshal(base, &all); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(over, &all); err != nil {
		return nil, fault.Field("custom_attributes", "Custom attributes must be an object")
	}
	return json.Marshal(all)
}

// platformRefusal answers callers without an application's token, also those with another kind of token.
func platformRefusal() (int, any) {
	return http.StatusUnauthorized, errorJSON{invalidPlatformToken}
}
