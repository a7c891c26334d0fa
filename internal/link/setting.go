package link

// Act is what can be done to a resource of the settings by an address of its own.
type Act string

// Actions.
const (
	Active        Act = "active"
	Clone         Act = "clone"
	Deactivation  Act = "deactivation"
	Deletion      Act = "deletion"
	NewLink       Act = "link"
	NewToken      Act = "token"
	PasswordLink  Act = "password-reset"
	Reactivation  Act = "reactivation"
	Replay        Act = "replay"
	Resumption    Act = "resumption"
	Revocation    Act = "revocation"
	Secret        Act = "secret"
	WebhookSecret Act = "webhook-secret"
)

// Settings is a page of the settings, by its name: "labels".
func Settings(account int64, page string) string { return Account(account) + "/settings/" + page }

// NewSetting is the form for another resource of a page: a new label.
func NewSetting(account int64, page string) string { return Settings(account, page) + "/new" }

// Setting is one resource of a page: a label.
func Setting(account int64, page string, resource int64) string {
	return Settings(account, page) + "/" + id(resource)
}

// SettingAct does something to a resource of a page: it deletes a label.
func SettingAct(account int64, page string, resource int64, act Act) string {
	return Setting(account, page, resource) + "/" + string(act)
}
