package desk

import (
	"context"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/job"
)

// AddUpload keeps a stored file for a message that is still being written. It records no event: only the actor knows of
// it, and only they may attach it.
func (t *Tx) AddUpload(ctx context.Context, f File) (db.Attachment, error) {
	if err := t.keepBytes(ctx, f); err != nil {
		return db.Attachment{}, err
	}
	return t.q.InsertAttachment(ctx, db.InsertAttachmentParams{
		AccountID: t.Account(), UploaderID: &t.Actor.ID, FileKind: f.Kind, Name: f.Name, ContentType: f.ContentType, Size: f.Size,
		BlobHash: f.BlobHash, Width: f.Width, Height: f.Height, Meta: object(nil),
	})
}

// FillUpload notes the bytes of an upload that was announced. It returns fault.NotFound if they came before.
func (t *Tx) FillUpload(ctx context.Context, uploadID int64, f File) error {
	if err := t.keepBytes(ctx, f); err != nil {
		return err
	}
	return fault.Found(t.q.FillUpload(ctx, db.FillUploadParams{
		AccountID: t.Account(), ID: uploadID, BlobHash: *f.BlobHash, Width: f.Width, Height: f.Height, Size: f.Size,
		ContentType: f.ContentType, FileKind: f.Kind,
	}))
}

// keepBytes notes that the account has the bytes of a file, and orders the thumbnail of a picture.
func (t *Tx) keepBytes(ctx context.Context, f File) error {
	if f.BlobHash == nil {
		return nil
	}
	err := t.q.UpsertBlob(ctx, db.UpsertBlobParams{AccountID: t.Account(), Hash: *f.BlobHash, Size: f.Size, ContentType: f.ContentType})
	if err != nil || !f.Readable {
		return err
	}
	return t.Enqueue(ctx, job.MakeThumbnail{Hash: *f.BlobHash})
}
