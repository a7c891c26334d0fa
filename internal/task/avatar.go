package task

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/riverqueue/river"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/blob"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/job"
	"github.com/parleydesk/parley/internal/outbound"
)

// maxAvatar is the largest picture that is fetched.
const maxAvatar = 15 << 20

type avatarWorker struct {
	river.WorkerDefaults[job.FetchAvatar]
	tasks *Tasks
}

// Work fetches the picture. After the last failed attempt it deletes the URL, so that pages do not request a picture
// that does not exist.
func (w *avatarWorker) Work(ctx context.Context, j *river.Job[job.FetchAvatar]) error {
	err := w.tasks.fetchAvatar(ctx, j.Args)
	if err == nil {
		return nil
	}
	if !errors.Is(err, errUseless) && !errors.Is(err, outbound.ErrRefused) && j.Attempt < j.MaxAttempts {
		return err
	}
	w.tasks.log.Debug("avatar not fetched", "contact", j.Args.ContactID, "err", err)
	if err := w.tasks.q.ClearAvatarURL(ctx, db.ClearAvatarURLParams{
		AccountID: j.Args.AccountID,
		ID:        j.Args.ContactID,
		AvatarUrl: j.Args.URL,
	}); err != nil {
		return err
	}
	return river.JobCancel(err)
}

// errUseless is the error for an answer that would be no better at the next attempt.
var errUseless = errors.New("no picture there")

func (c *Tasks) fetchAvatar(ctx context.Context, args job.FetchAvatar) error {
	contact, err := c.q.GetContact(ctx, args.AccountID, args.ContactID)
	if db.IsNone(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if contact.AvatarUrl == nil || *contact.AvatarUrl != args.URL {
		return nil // the contact has another URL now
	}
	hash, err := c.fetchPicture(ctx, args.URL)
	if errors.Is(err, blob.ErrNoImage) {
		return errors.Join(errUseless, err)
	}
	if err != nil {
		return err
	}
	return c.desk.Do(ctx, desk.System(args.AccountID), func(t *desk.Tx) error {
		_, err := t.UpdateContact(ctx, args.ContactID, desk.ContactInput{AvatarHash: &hash})
		if db.IsNone(err) {
			return nil
		}
		return err
	})
}

// fetchPicture fetches a picture and stores it in the size of avatars. A file that cannot be scaled is no picture.
func (c *Tasks) fetchPicture(ctx context.Context, address string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", errors.Join(errUseless, outbound.WithoutAddress(err))
	}
	res, err := c.client.Do(req)
	if err != nil {
		return "", outbound.WithoutAddress(err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode >= 400 && res.StatusCode < 500 {
		return "", fmt.Errorf("%w: status %d", errUseless, res.StatusCode)
	}
	if res.StatusCode != http.StatusOK {
		return "", fmt.Errorf("status %d", res.StatusCode)
	}
	// Into the store and not into memory: many may be fetched while one is decoded. The sweep removes it.
	fetched, err := c.blob.Put(ctx, res.Body, maxAvatar)
	if large := (blob.TooLarge{}); errors.As(err, &large) {
		return "", errors.Join(errUseless, err)
	}
	if err != nil {
		return "", err
	}
	small, err := c.small(ctx, fetched.Hash)
	if err != nil {
		return "", err
	}
	return small, c.q.SetThumbnail(ctx, small, &small) // it is small itself
}
