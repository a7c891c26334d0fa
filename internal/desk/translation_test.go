package desk_test

import (
	"context"
	"errors"
	"testing"

	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
)

func TestTranslate(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c := f.conversation()
	m := f.reply(c, "On our way", false)
	translate := func(language, content string) call {
		return func(ctx context.Context, t *desk.Tx) error {
			_, err := t.Translate(ctx, c.ID, m.ID, desk.Translation{Language: language, Content: content, Provider: "test"})
			return err
		}
	}
	f.once(f.as(f.ann), translate("de", "Unterwegs"), answered(c, m))
	f.once(f.as(f.ann), translate("fr", "En route"), answered(c, m))
	if got := string(f.message(m).ContentAttributes); got != `{"translations": {"de": "Unterwegs", "fr": "En route"}}` {
		t.Errorf("attributes are %s", got)
	}
	if n := f.count("SELECT count(*) FROM message_translations WHERE message_id = $1", m.ID); n != 2 {
		t.Errorf("%d translations", n)
	}
	f.must(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error {
		_, err := t.DeleteMessage(ctx, c.ID, m.ID)
		return err
	})
	if err := f.do(f.as(f.ann), translate("it", "In arrivo")); !errors.Is(err, fault.NotFound) {
		t.Errorf("a deleted message: %v", err)
	}
}
