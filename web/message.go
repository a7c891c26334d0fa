package web

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/internal/translate"
	"github.com/parleydesk/parley/views"
)

// composerInput is what the composer sends.
type composerInput struct {
	mode, body string
	// status is set with the message: "Send and resolve".
	status string
	// once identifies this form, so that sending it twice posts once.
	once string
	// seen is the newest message on the page, began the newest one when the draft began; anyway sends although a newer
	// one has arrived.
	seen, began int64

	anyway  bool
	uploads []string
	files   []desk.File
}

func (w composerInput) note() bool { return w.mode == "note" }

// resolves reports whether the reply also resolves the conversation.
func (w composerInput) resolves() bool {
	return w.status == string(db.ConversationStatusResolved) && !w.note()
}

// errNewer stops a reply that was written without having seen a newer message.
var errNewer = errors.New("something newer has come")

// postMessage posts what the composer sends.
func (a *App) postMessage(c echo.Context) error {
	ctx, v := c.Request().Context(), viewerOf(c)
	open, err := a.readConversation(c)
	if err != nil {
		return err
	}
	in, err := a.readComposer(c)
	if err != nil {
		return err
	}
	var posted *db.Message
	var undo desk.Undo
	err = a.desk.Do(ctx, v.Actor(), func(t *desk.Tx) (err error) {
		if posted, undo, err = post(ctx, t, open.Conversation, in); err != nil || posted == nil {
			return err
		}
		after, _ := t.Held(posted.ConversationID)
		setLeft(c, after)
		return nil
	})
	if invalid := fault.In(err); invalid != nil {
		return a.composerAgain(c, open, in, http.StatusUnprocessableEntity, firstMessage(invalid))
	}
	if errors.Is(err, errNewer) {
		return a.composerAgain(c, open, in, http.StatusConflict, "")
	}
	if err != nil {
		return err
	}
	return a.answerPosted(c, open, in, posted, views.ToastWithUndo(v.Scope.AccountID, sentWords(in, open), undoText(undo)))
}

// sentWords is the toast of a reply, or "" for one that is only sent: it stands in the thread.
func sentWords(in composerInput, open db.GetOpenConversationRow) string {
	if !in.resolves() {
		return ""
	}
	return "Sent and resolved: " + open.Subject()
}

// post is the transaction: the check for newer messages, the message, and what goes with it. It also returns what opens
// a resolved conversation again. The message is nil if the form was sent before.
func post(ctx context.Context, t *desk.Tx, open db.Conversation, in composerInput) (m *db.Message, undo desk.Undo, err error) {
	if strings.TrimSpace(in.body) == "" && len(in.files)+len(in.uploads) == 0 {
		return nil, undo, fault.Field("body", "Write a message first.")
	}
	fresh, err := claim(ctx, t, in)
	if err != nil || !fresh {
		return nil, undo, err
	}
	if in.note() { // read before the lock, as all that people write
		if in.body, err = withMentions(ctx, t, open, in.body); err != nil {
			return nil, undo, err
		}
	}
	message := in.message()
	// With the lock nothing can arrive between the check for newer messages and the post.
	c, err := t.Conversation(ctx, open.DisplayID)
	if err != nil {
		return nil, undo, err
	}
	if err := refuseNewer(ctx, t, c.ID, in); err != nil {
		return nil, undo, err
	}
	said, err := t.Post(ctx, c.ID, message)
	if err != nil {
		return nil, undo, err
	}
	if undo, err = in.resolve(ctx, t, c.ID); err != nil {
		return nil, undo, err
	}
	if err := t.MarkRead(ctx, c.ID); err != nil { // up to the new message
		return nil, undo, err
	}
	err = t.Queries().DeleteDraft(ctx, db.DeleteDraftParams{AccountID: t.Account(), ConversationID: c.ID, UserID: t.Actor.ID, Mode: in.mode})
	return &said, undo, err
}

// resolve resolves the conversation if the form says so, and returns what takes that back: the reply stays.
func (w composerInput) resolve(ctx context.Context, t *desk.Tx, id int64) (desk.Undo, error) {
	if !w.resolves() {
		return desk.Undo{}, nil
	}
	before, _ := t.Held(id)
	err := t.SetStatus(ctx, id, db.ConversationStatusResolved, nil)
	after, _ := t.Held(id)
	return desk.NewUndo(before, after), err
}

