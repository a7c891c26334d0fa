package chatwoot

import (
	"net/http"
	"slices"

	"github.com/parleydesk/parley/web/api"
)

// absentRoutes serve what Chatwoot's clients ask for although they could see that it is not there: an empty list, or a
// refusal in the shape that Chatwoot has for it. A client that gets 404 in their place breaks off.
func (h *handlers) absentRoutes() []api.Route {
	mfa, template := profilePath+"/mfa", inboxPath+"/csat_template"
	return slices.Concat([]api.Route{
		api.Get(v1+"/campaigns", api.Member, always([]struct{}{})),
		api.Get(v1+"/assignment_policies", api.Member, always([]struct{}{})),
		api.Get(v1+"/custom_roles", api.Member, always([]struct{}{})),
		api.Get(v1+"/sla_policies", api.Member, always(payload([]struct{}{}))),
		api.Get(v1+"/portals", api.Member, always(portalsJSON{Payload: []struct{}{}, Meta: portalsMeta{CurrentPage: 1}})),
		api.Get(conversationPath+"/inbox_assistant", api.Member, h.inboxAssistant),

		api.Post(inboxPath+"/sync_templates", api.Admin,
			h.refuseInbox(http.StatusUnprocessableEntity, "Template sync is only available for WhatsApp channels")),
		api.Get(inboxPath+"/health", api.Admin, h.refuseInbox(http.StatusBadRequest, noWhatsApp)),
		api.Post(inboxPath+"/register_webhook", api.Admin, h.refuseInbox(http.StatusBadRequest, noWhatsApp)),
		api.Get(template, api.Admin, h.refuseInbox(http.StatusBadRequest, noWhatsApp)),
		api.Post(template, api.Admin, h.refuseInbox(http.StatusBadRequest, noWhatsApp)),
		api.Post(template+"/analyze", api.Admin, h.refuseInbox(http.StatusBadRequest, noWhatsApp)),

		api.Post(v1+"/channels/twilio_channel", api.Admin, refuse(http.StatusUnprocessableEntity, "Twilio is not available here")),
		api.Get(mfa, api.User, refuse(http.StatusForbidden, noSecondFactor)),
		api.Post(mfa, api.User, refuse(http.StatusForbidden, noSecondFactor)),
		api.Delete(mfa, api.User, refuse(http.StatusForbidden, noSecondFactor)),
		api.Post(mfa+"/verify", api.User, refuse(http.StatusForbidden, noSecondFactor)),
		api.Post(mfa+"/backup_codes", api.User, refuse(http.StatusForbidden, noSecondFactor)),
		api.Post("/auth/confirmation", api.Public, h.confirm),
	}, authorizationRoutes(), assistantRoutes())
}

// What a refusal says.
const (
	noWhatsApp     = "Only available for WhatsApp channels"
	noSecondFactor = "Two-factor authentication is not available here"
	noModel        = "No language model is set up"
)

// authorizationRoutes begin the connection of an account at another service.
func authorizationRoutes() (all []api.Route) {
	not := refuse(http.StatusUnprocessableEntity, "Accounts of other services cannot be connected here")
	for _, service := range []string{"twitter", "microsoft", "google", "instagram", "tiktok", "notion", "whatsapp"} {
		all = append(all, api.Post(v1+"/"+service+"/authorization", api.Admin, not))
	}
	for _, action := range []string{"register_facebook_page", "facebook_pages", "reauthorize_page"} {
		all = append(all, api.Post(v1+"/callbacks/"+action, api.Admin, not))
	}
	return append(all, api.Get(v1+"/callbacks/register_facebook_page", api.Admin, not))
}

// assistantRoutes ask a language model, from the editor of a reply.
func assistantRoutes() (all []api.Route) {
	for _, task := range []string{"rewrite", "summarize", "reply_suggestion", "label_suggestion", "follow_up"} {
		all = append(all, api.Post(v1+"/captain/tasks/"+task, api.Member, refuse(http.StatusUnprocessableEntity, noModel)))
	}
	return all
}

// always answers the same to every caller that the policy admits.
func always(v any) api.Handler { return func(c *api.Call) error { return c.Single(v) } }

// refuse answers every caller that the policy admits with a sentence.
func refuse(status int, sentence string) api.Handler {
	return func(*api.Call) error { return api.Refuse(status, sentence) }
}

// refuseInbox is refuse for an inbox of the account.
func (h *handlers) refuseInbox(status int, sentence string) api.Handler {
	return func(c *api.Call) error {
		if _, err := h.inbox(c); err != nil {
			return err
		}
		return api.Refuse(status, sentence)
	}
}

// portalsJSON is a page of the help centre's portals.
type portalsJSON struct {
	Payload []struct{}  `json:"payload"`
	Meta    portalsMeta `json:"meta"`
}

type portalsMeta struct {
	CurrentPage   int `json:"current_page"`
	PortalsCount  int `json:"portals_count"`
	ArticlesCount int `json:"all_articles_count"`
}

// inboxAssistant answers that no assistant helps with a conversation.
func (h *handlers) inboxAssistant(c *api.Call) error {
	if _, err := h.a.Conversation(c); err != nil {
		return err
	}
	return c.Single(struct {
		Assistant *struct{} `json:"assistant"`
	}{})
}

// confirm refuses every token: an address is confirmed by the link that sets its password.
func (h *handlers) confirm(*api.Call) error { return invalidToken() }
