package main

import "strings"

// capabilities is what the interface offers. A new route, key or button of the pages belongs here, with its journey.
func capabilities() []capability {
	all := append(accountCapabilities(), listCapabilities()...)
	all = append(all, conversationCapabilities()...)
	return append(all, settingsCapabilities()...)
}

// inAccount prefixes the paths of routes below an account.
func inAccount(routes ...string) []string { return below("/accounts/:account", routes) }

func inConversation(routes ...string) []string {
	return below("/accounts/:account/conversations/:conversation", routes)
}

func inSettings(routes ...string) []string { return below("/accounts/:account/settings", routes) }

func below(base string, routes []string) []string {
	all := make([]string, len(routes))
	for i, route := range routes {
		method, path, _ := strings.Cut(route, " ")
		all[i] = method + " " + base + path
	}
	return all
}

// crud are the routes of a page of settings whose things are made, changed and deleted.
func crud(page string) []string {
	return inSettings(
		"GET /"+page, "GET /"+page+"/new", "POST /"+page, "GET /"+page+"/:id", "POST /"+page+"/:id",
		"POST /"+page+"/:id/deletion",
	)
}

func accountCapabilities() []capability {
	return []capability{
		{does: "the first run", journey: "TestSetupJourney", routes: []string{"GET /", "GET /setup", "POST /setup"}},
		{
			does: "sign in and out", journey: "TestJourneys/signing_in",
			routes: append([]string{"GET /", "GET /static/*", "GET /login", "POST /login", "POST /logout"}, inAccount("GET ")...),
		},
		{does: "sign in by a link", journey: "TestJourneys/login_link", routes: []string{"GET /app/login", "GET /app/*"}},
		{
			does: "change one's names, picture, availability and address", journey: "TestJourneys/profile",
			routes: []string{
				"GET /profile", "POST /profile", "POST /profile/picture", "POST /profile/availability", "POST /profile/email", "GET /avatars/:hash",
			},
		},
		{
			does: "choose what is pushed, and be notified in this browser", journey: "TestPushJourney",
			routes: []string{"POST /profile/notifications", "POST /profile/devices", "GET /static/*"},
		},
		{does: "change one's password", journey: "TestJourneys/password", routes: []string{"POST /profile/password"}},
		{
			does:    "choose how pages look",
			journey: "TestJourneys/appearance",
			routes:  []string{"POST /profile/look"},
			keys:    []string{"g c"},
		},
		{
			does: "invite, change and deactivate members", journey: "TestJourneys/members",
			routes: append([]string{"GET /invitations/:token", "POST /invitations/:token"}, inSettings(
				"GET /members", "POST /members", "POST /invitations/:id/link", "POST /invitations/:id/revocation",
				"GET /members/:id", "POST /members/:id",
				"POST /members/:id/deactivation", "POST /members/:id/reactivation")...),
		},
		{
			does: "give a colleague a new password", journey: "TestJourneys/forgotten",
			routes: append(
				[]string{"GET /password-resets/:token", "POST /password-resets/:token"},
				inSettings("POST /members/:id/password-reset")...,
			),
		},
		{
			does: "read about the API", journey: "TestJourneys/reference", keys: []string{"g o"},
			routes: []string{"GET /api/docs", "GET /api/docs/chatwoot", "GET /api/openapi/chatwoot.json"},
		},
	}
}

