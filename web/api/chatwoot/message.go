package chatwoot

import (
	"context"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

// attachmentsOf reads the attachments of messages, by message. It makes no query if none has any.
func (h *handlers) attachmentsOf(
	ctx context.Context, q *db.Queries, accountID int64, messages []db.MessageDetail,
) (map[int64][]shape.Attachment, error) {
	var ids []int64
	for i := range messages {
		if messages[i].AttachmentCount > 0 {
			ids = append(ids, messages[i].ID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := q.ListMessageAttachments(ctx, accountID, ids)
	if err != nil {
		return nil, err
	}
	files := make(map[int64][]shape.Attachment, len(ids))
	for _, f := range rows {
		files[*f.MessageID] = append(files[*f.MessageID], h.shape.Attachment(f))
	}
	return files, nil
}
