package chatwoot

import (
	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

const attachmentsPerPage = 100

// attachmentItemJSON is an attachment in a list of attachments. It always has every key.
type attachmentItemJSON struct {
	ID             int64       `json:"id"`
	MessageID      int64       `json:"message_id"`
	ThumbURL       string      `json:"thumb_url"`
	DataURL        string      `json:"data_url"`
	FileSize       *int64      `json:"file_size"`
	FileType       db.FileKind `json:"file_type"`
	Extension      *string     `json:"extension"`
	Width          *int32      `json:"width"`
	Height         *int32      `json:"height"`
	CreatedAt      int64       `json:"created_at"`
	Sender         any         `json:"sender"`
	ConversationID int64       `json:"conversation_id"`
}

type attachmentListJSON struct {
	Meta struct {
		TotalCount int64 `json:"total_count"`
	} `json:"meta"`
	Payload []attachmentItemJSON `json:"payload"`
}

// attachmentItem returns the JSON of a file of the message m.
func (h *handlers) attachmentItem(f db.Attachment, m *db.MessageDetail, displayID int64) attachmentItemJSON {
	j := attachmentItemJSON{
		ID: f.ID, ThumbURL: h.shape.ThumbURL(f), DataURL: h.shape.DataURL(f), FileType: f.FileKind, Width: f.Width, Height: f.Height,
		ConversationID: displayID,
	}
	if f.BlobHash != nil {
		j.FileSize, j.Extension = &f.Size, shape.Extension(f.Name)
	}
	if m != nil {
		j.MessageID, j.CreatedAt, j.Sender = m.ID, m.CreatedAt.Unix(), h.shape.Sender(m)
	}
	return j
}

// contactAttachments lists the files of a contact's conversations that the caller sees, newest first.
func (h *handlers) contactAttachments(c *api.Call) error {
	contact, err := h.a.Contact(c)
	if err != nil {
		return err
	}
	scope, size := c.Scope(), c.Limit(attachmentsPerPage, attachmentsPerPage)
	p := db.ListContactAttachmentsParams{
		AccountID: scope.AccountID, ContactID: contact.ID, BeforeID: 1<<63 - 1, SeesAll: scope.SeesAll, InboxIds: scope.InboxIDs,
		TeamIds: scope.TeamIDs, PageSize: int32(size),
	}
	walking, err := c.Cursor(&p.BeforeID)
	if err != nil {
		return err
	}
	if !walking {
		p.Skip = int32(min((c.PageNumber()-1)*size, 1<<30))
	}
	rows, err := h.q.ListContactAttachments(c.Ctx(), p)
	if err != nil {
		return err
	}
	var answer attachmentListJSON
	answer.Meta.TotalCount, err = h.q.CountContactAttachments(c.Ctx(), db.CountContactAttachmentsParams{
		AccountID: scope.AccountID, ContactID: contact.ID, SeesAll: scope.SeesAll, InboxIds: scope.InboxIDs, TeamIds: scope.TeamIDs,
	})
	if err != nil {
		return err
	}
	if answer.Payload, err = h.attachmentItems(c, rows); err != nil {
		return err
	}
	if len(rows) == size {
		if err := c.Next(rows[size-1].Attachment.ID); err != nil {
			return err
		}
	}
	return c.Answer(answer)
}

func (h *handlers) attachmentItems(c *api.Call, rows []db.ListContactAttachmentsRow) ([]attachmentItemJSON, error) {
	list := make([]attachmentItemJSON, len(rows))
	if len(rows) == 0 {
		return list, nil
	}
	ids := make([]int64, len(rows))
	for i, row := range rows {
		ids[i] = *row.Attachment.MessageID
	}
	messages, err := h.q.ListMessageDetails(c.Ctx(), c.Account(), ids)
	if err != nil {
		return nil, err
	}
	details := db.DetailsOf(messages)
	byID := make(map[int64]*db.MessageDetail, len(details))
	for i := range details {
		byID[details[i].ID] = &details[i]
	}
	for i, row := range rows {
		list[i] = h.attachmentItem(row.Attachment, byID[*row.Attachment.MessageID], row.DisplayID)
	}
	return list, nil
}
