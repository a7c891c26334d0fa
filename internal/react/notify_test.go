package react

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/job"
	"github.com/parleydesk/parley/internal/poke"
)

// allNotifications are the notifications: who has them, of which kind, and whether they are read.
const allNotifications = `SELECT concat_ws(' ', u.name, n.kind, CASE WHEN n.read_at IS NOT NULL THEN 'read' END)
	FROM notifications n JOIN users u ON u.id = n.user_id ORDER BY u.name, n.conversation_id`

func (f *fixture) assign(c db.Conversation, to db.User) {
	f.t.Helper()
	f.does(f.as(f.ann), func(t *desk.Tx) error { return t.Assign(context.Background(), c.ID, to.ID) })
}

func TestNotifications(t *testing.T) {
	t.Parallel()

	t.Run("a new conversation notifies those who asked for that, and nobody else", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		f.customer("Hello")
		f.handleEvents()
		f.want("notifications without a setting", f.texts(allNotifications))
		f.exec("UPDATE memberships SET push_notifications = '{conversation_creation}' WHERE user_id = $1", f.bob.ID)
		f.customer("Hello again")
		f.handleEvents()
		f.want("notifications with the push setting", f.texts(allNotifications), "Bob conversation_creation")
		f.exec("DELETE FROM notifications")
		f.exec("UPDATE memberships SET push_notifications = '{}', email_notifications = '{conversation_creation}' WHERE user_id = $1", f.bob.ID)
		f.customer("Once more")
		f.handleEvents()
		f.want("notifications with the e-mail setting", f.texts(allNotifications), "Bob conversation_creation")
	})

	t.Run("a user has one notification of a conversation, the newest, whatever its kind and whether it was read", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		c, other := f.customer("Hello"), f.customer("Something else")
		f.assign(other, f.bob)
		f.assign(c, f.bob)
		f.handleEvents()
		f.want("after the assignments", f.texts(allNotifications), "Bob conversation_assignment", "Bob conversation_assignment")
		f.exec("UPDATE notifications SET read_at = now(), snoozed_until = now() WHERE conversation_id = $1", c.ID)
		ids := f.texts("SELECT id::text FROM notifications WHERE conversation_id = $1", c.ID)
		for i := range 3 {
			f.postMessage(desk.System(f.account.ID), c, desk.NewMessage{Kind: db.MessageKindIncoming}, fmt.Sprint("more ", i))
			f.handleEvents()
		}
		f.want("after three messages", f.texts(allNotifications), "Bob assigned_conversation_new_message", "Bob conversation_assignment")
		f.want("those with the former id", f.texts("SELECT kind FROM notifications WHERE id::text = ANY ($1)", ids))
		f.want("those that are snoozed", f.texts("SELECT kind FROM notifications WHERE snoozed_until IS NOT NULL"))
		f.postMessage(f.as(f.bob), c, desk.NewMessage{Kind: db.MessageKindOutgoing}, "On it")
		f.handleEvents()
		f.want("after a reply of their own", f.texts("SELECT kind FROM notifications WHERE conversation_id = $1", c.ID),
			"assigned_conversation_new_message")
	})

	t.Run("an older event that is followed up late does not replace what a newer one said", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		c := f.customer("Hello")
		f.assign(c, f.bob)
		f.handleEvents()
		f.postMessage(desk.System(f.account.ID), c, desk.NewMessage{Kind: db.MessageKindIncoming}, "And?")
		f.handleEvents()
		if err := f.react.HandleEvents(context.Background(), job.ReactEvents{AccountID: f.account.ID, First: 1, Last: 100}); err != nil {
			t.Fatal(err)
		}
		f.want("notifications", f.texts(allNotifications), "Bob assigned_conversation_new_message")
	})

	t.Run("users who assign to themselves are not notified", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		c := f.customer("")
		f.does(f.as(f.bob), func(t *desk.Tx) error { return t.Assign(context.Background(), c.ID, f.bob.ID) })
		f.handleEvents()
		f.want("notifications", f.texts(allNotifications))
	})

	t.Run("users whose message a program posts are not notified of it", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		c := f.customer("Hello")
		f.assign(c, f.bob)
		f.handleEvents()
		f.exec("DELETE FROM notifications")
		f.postMessage(desk.AccountKey("Bridge", f.account.ID), c, desk.NewMessage{
			Kind: db.MessageKindOutgoing, Sender: &desk.Sender{Kind: db.SenderKindUser, ID: f.bob.ID},
		}, "Written on the telephone")
		f.handleEvents()
		f.want("notifications", f.texts(allNotifications))
	})

	t.Run("users named in a note follow the conversation and get one notification; one who is not in the inbox gets none", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		stranger := dbtest.Agent(t, f.pool, f.account, "Sam")
		team := dbtest.Team(t, f.pool, f.account, "billing", f.bob, stranger)
		c := f.customer("Hello")
		f.handleEvents()
		note := fmt.Sprintf("See [@Billing](mention://team/%d/billing), [@Sam](mention://user/%d/Sam)", team.ID, stranger.ID)
		f.postMessage(f.as(f.ann), c, desk.NewMessage{Kind: db.MessageKindOutgoing, Private: true}, note)
		f.handleEvents()
		f.want("notifications", f.texts(allNotifications), "Bob conversation_mention")
		f.want("mentions", f.texts("SELECT u.name FROM mentions JOIN users u ON u.id = user_id"), "Bob")
		f.want("participants", f.texts("SELECT u.name FROM participants JOIN users u ON u.id = user_id"), "Bob")
		f.pass(time.Second)
		f.postMessage(desk.System(f.account.ID), c, desk.NewMessage{Kind: db.MessageKindIncoming}, "And now?")
		f.handleEvents()
		f.want("notifications after an answer", f.texts(allNotifications), "Bob participating_conversation_new_message")
	})

	t.Run("of a blocked contact only mentions are notified, and a later message does not hide one", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		c := f.customer("Hello")
		f.assign(c, f.bob)
		f.handleEvents()
		f.exec("DELETE FROM notifications")
		f.exec("UPDATE contacts SET blocked = true")
		note := fmt.Sprintf("[@Bob](mention://user/%d/Bob), is that spam?", f.bob.ID)
		f.postMessage(f.as(f.ann), c, desk.NewMessage{Kind: db.MessageKindOutgoing, Private: true}, note)
		f.postMessage(f.as(f.ann), c, desk.NewMessage{Kind: db.MessageKindOutgoing}, "Please stop")
		f.handleEvents()
		f.want("notifications", f.texts(allNotifications), "Bob conversation_mention")
	})
}

