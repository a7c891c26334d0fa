package chatwoot

import (
	"encoding/json"
	"errors"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/contactfile"
	"github.com/parleydesk/parley/web/api"
)

// previewRows is how many rows a preview shows.
const previewRows = 20

// previewJSON is what an import would store of a file. A row that would be refused has an error and no contact.
type previewJSON struct {
	Charset   string           `json:"charset"`
	Separator string           `json:"separator"`
	Columns   []string         `json:"columns"`
	Total     int              `json:"total"`
	Rows      []previewRowJSON `json:"payload"`
}

type previewRowJSON struct {
	Line    int                 `json:"line"`
	Action  string              `json:"action"`
	Error   string              `json:"error,omitempty"`
	Contact *previewContactJSON `json:"contact,omitempty"`
}

type previewContactJSON struct {
	ID          *int64          `json:"id"`
	Name        string          `json:"name"`
	Email       *string         `json:"email"`
	PhoneNumber *string         `json:"phone_number"`
	Identifier  *string         `json:"identifier"`
	Blocked     bool            `json:"blocked"`
	Labels      []string        `json:"labels"`
	Custom      json.RawMessage `json:"custom_attributes"`
	Additional  json.RawMessage `json:"additional_attributes"`
}

// previewImport answers with the first rows of a file as an import would store them, and stores nothing.
func (h *handlers) previewImport(c *api.Call) error {
	file, o, err := readImport(c)
	if err != nil {
		return err
	}
	var answer previewJSON
	err = contactfile.Show(c.Ctx(), h.a.Blob, db.ContactImport{BlobHash: &file.Hash}, o, func(t *contactfile.Table) error {
		answer = previewJSON{Charset: t.Charset, Separator: t.Separator, Columns: t.Header, Total: t.Rows, Rows: []previewRowJSON{}}
		rows, err := t.Preview(c.Ctx(), h.a.Desk, c.Actor, previewRows)
		for _, r := range rows {
			answer.Rows = append(answer.Rows, previewRow(r))
		}
		return err
	})
	if invalid := (*contactfile.Error)(nil); errors.As(err, &invalid) {
		return api.Unprocessable(invalid.Error())
	} else if err != nil {
		return err
	}
	return c.Answer(answer)
}

func previewRow(r contactfile.Previewed) previewRowJSON {
	if r.Reason != "" {
		return previewRowJSON{Line: r.Row.Line, Action: "refuse", Error: r.Reason}
	}
	k := r.Stored.Contact
	out := previewRowJSON{Line: r.Row.Line, Action: "create", Contact: &previewContactJSON{
		Name: k.Name, Email: k.Email, PhoneNumber: k.PhoneNumber, Identifier: k.Identifier, Blocked: k.Blocked, Labels: k.Labels,
		Custom: k.CustomAttributes, Additional: k.AdditionalAttributes,
	}}
	if r.Stored.Known {
		out.Action, out.Contact.ID = "update", &k.ID
	}
	return out
}
