package desk_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/poke"
)

func TestDoPokesAfterCommitOnly(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c := f.conversation()
	var heard [][]poke.Poke
	d := dbtest.Desk(t, f.pool, func(p []poke.Poke) { heard = append(heard, p) })
	boom := errors.New("boom")
	err := d.Do(context.Background(), f.as(f.ann), func(t *desk.Tx) error {
		if err := t.Archive(context.Background(), c.ID); err != nil {
			return err
		}
		return boom
	})
	if !errors.Is(err, boom) || len(heard) != 0 || f.reload(c).ArchivedAt != nil {
		t.Fatalf("err %v, heard %v", err, heard)
	}
	now := time.Now()
	err = d.At(func() time.Time { return now }).Do(context.Background(), f.as(f.ann), func(t *desk.Tx) error {
		return t.Archive(context.Background(), c.ID)
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(heard) != 1 || heard[0][0].Topic != "conversation:1" || heard[0][0].InboxID != f.inbox.ID {
		t.Errorf("heard %+v", heard)
	}
}
