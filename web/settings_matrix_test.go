package web

// settingsMatrix is the part of the table of TestMatrix for settings, contacts and people's own pages.
func settingsMatrix() map[string]access {
	const settings = "/accounts/:account/settings"
	const contacts = "/accounts/:account/contacts"
	all := map[string]access{
		"GET /profile": member, "POST /profile": member, "POST /profile/email": member, "POST /profile/password": member,
		"POST /profile/picture": member, "POST /profile/availability": member, "POST /profile/look": member,
		"POST /profile/notifications": member, "POST /profile/devices": member,

		"GET " + contacts: member, "POST " + contacts: member, "GET " + contacts + "/:id": member, "POST " + contacts + "/:id": member,
		"POST " + contacts + "/:id/muting": member, "POST " + contacts + "/:id/attributes": member, "POST " + contacts + "/:id/notes": member,
		"POST " + contacts + "/:id/notes/:note/deletion": member,
		"GET " + contacts + "/imports":                   admin,
		"POST " + contacts + "/imports":                  admin,
		"GET " + contacts + "/imports/:id":               admin,
		"POST " + contacts + "/imports/:id":              admin,
		"GET " + contacts + "/imports/:id/failures":      admin,

		"GET /invitations/:token": open, "POST /invitations/:token": open,
		"GET /password-resets/:token": open, "POST /password-resets/:token": open,
		"GET " + settings + "/members": admin, "POST " + settings + "/members": admin,
		"POST " + settings + "/invitations/:id/link":       admin,
		"POST " + settings + "/invitations/:id/revocation": admin,
		"GET " + settings + "/members/:id":                 admin, "POST " + settings + "/members/:id": admin,
		"POST " + settings + "/members/:id/deactivation":   admin,
		"POST " + settings + "/members/:id/reactivation":   admin,
		"POST " + settings + "/members/:id/password-reset": admin,
		"GET " + settings + "/translation":                 admin, "POST " + settings + "/translation": admin,
		"GET " + settings + "/inboxes": admin, "POST " + settings + "/inboxes": admin,
		"GET " + settings + "/inboxes/:id": admin, "POST " + settings + "/inboxes/:id": admin,
		"POST " + settings + "/inboxes/:id/webhook-secret": admin, "POST " + settings + "/inboxes/:id/deletion": admin,
		"POST " + settings + "/deliveries/:id/replay": admin,

		"GET " + settings + "/access-tokens": member, "POST " + settings + "/access-tokens": member,
		"POST " + settings + "/access-tokens/:id/revocation": member,
	}
	for page, who := range map[string]access{
		"teams": admin, "labels": admin, "webhooks": admin, "automation": admin, "attributes": admin, "agent-bots": admin,
		"canned-replies": member, "macros": member,
	} {
		base := settings + "/" + page
		for _, route := range []string{
			"GET " + base, "GET " + base + "/new", "POST " + base, "GET " + base + "/:id", "POST " + base + "/:id",
			"POST " + base + "/:id/deletion",
		} {
			all[route] = who
		}
	}
	all["POST "+settings+"/webhooks/:id/secret"], all["GET "+settings+"/account"], all["POST "+settings+"/account"] = admin, admin, admin
	all["POST "+settings+"/webhooks/:id/resumption"] = admin
	all["POST "+settings+"/agent-bots/:id/token"], all["POST "+settings+"/agent-bots/:id/secret"] = admin, admin
	all["POST "+settings+"/automation/:id/active"], all["POST "+settings+"/automation/:id/clone"] = admin, admin
	return all
}
