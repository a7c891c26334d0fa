package hook

import (
	"context"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/web/api"
)

type inboxJSON struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// inboxBody is the body of inbox_created and inbox_updated.
func (mk *Maker) inboxBody(ctx context.Context, q *db.Queries, e db.Event, d desk.Data, name string) (any, error) {
	i, err := q.GetInbox(ctx, e.AccountID, *e.InboxID)
	if err != nil {
		return nil, err
	}
	account, err := q.GetAccountName(ctx, e.AccountID)
	if err != nil {
		return nil, err
	}
	return map[string]any{
		"id": i.ID, "name": i.Name, "channel_type": api.Channel(i.Kind), "account": accountJSON{e.AccountID, account},
		"event": name, "changed_attributes": columnChanges(d),
	}, nil
}
