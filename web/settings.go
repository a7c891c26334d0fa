package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/link"
)

// settingsRoutes is the part of the table that leads to settings, contacts and people's own pages. g is for members
// of the account; a.requireAdmin makes a route of it administrators' own.
func (a *App) settingsRoutes(e *echo.Echo, g *echo.Group) {
	door := e.Group("", a.session)
	door.GET("/invitations/:token", a.invitationPage)
	door.POST("/invitations/:token", a.acceptInvitation)
	door.GET("/password-resets/:token", a.passwordResetPage)
	door.POST("/password-resets/:token", a.setPassword)

	self := e.Group(link.Profile, a.session, a.requireSelf)
	self.GET("", a.profilePage)
	self.POST("", a.updateProfile)
	self.POST("/email", a.updateEmail)
	self.POST("/password", a.updatePassword)
	self.POST("/picture", a.updatePicture)
	self.POST("/availability", a.updateAvailability)
	self.POST("/look", a.updateLook)

	g.GET("/contacts", a.contactsPage)
	g.POST("/contacts", a.createContact)
	g.GET("/contacts/:id", a.contactPage)
	g.POST("/contacts/:id", a.updateContact)
	g.POST("/contacts/:id/muting", a.muteContact)
	g.POST("/contacts/:id/attributes", a.updateContactAttribute)
	g.POST("/contacts/:id/notes", a.addNote)
	g.POST("/contacts/:id/notes/:note/deletion", a.deleteNote)

	s := g.Group("/settings", a.requireAdmin)
	s.GET("/members", a.membersPage)
	s.POST("/members", a.inviteMember)
	s.POST("/invitations/:id/link", a.renewInvitation)
	s.POST("/invitations/:id/revocation", a.revokeInvitation)
	s.GET("/members/:id", a.memberPage)
	s.POST("/members/:id", a.updateMember)
	s.POST("/members/:id/deactivation", a.deactivateMember)
	s.POST("/members/:id/reactivation", a.reactivateMember)
	s.POST("/members/:id/password-reset", a.resetPassword)

	s.GET("/inboxes", a.inboxesPage)
	s.POST("/inboxes", a.createInbox)
	s.GET("/inboxes/:id", a.inboxSettingsPage)
	s.POST("/inboxes/:id", a.updateInbox)
	s.POST("/inboxes/:id/webhook-secret", a.renewInboxSecret)
	s.POST("/inboxes/:id/deletion", a.deleteInbox)
	s.POST("/deliveries/:id/replay", a.replayDelivery)

	s.GET("/teams", a.teamsPage)
	s.GET("/teams/new", a.newTeamPage)
	s.POST("/teams", a.saveTeam)
	s.GET("/teams/:id", a.teamPage)
	s.POST("/teams/:id", a.saveTeam)
	s.POST("/teams/:id/deletion", a.deleteTeam)

	s.GET("/labels", a.labelsPage)
	s.GET("/labels/new", a.newLabelPage)
	s.POST("/labels", a.saveLabel)
	s.GET("/labels/:id", a.labelPage)
	s.POST("/labels/:id", a.saveLabel)
	s.POST("/labels/:id/deletion", a.deleteLabel)

	s.GET("/webhooks", a.webhooksPage)
	s.GET("/webhooks/new", a.newWebhookPage)
	s.POST("/webhooks", a.saveWebhook)
	s.GET("/webhooks/:id", a.webhookPage)
	s.POST("/webhooks/:id", a.saveWebhook)
	s.POST("/webhooks/:id/secret", a.renewWebhookSecret)
	s.POST("/webhooks/:id/resumption", a.resumeWebhook)
	s.POST("/webhooks/:id/deletion", a.deleteWebhook)

	s.GET("/agent-bots", a.botsPage)
	s.GET("/agent-bots/new", a.newBotPage)
	s.POST("/agent-bots", a.saveBot)
	s.GET("/agent-bots/:id", a.botPage)
	s.POST("/agent-bots/:id", a.saveBot)
	s.POST("/agent-bots/:id/token", a.resetBotToken)
	s.POST("/agent-bots/:id/secret", a.renewBotSecret)
	s.POST("/agent-bots/:id/deletion", a.deleteBot)

	s.GET("/translation", a.translationPage)
	s.POST("/translation", a.saveTranslation)

	s.GET("/automation", a.automationPage)
	s.GET("/automation/new", a.newRulePage)
	s.POST("/automation", a.saveRule)
	s.GET("/automation/:id", a.rulePage)
	s.POST("/automation/:id", a.saveRule)
	s.POST("/automation/:id/active", a.switchRule)
	s.POST("/automation/:id/clone", a.cloneRule)
	s.POST("/automation/:id/deletion", a.deleteRule)

	s.GET("/attributes", a.attributesPage)
	s.GET("/attributes/new", a.newAttributePage)
	s.POST("/attributes", a.saveAttribute)
	s.GET("/attributes/:id", a.attributePage)
	s.POST("/attributes/:id", a.saveAttribute)
	s.POST("/attributes/:id/deletion", a.deleteAttribute)

	s.GET("/account", a.accountPage)
	s.POST("/account", a.updateAccount)

	// What agents set too: their own, and what all write with.
	own := g.Group("/settings")
	own.GET("/canned-replies", a.cannedRepliesPage)
	own.GET("/canned-replies/new", a.newCannedReplyPage)
	own.POST("/canned-replies", a.saveCannedReply)
	own.GET("/canned-replies/:id", a.cannedReplyPage)
	own.POST("/canned-replies/:id", a.saveCannedReply)
	own.POST("/canned-replies/:id/deletion", a.deleteCannedReply)
	own.GET("/macros", a.macrosPage)
	own.GET("/macros/new", a.newMacroPage)
	own.POST("/macros", a.saveMacro)
	own.GET("/macros/:id", a.macroPage)
	own.POST("/macros/:id", a.saveMacro)
	own.POST("/macros/:id/deletion", a.deleteMacro)
	own.GET("/access-tokens", a.tokensPage)
	own.POST("/access-tokens", a.createToken)
	own.POST("/access-tokens/:id/revocation", a.revokeToken)
}

