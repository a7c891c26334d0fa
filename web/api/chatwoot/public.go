package chatwoot

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"
	"net/url"
	"slices"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
)

// The public client API: what a contact's own program may do. There is no token: whoever knows an API inbox's
// identifier and a source_id there writes at that address, and sees what was written there. This proves nothing of who
// they are: of the contact they see what was said at the address itself, until they prove to be that very contact.
// Notes and activity do not exist here.
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

// visitor is who calls the public API: by their address on an inbox. Reach are the addresses whose conversations are
// theirs to see. A proven one has shown in this call that they are the contact.
type visitor struct {
	inbox   db.Inbox
	address db.ContactInbox
	contact db.Contact
	reach   []int64
	proven  bool
}

// shown is the contact as the caller may see them: the stored one only with a proof, with the addresses that the caller
// says over it, so that one that another contact has looks like any other.
func (v visitor) shown() db.Contact {
	if !v.proven {
		return v.address.ProposedContact()
	}
	c, said := v.contact, v.address.Proposal
	if said.Email != nil {
		c.Email = said.Email
	}
	if said.PhoneNumber != nil {
		c.PhoneNumber = said.PhoneNumber
	}
	return c
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

// findVisitor reads the visitor at an address.
func findVisitor(ctx context.Context, q *db.Queries, inbox db.Inbox, source string) (visitor, error) {
	row, err := q.GetVisitor(ctx, db.GetVisitorParams{AccountID: inbox.AccountID, InboxID: inbox.ID, SourceID: source})
	return visitor{inbox: inbox, address: row.ContactInbox, contact: row.Contact, reach: row.Reach}, err
}

// visitor finds who calls and makes them the call's actor. A proof may come in the query.
func (h *handlers) visitor(c *api.Call) (visitor, error) {
	var in identity
	if err := c.ReadQuery(&in); err != nil {
		return visitor{}, err
	}
	return h.provenVisitor(c, in, false)
}

// provenVisitor finds who calls, and proves them where a hash came along. Where the inbox asks for a proof, one must come
// with each call about the contact, and conversations want an address that has been proved; one that does not exist is
// refused in the same words.
func (h *handlers) provenVisitor(c *api.Call, in identity, always bool) (visitor, error) {
	inbox, err := h.pathInbox(c)
	if err != nil {
		return visitor{}, err
	}
	proven, err := in.prove(inbox, always && inbox.HmacMandatory)
	if err != nil {
		return visitor{}, err
	}
	source := pathText(c, "source")
	if !db.IsText(source) {
		return visitor{}, fault.NotFound
	}
	v, err := findVisitor(c.Ctx(), h.q, inbox, source)
	if inbox.HmacMandatory && !proven && (db.IsNone(err) || err == nil && !v.address.HmacVerified) {
		return visitor{}, refuseHMAC()
	}
	if err != nil {
		return visitor{}, err
	}
	if proven {
		if err := v.verify(c.Ctx(), h.q, in); err != nil {
			return visitor{}, err
		}
	}
	c.Actor = desk.Contact(v.contact)
	return v, nil
}

// verify holds a proof against the visitor's contact, and notes it at the address: from now on they see all of the
// contact's conversations. To have proved to be another is no proof, nor is it with a contact who has no identifier.
func (v *visitor) verify(ctx context.Context, q *db.Queries, in identity) error {
	if v.contact.Identifier == nil || *v.contact.Identifier != in.Identifier.Value {
		return refuseHMAC()
	}
	if !v.address.HmacVerified {
		if err := q.VerifyContactInbox(ctx, v.inbox.AccountID, v.address.ID); err != nil {
			return err
		}
		now, err := findVisitor(ctx, q, v.inbox, v.address.SourceID)
		if err != nil {
			return err
		}
		*v = now
	}
	v.proven = true
	return nil
}

// conversation finds a conversation of the visitor's.
func (v visitor) conversation(c *api.Call, q *db.Queries) (db.Conversation, error) {
	id, err := c.ID("conversation")
	if err != nil {
		return db.Conversation{}, err
	}
	return q.GetPublicConversation(
		c.Ctx(),
		db.GetPublicConversationParams{AccountID: v.inbox.AccountID, DisplayID: id, Reach: v.reach},
	)
}

// identity is what a caller gives to prove who they are. It may come in the query too: a GET has no body.
type identity struct {
	Identifier     api.Text `json:"identifier"`
	IdentifierHash api.Text `json:"identifier_hash"`
}

// prove holds an identity against the inbox's key. Proven reports whether there was a proof; one that is asked for and
// missing, or wrong, is refused. The original answers 500 where this says 401.
func (in identity) prove(inbox db.Inbox, required bool) (proven bool, err error) {
	if in.IdentifierHash.Value == "" && !required {
		return false, nil
	}
	mac := hmac.New(sha256.New, []byte(inbox.HmacToken))
	mac.Write([]byte(in.Identifier.Value))
	want := hex.EncodeToString(mac.Sum(nil))
	if !isTrimmed(in.Identifier.Value) || !hmac.Equal([]byte(want), []byte(strings.ToLower(in.IdentifierHash.Value))) {
		return false, refuseHMAC()
	}
	return true, nil
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
