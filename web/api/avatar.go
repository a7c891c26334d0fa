package api

import (
	"context"
	"net/url"
	"unicode/utf8"

	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/job"
)

// CheckAvatarURL accepts http and https URLs only, because pages show the URL and the server fetches it.
func CheckAvatarURL(s string) error {
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || utf8.RuneCountInString(s) > 2048 {
		return fault.Field("avatar_url", "Avatar url is invalid")
	}
	return nil
}

// FetchAvatar enqueues the job that fetches a contact's picture, if from names one. No request waits for another server.
func FetchAvatar(ctx context.Context, t *desk.Tx, contactID int64, from *string) error {
	if from == nil || *from == "" {
		return nil
	}
	return t.Enqueue(ctx, job.FetchAvatar{AccountID: t.Account(), ContactID: contactID, URL: *from})
}