func listCapabilities() []capability {
	return []capability{
		{
			does: "go through the views of the list", journey: "TestJourneys/views",
			routes: inAccount("GET /conversations"), keys: []string{"g m", "g u", "g a", "g i", "g o"},
		},
		{does: "narrow the list", journey: "TestJourneys/filters", routes: inAccount("GET /conversations")},
		{does: "see the rest of a list", journey: "TestJourneys/long_list", routes: inAccount("GET /conversations")},
		{
			does: "resolve, snooze and take a conversation from the list", journey: "TestJourneys/rows",
			routes: inConversation("POST /status", "POST /assignee"),
			keys:   []string{"e", "h", "Shift+A", "z", "j", "k", "o", "u", "Enter", "ArrowDown", "ArrowUp"},
		},
		{
			does: "go from one conversation to the next, and take it back", journey: "TestJourneys/next",
			routes: append(inAccount("POST /conversations/undo"), inConversation("POST /status", "POST /messages")...),
			keys:   []string{"e", "h", "z", "Ctrl+Shift+Enter"},
		},
		{
			does: "reach details and places on small screens", journey: "TestJourneys/drawers",
			routes: append(inAccount("GET /conversations"), inConversation("POST /priority", "POST /labels", "POST /team")...),
			keys:   []string{`\`, "l", "t", "z"},
		},
		{does: "answer while a colleague does", journey: "TestJourneys/crossing", routes: inConversation("POST /messages")},
		{does: "go on without a connection", journey: "TestJourneys/offline", routes: inConversation("GET "), keys: []string{"j"}},
		{
			does: "do one thing to several", journey: "TestBulkJourney",
			routes: inAccount(
				"GET /conversations/bulk",
				"POST /conversations/bulk",
			), keys: []string{"x", "e", "h", "a", "l", "z", "Escape"},
		},
		{
			does: "see what happens elsewhere", journey: "TestJourneys/two_windows",
			routes: append(
				inAccount("GET /live"),
				inConversation("GET /thread", "GET /head", "GET /details", "GET /writers", "POST /writers")...),
		},
		{does: "search", journey: "TestJourneys/search", routes: inAccount("GET /search"), keys: []string{"g s", "/"}},
		{
			does: "find commands and keys", journey: "TestJourneys/commands",
			routes: inAccount("GET /search"), keys: []string{"?", "Ctrl+k", `\`, "Escape", "Enter"},
		},
		{
			does: "hear of what concerns oneself", journey: "TestNotificationJourney",
			routes: inAccount("GET /notifications", "GET /notifications/:id"), keys: []string{"g n"},
		},
		{does: "have read all of it", journey: "TestJourneys/notifications", routes: inAccount("POST /notifications/reading")},
	}
}

func conversationCapabilities() []capability {
	return []capability{
		{
			does: "read, note, reply with files, assign, resolve", journey: "TestJourney",
			routes: append(inAccount("POST /uploads"),
				inConversation("GET ", "POST /reading", "POST /messages", "POST /assignee", "POST /status")...),
		},
		{
			does: "work without scripts", journey: "TestJourneyWithoutScripts",
			routes: append(inAccount("GET /search"), inConversation("GET ", "POST /messages", "POST /assignee", "POST /status")...),
		},
		{
			does: "take canned replies and mention colleagues", journey: "TestJourneys/suggestions",
			routes: append(inAccount("GET /canned"), inConversation("GET /people")...), keys: []string{"Ctrl+Enter"},
		},
		{
			does: "attach files, drop one, look at a picture", journey: "TestJourneys/files",
			routes: append(inAccount("POST /uploads", "DELETE /uploads/:key"), "GET /files/:key/thumb", "GET /files/:key/:name"),
		},
		{
			does: "try a message again, take it back", journey: "TestJourneys/messages",
			routes: inConversation(
				"POST /messages/:message/retry",
				"POST /messages/:message/deletion",
				"POST /messages/:message/restoration",
			), keys: []string{"Shift+J", "Shift+K", "z"},
		},
		{does: "read a mail in HTML", journey: "TestJourneys/mail", routes: inConversation("GET /messages/:message/mail")},
		{
			does: "translate a message", journey: "TestJourneys/translation",
			routes: append(inSettings("GET /translation", "POST /translation"), inConversation("POST /messages/:message/translation")...),
		},
		{
			does: "set team, priority, labels, attributes and assignee", journey: "TestJourneys/details",
			routes: inConversation("POST /team", "POST /priority", "POST /labels", "POST /attributes", "POST /assignee"),
			keys:   []string{"t", "l", "a"},
		},
		{
			does: "read a thread with more unread messages than a page loads", journey: "TestJourneys/long_thread",
			routes: inConversation("GET "),
		},
		{
			does: "choose by keys and go on by keys", journey: "TestJourneys/pickers",
			routes: inConversation("POST /assignee", "POST /team"), keys: []string{"a", "t", "n", "r", "Escape", "ArrowDown"},
		},
		{
			does: "resolve, reopen, snooze, send and resolve", journey: "TestJourneys/status",
			routes: inConversation("POST /status"), keys: []string{"e", "Shift+E", "h", "Ctrl+Shift+Enter"},
		},
		{
			does: "mark unread and read, set pending, copy the link", journey: "TestJourneys/menu",
			routes: inConversation(
				"POST /unreading",
				"POST /reading",
				"POST /status",
				"POST /assignee",
			), keys: []string{".", "Shift+U", "Shift+A"},
		},
		{
			does: "write first", journey: "TestJourneys/new_conversation",
			routes: inAccount("GET /conversations/new", "POST /conversations"), keys: []string{"c", "Ctrl+Enter"},
		},
		{
			does:    "keep what is not sent yet",
			journey: "TestJourneys/drafts",
			routes:  inConversation("PUT /draft"),
			keys:    []string{"r", "n"},
		},
		{does: "list, find and add contacts", journey: "TestJourneys/contacts", routes: inAccount("GET /contacts", "POST /contacts")},
		{
			does: "see how a file of contacts would be stored, and import it", journey: "TestJourneys/contact_import",
			routes: inAccount("GET /contacts/imports", "POST /contacts/imports", "GET /contacts/imports/:id", "POST /contacts/imports/:id",
				"GET /contacts/imports/:id/failures"),
		},
		{
			does: "change a contact, mute them, note about them", journey: "TestJourneys/contact",
			routes: inAccount("GET /contacts/:id", "POST /contacts/:id", "POST /contacts/:id/muting", "POST /contacts/:id/attributes",
				"POST /contacts/:id/notes", "POST /contacts/:id/notes/:note/deletion"),
		},
		{
			does: "say how it was", journey: "TestSettingsJourney",
			routes: []string{"GET /survey/responses/:survey", "POST /survey/responses/:survey"},
		},
	}
}

func settingsCapabilities() []capability {
	return []capability{
		{does: "teams", journey: "TestJourneys/teams", routes: crud("teams")},
		{does: "labels", journey: "TestJourneys/labels", routes: crud("labels")},
		{does: "canned replies", journey: "TestJourneys/canned_replies", routes: crud("canned-replies")},
		{does: "macros", journey: "TestJourneys/macros", routes: append(crud("macros"), inConversation("POST /macros")...)},
		{
			does: "automation", journey: "TestJourneys/automation",
			routes: append(crud("automation"), inSettings("POST /automation/:id/active", "POST /automation/:id/clone")...),
		},
		{does: "attributes", journey: "TestJourneys/attributes", routes: crud("attributes")},
		{does: "the account", journey: "TestJourneys/account", routes: inSettings("GET /account", "POST /account")},
		{
			does: "inboxes", journey: "TestJourneys/inboxes",
			routes: inSettings(
				"GET /inboxes", "POST /inboxes", "GET /inboxes/:id", "POST /inboxes/:id", "POST /inboxes/:id/webhook-secret",
				"POST /inboxes/:id/deletion",
			),
		},
		{
			does: "webhooks and what they delivered", journey: "TestJourneys/webhooks",
			routes: append(
				crud("webhooks"),
				inSettings("POST /webhooks/:id/secret", "POST /webhooks/:id/resumption", "POST /deliveries/:id/replay")...,
			),
		},
		{
			does: "agent bots", journey: "TestJourneys/agent_bots",
			routes: append(crud("agent-bots"), inSettings("POST /agent-bots/:id/token", "POST /agent-bots/:id/secret")...),
		},
		{
			does: "access tokens", journey: "TestJourneys/access_tokens",
			routes: inSettings("GET /access-tokens", "POST /access-tokens", "POST /access-tokens/:id/revocation"),
		},
		{does: "see only what one may set", journey: "TestJourneys/own_settings", routes: inSettings("GET /access-tokens")},
	}
}