// What an event says must not be mixed with what came after it: here all events of a subtest are followed up at once.
func TestNotificationsOfLaterChanges(t *testing.T) {
	t.Parallel()

	t.Run("a conversation that is assigned right after it was created gives its assignee one notification", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		for range 25 {
			f.assign(f.customer(""), f.bob)
		}
		f.exec("UPDATE memberships SET push_notifications = '{conversation_creation}'")
		f.handleEvents()
		f.want("notifications by kind", f.texts("SELECT kind || ' ' || count(*) FROM notifications GROUP BY kind"),
			"conversation_assignment 25")
		f.want("events that notified", f.texts("SELECT DISTINCT e.kind FROM notifications n JOIN events e ON e.id = n.event_id"),
			"conversation.assigned")
	})

	t.Run("a message from before an assignment does not notify the assignee, nor one who followed later", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		c := f.customer("Hello")
		f.pass(time.Second)
		f.assign(c, f.bob)
		f.does(f.as(f.bob), func(t *desk.Tx) error { return t.Unassign(context.Background(), c.ID) })
		f.does(f.as(f.ann), func(t *desk.Tx) error {
			_, err := t.AddParticipant(context.Background(), c.ID, f.ann.ID)
			return err
		})
		f.handleEvents()
		f.want("notifications", f.texts(allNotifications), "Bob conversation_assignment")
	})

	t.Run("who was assignee when a message came is notified though the conversation went to another since", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		c := f.customer("Hello")
		f.assign(c, f.bob)
		f.handleEvents()
		f.exec("DELETE FROM notifications")
		f.postMessage(desk.System(f.account.ID), c, desk.NewMessage{Kind: db.MessageKindIncoming}, "More")
		f.does(f.as(f.bob), func(t *desk.Tx) error { return t.Assign(context.Background(), c.ID, f.ann.ID) })
		f.handleEvents()
		f.want("notifications", f.texts(allNotifications), "Ann conversation_assignment", "Bob assigned_conversation_new_message")
	})

	t.Run("a conversation that a bot had when it was assigned notifies nobody, though it is open by now", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		c := f.customer("Hello")
		f.pass(time.Second)
		f.does(f.as(f.ann), func(t *desk.Tx) error {
			return t.SetStatus(context.Background(), c.ID, db.ConversationStatusPending, nil)
		})
		f.assign(c, f.bob)
		f.does(f.as(f.ann), func(t *desk.Tx) error {
			return t.SetStatus(context.Background(), c.ID, db.ConversationStatusOpen, nil)
		})
		f.handleEvents()
		f.want("notifications", f.texts(allNotifications))
	})

	t.Run("what a user has seen before its events are followed up is read already", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		silent, talk := f.customer(""), f.customer("Hello")
		f.assign(silent, f.bob)
		f.assign(talk, f.bob)
		f.postMessage(desk.System(f.account.ID), talk, desk.NewMessage{Kind: db.MessageKindIncoming}, "And?")
		f.pass(time.Second)
		for _, c := range []db.Conversation{silent, talk} {
			f.does(f.as(f.bob), func(t *desk.Tx) error { return t.MarkRead(context.Background(), c.ID) })
		}
		f.handleEvents()
		f.want("notifications", f.texts(allNotifications), "Bob conversation_assignment read", "Bob assigned_conversation_new_message read")
		f.pass(time.Second)
		f.postMessage(desk.System(f.account.ID), talk, desk.NewMessage{Kind: db.MessageKindIncoming}, "Still there?")
		f.handleEvents()
		f.want("after another message", f.texts(allNotifications), "Bob conversation_assignment read", "Bob assigned_conversation_new_message")
	})

	t.Run("events from before the state was recorded take the conversation as it is", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		c := f.customer("Hello")
		f.exec("UPDATE conversations SET assignee_id = $1 WHERE id = $2", f.bob.ID, c.ID)
		f.exec("UPDATE events SET data = data - 'status' - 'assignee_id'")
		f.handleEvents()
		f.want("notifications", f.texts(allNotifications), "Bob assigned_conversation_new_message")
	})
}

