package api

import (
	"context"
	"net/url"
	"unicode/utf8"

	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/job"
)

// CheckAvatarURL takes http and https only: an address ends up in pages and in our own calls.
func CheckAvatarURL(s string) error {
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || utf8.RuneCountInString(s) > 2048 {
		return fault.Field("avatar_url", "Avatar url is invalid")
	}
	return nil
}

// FetchAvatar orders the job that fetches a contact's picture, if one is named: nobody waits for a foreign server.
func FetchAvatar(ctx context.Context, t *desk.Tx, contactID int64, from *string) error {
	if from == nil || *from == "" {
		return nil
	}
	return t.Enqueue(ctx, job.FetchAvatar{AccountID: t.Account(), ContactID: contactID, URL: *from})
}
