package web

import (
	"cmp"
	"context"
	"math"
	"net/http"
	"net/mail"
	"regexp"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/channel"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/views"
)

// candidatesShown is how many contacts are offered for what was typed.
const candidatesShown = 8

// newConversationPage is the form for a conversation that an agent begins; to=, contact= and inbox= fill it in.
// part=candidates lists the contacts that match what was typed.
func (a *App) newConversationPage(c echo.Context) error {
	in := views.NewConversation{To: strings.TrimSpace(storableText(c.QueryParam("to"), 200)), Mine: true, Once: uuid.NewString()}
	if c.QueryParam("part") == "candidates" {
		var err error
		if in.Candidates, err = candidates(c.Request().Context(), a.q, viewerOf(c).Scope.AccountID, in.To); err != nil {
			return err
		}
		return part(c, views.Candidates(in))
	}
	in.ContactID, _ = strconv.ParseInt(c.QueryParam("contact"), 10, 64)
	in.InboxID, _ = strconv.ParseInt(c.QueryParam("inbox"), 10, 64)
	return a.showNewConversation(c, http.StatusOK, in)
}

// showNewConversation shows the form; the chosen contact stays chosen.
func (a *App) showNewConversation(c echo.Context, status int, in views.NewConversation) error {
	ctx, account := c.Request().Context(), viewerOf(c).Scope.AccountID
	f, err := a.frame(c, "New conversation", "inbox")
	if err != nil {
		return err
	}
	if in.ContactID > 0 {
		contact, err := a.q.GetContact(ctx, account, in.ContactID)
		switch {
		case db.IsNone(err):
			in.ContactID = 0
		case err != nil:
			return err
		default:
			in.To = cmp.Or(in.To, contact.Who())
			in.Candidates = []db.SearchContactsRow{{
				ID:          contact.ID,
				Name:        contact.Name,
				Email:       contact.Email,
				PhoneNumber: contact.PhoneNumber,
				AvatarHash:  contact.AvatarHash,
			}}
		}
	} else if in.Candidates, err = candidates(ctx, a.q, account, in.To); err != nil {
		return err
	}
	return render(c, status, views.NewConversationPage(f, in))
}

// candidates are the newest contacts with the text in their name, address or phone number.
func candidates(ctx context.Context, q *db.Queries, account int64, text string) ([]db.SearchContactsRow, error) {
	if text == "" {
		return nil, nil
	}
	return q.SearchContacts(ctx, db.SearchContactsParams{
		AccountID: account,
		BeforeID:  math.MaxInt64,
		Pattern:   "%" + likeText.Replace(text) + "%",
		PageSize:  candidatesShown,
	})
}

// createConversation finds or adds the contact, opens a conversation and sends the first message, in one transaction.
func (a *App) createConversation(c echo.Context) error {
	ctx, v := c.Request().Context(), viewerOf(c)
	in := views.NewConversation{
		To: strings.TrimSpace(storableText(c.FormValue("to"), 200)), Subject: strings.TrimSpace(storableText(c.FormValue("subject"), 255)),
		Body: normalizeNewlines(c.FormValue("body")), Mine: c.FormValue("mine") != "", Once: c.FormValue("once"),
	}
	in.ContactID, _ = strconv.ParseInt(c.FormValue("contact"), 10, 64)
	in.InboxID, _ = strconv.ParseInt(c.FormValue("inbox"), 10, 64)
	to, flash := link.Conversations(v.Scope.AccountID), "Sent"
	err := a.desk.Do(ctx, v.Actor(), func(t *desk.Tx) error {
		conversation, first, err := startConversation(ctx, t, in)
		if conversation != nil {
			to = link.Conversation(v.Scope.AccountID, conversation.DisplayID)
		}
		if first.Delivery == db.DeliveryFailed {
			flash = "Not sent: " + first.Error
		}
		return err
	})
	if in.Invalid = contactMessages(fault.In(err)); in.Invalid != nil {
		return a.showNewConversation(c, http.StatusUnprocessableEntity, in)
	}
	if err != nil {
		return err
	}
	return a.redirectWithFlash(c, flash, to)
}