// settingsListLimit is how many rows a list of the settings has at most: labels, teams, canned replies, webhooks.
const settingsListLimit = 1000

// saveSetting creates what a settings form describes, or changes the one that the path names; without an id in the path,
// id is 0. Where the form is wrong, again shows it as it was filled in.
func (a *App) saveSetting(c echo.Context, settingsPage string, fn func(t *desk.Tx, id int64) error, again func(fault.Fields) error) error {
	id := int64(0)
	if c.Param("id") != "" {
		var err error
		if id, err = pathID(c, "id"); err != nil {
			return err
		}
	}
	me := viewerOf(c)
	err := a.desk.Do(c.Request().Context(), me.Actor(), func(t *desk.Tx) error { return fn(t, id) })
	if wrong := fault.In(err); wrong != nil {
		return again(wrong)
	}
	if err != nil {
		return err
	}
	return a.redirectWithFlash(c, "Saved", link.Settings(me.Scope.AccountID, settingsPage))
}

// changeSetting runs fn for what the path names and leads back to the list.
func (a *App) changeSetting(c echo.Context, settingsPage, told string, fn func(t *desk.Tx, id int64) error) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	me := viewerOf(c)
	if err := a.desk.Do(c.Request().Context(), me.Actor(), func(t *desk.Tx) error { return fn(t, id) }); err != nil {
		return err
	}
	return a.redirectWithFlash(c, told, link.Settings(me.Scope.AccountID, settingsPage))
}

// redirectWithFlash leads to a page, which shows words once.
func (a *App) redirectWithFlash(c echo.Context, words, to string) error {
	if err := a.tell(c, words); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, to)
}
