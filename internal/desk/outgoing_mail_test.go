package desk_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
)

func TestMail(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.desk = f.desk.WithMail()
	soon := f.now.Add(time.Hour)
	order := func(ctx context.Context, t *desk.Tx) error {
		return t.Mail(ctx, desk.OutgoingMail{
			Kind: db.OutgoingMailKindTeam, To: "ann@desk.example", Link: "/invitations/x", Facts: db.OutgoingMailFacts{Until: &soon}, Once: "rule:1",
		})
	}
	f.once(f.as(f.ann), order)
	n := f.count("SELECT count(*) FROM outgoing_mails WHERE account_id = $1 AND give_up_at = $2", f.account.ID, soon)
	if n != 1 {
		t.Errorf("%d mails that end with their link", n)
	}
	if n := f.jobs("send_letter"); n != 1 {
		t.Errorf("%d jobs", n)
	}
}

func TestMailNeedsAMailServer(t *testing.T) {
	t.Parallel()
	f := setup(t)
	err := f.do(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error {
		return t.Mail(ctx, desk.OutgoingMail{Kind: db.OutgoingMailKindTeam, To: "ann@desk.example"})
	})
	if !errors.Is(err, desk.ErrNoMail) {
		t.Errorf("err is %v", err)
	}
}
