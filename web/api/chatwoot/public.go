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

// The public client API is for programs of contacts. It has no tokens: whoever knows an API inbox's identifier and a
// source_id can write at that address and read its messages. That does not prove who they are: until they prove to be
// the contact, they see only the contact data that was sent from the address itself. The API never shows notes and
// activity.
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

// visitor is the caller of the public API, with their address on an inbox. Reach has the addresses whose conversations
// they may see. Proven means that they have proved in this call to be the contact.
type visitor struct {
	inbox   db.Inbox
	address db.ContactInbox
	contact db.Contact
	reach   []int64
	proven  bool
	// claims are the e-mail and the phone number that a proven visitor claimed last, at any proved address.
	claims db.GetProvenClaimsRow
}

// shown returns the contact as the caller may see them: the stored contact only with a proof. The caller's own claims
// replace the addresses, on each of their devices, so that no answer shows whether another contact has an address.
func (v visitor) shown() db.Contact {
	if !v.proven {
		return v.address.ProposedContact()
	}
	c, said := v.contact, v.address.Proposal
	for _, claim := range []struct {
		to         **string
		here, last *string
	}{{&c.Email, said.Email, &v.claims.Email}, {&c.PhoneNumber, said.PhoneNumber, &v.claims.PhoneNumber}} {
		switch {
		case claim.here != nil:
			*claim.to = claim.here
		case *claim.last != "":
			*claim.to = claim.last
		}
	}
	return c
}

// recall reads what a proven visitor claimed at their other addresses.
func (v *visitor) recall(ctx context.Context, q *db.Queries) (err error) {
	if v.proven {
		v.claims, err = q.GetProvenClaims(ctx, v.address.AccountID, v.contact.ID)
	}
	return err
}

// pathText returns a part of the path that may contain any character, such as a source_id.
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

// visitor finds the caller and makes them the call's actor. The query may contain a proof.
func (h *handlers) visitor(c *api.Call) (visitor, error) {
	var in identity
	if err := c.ReadQuery(&in); err != nil {
		return visitor{}, err
	}
	return h.provenVisitor(c, in, false)
}

// provenVisitor finds the caller, and checks their proof if the call has one. If the inbox requires proofs, each call
// about the contact needs one, and conversations need an address that was proved. An address that does not exist gets
// the same answer.
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

// verify compares a proof with the visitor's contact and, if it fits, marks the address as proved: from then on the
// visitor sees all of the contact's conversations. The proof of another identifier does not fit, and none fits a
// contact without an identifier.
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
	return v.recall(ctx, q)
}

// conversation finds a conversation of the visitor.
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

// identity is a caller's proof of who they are, in the body or, for GET, in the query.
type identity struct {
	Identifier     api.Text `json:"identifier"`
	IdentifierHash api.Text `json:"identifier_hash"`
}

// prove checks an identity with the inbox's key, and reports whether there was a proof. It returns an error for a wrong
// proof, and for a missing one that is required. It answers 401 where the original answers 500.
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

// noBound is an id after the end of every thread.
const noBound = math.MaxInt64