// refuseNewer returns errNewer if a message has arrived that was not on the page.
func refuseNewer(ctx context.Context, t *desk.Tx, conversationID int64, in composerInput) error {
	if in.seen <= 0 || in.anyway || in.note() {
		return nil
	}
	newer, err := t.Queries().FindNewerPublicMessage(ctx, db.FindNewerPublicMessageParams{
		AccountID:      t.Account(),
		ConversationID: conversationID,
		SeenID:         in.seen,
		BeganID:        min(in.seen, in.began),
		Me:             t.Actor.ID,
	})
	if err == nil && newer {
		return errNewer
	}
	return err
}

// message is the message that the composer's input describes.
func (in composerInput) message() desk.NewMessage {
	m := desk.NewMessage{
		Kind:    db.MessageKindOutgoing,
		Private: in.note(),
		Files:   in.files,
		Uploads: in.uploads,
	}
	if in.body != "" {
		m.Content, m.Template = &in.body, desk.ParseTemplate(in.body)
	}
	return m
}

// claim records the form's once. It returns false if the same form was sent before.
func claim(ctx context.Context, t *desk.Tx, in composerInput) (bool, error) {
	if in.once == "" || len(in.once) > 64 {
		return true, nil
	}
	sum := sha256.Sum256([]byte(in.body))
	n, err := t.Queries().ClaimIdempotencyKey(ctx, db.ClaimIdempotencyKeyParams{
		OwnerKind:   db.KeyOwnerUser,
		OwnerID:     t.Actor.ID,
		Route:       "composer",
		Key:         in.once,
		RequestHash: sum[:],
	})
	return n == 1, err
}

// answerPosted answers with an empty composer and, out of band, with the new message, the header and a toast.
func (a *App) answerPosted(
	c echo.Context, open db.GetOpenConversationRow, in composerInput, m *db.Message, toast views.Component,
) error {
	v := viewerOf(c)
	account, display := v.Scope.AccountID, open.Conversation.DisplayID
	if !htmx(c) {
		to := link.With(link.Conversation(account, display), "mode", in.mode)
		if m != nil {
			to = link.At(to, link.MessageElement(m.ID))
		}
		return c.Redirect(http.StatusSeeOther, to)
	}
	open, err := a.readConversation(c)
	if err != nil {
		return err
	}
	var form views.Composer
	var head views.Head
	b := a.q.Batch()
	a.loadHead(c, b, open, &head)
	a.loadComposer(c, b, open, &form)
	thread := a.newThread(c, open)
	if m != nil {
		thread.Rows = []db.ListThreadRow{{Message: *m, MessageSender: db.MessageSender{UserName: &v.Name, UserAvatarHash: v.AvatarHash}}}
		loadFiles(b, &thread)
	}
	if err := b.Run(c.Request().Context()); err != nil {
		return err
	}
	form.Mode, head.OutOfBand = in.mode, true
	if m == nil { // sent before: the page reads what it lacks
		return part(c, views.ComposerForm(form), views.ThreadHead(head))
	}
	return part(c, views.ComposerForm(form), views.Posted(thread), views.ThreadHead(head), toast)
}

// composerAgain shows the form as it was typed, with what is wrong.
func (a *App) composerAgain(c echo.Context, open db.GetOpenConversationRow, in composerInput, status int, problem string) error {
	if htmx(c) {
		var form views.Composer
		b := a.q.Batch()
		a.loadComposer(c, b, open, &form)
		if err := b.Run(c.Request().Context()); err != nil {
			return err
		}
		a.fillComposer(c, in, status, problem, &form)
		return again(c, status, views.ComposerForm(form))
	}
	frame, list, pane, err := a.readConversationPage(c, open)
	if err != nil {
		return err
	}
	a.fillComposer(c, in, status, problem, &pane.Composer)
	return again(c, status, views.ConversationPage(frame, list, pane))
}

// fillComposer puts back what was typed and attached, with what is wrong.
func (a *App) fillComposer(c echo.Context, in composerInput, status int, problem string, form *views.Composer) {
	v := viewerOf(c)
	form.Mode, form.Invalid, form.Newer = in.mode, problem, status == http.StatusConflict
	if in.note() {
		form.Note = in.body
	} else {
		form.Reply = in.body
	}
	for _, key := range in.uploads {
		up, err := a.q.GetUpload(c.Request().Context(), db.GetUploadParams{
			AccountID:  v.Scope.AccountID,
			Key:        key,
			UploaderID: v.ID,
		})
		if err == nil {
			form.Uploads = append(form.Uploads, up)
		}
	}
}

// retryMessage queues a failed message again.
func (a *App) retryMessage(c echo.Context) error {
	return a.onMessage(c, nil, func(ctx context.Context, t *desk.Tx, conversationID, messageID int64) error {
		_, err := t.Retry(ctx, conversationID, messageID)
		return err
	})
}

// undoFor is how long a deleted message can be taken back: a little longer than its toast is seen.
const undoFor = 12 * time.Second

