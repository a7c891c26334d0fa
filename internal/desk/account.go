package desk

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
)

// maxAccountName is the longest name of an account, in characters.
const maxAccountName = 255

// UpdateAccount changes the account: change edits a copy of its row, which is checked and stored. Administrators
// only. It returns pgx.ErrNoRows if the account is being deleted.
func (t *Tx) UpdateAccount(ctx context.Context, change func(*db.Account) error) (db.Account, error) {
	if err := t.requireAdmin(); err != nil {
		return db.Account{}, err
	}
	a, err := t.q.LockAccount(ctx, t.Account())
	if err != nil {
		return a, err
	}
	if err := change(&a); err != nil {
		return a, err
	}
	a.Name = strings.TrimSpace(a.Name)
	if invalid := checkAccount(a); len(invalid) > 0 {
		return a, invalid
	}
	return t.q.UpdateAccount(ctx, db.UpdateAccountParams{
		ID:               a.ID,
		Name:             a.Name,
		Locale:           a.Locale,
		TimeZone:         a.TimeZone,
		Domain:           a.Domain,
		SupportEmail:     a.SupportEmail,
		Settings:         a.Settings,
		CustomAttributes: a.CustomAttributes,
		UpdatedAt:        t.Now,
	})
}

func checkAccount(a db.Account) fault.Fields {
	invalid := fault.Fields(a.Settings.Problems())
	if a.Name == "" {
		invalid["name"] = "Name can't be blank"
	}
	if utf8.RuneCountInString(a.Name) > maxAccountName {
		invalid["name"] = "Name is too long (maximum is 255 characters)"
	}
	return invalid
}
