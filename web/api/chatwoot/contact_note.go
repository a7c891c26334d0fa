package chatwoot

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

const maxText = 20_000

func (h *handlers) noteRoutes() []api.Route {
	notes, note := contactPath+"/notes", contactPath+"/notes/:note"
	return append([]api.Route{
		api.Get(notes, api.Member, h.listNotes),
		api.Post(notes, api.Member, h.createNote),
		api.Get(note, api.Member, h.showNote),
		api.Delete(note, api.Member, h.deleteNote),
	}, api.Update(note, api.Member, h.updateNote)...)
}

// noteJSON is a note on a contact. In the original, account_id and contact_id are null by mistake; here they have
// values.
type noteJSON struct {
	ID        int64        `json:"id"`
	Content   string       `json:"content"`
	AccountID int64        `json:"account_id"`
	ContactID int64        `json:"contact_id"`
	User      *shape.Agent `json:"user,omitempty"`
	CreatedAt int64        `json:"created_at"`
	UpdatedAt int64        `json:"updated_at"`
}

func (h *handlers) note(row db.GetNoteRow) noteJSON {
	n := row.Note
	j := noteJSON{
		ID:        n.ID,
		Content:   n.Content,
		AccountID: n.AccountID,
		ContactID: n.ContactID,
		CreatedAt: n.CreatedAt.Unix(),
		UpdatedAt: n.UpdatedAt.Unix(),
	}
	if n.UserID == nil || row.UserName == nil {
		return j
	}
	j.User = &shape.Agent{
		ID: *n.UserID, AccountID: n.AccountID, AvailabilityStatus: h.shape.Presence(row.Availability, row.AutoOffline, row.ActiveAt),
		AutoOffline: row.AutoOffline != nil && *row.AutoOffline, Confirmed: row.ConfirmedAt != nil,
		Email: shape.Deref(row.Email), Provider: "email",
		AvailableName: shape.AvailableName(
			*row.UserName, row.DisplayName,
		), CustomAttributes: shape.NonEmpty(row.CustomAttributes), Name: *row.UserName,
		Role: db.RoleAgent, Thumbnail: h.shape.Avatar(row.AvatarHash),
	}
	if row.Role != nil {
		j.User.Role = *row.Role
	}
	return j
}

func (h *handlers) listNotes(c *api.Call) error {
	contact, err := h.a.Contact(c)
	if err != nil {
		return err
	}
	rows, err := api.PageByID(c, api.MaxUncut, func(p api.Position) ([]db.ListNotesRow, error) {
		if p.ID == 0 { // the newest first
			p.ID = 1<<63 - 1
		}
		return h.q.ListNotes(c.Ctx(), db.ListNotesParams{
			AccountID: contact.AccountID, ContactID: contact.ID, BeforeID: p.ID, PageSize: p.Most,
		})
	}, func(r db.ListNotesRow) int64 { return r.Note.ID })
	if err != nil {
		return err
	}
	list := make([]noteJSON, len(rows))
	for i, row := range rows {
		list[i] = h.note(db.GetNoteRow(row))
	}
	return c.Answer(list)
}

func (h *handlers) showNote(c *api.Call) error {
	p, err := pathNote(c)
	if err != nil {
		return err
	}
	row, err := h.q.GetNote(c.Ctx(), p)
	if err != nil {
		return err
	}
	return c.Single(h.note(row))
}

func pathNote(c *api.Call) (p db.GetNoteParams, err error) {
	if p.ContactID, err = c.ID("contact"); err != nil {
		return p, err
	}
	p.AccountID = c.Account()
	p.ID, err = c.ID("note")
	return p, err
}

func readNote(c *api.Call) (string, error) {
	var in struct {
		Content api.Text `json:"content"`
	}
	if err := c.Read(&in, "note"); err != nil {
		return "", err
	}
	switch content := in.Content.Value; {
	case strings.TrimSpace(content) == "":
		return "", fault.Field("content", "Content can't be blank")
	case utf8.RuneCountInString(content) > maxText:
		return "", fault.Field("content", "Content is too long (maximum is 20000 characters)")
	default:
		return content, nil
	}
}

func (h *handlers) createNote(c *api.Call) error {
	content, err := readNote(c)
	if err != nil {
		return err
	}
	id, err := c.ID("contact")
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		q := t.Queries()
		if _, err := q.GetContact(ctx, t.Account(), id); err != nil {
			return nil, err
		}
		row, err := q.InsertNote(ctx, db.InsertNoteParams{AccountID: t.Account(), ContactID: id, UserID: &t.Actor.ID, Content: content})
		if err != nil {
			return nil, err
		}
		made, err := q.GetNote(ctx, db.GetNoteParams{AccountID: t.Account(), ContactID: id, ID: row.ID})
		return h.note(made), err
	})
}

func (h *handlers) updateNote(c *api.Call) error {
	content, err := readNote(c)
	if err != nil {
		return err
	}
	p, err := pathNote(c)
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		q := t.Queries()
		n, err := q.SetNoteContent(ctx, db.SetNoteContentParams{AccountID: p.AccountID, ContactID: p.ContactID, ID: p.ID, Content: content})
		if err := fault.Found(n, err); err != nil {
			return nil, err
		}
		row, err := q.GetNote(ctx, p)
		return h.note(row), err
	})
}

func (h *handlers) deleteNote(c *api.Call) error {
	p, err := pathNote(c)
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		n, err := t.Queries().DeleteNote(ctx, db.DeleteNoteParams(p))
		return api.Empty(), fault.Found(n, err)
	})
}