func TestPushesAreOrdered(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.exec(`INSERT INTO notification_subscriptions (user_id, kind, identifier, attributes)
		SELECT id, 'fcm', id || d, '{}' FROM users, unnest('{a,b}'::text[]) d`)
	ordered := `SELECT DISTINCT u.name || ' ' || s.identifier FROM river_job j
		JOIN notification_subscriptions s ON s.id = (j.args->>'subscription_id')::bigint
		JOIN users u ON u.id = s.user_id WHERE j.kind = 'send_push' ORDER BY 1`
	c := f.customer("Hello")
	f.assign(c, f.bob)
	f.handleEvents()
	f.want("pushes of an assignment", f.texts(ordered), fmt.Sprint("Bob ", f.bob.ID, "a"), fmt.Sprint("Bob ", f.bob.ID, "b"))
	f.want("how many", f.texts("SELECT count(*)::text FROM river_job WHERE kind = 'send_push'"), "2")
	f.exec("DELETE FROM river_job")
	f.pass(time.Second)
	f.postMessage(desk.System(f.account.ID), c, desk.NewMessage{Kind: db.MessageKindIncoming}, "And?")
	f.handleEvents()
	f.want("pushes of a message, which nobody asked for", f.texts(ordered))
	f.exec("UPDATE memberships SET push_notifications = '{assigned_conversation_new_message}'")
	f.postMessage(desk.System(f.account.ID), c, desk.NewMessage{Kind: db.MessageKindIncoming}, "Seen")
	f.does(f.as(f.bob), func(t *desk.Tx) error { return t.MarkRead(context.Background(), c.ID) })
	f.handleEvents()
	f.want("pushes of a message that was seen", f.texts(ordered))
}

func TestSnoozedNotificationsComeBack(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c := f.customer("")
	f.assign(c, f.bob)
	f.handleEvents()
	f.exec("UPDATE notifications SET read_at = $1, snoozed_until = $2", f.now(), f.now().Add(time.Hour))
	var pokes []poke.Poke
	f.react.poke = func(all []poke.Poke) { pokes = append(pokes, all...) }
	for range 2 {
		if err := f.react.wakeSnoozed(context.Background()); err != nil {
			t.Fatal(err)
		}
		f.want("notifications before", f.texts(allNotifications+" LIMIT 1"), "Bob conversation_assignment read")
		f.pass(20 * time.Minute)
	}
	f.pass(time.Hour)
	if err := f.react.wakeSnoozed(context.Background()); err != nil {
		t.Fatal(err)
	}
	f.want("notifications after", f.texts(allNotifications), "Bob conversation_assignment")
	f.want("snoozed ones", f.texts("SELECT kind FROM notifications WHERE snoozed_until IS NOT NULL"))
	if want := fmt.Sprint("notifications:", f.bob.ID); len(pokes) != 1 || pokes[0].Topic != want {
		t.Errorf("poked are %v, want %s", pokes, want)
	}
}
