package desk

import (
	"context"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/fault"
)

// NewInbox is the input of CreateInbox.
type NewInbox struct {
	Kind       db.InboxKind
	Name       string
	WebhookURL string
	Address    string
	Additional json.RawMessage
	Settings   json.RawMessage
	// Set, if not nil, sets further fields of the inbox, as in UpdateInbox.
	Set func(*db.Inbox) error
}

// CreateInbox adds an inbox and makes its secrets. Hues are taken in turn, so that neighbours differ. Administrators
// only.
func (t *Tx) CreateInbox(ctx context.Context, n NewInbox) (db.Inbox, error) {
	if err := t.requireAdmin(); err != nil {
		return db.Inbox{}, err
	}
	n.Name = strings.TrimSpace(n.Name)
	if err := checkInboxName(n.Name); err != nil {
		return db.Inbox{}, err
	}
	if !n.Kind.Valid() {
		return db.Inbox{}, fault.Field("channel", "Channel type is not known")
	}
	count, err := t.q.CountInboxes(ctx, t.Account())
	if err != nil {
		return db.Inbox{}, err
	}
	inbox, err := t.q.InsertInbox(ctx, db.InsertInboxParams{
		AccountID: t.Account(), Kind: n.Kind, Name: n.Name, Identifier: auth.NewSecret().Token[:24],
		HmacToken: db.Secret(auth.NewSecret().Token[:24]),
		WebhookSecret: db.Secret(
			strings.ReplaceAll(uuid.NewString(), "-", ""),
		), WebhookUrl: n.WebhookURL, Address: n.Address, Hue: int16(count%6) + 1,
		AdditionalAttributes: object(n.Additional), Settings: db.SealedJSON(object(n.Settings)),
	})
	if err != nil {
		return inbox, takenAddress(err, n.Kind)
	}
	if n.Set != nil {
		if inbox, _, err = t.setInbox(ctx, inbox, n.Set); err != nil {
			return inbox, err
		}
	}
	return inbox, t.record(ctx, InboxCreated, subject{inboxID: inbox.ID}, Data{})
}

func checkInboxName(name string) error {
	if name == "" {
		return fault.Field("name", "Name can't be blank")
	}
	if utf8.RuneCountInString(name) > 255 || strings.ContainsRune(name, 0) {
		return fault.Field("name", "Name is too long (maximum is 255 characters)")
	}
	return nil
}
