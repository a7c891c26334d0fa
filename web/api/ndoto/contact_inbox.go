package ndoto

import (
	"context"
	"slices"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
)

type contactInboxJSON struct {
	SourceID string        `json:"source_id"`
	Inbox    slimInboxJSON `json:"inbox"`
}

// withInboxes adds the contacts' addresses on inboxes of the reader, with one query for all.
func (h *handlers) withInboxes(ctx context.Context, q *db.Queries, scope db.Scope, list []contactJSON) error {
	ids := make([]int64, len(list))
	for i := range list {
		ids[i], list[i].ContactInboxes = list[i].ID, &[]contactInboxJSON{}
	}
	rows, err := q.ListContactInboxes(ctx, db.ListContactInboxesParams{
		AccountID:  scope.AccountID,
		ContactIds: ids,
		SeesAll:    scope.SeesAll,
		InboxIds:   scope.InboxIDs,
	})
	for _, r := range rows {
		at := list[slices.Index(ids, r.ContactInbox.ContactID)].ContactInboxes
		*at = append(
			*at,
			contactInboxJSON{r.ContactInbox.SourceID, slimInboxJSON{r.ContactInbox.InboxID, r.Name, api.Channel(r.Kind)}},
		)
	}
	return err
}

func (h *handlers) contactInboxOf(
	ctx context.Context,
	t *desk.Tx,
	contact db.Contact,
	inboxID int64,
	sourceID string,
) (*contactInboxJSON, error) {
	inbox, err := t.Queries().GetInbox(ctx, t.Account(), inboxID)
	if err != nil {
		return nil, err
	}
	ci, err := t.Reach(ctx, contact, inbox, sourceID)
	return &contactInboxJSON{ci.SourceID, slimInboxJSON{inbox.ID, inbox.Name, api.Channel(inbox.Kind)}}, err
}

func (h *handlers) createContactInbox(c *api.Call) error {
	contact, err := h.a.Contact(c)
	if err != nil {
		return err
	}
	var in struct {
		InboxID  api.ID   `json:"inbox_id"`
		SourceID api.Text `json:"source_id"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	if in.InboxID.Ptr() == nil {
		return fault.Field("inbox_id", "inbox_id is required")
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		return h.contactInboxOf(ctx, t, contact, in.InboxID.Value, in.SourceID.Value)
	})
}
