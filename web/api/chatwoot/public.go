package chatwoot

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
)

// The public client API: what a contact's own program may do. There is no token: whoever knows an API inbox's
// identifier and a contact's source_id there is that contact. Everything is reached through the two, so what is
// another contact's is not found; notes and activity do not exist here.
const (
	publicInboxPath         = "/public/api/v1/inboxes/:identifier"
	publicContactsPath      = publicInboxPath + "/contacts"
	publicContactPath       = publicContactsPath + "/:source"
	publicConversationsPath = publicContactPath + "/conversations"
	publicConversationPath  = publicConversationsPath + "/:conversation"
	publicMessagesPath      = publicConversationPath + "/messages"
	surveyPath              = "/public/api/v1/csat_survey/:uuid"
)

func (h *handlers) publicRoutes() []api.Route {
	return slices.Concat(
		[]api.Route{
			api.Get(publicInboxPath, api.Public, h.publicInbox),
			api.Post(publicContactsPath, api.Public, h.publicCreateContact),
			api.Get(publicContactPath, api.Public, h.publicContact),
			api.Get(publicConversationsPath, api.Public, h.publicConversations),
			api.Post(publicConversationsPath, api.Public, h.publicCreateConversation),
			api.Get(publicConversationPath, api.Public, h.publicConversation),
			api.Post(publicConversationPath+"/toggle_status", api.Public, h.publicResolve),
			api.Post(publicConversationPath+"/toggle_typing", api.Public, h.publicTyping),
			api.Post(publicConversationPath+"/update_last_seen", api.Public, h.publicSeen),
			api.Get(publicMessagesPath, api.Public, h.publicMessages),
			api.Post(publicMessagesPath, api.Public, h.publicCreateMessage),
			api.Get(surveyPath, api.Public, h.survey),
		},
		api.Update(publicContactPath, api.Public, h.publicUpdateContact),
		api.Update(publicMessagesPath+"/:message", api.Public, h.publicAnswer),
		api.Update(surveyPath, api.Public, h.answerSurvey),
	)
}

// visitor is who calls the public API: a contact, by their address on an inbox. Reach are the addresses whose
// conversations are theirs to see.
type visitor struct {
	inbox   db.Inbox
	address db.ContactInbox
	contact db.Contact
	reach   []int64
}

// pathText is a part of the path that may hold any character, such as a source_id.
func pathText(c *api.Call, name string) string {
	v := c.Param(name)
	if c.Request().URL.RawPath == "" {
		return v
	}
	if text, err := url.PathUnescape(v); err == nil {
		return text
	}
	return v
}

func (h *handlers) pathInbox(c *api.Call) (db.Inbox, error) {
	return h.q.GetPublicInbox(c.Ctx(), pathText(c, "identifier"))
}

// visitor finds who calls and makes them the call's actor.
func (h *handlers) visitor(c *api.Call) (visitor, error) {
	inbox, err := h.pathInbox(c)
	if err != nil {
		return visitor{}, err
	}
	source := pathText(c, "source")
	if strings.ContainsRune(source, 0) {
		return visitor{}, fault.NotFound
	}
	row, err := h.q.GetVisitor(c.Ctx(), db.GetVisitorParams{AccountID: inbox.AccountID, InboxID: inbox.ID, SourceID: source})
	if err != nil {
		return visitor{}, err
	}
	c.Actor = desk.Contact(row.Contact)
	return visitor{inbox: inbox, address: row.ContactInbox, contact: row.Contact, reach: row.Reach}, nil
}

// conversation finds a conversation of the visitor's.
func (v visitor) conversation(c *api.Call, q *db.Queries) (db.Conversation, error) {
	id, err := c.ID("conversation")
	if err != nil {
		return db.Conversation{}, err
	}
	return q.GetPublicConversation(c.Ctx(), db.GetPublicConversationParams{AccountID: v.inbox.AccountID, DisplayID: id, Reach: v.reach})
}

// identity is what a caller gives to prove who they are. It may come in the query too: a GET has no body.
type identity struct {
	Identifier     api.Text `json:"identifier"`
	IdentifierHash api.Text `json:"identifier_hash"`
}

// verify checks an identity by the inbox's key. proven reports whether there was one to check. The original answers 500 where
// this says 401.
func (in identity) verify(inbox db.Inbox) (proven bool, err error) {
	if in.IdentifierHash.Value == "" && !inbox.HmacMandatory {
		return false, nil
	}
	mac := hmac.New(sha256.New, []byte(inbox.HmacToken))
	mac.Write([]byte(in.Identifier.Value))
	want := hex.EncodeToString(mac.Sum(nil))
	if in.Identifier.Value == "" || !hmac.Equal([]byte(want), []byte(strings.ToLower(in.IdentifierHash.Value))) {
		return false, errHMAC()
	}
	return true, nil
}

// matches reports whether a proven identity is this contact's. Another contact's identity is no proof.
func (in identity) matches(contact db.Contact) (bool, error) {
	if contact.Identifier == nil {
		return false, nil
	}
	if *contact.Identifier != in.Identifier.Value {
		return false, errHMAC()
	}
	return true, nil
}

func errHMAC() error {
	return api.Refuse(http.StatusUnauthorized, "HMAC failed: Invalid Identifier Hash Provided")
}

type publicInboxJSON struct {
	Identifier                string          `json:"identifier"`
	IdentityValidationEnabled bool            `json:"identity_validation_enabled"`
	Name                      string          `json:"name"`
	Timezone                  string          `json:"timezone"`
	WorkingHours              json.RawMessage `json:"working_hours"`
	WorkingHoursEnabled       bool            `json:"working_hours_enabled"`
	CsatSurveyEnabled         bool            `json:"csat_survey_enabled"`
	GreetingEnabled           bool            `json:"greeting_enabled"`
}

func (h *handlers) publicInbox(c *api.Call) error {
	i, err := h.pathInbox(c)
	if err != nil {
		return err
	}
	return c.Single(publicInboxJSON{
		Identifier: i.Identifier, IdentityValidationEnabled: i.HmacMandatory, Name: i.Name, Timezone: i.Timezone, WorkingHours: i.WorkingHours,
		WorkingHoursEnabled: i.WorkingHoursEnabled, CsatSurveyEnabled: i.CsatSurveyEnabled, GreetingEnabled: i.GreetingEnabled,
	})
}

// noBound stands for the end of a thread.
const noBound = math.MaxInt64
