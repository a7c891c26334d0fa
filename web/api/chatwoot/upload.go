package chatwoot

import (
	"crypto/md5" // the checksum that clients of direct uploads announce; not for security
	"encoding/base64"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"path"
	"strconv"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/blob"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

// Files of threads, and uploads for messages to come. An upload is an attachment without a message. Its unguessable key
// is the "signed id".

func (h *handlers) uploadRoutes() []api.Route {
	return []api.Route{
		api.Get(conversationPath+"/attachments", api.Member, h.listFiles),
		api.Post(conversationPath+"/direct_uploads", api.Member, h.createDirectUpload),
		api.Put("/api/direct_uploads/:key", api.Public, h.receiveDirectUpload),
		api.Post(v1+"/upload", api.Member, h.upload),
	}
}

const filesPerPage = 100

// listedFileJSON is a file of a thread. It always has every key.
type listedFileJSON struct {
	ID        int64       `json:"id"`
	MessageID int64       `json:"message_id"`
	ThumbURL  string      `json:"thumb_url"`
	DataURL   string      `json:"data_url"`
	FileSize  int64       `json:"file_size"`
	FileType  db.FileKind `json:"file_type"`
	Extension *string     `json:"extension"`
	Width     *int32      `json:"width"`
	Height    *int32      `json:"height"`
	CreatedAt int64       `json:"created_at"`
	Sender    any         `json:"sender"`
}

func (h *handlers) listFiles(c *api.Call) error {
	conversation, err := h.a.Conversation(c)
	if err != nil {
		return err
	}
	p := db.ListConversationAttachmentsParams{
		AccountID: c.Account(), ConversationID: conversation.ID, BeforeID: math.MaxInt64,
		PageSize: int32(c.Limit(filesPerPage, filesPerPage)), Skip: int32((c.PageNumber() - 1) * filesPerPage),
	}
	walking, err := c.Cursor(&p.BeforeID)
	if err != nil {
		return err
	}
	if walking {
		p.Skip = 0
	}
	total, err := h.q.CountConversationAttachments(c.Ctx(), c.Account(), conversation.ID)
	if err != nil {
		return err
	}
	rows, err := h.q.ListConversationAttachments(c.Ctx(), p)
	if err != nil {
		return err
	}
	list := make([]listedFileJSON, 0, len(rows))
	for i := range rows {
		f, m := rows[i].Attachment, db.MessageDetail{Message: rows[i].Message, Sender: rows[i].MessageSender}
		list = append(list, listedFileJSON{
			f.ID, m.ID, h.shape.ThumbURL(f), h.shape.DataURL(f), f.Size, f.FileKind, shape.Extension(f.Name), f.Width, f.Height,
			m.CreatedAt.Unix(), h.shape.Sender(&m),
		})
	}
	if len(rows) == int(p.PageSize) {
		if err := c.Next(rows[len(rows)-1].Attachment.ID); err != nil {
			return err
		}
	}
	return c.Answer(struct {
		Meta struct {
			TotalCount int32 `json:"total_count"`
		} `json:"meta"`
		Payload []listedFileJSON `json:"payload"`
	}{struct {
		TotalCount int32 `json:"total_count"`
	}{total}, list})
}

// uploadInput announces a file.
type uploadInput struct {
	Filename    api.Text   `json:"filename"`
	ByteSize    api.ID     `json:"byte_size"`
	Checksum    api.Text   `json:"checksum"`
	ContentType api.Text   `json:"content_type"`
	Metadata    api.Object `json:"metadata"`
}

// createDirectUpload begins a direct upload. The client then sends the bytes to the URL in the answer, and the
// signed_id with its message.
func (h *handlers) createDirectUpload(c *api.Call) error {
	var in uploadInput
	if err := c.Read(&in, "blob"); err != nil {
		return err
	}
	if _, err := h.a.Conversation(c); err != nil {
		return err
	}
	if in.ByteSize.Value <= 0 || in.ByteSize.Value > h.a.MaxFile {
		return api.Unprocessable("byte_size must be between 1 and " + strconv.FormatInt(h.a.MaxFile, 10))
	}
	name := blob.SafeName(in.Filename.Value)
	meta, err := json.Marshal(map[string]string{"checksum": in.Checksum.Value})
	if err != nil {
		return err
	}
	f, err := h.q.InsertAttachment(c.Ctx(), db.InsertAttachmentParams{
		AccountID: c.Account(), UploaderID: &c.Actor.ID, FileKind: db.FileKindFile, Name: name, ContentType: blob.Type(
			"", in.ContentType.Value, name,
		),
		Size: in.ByteSize.Value, Meta: meta,
	})
	if err != nil {
		return err
	}
	if in.Metadata == nil {
		in.Metadata = api.Object("{}")
	}
	return c.Answer(map[string]any{
		"id": f.ID, "key": f.Key, "filename": f.Name, "content_type": f.ContentType, "metadata": in.Metadata, "service_name": "local",
		"byte_size": f.Size, "checksum": shape.NilIfEmpty(in.Checksum.Value), "created_at": shape.ISO(f.CreatedAt), "signed_id": f.Key,
		"attachable_sgid": f.Key, "direct_upload": map[string]any{
			"url": h.a.BaseURL + "/api/direct_uploads/" + f.Key, "headers": map[string]string{"Content-Type": f.ContentType},
		},
	})
}

// receiveDirectUpload stores the bytes of an upload that was announced within the last hour. The URL works once.
func (h *handlers) receiveDirectUpload(c *api.Call) error {
	f, err := h.q.GetAwaitedUpload(c.Ctx(), c.Param("key"))
	if err != nil {
		return err
	}
	if h.a.Now().Sub(f.CreatedAt) > time.Hour {
		return fault.NotFound
	}
	sum := md5.New()
	u, err := h.a.Store(c.Ctx(), io.TeeReader(c.Request().Body, sum), f.Name, f.ContentType, f.Size)
	if err != nil {
		return err
	}
	var meta struct {
		Checksum string `json:"checksum"`
	}
	if err := json.Unmarshal(f.Meta, &meta); err != nil {
		return err
	}
	if u.Size != f.Size || (meta.Checksum != "" && meta.Checksum != base64.StdEncoding.EncodeToString(sum.Sum(nil))) {
		return api.Unprocessable("The file is not the one that was announced")
	}
	err = h.a.Desk.Do(c.Ctx(), desk.System(f.AccountID), func(t *desk.Tx) error { return t.FillUpload(c.Ctx(), f.ID, u.File()) })
	if err != nil {
		return err
	}
	return c.Answer(api.Status{Code: http.StatusNoContent})
}

// upload stores a file for a message to come or for a canned reply. If outgoing calls are set up, the input may have a
// URL instead of a file.
func (h *handlers) upload(c *api.Call) error {
	var in struct {
		ExternalURL api.Text `json:"external_url"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	files := c.Files("attachment")
	if len(files) == 0 && in.ExternalURL.Value != "" {
		u, err := h.fetchFile(c, in.ExternalURL.Value)
		if err != nil {
			return err
		}
		files = []api.Upload{u}
	}
	if len(files) == 0 {
		return api.Unprocessable("No file or URL provided")
	}
	f, err := h.storeUpload(c, files[0].File())
	if err != nil {
		return err
	}
	return c.Answer(struct {
		FileURL string `json:"file_url"`
		BlobID  string `json:"blob_id"`
	}{h.shape.DataURL(f), f.Key})
}

// storeUpload makes a stored file an upload that waits for its message.
func (h *handlers) storeUpload(c *api.Call, f desk.File) (up db.Attachment, err error) {
	err = h.a.Desk.Do(c.Ctx(), c.Actor, func(t *desk.Tx) (err error) {
		up, err = t.AddUpload(c.Ctx(), f)
		return err
	})
	return up, err
}

// fetchFile fetches a picture or a video, with the client that does not call private networks.
func (h *handlers) fetchFile(c *api.Call, address string) (api.Upload, error) {
	if h.a.Fetch == nil {
		return api.Upload{}, api.Unprocessable("Files can not be fetched from other servers here")
	}
	req, err := http.NewRequestWithContext(c.Ctx(), http.MethodGet, address, nil)
	if err != nil || (req.URL.Scheme != "http" && req.URL.Scheme != "https") {
		return api.Upload{}, api.Unprocessable("Invalid URL provided")
	}
	res, err := h.a.Fetch.Do(req)
	if err != nil {
		return api.Upload{}, api.Unprocessable("Failed to fetch file from URL")
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return api.Upload{}, api.Unprocessable("Failed to fetch file from URL")
	}
	u, err := h.a.Store(c.Ctx(), res.Body, blob.SafeName(path.Base(req.URL.Path)), res.Header.Get("Content-Type"), h.a.MaxFile)
	if err != nil {
		return u, err
	}
	if kind := blob.KindOf(u.ContentType); kind != blob.Image && kind != blob.Video {
		return u, api.Unprocessable("Invalid file type. Only images and videos are allowed")
	}
	return u, nil
}
