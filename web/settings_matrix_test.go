package web

// settingsMatrix is the part of the table of TestMatrix for settings, contacts and people's own pages.
func settingsMatrix() map[string]access {
	const settings = "/accounts/:account/settings"
	return map[string]access{
		"GET /invitations/:token": open, "POST /invitations/:token": open,
		"GET /password-resets/:token": open, "POST /password-resets/:token": open,
		"GET " + settings + "/members": admin, "POST " + settings + "/members": admin,
		"POST " + settings + "/invitations/:id/revocation": admin,
		"GET " + settings + "/members/:id":                 admin, "POST " + settings + "/members/:id": admin,
		"POST " + settings + "/members/:id/deactivation":   admin,
		"POST " + settings + "/members/:id/reactivation":   admin,
		"POST " + settings + "/members/:id/password-reset": admin,
	}
}
