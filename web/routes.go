package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/static"
)

// route is one row of the table of pages.
type route struct {
	method, path string
	policy       policy
	handle       echo.HandlerFunc
	// files is whether the handler reads the form by itself, with its files.
	files bool
}

// policy says who may come to a route; a handler checks further what they may do there.
type policy int

const (
	forAnyone   policy = iota // without a session being read
	forVisitors               // signed in or not
	forSelf                   // signed in, in any account
	forMembers                // of the account
	forAdmins                 // administrators of the account
)

func onGet(path string, p policy, h echo.HandlerFunc) route {
	return route{method: http.MethodGet, path: path, policy: p, handle: h}
}

func onPost(path string, p policy, h echo.HandlerFunc) route {
	return route{method: http.MethodPost, path: path, policy: p, handle: h}
}

func onPut(path string, p policy, h echo.HandlerFunc) route {
	return route{method: http.MethodPut, path: path, policy: p, handle: h}
}

func onDelete(path string, p policy, h echo.HandlerFunc) route {
	return route{method: http.MethodDelete, path: path, policy: p, handle: h}
}

// withFiles is a route whose form may have files.
func withFiles(r route) route {
	r.files = true
	return r
}

// Routes adds all pages to e, and the way in which pages answer errors. Install package edge first.
func (a *App) Routes(e *echo.Echo) {
	e.HTTPErrorHandler = a.fail
	for _, r := range a.routes() {
		guards := a.guards(r.policy)
		if !r.files {
			guards = append(guards, readFields)
		}
		e.Add(r.method, r.path, r.handle, guards...)
	}
}

// guards are what a request passes before a route of the policy.
func (a *App) guards(p policy) []echo.MiddlewareFunc {
	switch p {
	case forAnyone:
		return nil
	case forVisitors:
		return []echo.MiddlewareFunc{a.session}
	case forSelf:
		return []echo.MiddlewareFunc{a.session, a.requireSelf}
	case forMembers:
		return []echo.MiddlewareFunc{a.memberSession, a.requireMember}
	}
	return []echo.MiddlewareFunc{a.memberSession, a.requireMember, a.requireAdmin}
}

func favicon(c echo.Context) error { return c.Redirect(http.StatusFound, static.URL("img/mark.svg")) }

