package api

// Policy says who may call a route. What a caller may see is decided by their scope: a conversation of an inbox that they
// do not see is not found.
type Policy uint8

const (
	// Public needs no token: the public client API.
	Public Policy = iota
	// User is any user with a token; the path names no account.
	User
	// Member is a user of the account that the path names.
	Member
	// MemberOrBot is Member, or a bot of that account.
	MemberOrBot
	// Admin is an administrator of that account.
	Admin
	// Platform is a platform app.
	Platform
	// Key is an account's key, or a member's token for the account's dialect; the path names no account.
	Key
)

// String returns the policy's name in the authorization matrix.
func (p Policy) String() string {
	return [...]string{"public", "user", "member", "member or bot", "admin", "platform", "key"}[p]
}

// Handler answers one call. Its error is answered as the dialect shows it.
type Handler func(c *Call) error

// Route is one line of a dialect's table. Path is a pattern of echo; if it has :account, the token must belong to that
// account.
type Route struct {
	Method string
	Path   string
	Policy Policy
	Handle Handler
}

// Get is a route that reads.
func Get(path string, p Policy, h Handler) Route { return Route{"GET", path, p, h} }

// Post is a route that creates something or performs an action.
func Post(path string, p Policy, h Handler) Route { return Route{"POST", path, p, h} }

// Delete is a route that removes something.
func Delete(path string, p Policy, h Handler) Route { return Route{"DELETE", path, p, h} }

// Put is a route that replaces something.
func Put(path string, p Policy, h Handler) Route { return Route{"PUT", path, p, h} }

// Patch is a route that changes some fields.
func Patch(path string, p Policy, h Handler) Route { return Route{"PATCH", path, p, h} }

// Update is Patch and Put, which Chatwoot's clients use for the same purpose.
func Update(path string, p Policy, h Handler) []Route {
	return []Route{Patch(path, p, h), Put(path, p, h)}
}