// startConversation is the transaction: the conversation and its first message. It returns nil if the form was sent
// before.
func startConversation(ctx context.Context, t *desk.Tx, in views.NewConversation) (_ *db.Conversation, first db.Message, err error) {
	inbox, err := chosenInbox(ctx, t, in)
	if err != nil {
		return nil, first, err
	}
	if in.Body == "" || !db.IsText(in.Body+in.Subject) {
		return nil, first, fault.Field("body", "Write what you want to say")
	}
	message := desk.NewMessage{Kind: db.MessageKindOutgoing, Content: &in.Body, Template: desk.ParseTemplate(in.Body)}
	fresh, err := claim(ctx, t, composerInput{once: in.Once, body: in.Body})
	if err != nil || !fresh {
		return nil, first, err
	}
	contact, err := addressee(ctx, t, in)
	if err != nil {
		return nil, first, err
	}
	address, err := t.Reach(ctx, contact, inbox, "")
	if invalid := fault.In(err); invalid != nil {
		return nil, first, fault.Field("inbox", invalid["source_id"]+": choose another inbox, or add it to the contact")
	}
	if err != nil {
		return nil, first, err
	}
	o := desk.NewConversation{ContactInbox: address, Subject: in.Subject}
	if in.Mine {
		o.AssigneeID = &t.Actor.ID
	}
	conversation, err := t.Open(ctx, o)
	if err != nil {
		return nil, first, err
	}
	first, err = t.Post(ctx, conversation.ID, message)
	if err != nil {
		return nil, first, err
	}
	return &conversation, first, t.MarkRead(ctx, conversation.ID)
}

// chosenInbox is the inbox that the form names, if the actor works in it.
func chosenInbox(ctx context.Context, t *desk.Tx, in views.NewConversation) (db.Inbox, error) {
	inbox, err := t.Queries().GetInbox(ctx, t.Account(), in.InboxID)
	if db.IsNone(err) || err == nil && !t.Actor.Scope.Sees(inbox.ID, nil) {
		return inbox, fault.Field("inbox", "Choose an inbox")
	}
	if err == nil && channel.Of(inbox.Kind).Mail && in.Subject == "" {
		return inbox, fault.Field("subject", "An email needs a subject")
	}
	return inbox, err
}

// phoneNumber is a phone number in international form, without the spaces and signs that people write between the digits.
var (
	phoneNumber = regexp.MustCompile(`^\+[1-9]\d{6,14}$`)
	betweenOnes = strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", ".", "", "/", "")
)

// addressee is the chosen contact, or the one that the typed text means: the contact with that address or phone
// number, who is added if there is none, or the only contact whose name matches.
func addressee(ctx context.Context, t *desk.Tx, in views.NewConversation) (db.Contact, error) {
	q := t.Queries()
	if in.ContactID > 0 {
		contact, err := q.GetContact(ctx, t.Account(), in.ContactID)
		if db.IsNone(err) {
			return contact, fault.Field("to", "This contact is gone")
		}
		return contact, err
	}
	if at, err := mail.ParseAddress(in.To); err == nil {
		email := strings.ToLower(at.Address)
		contact, err := q.FindContactByEmail(ctx, t.Account(), email)
		if db.IsNone(err) {
			return asToField(t.CreateContact(ctx, desk.ContactInput{Name: &at.Name, Email: &email}))
		}
		return contact, err
	}
	if phone := betweenOnes.Replace(in.To); phoneNumber.MatchString(phone) {
		contact, err := q.FindContactByPhone(ctx, t.Account(), phone)
		if db.IsNone(err) {
			return asToField(t.CreateContact(ctx, desk.ContactInput{PhoneNumber: &phone}))
		}
		return contact, err
	}
	found, err := candidates(ctx, q, t.Account(), in.To)
	switch {
	case err != nil:
		return db.Contact{}, err
	case in.To == "":
		return db.Contact{}, fault.Field("to", "Enter a recipient")
	case len(found) == 0:
		return db.Contact{}, fault.Field("to", "Nobody is called that. An email address or a phone number adds someone new")
	case len(found) > 1:
		return db.Contact{}, fault.Field("to", "This fits several: choose one of them")
	}
	return q.GetContact(ctx, t.Account(), found[0].ID)
}

// asToField moves a message about an address to the form's one field for it.
func asToField(c db.Contact, err error) (db.Contact, error) {
	if invalid := contactMessages(fault.In(err)); len(invalid) > 0 {
		return c, fault.Field("to", firstMessage(invalid))
	}
	return c, err
}