// routes is the whole table of pages, from top to bottom.
func (a *App) routes() []route {
	files := echo.WrapHandler(static.Handler())
	return []route{
		// Files that browsers keep, and files whose address is the permission to read them.
		onGet("/static/*", forAnyone, files),
		{method: http.MethodHead, path: "/static/*", policy: forAnyone, handle: files},
		onGet("/favicon.ico", forAnyone, favicon),
		onGet("/.well-known/security.txt", forAnyone, a.securityTxt),
		onGet("/files/:key/thumb", forAnyone, a.thumb),
		onGet("/files/:key/:name", forAnyone, a.file),
		onGet("/avatars/:hash", forAnyone, a.avatar),
		onGet("/avatars/:hash/:name", forAnyone, a.avatar),

		// For everybody, signed in or not.
		onGet("/", forVisitors, a.home),
		onGet("/setup", forVisitors, a.setupPage),
		onPost("/setup", forVisitors, a.setUp),
		onGet("/login", forVisitors, a.loginPage),
		onPost("/login", forVisitors, a.signIn),
		onPost("/logout", forVisitors, a.signOut),
		onGet("/app/login", forVisitors, a.useLoginLink),
		onGet("/app/*", forAnyone, a.openForeignLink),
		onGet("/invitations/:token", forVisitors, a.invitationPage),
		onPost("/invitations/:token", forVisitors, a.acceptInvitation),
		onGet("/password-resets/:token", forVisitors, a.passwordResetPage),
		onPost("/password-resets/:token", forVisitors, a.setPassword),
		onGet("/survey/responses/:survey", forVisitors, a.surveyPage),
		onPost("/survey/responses/:survey", forVisitors, a.rateSurvey),

		// A user's own pages, in whatever accounts they are a member.
		onGet("/profile", forSelf, a.profilePage),
		onPost("/profile", forSelf, a.updateProfile),
		onPost("/profile/email", forSelf, a.updateEmail),
		onPost("/profile/password", forSelf, a.updatePassword),
		withFiles(onPost("/profile/picture", forSelf, a.updatePicture)),
		onPost("/profile/availability", forSelf, a.updateAvailability),
		onPost("/profile/notifications", forSelf, a.updateNotifications),
		onPost("/profile/devices", forSelf, a.updateDevice),
		onPost("/profile/look", forSelf, a.updateLook),
		{method: echo.RouteNotFound, path: "/profile/*", policy: forSelf, handle: echo.NotFoundHandler},

		// An account's pages.
		onGet("/accounts/:account", forMembers, a.accountHome),
		onGet("/accounts/:account/live", forMembers, a.events),
		onGet("/accounts/:account/search", forMembers, a.searchPage),
		onGet("/accounts/:account/conversations", forMembers, a.inboxPage),
		onGet("/accounts/:account/conversations/new", forMembers, a.newConversationPage),
		withFiles(onPost("/accounts/:account/conversations", forMembers, a.createConversation)),
		onGet("/accounts/:account/conversations/bulk", forMembers, a.bulkPart),
		onPost("/accounts/:account/conversations/bulk", forMembers, a.changeMany),
		onPost("/accounts/:account/conversations/undo", forMembers, a.undo),
		onGet("/accounts/:account/canned", forMembers, a.cannedPart),
		onGet("/accounts/:account/notifications", forMembers, a.notificationsPage),
		onPost("/accounts/:account/notifications/reading", forMembers, a.readNotifications),
		onGet("/accounts/:account/notifications/:id", forMembers, a.openNotification),
		withFiles(onPost("/accounts/:account/uploads", forMembers, a.upload)),
		onDelete("/accounts/:account/uploads/:key", forMembers, a.dropUpload),

		onGet("/accounts/:account/conversations/:conversation", forMembers, a.conversationPage),
		onGet("/accounts/:account/conversations/:conversation/thread", forMembers, a.threadPart),
		onGet("/accounts/:account/conversations/:conversation/head", forMembers, a.headPart),
		onGet("/accounts/:account/conversations/:conversation/details", forMembers, a.detailsPart),
		onGet("/accounts/:account/conversations/:conversation/people", forMembers, a.peoplePart),
		onGet("/accounts/:account/conversations/:conversation/writers", forMembers, a.writersPart),
		onPost("/accounts/:account/conversations/:conversation/writers", forMembers, a.markTyping),
		withFiles(onPost("/accounts/:account/conversations/:conversation/messages", forMembers, a.postMessage)),
		onPost("/accounts/:account/conversations/:conversation/messages/:message/retry", forMembers, a.retryMessage),
		onPost("/accounts/:account/conversations/:conversation/messages/:message/deletion", forMembers, a.deleteMessage),
		onPost("/accounts/:account/conversations/:conversation/messages/:message/restoration", forMembers, a.keepMessage),
		onPost("/accounts/:account/conversations/:conversation/messages/:message/translation", forMembers, a.translateMessage),
		onGet("/accounts/:account/conversations/:conversation/messages/:message/mail", forMembers, a.mailFrame),
		withFiles(onPut("/accounts/:account/conversations/:conversation/draft", forMembers, a.saveDraft)),
		onPost("/accounts/:account/conversations/:conversation/reading", forMembers, a.markRead),
		onPost("/accounts/:account/conversations/:conversation/unreading", forMembers, a.markUnread),
		onPost("/accounts/:account/conversations/:conversation/status", forMembers, a.setStatus),
		onPost("/accounts/:account/conversations/:conversation/assignee", forMembers, a.setAssignee),
		onPost("/accounts/:account/conversations/:conversation/team", forMembers, a.setTeam),
		onPost("/accounts/:account/conversations/:conversation/priority", forMembers, a.setPriority),
		onPost("/accounts/:account/conversations/:conversation/labels", forMembers, a.setLabels),
		onPost("/accounts/:account/conversations/:conversation/macros", forMembers, a.runMacro),
		onPost("/accounts/:account/conversations/:conversation/attributes", forMembers, a.setAttribute),

		onGet("/accounts/:account/contacts", forMembers, a.contactsPage),
		onPost("/accounts/:account/contacts", forMembers, a.createContact),
		onGet("/accounts/:account/contacts/imports", forAdmins, a.contactImportsPage),
		withFiles(onPost("/accounts/:account/contacts/imports", forAdmins, a.uploadContacts)),
		onGet("/accounts/:account/contacts/imports/:id", forAdmins, a.contactImportPage),
		onPost("/accounts/:account/contacts/imports/:id", forAdmins, a.importContacts),
		onGet("/accounts/:account/contacts/imports/:id/failures", forAdmins, a.contactImportFailures),
		onGet("/accounts/:account/contacts/:id", forMembers, a.contactPage),
		onPost("/accounts/:account/contacts/:id", forMembers, a.updateContact),
		onPost("/accounts/:account/contacts/:id/muting", forMembers, a.muteContact),
		onPost("/accounts/:account/contacts/:id/attributes", forMembers, a.updateContactAttribute),
		onPost("/accounts/:account/contacts/:id/notes", forMembers, a.addNote),
		onPost("/accounts/:account/contacts/:id/notes/:note/deletion", forMembers, a.deleteNote),

		// Settings that only administrators change.
		onGet("/accounts/:account/settings/members", forAdmins, a.membersPage),
		onPost("/accounts/:account/settings/members", forAdmins, a.inviteMember),
		onPost("/accounts/:account/settings/invitations/:id/link", forAdmins, a.renewInvitation),
		onPost("/accounts/:account/settings/invitations/:id/revocation", forAdmins, a.revokeInvitation),
		onGet("/accounts/:account/settings/members/:id", forAdmins, a.memberPage),
		onPost("/accounts/:account/settings/members/:id", forAdmins, a.updateMember),
		onPost("/accounts/:account/settings/members/:id/deactivation", forAdmins, a.deactivateMember),
		onPost("/accounts/:account/settings/members/:id/reactivation", forAdmins, a.reactivateMember),
		onPost("/accounts/:account/settings/members/:id/password-reset", forAdmins, a.resetPassword),

		onGet("/accounts/:account/settings/inboxes", forAdmins, a.inboxesPage),
		onPost("/accounts/:account/settings/inboxes", forAdmins, a.createInbox),
		onGet("/accounts/:account/settings/inboxes/:id", forAdmins, a.inboxSettingsPage),
		onPost("/accounts/:account/settings/inboxes/:id", forAdmins, a.updateInbox),
		onPost("/accounts/:account/settings/inboxes/:id/webhook-secret", forAdmins, a.renewInboxSecret),
		onPost("/accounts/:account/settings/inboxes/:id/deletion", forAdmins, a.deleteInbox),
		onPost("/accounts/:account/settings/deliveries/:id/replay", forAdmins, a.replayDelivery),

		onGet("/accounts/:account/settings/teams", forAdmins, a.teamsPage),
		onGet("/accounts/:account/settings/teams/new", forAdmins, a.newTeamPage),
		onPost("/accounts/:account/settings/teams", forAdmins, a.saveTeam),
		onGet("/accounts/:account/settings/teams/:id", forAdmins, a.teamPage),
		onPost("/accounts/:account/settings/teams/:id", forAdmins, a.saveTeam),
		onPost("/accounts/:account/settings/teams/:id/deletion", forAdmins, a.deleteTeam),

		onGet("/accounts/:account/settings/labels", forAdmins, a.labelsPage),
		onGet("/accounts/:account/settings/labels/new", forAdmins, a.newLabelPage),
		onPost("/accounts/:account/settings/labels", forAdmins, a.saveLabel),
		onGet("/accounts/:account/settings/labels/:id", forAdmins, a.labelPage),
		onPost("/accounts/:account/settings/labels/:id", forAdmins, a.saveLabel),
		onPost("/accounts/:account/settings/labels/:id/deletion", forAdmins, a.deleteLabel),

		onGet("/accounts/:account/settings/webhooks", forAdmins, a.webhooksPage),
		onGet("/accounts/:account/settings/webhooks/new", forAdmins, a.newWebhookPage),
		onPost("/accounts/:account/settings/webhooks", forAdmins, a.saveWebhook),
		onGet("/accounts/:account/settings/webhooks/:id", forAdmins, a.webhookPage),
		onPost("/accounts/:account/settings/webhooks/:id", forAdmins, a.saveWebhook),
		onPost("/accounts/:account/settings/webhooks/:id/secret", forAdmins, a.renewWebhookSecret),
		onPost("/accounts/:account/settings/webhooks/:id/resumption", forAdmins, a.resumeWebhook),
		onPost("/accounts/:account/settings/webhooks/:id/deletion", forAdmins, a.deleteWebhook),

		onGet("/accounts/:account/settings/agent-bots", forAdmins, a.botsPage),
		onGet("/accounts/:account/settings/agent-bots/new", forAdmins, a.newBotPage),
		onPost("/accounts/:account/settings/agent-bots", forAdmins, a.saveBot),
		onGet("/accounts/:account/settings/agent-bots/:id", forAdmins, a.botPage),
		onPost("/accounts/:account/settings/agent-bots/:id", forAdmins, a.saveBot),
		onPost("/accounts/:account/settings/agent-bots/:id/token", forAdmins, a.resetBotToken),
		onPost("/accounts/:account/settings/agent-bots/:id/secret", forAdmins, a.renewBotSecret),
		onPost("/accounts/:account/settings/agent-bots/:id/deletion", forAdmins, a.deleteBot),

		onGet("/accounts/:account/settings/translation", forAdmins, a.translationPage),
		onPost("/accounts/:account/settings/translation", forAdmins, a.saveTranslation),

		onGet("/accounts/:account/settings/automation", forAdmins, a.automationPage),
		onGet("/accounts/:account/settings/automation/new", forAdmins, a.newRulePage),
		onPost("/accounts/:account/settings/automation", forAdmins, a.saveRule),
		onGet("/accounts/:account/settings/automation/:id", forAdmins, a.rulePage),
		onPost("/accounts/:account/settings/automation/:id", forAdmins, a.saveRule),
		onPost("/accounts/:account/settings/automation/:id/active", forAdmins, a.switchRule),
		onPost("/accounts/:account/settings/automation/:id/clone", forAdmins, a.cloneRule),
		onPost("/accounts/:account/settings/automation/:id/deletion", forAdmins, a.deleteRule),

		onGet("/accounts/:account/settings/attributes", forAdmins, a.attributesPage),
		onGet("/accounts/:account/settings/attributes/new", forAdmins, a.newAttributePage),
		onPost("/accounts/:account/settings/attributes", forAdmins, a.saveAttribute),
		onGet("/accounts/:account/settings/attributes/:id", forAdmins, a.attributePage),
		onPost("/accounts/:account/settings/attributes/:id", forAdmins, a.saveAttribute),
		onPost("/accounts/:account/settings/attributes/:id/deletion", forAdmins, a.deleteAttribute),

		onGet("/accounts/:account/settings/account", forAdmins, a.accountPage),
		onPost("/accounts/:account/settings/account", forAdmins, a.updateAccount),

		// Settings that agents change too: their own, and those of writing.
		onGet("/accounts/:account/settings/canned-replies", forMembers, a.cannedRepliesPage),
		onGet("/accounts/:account/settings/canned-replies/new", forMembers, a.newCannedReplyPage),
		onPost("/accounts/:account/settings/canned-replies", forMembers, a.saveCannedReply),
		onGet("/accounts/:account/settings/canned-replies/:id", forMembers, a.cannedReplyPage),
		onPost("/accounts/:account/settings/canned-replies/:id", forMembers, a.saveCannedReply),
		onPost("/accounts/:account/settings/canned-replies/:id/deletion", forMembers, a.deleteCannedReply),
		onGet("/accounts/:account/settings/macros", forMembers, a.macrosPage),
		onGet("/accounts/:account/settings/macros/new", forMembers, a.newMacroPage),
		onPost("/accounts/:account/settings/macros", forMembers, a.saveMacro),
		onGet("/accounts/:account/settings/macros/:id", forMembers, a.macroPage),
		onPost("/accounts/:account/settings/macros/:id", forMembers, a.saveMacro),
		onPost("/accounts/:account/settings/macros/:id/deletion", forMembers, a.deleteMacro),
		onGet("/accounts/:account/settings/access-tokens", forMembers, a.tokensPage),
		onPost("/accounts/:account/settings/access-tokens", forMembers, a.createToken),
		onPost("/accounts/:account/settings/access-tokens/:id/revocation", forMembers, a.revokeToken),

		// Whoever is not a member does not learn which pages an account has.
		{method: echo.RouteNotFound, path: "/accounts/:account/*", policy: forMembers, handle: echo.NotFoundHandler},
	}
}