// deleteMessage deletes a message after a moment in which it can be taken back, and leaves a tombstone. Agents delete
// their own messages, administrators any.
func (a *App) deleteMessage(c echo.Context) error {
	return a.onMessage(c, views.DeletedToast, func(ctx context.Context, t *desk.Tx, conversationID, messageID int64) error {
		_, err := t.DeleteMessageSoon(ctx, conversationID, messageID, undoFor)
		return err
	})
}

// keepMessage takes a deletion back.
func (a *App) keepMessage(c echo.Context) error {
	return a.onMessage(c, nil, func(ctx context.Context, t *desk.Tx, conversationID, messageID int64) error {
		_, err := t.KeepMessage(ctx, conversationID, messageID)
		return err
	})
}

// translateMessage has the account's provider translate a message into the account's language and stores the result
// for all.
func (a *App) translateMessage(c echo.Context) error {
	ctx := c.Request().Context()
	open, err := a.readConversation(c)
	if err != nil {
		return err
	}
	id, err := pathID(c, "message")
	if err != nil {
		return err
	}
	m, err := a.q.GetMessage(ctx, db.GetMessageParams{AccountID: open.Conversation.AccountID, ConversationID: open.Conversation.ID, ID: id})
	if err != nil {
		return err
	}
	if open.TranslateTo == "" {
		return fault.Field("", "Nobody translates here: an administrator can choose who does, in the settings")
	}
	given, err := translate.Message(ctx, a.q, a.fetch, open.Conversation, m, open.TranslateTo)
	if errors.Is(err, translate.ErrFailed) {
		return fault.Field("", "Not translated: "+err.Error()+". Try again in a moment")
	}
	if err != nil {
		return err
	}
	if given.Content == "" {
		return fault.Field("", "There is nothing to translate: the message is in your language already, or has no words")
	}
	return a.onMessage(c, nil, func(ctx context.Context, t *desk.Tx, conversationID, messageID int64) error {
		_, err := t.Translate(ctx, conversationID, messageID, desk.Translation{
			Language: open.TranslateTo,
			Content:  given.Content,
			Provider: given.Provider,
		})
		return err
	})
}

// onMessage changes one message and answers with the message as it is afterwards, and with a toast, which may be nil.
func (a *App) onMessage(
	c echo.Context, toast func(t views.Thread, id int64) views.Component,
	do func(ctx context.Context, t *desk.Tx, conversationID, messageID int64) error,
) error {
	ctx, v := c.Request().Context(), viewerOf(c)
	open, err := a.readConversation(c)
	if err != nil {
		return err
	}
	messageID, err := pathID(c, "message")
	if err != nil {
		return err
	}
	if err := a.desk.Do(ctx, v.Actor(), func(t *desk.Tx) error { return do(ctx, t, open.Conversation.ID, messageID) }); err != nil {
		return err
	}
	t := a.newThread(c, open)
	b := a.q.Batch()
	db.Into(b, &t.Rows, (*db.Queries).ListThread, db.ListThreadParams{
		AccountID:      v.Scope.AccountID,
		ConversationID: open.Conversation.ID,
		BeforeID:       messageID + 1,
		PageSize:       1,
	})
	b.Then(func() error { loadFiles(b, &t); return nil })
	if err := b.Run(ctx); err != nil {
		return err
	}
	parts := []views.Component{views.Messages(t)}
	if toast != nil {
		parts = append(parts, toast(t, messageID))
	}
	return done(c, link.Message(v.Scope.AccountID, open.Conversation.DisplayID, messageID), parts...)
}

// readComposer reads the form. Files that come with it, as they do without script, are stored while they are read.
func (a *App) readComposer(c echo.Context) (composerInput, error) {
	values, files, err := a.readForm(c)
	if err != nil {
		return composerInput{}, err
	}
	in := composerInput{
		mode: "reply", body: strings.ReplaceAll(values.Get("body"), "\r\n", "\n"), status: values.Get("status"), once: values.Get("once"),
		anyway: values.Get("anyway") != "", uploads: values["attachment"], files: files,
	}
	switch values.Get("mode") {
	case "", "reply":
	case "note":
		in.mode = "note"
	default: // refuse an unknown mode: a note that is sent as a reply cannot be undone
		return composerInput{}, echo.NewHTTPError(http.StatusBadRequest, "mode must be reply or note")
	}
	in.seen, _ = strconv.ParseInt(values.Get("seen"), 10, 64)
	if in.began, err = strconv.ParseInt(values.Get("began"), 10, 64); err != nil || in.began <= 0 {
		in.began = in.seen // without script both are the time when the page was loaded
	}
	return in, nil
}
